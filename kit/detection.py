"""A detection: one question asked of the tables, with its reasons, its limits and examples that prove it.

A file in `detections/` holds one function. **Its argument names are the tables it reads**; its keyword-only arguments
are its thresholds. It returns one Ibis expression, so it runs on DuckDB here and on Spark there without edits:

    @detection(severity="high", family="mailbox", attack=("T1114.003",), examples=(...))
    def external_forwarding(audit_records: ir.Table, accepted_domains: ir.Table = None) -> ir.Table:
        '''Mail of a mailbox is forwarded outside the organisation.

        Why: …            what an attacker gains, in one or two sentences
        False positives: …
        Limits: …         what this cannot see
        Next: …           what the analyst does now
        '''

A table argument with the default None may be absent: an empty table stands in for it (`Detection.optional`).

The expression has one row a finding and these columns (see `FINDING_COLUMNS`): `subject` (the account it is about),
`title`, `reason` (one a line, see `expressions.lines`), and by `expressions.evidence` or `each` also `first_seen`,
`last_seen`, `event_ids`, `record_ids`; optionally `severity` where it depends on the row and `against` (what speaks for
an innocent reading). The shortest real one to copy is `detections/restricted_sender.py`; the words that expressions are
written in are `expressions.py`, what is new for an account is `baseline.py`, what is known by name is `known.py`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import ibis
import ibis.expr.types as ir
import pandas as pd
import pyarrow as pa

from kit.errors import InputError, SchemaError
from kit.prose import prose, sections
from kit.shelf import Shelf
from kit.table import TABLES, Table

Severity = Literal["critical", "high", "medium", "low", "info"]
SEVERITIES: tuple[str, ...] = ("critical", "high", "medium", "low", "info")
FAMILIES = (
    "network",  # where it came from, and with which tool
    "credential",  # the password or factor was attacked or proved known
    "session",  # a token or session used where it was not made
    "vendor",  # Microsoft's own risk verdicts
    "persistence",  # methods, devices, consents, roles: ways to come back
    "mailbox",  # rules, forwarding, delegation
    "collection",  # mail and files read
    "outbound",  # mail sent
    "tamper",  # auditing and policy weakened
    "posture",  # settings, not events
)
FINDING_COLUMNS = {
    "subject": "string",
    "title": "string",
    "severity": "string",
    "reason": "string",
    "against": "string",
    "first_seen": "timestamp(6)",
    "last_seen": "timestamp(6)",
    "event_ids": "array<string>",
    "record_ids": "array<string>",
}
SECTIONS = ("Why", "False positives", "Limits", "Next")


@dataclass(frozen=True)
class Example:
    """Rows that show a detection what it must find, or must leave alone.

    `kind` is "hit", "miss" (a near miss: one fact away from a hit) or "look-alike" (benign behaviour that looks like
    the attack). `tables` maps table names to rows; rows name only the columns that matter. Times are ISO text, UTC.
    `finds` is the number of findings expected; `severity` the severity of every one of them, where it matters.
    """

    kind: Literal["hit", "miss", "look-alike"]
    says: str
    tables: Mapping[str, Sequence[Mapping[str, Any]]]
    finds: int = 0
    severity: str = ""

    def arrow(self) -> dict[str, pa.Table]:
        """The example's tables, typed as the vocabulary says; rows get the ids they do not name ("e1", "0001:1" …)."""
        filled: dict[str, pa.Table] = {}
        for name, rows in self.tables.items():
            table = TABLES[name]
            types = ibis.schema(table.schema).to_pyarrow()
            given = [_identified(table, number, row) for number, row in enumerate(rows, start=1)]
            filled[name] = pa.Table.from_pylist([table.complete(row) for row in given], schema=types)
        return filled


@dataclass(frozen=True)
class Refined:
    """For the few that need it: a narrowed expression and a pandas step over its frame.

    `step` gets the executed frame and returns one with the columns of FINDING_COLUMNS.
    """

    narrowed: ir.Table
    step: Callable[[pd.DataFrame], pd.DataFrame]


