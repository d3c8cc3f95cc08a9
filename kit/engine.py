"""The engine: where tables live, and questions run.

Tables are Parquet files under `tables/<name>/`, written by `kit.intake`; each is a DuckDB view with every column of
the vocabulary, also when nothing was ever collected, and an Ibis table for detections. Nothing here needs more memory
than the answer does. A case is read by one process at a time for writing; readers see whole parts only.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import ibis
import pandas as pd

from kit.macros import install
from kit.table import TABLES, Table

MEMORY = "1200MB"  # for questions
INTAKE_MEMORY = "800MB"  # while records are read: the batches themselves need as much again
ECHOED = frozenset({"sign_ins", "directory_audits"})  # tables that the audit log fills too, with less detail


class Engine:
    """The tables of the case in `folder`, over an own DuckDB connection. Times are UTC."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "tables"
        self.connection = duckdb.connect()
        self.limit(MEMORY)
        self.run("SET preserve_insertion_order = false")
        self.run("SET enable_progress_bar = false")
        self.run(f"SET temp_directory = {quoted((self.folder / '.spill').as_posix())}")
        install(self.connection)
        self._ibis = ibis.duckdb.from_connection(self.connection)
        self.refresh()

    @property
    def tables(self) -> Mapping[str, Any]:
        """Name → Ibis table, every table of the vocabulary."""
        return {name: self._ibis.table(name) for name in TABLES}

    def frame(self, name: str) -> pd.DataFrame:
        """The whole table as a data frame, in order of time; InputError when there is no such table."""
        columns = TABLES[name].columns
        order = [column for column in ("time", "record_id") if column in columns]
        return self._ibis.table(name).order_by(order).to_pandas()

    def count(self, name: str) -> int:
        """How many rows the table has."""
        return int(self.run(f"SELECT count(*) FROM {TABLES[name].name}")[0][0])

    def parts(self, name: str) -> list[Path]:
        """The Parquet files of the table."""
        return sorted((self.folder / TABLES[name].name).glob("*.parquet"))

    def refresh(self) -> None:
        """See the parts that are on disk now."""
        for name in TABLES:
            self.run(f"CREATE OR REPLACE VIEW {name} AS {self._view(TABLES[name])}")

    def limit(self, memory: str) -> None:
        """Let DuckDB take at most so much memory; what does not fit goes to the case folder for a while."""
        self.run(f"SET memory_limit = {quoted(memory)}")

    def run(self, statement: str) -> list[tuple[Any, ...]]:
        """Run one statement of our own making and fetch everything it gives."""
        rows: list[tuple[Any, ...]] = self.connection.execute(statement).fetchall()
        return rows

    def _view(self, table: Table) -> str:
        parts = self.parts(table.name)
        if not parts:
            empty = ", ".join(f"CAST(NULL AS {kind}) AS {name}" for name, kind in table.duckdb.items())
            return f"SELECT {empty} WHERE false"
        files = ", ".join(quoted(part.as_posix()) for part in parts)
        rows = f"SELECT {', '.join(table.duckdb)} FROM read_parquet([{files}])"
        if table.name in ECHOED:
            return _without_echoes(rows)
        return rows if table.kind == "event" else _last_look(rows, table)


def quoted(text: str) -> str:
    """A SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def _without_echoes(rows: str) -> str:
    """The audit log repeats Entra's events under the same id; where Entra's own row is there, the echo is left out."""
    return (
        f"WITH rows_ AS ({rows}) SELECT * FROM rows_ WHERE log <> 'unified_audit' OR id IS NULL "
        "OR id NOT IN (SELECT id FROM rows_ WHERE log <> 'unified_audit' AND id IS NOT NULL)"
    )


def _last_look(rows: str, table: Table) -> str:
    """Of a thing that was looked at several times, how it was found last: pieces are numbered as they came."""
    piece = "CAST(split_part(record_id, ':', 1) AS BIGINT)"
    return f"{rows} QUALIFY {piece} = max({piece}) OVER (PARTITION BY {', '.join(table.key)})"
