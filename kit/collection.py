"""Collection: a tenant asked source by source, every answer kept as evidence before it is read.

A source that says no does not stop the others: what it said becomes its line of coverage. One that was collected in
full for the same scope is not asked again, so that a collection that was cut off goes on where it stopped.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa

from kit.coverage import Line, Status
from kit.engine import Engine
from kit.errors import KitError, NotAllowed, NotAvailable, NotFound, NotLicensed, UnreadableFile
from kit.evidence import Evidence, Piece
from kit.importer import IMPORTERS, Importer
from kit.intake import Intake
from kit.reader import chunks, head_of
from kit.source import SOURCES, Fetched, Scope, Source
from kit.table import TABLES
from kit.tenant.client import Tenant

BATCH = 20_000  # records read at a time
SLIGHT = timedelta(hours=1)  # what is lost at the far end of 90 days by having started some minutes ago
PREFIX = "c"  # parts of tables that came from a collection are named c0003-…
STATUS: tuple[tuple[type[KitError], Status], ...] = (
    (NotAllowed, "not allowed"),
    (NotLicensed, "not licensed"),
    (NotAvailable, "not available"),
)
Told = Callable[[str], None]


def collect(
    tenant: Tenant, engine: Engine, evidence: Evidence, sources: Iterable[str], scope: Scope, *, say: Told
) -> list[Line]:
    """Ask every source named for the scope; a line of coverage each, journalled. `say` gets a line of progress."""
    lines = []
    for name in sources:
        source = SOURCES[name]
        done = _done(evidence, source, scope)
        line = done or _collect_one(tenant, engine, evidence, source, scope)
        say(f"{name}: {line.status}, {line.rows:,} rows" + (f" ({line.why})" if line.why else ""))
        lines.append(line)
    return lines


def _collect_one(tenant: Tenant, engine: Engine, evidence: Evidence, source: Source, scope: Scope) -> Line:
    reach = source.reach(scope, datetime.now(UTC))
    pages = _Pages(Intake(engine), source)
    status: Status = "complete"
    shorter = reach.start - scope.start > SLIGHT
    why = f"the service keeps {source.days} days, so nothing before {reach.start:%Y-%m-%d}" if shorter else ""
    try:
        for fetched in ahead(source.collect(tenant, reach)):
            pages.take(_keep(evidence, source, fetched), fetched.page.body)
    except KitError as error:
        status, why = _said(error, some=bool(pages.pieces)), str(error)
    pages.read()
    return _settle(pages.intake, evidence, source, scope, pages.pieces, status, why)


def read_again(engine: Engine, evidence: Evidence) -> None:
    """Make the tables of all collections anew from the evidence, without a tenant."""
    for entry in evidence.journal.read("collected"):
        pages = _Pages(Intake(engine), SOURCES[entry["source"]])
        for number in range(entry["first"], entry["first"] + entry["pages"]):
            with evidence[number].open() as stream:
                pages.take(evidence[number], stream.read())
        pages.read()
        pages.intake.settle(f"{PREFIX}{entry['first']:04d}", replace=entry["replaced"])


def ahead(items: Iterator[Fetched]) -> Iterator[Fetched]:
    """The same items, each fetched while the one before it is being read. One request at a time, as before."""
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(next, items, None)
        while (item := coming.result()) is not None:
            coming = pool.submit(next, items, None)
            yield item


def _keep(evidence: Evidence, source: Source, fetched: Fetched) -> Piece:
    context = fetched.page.context()
    return evidence.keep(fetched.page.body, kind="page", source=source.name, told=dict(fetched.context), **context)


class _Pages:
    """Kept pages of one source, read many at a time: a thousand records are too few for the engine."""

    def __init__(self, intake: Intake, source: Source) -> None:
        self.intake = intake
        self.source = source
        self.pieces: list[Piece] = []
        self._waiting: list[pa.Table] = []
        self._importers: list[Importer] = []

    def take(self, piece: Piece, body: bytes) -> None:
        """One page, as it was kept."""
        self.pieces.append(piece)
        told = json.dumps(piece.facts["told"]) if piece.facts["told"] else None
        try:
            head = head_of(io.BytesIO(body), self.source.name)
        except UnreadableFile:
            return
        rejects = self.intake.account.rejects
        for chunk in chunks(lambda: io.BytesIO(body), head, piece.record_id, rejects, self.source.name):
            self._importers = self._importers or _importers(self.source, head.first)
            self._waiting.append(chunk if self._importers else _raw(chunk, told))
        if sum(table.num_rows for table in self._waiting) > BATCH:
            self.read()

    def read(self) -> None:
        """The rows of the pages that wait."""
        if self._waiting:
            rows = pa.concat_tables(self._waiting)
            self._waiting = []
            if self._importers:
                self.intake.take(rows, self._importers)
            else:
                self.intake.take_raw(rows, self.source.record)


def _importers(source: Source, first: Any) -> list[Importer]:
    fitting = (IMPORTERS[name] for name in IMPORTERS)
    return [item for item in fitting if item.record == source.record and isinstance(first, dict) and item.fits(first)]


def _raw(chunk: pa.Table, told: str | None) -> pa.Table:
    context = pa.array([told] * chunk.num_rows, pa.string())
    return pa.table({"record_id": chunk["record_id"], "record": chunk["object"], "context": context})


def _settle(
    intake: Intake, evidence: Evidence, source: Source, scope: Scope, pieces: list[Piece], status: Status, why: str
) -> Line:
    """Put the rows in place. Of states, an earlier look at the same accounts makes room: what is gone must go."""
    number = pieces[0].number if pieces else 0
    state = all(TABLES[name].kind == "state" for name in source.tables)
    same = [entry for entry in _collected(evidence, source) if entry["scope"]["users"] == list(scope.users)]
    earlier = [f"{PREFIX}{entry['first']:04d}" for entry in same] if state and status == "complete" else []
    account = intake.settle(f"{PREFIX}{number:04d}", replace=earlier)
    if account.rejects:
        status, why = "partial", f"{why}; {len(account.rejects):,} records rejected".strip("; ")
    if status == "complete" and not account.kept and not account.repeated:
        status = "empty"
    start, end = (f"{moment:%Y-%m-%dT%H:%M:%SZ}" for moment in (scope.start, scope.end))
    line = Line("source", source.name, status, why, account.kept, start, end, account.counts(), source.tables)
    evidence.journal.write(
        "collected",
        source=source.name,
        scope=_scope(scope),
        first=number,
        pages=len(pieces),
        replaced=earlier,
        line=line.as_json(),
    )
    return line


def _said(error: KitError, *, some: bool) -> Status:
    if isinstance(error, NotFound) and some:
        return "partial"
    known = next((status for kind, status in STATUS if isinstance(error, kind)), None)
    return known or ("partial" if some else "failed")


def _collected(evidence: Evidence, source: Source) -> Iterator[dict[str, Any]]:
    return (entry for entry in evidence.journal.read("collected") if entry["source"] == source.name and entry["pages"])


def _done(evidence: Evidence, source: Source, scope: Scope) -> Line | None:
    """The line of a full collection of the same scope; states are always looked at again."""
    if all(TABLES[name].kind == "state" for name in source.tables):
        return None
    for entry in _collected(evidence, source):
        if entry["scope"] == _scope(scope) and entry["line"]["status"] in ("complete", "empty"):
            told = entry["line"]
            return Line("source", source.name, told["status"], "collected before", told.get("rows", 0))
    return None


def _scope(scope: Scope) -> dict[str, Any]:
    return {"start": scope.start.isoformat(), "end": scope.end.isoformat(), "users": list(scope.users)}
