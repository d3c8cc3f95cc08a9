"""The few records that have to be put right before they can be read with millions of others in one pass.

Some pipelines fold every key ("creationtime"): those are re-spelt. Some JSON is read by Python and not by DuckDB
(half of a surrogate pair, NaN): it is written again without the fault.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any


def respell(connection: Any, keys: Sequence[str]) -> None:
    """Re-spell the records of `raw` that lack the first of `keys` but have it in another case."""
    if not keys:
        return
    first = f'"{keys[0]}"'
    odd = connection.execute(
        "SELECT record_id, record FROM raw WHERE NOT contains(record, ?) AND contains(lower(record), ?)",
        [first, first.lower()],
    ).fetchall()
    known = {key.casefold(): key for key in keys}
    for record_id, record in odd:
        spelt = json.dumps(_respelt(json.loads(record, strict=False), known), ensure_ascii=False)
        connection.execute("UPDATE raw SET record = ? WHERE record_id = ?", [spelt, record_id]).fetchall()


def mend(connection: Any, table: str, column: str) -> None:
    """Write the JSON in `column` of `table` again where only DuckDB cannot read it; what nobody can read stays."""
    broken = connection.execute(
        f"SELECT record_id, {column} FROM {table} WHERE {column} IS NOT NULL AND NOT json_valid({column})"
    ).fetchall()
    for record_id, text in broken:
        whole = _whole(text)
        if whole is not None:
            connection.execute(f"UPDATE {table} SET {column} = ? WHERE record_id = ?", [whole, record_id]).fetchall()


def _whole(text: str) -> str | None:
    try:
        value = json.loads(text, strict=False, parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        return None
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace").decode()


def _respelt(value: Any, known: dict[str, str]) -> Any:
    if not isinstance(value, dict):
        return value
    spelt: dict[str, Any] = {}
    for key, item in value.items():
        spelt.setdefault(known.get(str(key).casefold(), str(key)), item)
    return spelt
