"""One batch: some records on their way from raw text to staged Parquet files, over a connection of its own.

Batches run side by side, because the engine works on one batch with one core; only the look at what was seen before is
taken in turn, in the order in which the batches came, so that of two equal records the earlier one is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from kit.engine import ECHOED, quoted
from kit.importer import Importer
from kit.intake import addresses
from kit.intake.respell import mend, respell
from kit.intake.routing import routed
from kit.intake.run import Run
from kit.reader import Reject
from kit.record import RECORDS, Record
from kit.table import TABLES, Table

SORT = ("operation", "activity", "user", "time")  # a person's events lie together: measured best for timelines
PLACE = "CAST(split_part(record_id, ':', 1) AS BIGINT), CAST(split_part(record_id, ':', 2) AS BIGINT)"


class Batch:
    """Batch `number` of a run; its temporary tables go with its connection."""

    def __init__(self, run: Run, number: int) -> None:
        self._shared = run
        self._number = number
        self._connection = run.engine.connection.cursor()
        self._parts = 0

    def take(self, chunk: pa.Table, importers: Sequence[Importer]) -> None:
        """The records of one chunk of an exported file."""
        rejects: list[Reject] = []
        try:
            for importer in routed(self._connection, chunk, importers, rejects):
                self._run(f"CREATE OR REPLACE TEMP TABLE raw AS {importer.select}")
                if importer.rest and self._one("SELECT (SELECT count(*) FROM raw) < (SELECT count(*) FROM given)"):
                    self._run(f"INSERT INTO raw {importer.rest}")
                self._shared.account.count(importer.name, self._one("SELECT count(*) FROM raw"))
                self._absorb(RECORDS[importer.record])
            self._shared.account.reject(rejects)
        finally:
            self._end()

    def take_raw(self, rows: pa.Table, kind: str) -> None:
        """Records fetched from a tenant: `rows` has record_id, record, context."""
        try:
            self._connection.register("chunk_", rows)
            self._run("CREATE OR REPLACE TEMP TABLE raw AS SELECT record_id, record, context FROM chunk_")
            self._connection.unregister("chunk_")
            mend(self._connection, "raw", "record")
            self._reject("record IS NULL OR NOT json_valid(record)", "no whole JSON record")
            self._absorb(RECORDS[kind])
        finally:
            self._end()

    def _end(self) -> None:
        self._shared.turns.end(self._number)
        self._connection.close()

    def _run(self, statement: str) -> list[tuple[Any, ...]]:
        found: list[tuple[Any, ...]] = self._connection.execute(statement).fetchall()
        return found

    def _one(self, statement: str) -> Any:
        return self._run(statement)[0][0]

    def _absorb(self, record: Record) -> None:
        main = TABLES[next(iter(record.selects))]
        respell(self._connection, record.keys)
        self._stage(self._read(record, main))
        self._reject("record_id NOT IN (SELECT record_id FROM staged)", f"not a whole {record.name.replace('_', ' ')}")
        self._shared.turns.wait(self._number)
        self._drop_repeated(main)
        self._note(main)
        self._write(record, main)
        for name, select in list(record.selects.items())[1:]:
            self._stage(select)
            self._write(record, TABLES[name])

    def _read(self, record: Record, main: Table) -> str:
        """Work the records out once; the SELECT that gives the rows of the main table."""
        if record.prepare:
            self._run(f"CREATE OR REPLACE TEMP TABLE parsed AS {record.prepare}")
            return record.selects[main.name]
        self._run(f"CREATE OR REPLACE TEMP TABLE parsed AS {record.selects[main.name]}")
        return "SELECT * FROM parsed"

    def _stage(self, select: str) -> None:
        self._run(f"CREATE OR REPLACE TEMP VIEW staged AS {select}")

    def _reject(self, condition: str, reason: str) -> None:
        bad = self._run(f"SELECT record_id, left(coalesce(record, context, ''), 200) FROM raw WHERE {condition}")
        self._shared.account.reject([Reject(int(record_id.split(":")[1]), reason, text) for record_id, text in bad])
        if bad:
            self._run(f"DELETE FROM raw WHERE {condition}")

    def _drop_repeated(self, main: Table) -> None:
        """Remove records whose key was seen before, here or in the table. Needs the turn."""
        key, seen = _key(main), f"seen_{main.name}"
        self._remember(main, key)
        self._run(f"CREATE OR REPLACE TEMP TABLE marked AS SELECT record_id, {key} AS k FROM staged")
        self._run(
            "CREATE OR REPLACE TEMP TABLE again AS SELECT record_id FROM marked WHERE k IS NOT NULL "
            f"QUALIFY row_number() OVER (PARTITION BY k ORDER BY {PLACE}) > 1 OR k IN (SELECT k FROM {seen})"
        )
        fresh = "k IS NOT NULL AND record_id NOT IN (SELECT record_id FROM again)"
        self._run(f"INSERT INTO {seen} SELECT k FROM marked WHERE {fresh}")
        repeated = self._one("SELECT count(DISTINCT record_id) FROM again")
        self._shared.account.repeat(repeated)
        for name in ("raw", "parsed") if repeated else ():
            self._run(f"DELETE FROM {name} WHERE record_id IN (SELECT record_id FROM again)")

    def _remember(self, main: Table, key: str) -> None:
        """Know the keys of the table as it stands; a state table starts anew with every run."""
        if self._shared.first(f"seen_{main.name}"):
            known = f"{key} IS NOT NULL" if main.kind == "event" else "false"
            known += " AND log <> 'unified_audit'" if main.name in ECHOED else ""
            keys = f"SELECT DISTINCT {key} AS k FROM {main.name} WHERE {known}"
            self._run(f"CREATE OR REPLACE TABLE seen_{main.name} AS {keys}")

    def _note(self, main: Table) -> None:
        """What was kept of this batch, for the account."""
        kept = self._one("SELECT count(DISTINCT record_id) FROM staged")
        thin = self._one("SELECT count(*) FROM raw WHERE record = '{}'")
        shape = "strftime({}(time), '%Y-%m-%dT%H:%M:%SZ')"
        window = f"SELECT {shape.format('min')}, {shape.format('max')} FROM staged"
        first, last = self._run(window)[0] if "time" in main.columns else ("", "")
        self._shared.account.keep(kept, thin, first or "", last or "")

    def _write(self, record: Record, table: Table) -> None:
        self._parts += 1
        target = self._shared.part(table.name, self._number, self._parts)
        order = ", ".join(column for column in SORT if column in table.columns)
        rows = f"{self._complete(record, table)} {'ORDER BY ' + order if order else ''}"
        count = self._one(f"COPY ({rows}) TO {quoted(target.as_posix())} (FORMAT parquet, COMPRESSION zstd)")
        if count:
            self._shared.account.fill(table.name, count)
        else:
            target.unlink()

    def _complete(self, record: Record, table: Table) -> str:
        """The staged rows with every column of the table, and what is known of their addresses."""
        present = [row[0] for row in self._run("DESCRIBE staged")]
        table.check(present)
        columns = {name: f"s.{name}" if name in present else "NULL" for name in table.columns}
        joins = ""
        if {"ip", *addresses.KNOWN} <= set(table.columns):
            with self._shared.lock:
                addresses.look_up(self._connection)
            joins = addresses.joins(columns["asn"])
            columns |= addresses.told(columns)
        shown = ", ".join(f"CAST({columns[name]} AS {kind}) AS {name}" for name, kind in table.duckdb.items())
        return f"SELECT {shown} FROM staged s{joins}"


def _key(table: Table) -> str:
    """One 128-bit number for the key, NULL when the record has no id."""
    parts = ", ".join(f"coalesce(CAST({name} AS VARCHAR), '')" for name in table.key)
    return f"(CASE WHEN {table.key[0]} IS NOT NULL THEN md5_number(concat_ws(chr(31), {parts})) END)"
