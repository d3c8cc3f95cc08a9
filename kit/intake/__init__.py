"""Intake: from kept evidence to rows in tables, with an account that adds up.

Every record of a file is kept, repeated or rejected, and the three add up to what was read. Rejected ones are written
to `rejected/` with the reason. Rows are staged and put in place at the end, so that a run cut off leaves nothing
behind. A record repeats another when the main table of its kind already has its key (an empty or redacted id is no
key).
"""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterable, Sequence
from typing import Any

import pyarrow as pa

from kit.engine import ECHOED, Engine, quoted
from kit.importer import Importer
from kit.intake import addresses
from kit.intake.account import Account
from kit.intake.respell import mend, respell
from kit.intake.routing import routed
from kit.reader import Reject
from kit.record import RECORDS, Record
from kit.table import TABLES, Table

__all__ = ["Account", "Intake"]
SORT = ("operation", "activity", "user", "time")  # a person's events lie together: measured best for timelines
PLACE = "CAST(split_part(record_id, ':', 1) AS BIGINT), CAST(split_part(record_id, ':', 2) AS BIGINT)"


class Intake:
    """One run: chunks of records of one file or one collection, turned into staged rows, then put in place."""

    def __init__(self, engine: Engine, rejects: list[Reject] | None = None) -> None:
        self.engine = engine
        self.account = Account(rejects=rejects if rejects is not None else [])
        self._staging = engine.folder / f".staging-{uuid.uuid4().hex[:8]}"
        self._parts = 0
        self._columns: dict[tuple[str, str], list[str]] = {}
        self._seen: set[str] = set()
        addresses.prepare(engine.connection)

    def take(self, chunk: pa.Table, importers: Sequence[Importer]) -> None:
        """The records of one chunk of an exported file."""
        for importer in routed(self.engine.connection, chunk, importers, self.account.rejects):
            self._run(f"CREATE OR REPLACE TEMP TABLE raw AS {importer.select}")
            formats = self.account.formats
            formats[importer.name] = formats.get(importer.name, 0) + self._one("SELECT count(*) FROM raw")
            self._absorb(RECORDS[importer.record])

    def take_raw(self, rows: pa.Table, kind: str) -> None:
        """Records fetched from a tenant: `rows` has record_id, record, context."""
        self.engine.connection.register("chunk_", rows)
        self._run("CREATE OR REPLACE TEMP TABLE raw AS SELECT record_id, record, context FROM chunk_")
        self.engine.connection.unregister("chunk_")
        self._absorb(RECORDS[kind])

    def settle(self, name: str, *, replace: Iterable[str] = ()) -> Account:
        """Put the staged rows in place as parts called `name`; parts of the runs in `replace` make room for them."""
        for old in replace:
            for part in self.engine.folder.glob(f"*/{old}-*.parquet"):
                part.unlink()
        for part in self._staging.glob("*/*.parquet"):
            folder = self.engine.folder / part.parent.name
            folder.mkdir(parents=True, exist_ok=True)
            part.rename(folder / f"{name}-{part.name}")
        self.abandon()
        self.account.save_rejects(self.engine.folder.parent / "rejected" / f"{name}.ndjson")
        self.engine.refresh()
        return self.account

    def abandon(self) -> None:
        """Forget what was staged."""
        shutil.rmtree(self._staging, ignore_errors=True)

    def _run(self, statement: str) -> list[tuple[Any, ...]]:
        return self.engine.run(statement)

    def _one(self, statement: str) -> Any:
        return self._run(statement)[0][0]

    def _absorb(self, record: Record) -> None:
        main = TABLES[next(iter(record.selects))]
        mend(self.engine.connection, "raw", "record")
        self._reject("record IS NULL OR NOT json_valid(record)", "no whole JSON record")
        respell(self.engine.connection, record.keys)
        self._stage(self._read(record, main))
        self._reject("record_id NOT IN (SELECT record_id FROM staged)", f"not a whole {record.name.replace('_', ' ')}")
        self._drop_repeated(record, main)
        self.account.kept += self._one("SELECT count(DISTINCT record_id) FROM staged")
        self.account.thin += self._one("SELECT count(*) FROM raw WHERE record = '{}'")
        self._note_window(main)
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
        self.account.rejects.extend(Reject(int(record_id.split(":")[1]), reason, text) for record_id, text in bad)
        if bad:
            self._run(f"DELETE FROM raw WHERE {condition}")

    def _drop_repeated(self, record: Record, main: Table) -> None:
        """Remove records whose key was seen before, here or in the table."""
        key = _key(main)
        self._remember(main, key)
        self._run(
            f"CREATE OR REPLACE TEMP TABLE again AS SELECT record_id FROM (SELECT record_id, {key} AS k FROM staged) "
            f"WHERE k IS NOT NULL QUALIFY row_number() OVER (PARTITION BY k ORDER BY {PLACE}) > 1 "
            f"OR k IN (SELECT k FROM seen_{main.name})"
        )
        self._run(
            f"INSERT INTO seen_{main.name} SELECT DISTINCT {key} FROM staged "
            f"WHERE {key} IS NOT NULL AND {key} NOT IN (SELECT k FROM seen_{main.name})"
        )
        repeated = self._one("SELECT count(DISTINCT record_id) FROM again")
        self.account.repeated += repeated
        for name in ("raw", "parsed") if repeated else ():
            self._run(f"DELETE FROM {name} WHERE record_id IN (SELECT record_id FROM again)")

    def _remember(self, main: Table, key: str) -> None:
        """Know the keys of the table as it stands; a state table starts anew with every run."""
        if main.name not in self._seen:
            self._seen.add(main.name)
            known = f"{key} IS NOT NULL" if main.kind == "event" else "false"
            known += " AND log <> 'unified_audit'" if main.name in ECHOED else ""
            keys = f"SELECT DISTINCT {key} AS k FROM {main.name} WHERE {known}"
            self._run(f"CREATE OR REPLACE TEMP TABLE seen_{main.name} AS {keys}")

    def _note_window(self, main: Table) -> None:
        if "time" in main.columns:
            shape = "strftime({}(time), '%Y-%m-%dT%H:%M:%SZ')"
            first, last = self._run(f"SELECT {shape.format('min')}, {shape.format('max')} FROM staged")[0]
            self.account.first = min(filter(None, (self.account.first, first)), default="")
            self.account.last = max(filter(None, (self.account.last, last)), default="")

    def _write(self, record: Record, table: Table) -> None:
        self._parts += 1
        folder = self._staging / table.name
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / f"{self._parts:05d}.parquet"
        order = ", ".join(column for column in SORT if column in table.columns)
        rows = f"{self._complete(record, table)} {'ORDER BY ' + order if order else ''}"
        count = self._one(f"COPY ({rows}) TO {quoted(target.as_posix())} (FORMAT parquet, COMPRESSION zstd)")
        if count:
            self.account.rows[table.name] = self.account.rows.get(table.name, 0) + count
        else:
            target.unlink()

    def _complete(self, record: Record, table: Table) -> str:
        """The staged rows with every column of the table, and what is known of their addresses."""
        if (record.name, table.name) not in self._columns:
            found = [row[0] for row in self._run("DESCRIBE staged")]
            table.check(found)
            self._columns[record.name, table.name] = found
        present = self._columns[record.name, table.name]
        columns = {name: f"s.{name}" if name in present else "NULL" for name in table.columns}
        joins = ""
        if {"ip", *addresses.KNOWN} <= set(table.columns):
            addresses.look_up(self.engine.connection)
            joins = addresses.joins(columns["asn"])
            columns |= addresses.told(columns)
        shown = ", ".join(f"CAST({columns[name]} AS {kind}) AS {name}" for name, kind in table.duckdb.items())
        return f"SELECT {shown} FROM staged s{joins}"


def _key(table: Table) -> str:
    """One 128-bit number for the key, NULL when the record has no id."""
    parts = ", ".join(f"coalesce(CAST({name} AS VARCHAR), '')" for name in table.key)
    return f"(CASE WHEN {table.key[0]} IS NOT NULL THEN md5_number(concat_ws(chr(31), {parts})) END)"