@dataclass(frozen=True)
class Detection:
    """One detection: the pure function and what is known about it. Made by the `detection` decorator."""

    name: str
    title: str
    severity: Severity
    family: str
    attack: tuple[str, ...]
    tables: tuple[str, ...]
    optional: frozenset[str]
    thresholds: Mapping[str, Any]
    prose: Mapping[str, str]
    examples: tuple[Example, ...]
    find: Callable[..., ir.Table | Refined]
    columns: Mapping[str, tuple[str, ...]]

    def __call__(self, tables: Mapping[str, ir.Table], **thresholds: Any) -> ir.Table | Refined:
        """The expression over `tables` (name → Ibis table); thresholds override the defaults."""
        unknown = sorted(set(thresholds) - set(self.thresholds))
        if unknown:
            raise InputError(
                f"{self.name} has no threshold {', '.join(unknown)}.", f"It has: {', '.join(self.thresholds)}."
            )
        return self.find(*(self._table(tables, name) for name in self.tables), **thresholds)

    def _table(self, tables: Mapping[str, ir.Table], name: str) -> ir.Table:
        if name in self.optional and name not in tables:
            return ibis.memtable([], schema=TABLES[name].schema)
        return tables[name]


DETECTIONS: Shelf[Detection] = Shelf("kit.detections", Detection)


def detection(
    *,
    severity: Severity,
    family: str,
    attack: tuple[str, ...],
    examples: tuple[Example, ...],
    columns: Mapping[str, tuple[str, ...]] | None = None,
) -> Callable[[Callable[..., ir.Table | Refined]], Detection]:
    """Make a Detection of a function. `columns` names columns without which its answer would mean nothing:

    where such a column is NULL in every row (a log that does not carry it), the detection is *not run* and coverage
    says so. SchemaError when the function speaks of unknown tables, columns, families or lacks a docstring section.
    """

    def make(function: Callable[..., ir.Table | Refined]) -> Detection:
        tables, optional, thresholds = _signature(function)
        if family not in FAMILIES or severity not in SEVERITIES:
            raise SchemaError(f"{function.__name__}: unknown family {family!r} or severity {severity!r}.")
        for name, needed in (columns or {}).items():
            TABLES[name].check(needed)
        title, told = _told(function)
        return Detection(
            name=function.__name__,
            title=title,
            severity=severity,
            family=family,
            attack=attack,
            tables=tables,
            optional=optional,
            thresholds=thresholds,
            prose=told,
            examples=examples,
            find=function,
            columns=dict(columns or {}),
        )

    return make


def _identified(table: Table, number: int, row: Mapping[str, Any]) -> dict[str, Any]:
    ids = {"record_id": f"0001:{number}"} | ({"id": f"e{number}"} if "id" in table.columns else {})
    times = {n: datetime.fromisoformat(row[n]) for n, (kind, _) in table.columns.items() if kind == "time" and n in row}
    return ids | dict(row) | times


def _signature(function: Callable[..., Any]) -> tuple[tuple[str, ...], frozenset[str], dict[str, Any]]:
    parameters = inspect.signature(function).parameters.values()
    tables = [p for p in parameters if p.kind is not p.KEYWORD_ONLY]
    missing = [p.name for p in tables if p.name not in TABLES]
    if missing or not tables:
        raise SchemaError(f"{function.__name__} reads unknown tables: {', '.join(missing) or 'none at all'}.")
    optional = frozenset(p.name for p in tables if p.default is None)
    thresholds = {p.name: p.default for p in parameters if p.kind is p.KEYWORD_ONLY}
    return tuple(p.name for p in tables), optional, thresholds


def _told(function: Callable[..., Any]) -> tuple[str, dict[str, str]]:
    title, text = prose(function)
    told = sections(text, SECTIONS)
    absent = [section for section in SECTIONS if not told.get(section)]
    if not title or absent:
        raise SchemaError(f"{function.__name__}: docstring lacks {', '.join(absent) or 'a title'}.")
    return title, told
