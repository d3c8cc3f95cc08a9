"""Records whose keys are spelt in another case, brought to Microsoft's own spelling.

Some pipelines fold every key ("creationtime"). The record selects read keys exactly, because that is one pass over
millions; the few records that need it are re-spelt here first.
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


def _respelt(value: Any, known: dict[str, str]) -> Any:
    if not isinstance(value, dict):
        return value
    spelt: dict[str, Any] = {}
    for key, item in value.items():
        spelt.setdefault(known.get(key.casefold(), key), item)
    return spelt
