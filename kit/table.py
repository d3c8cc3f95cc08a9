"""A table: the name, meaning and type of every column that findings, charts and notebooks may speak of.

The vocabulary itself is the folder `tables/`, one file a table. A new table or column is a deliberate edit there:
sources, importers and detections can only use what it declares.

Types, the same in DuckDB, Spark and pandas:
    text     string; user names and mail addresses are case-folded, ids are text even when they look like numbers
    time     timestamp with microseconds, always UTC, stored without zone
    whole    64-bit integer          number   64-bit float          flag   boolean
    json     text holding one JSON value (kept as text so that every engine can carry it)
    texts    array of string
Every table has `record_id`, the place of the raw record in the evidence ("0003:17": file 3, record 17).
Absent is NULL, never "" and never a made-up default.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from kit.errors import SchemaError
from kit.shelf import Shelf

DUCKDB_TYPES = {
    "text": "VARCHAR",
    "time": "TIMESTAMP",
    "whole": "BIGINT",
    "number": "DOUBLE",
    "flag": "BOOLEAN",
    "json": "VARCHAR",
    "texts": "VARCHAR[]",
}
IBIS_TYPES = {
    "text": "string",
    "time": "timestamp(6)",
    "whole": "int64",
    "number": "float64",
    "flag": "boolean",
    "json": "string",
    "texts": "array<string>",
}


@dataclass(frozen=True)
class Table:
    """One table of the vocabulary.

    `key` names the columns by which one row repeats another (the record's own id, where it has one); rows that
    repeat are kept once. `kind` is "event" (has a `time`) or "state" (how things were when collected).
    """

    name: str
    about: str
    columns: Mapping[str, tuple[str, str]]
    kind: str = "event"
    key: tuple[str, ...] = ("id",)
    schema: dict[str, str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        full = {"record_id": ("text", "place of the raw record in the evidence")} | dict(self.columns)
        unknown = sorted({kind for kind, _ in full.values()} - set(DUCKDB_TYPES))
        if unknown:
            raise SchemaError(f"Table {self.name} uses unknown types {unknown}.")
        object.__setattr__(self, "columns", full)
        object.__setattr__(self, "schema", {name: IBIS_TYPES[kind] for name, (kind, _) in full.items()})

    @property
    def duckdb(self) -> dict[str, str]:
        """Column name → DuckDB type."""
        return {name: DUCKDB_TYPES[kind] for name, (kind, _) in self.columns.items()}

    def check(self, names: Iterable[str]) -> None:
        """Raise SchemaError when a name is not a column of this table."""
        unknown = sorted(set(names) - set(self.columns))
        if unknown:
            raise SchemaError(f"Table {self.name} has no column {', '.join(unknown)}.")

    def complete(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """The row with every column of the table, absent ones as None; unknown columns are an error."""
        self.check(row)
        return {name: row.get(name) for name in self.columns}


TABLES: Shelf[Table] = Shelf("kit.tables", Table)
