"""A finding: what a detection saw, about whom, when, in which records, and how far it may be trusted.

readiness(DETECTIONS["session_replay"], tables)   "" when it can be asked, else why not: a line for coverage
run(DETECTIONS["session_replay"], tables)         its findings, in order
ask(DETECTIONS.values(), tables)                  many detections: findings, and why some did not run
Findings(…)                                       many of them: a sequence, a frame, a table on screen
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any, overload

import ibis.expr.types as ir
import pandas as pd

from kit.detection import SEVERITIES, Detection, Refined


@dataclass(frozen=True)
class Finding:
    """One finding.

    `id` depends only on the detection, the subject and the events, so that decisions survive a re-run. `claimed` is
    the severity the detection gives by itself; `severity` the one after weighing the whole case (`kit.verdict`).
    Times are UTC, None where a setting was found rather than an event. `event_ids` are the records' own ids,
    `record_ids` their places in the evidence.
    """

    id: str
    detection: str
    title: str
    severity: str
    claimed: str
    family: str
    attack: tuple[str, ...]
    subject: str
    first_seen: datetime | None
    last_seen: datetime | None
    event_ids: tuple[str, ...]
    record_ids: tuple[str, ...]
    reasons: tuple[str, ...]
    against: tuple[str, ...]
    next_step: str

    def as_json(self) -> dict[str, Any]:
        """A plain object for findings.json: times ISO with Z (null for None), tuples as lists."""
        return {field.name: _plain(getattr(self, field.name)) for field in fields(self)}

    @property
    def order(self) -> tuple[bool, datetime, str, str]:
        """Sort key: by time, those without a time last, then by detection and id."""
        return (self.first_seen is None, self.first_seen or datetime.min.replace(tzinfo=UTC), self.detection, self.id)


class Findings(Sequence[Finding]):
    """Findings in order, immutable. `frame()` gives pandas; on screen it is a table."""

    def __init__(self, findings: Iterable[Finding] = ()) -> None:
        self._findings = tuple(sorted(findings, key=lambda finding: finding.order))

    @overload
    def __getitem__(self, index: int) -> Finding: ...
    @overload
    def __getitem__(self, index: slice) -> Findings: ...
    def __getitem__(self, index: int | slice) -> Finding | Findings:
        found = self._findings[index]
        return found if isinstance(found, Finding) else Findings(found)

    def __len__(self) -> int:
        return len(self._findings)

    def __iter__(self) -> Iterator[Finding]:
        return iter(self._findings)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Findings) and self._findings == other._findings

    def __hash__(self) -> int:
        return hash(self._findings)

    def frame(self) -> pd.DataFrame:
        """One row a finding, one column a field; times are UTC timestamps."""
        columns = [field.name for field in fields(Finding)]
        frame = pd.DataFrame([[getattr(f, name) for name in columns] for f in self], columns=columns)
        return frame.astype({"first_seen": "datetime64[us, UTC]", "last_seen": "datetime64[us, UTC]"})

    def _repr_html_(self) -> str:
        from kit.render import frame_html

        shown = self.frame()[["severity", "subject", "title", "first_seen", "reasons", "against", "id"]]
        return frame_html(shown, caption=f"{len(self)} findings")


def run(detection: Detection, tables: Mapping[str, ir.Table], **thresholds: Any) -> list[Finding]:
    """Ask `detection` of `tables` (name → Ibis table): its findings, by time.

    Whatever goes wrong inside is raised; who asks many keeps one failure from stopping the rest.
    """
    answer = detection(tables, **thresholds)
    if isinstance(answer, Refined):
        refined = answer.step(answer.narrowed.to_pyarrow().to_pandas())
        return findings_of(detection, refined.to_dict("records"))
    return findings_of(detection, answer.to_pyarrow().to_pylist())


def findings_of(detection: Detection, rows: Iterable[Mapping[Any, Any]]) -> list[Finding]:
    """The findings that the rows of a detection's answer mean (see `FINDING_COLUMNS`), by time, each id once."""
    by_id: dict[str, Finding] = {}
    for finding in (_finding(detection, row) for row in rows):
        known = by_id.get(finding.id)
        if known is None or _weight(finding) < _weight(known):
            by_id[finding.id] = finding
    return sorted(by_id.values(), key=lambda finding: finding.order)


@dataclass(frozen=True)
class Answer:
    """What many detections said: their findings, and for each that gave none the reason, by name."""

    findings: Findings
    not_run: Mapping[str, str]
    failed: Mapping[str, str]


def ask(detections: Iterable[Detection], tables: Mapping[str, ir.Table]) -> Answer:
    """Ask every detection that can be asked; one that breaks does not stop the others.

    A detection whose tables are all empty is not asked: nothing is found in nothing (a law that tests hold it to).
    """
    filled = {name for name, table in tables.items() if table.count().to_pyarrow().as_py()}
    findings: list[Finding] = []
    not_run: dict[str, str] = {}
    failed: dict[str, str] = {}
    for detection in detections:
        try:
            why = readiness(detection, tables)
            if why:
                not_run[detection.name] = why
            elif filled.intersection(detection.tables):
                findings += run(detection, tables)
        except Exception as error:  # whatever it is, it is this detection's alone, and coverage will say it
            failed[detection.name] = f"{type(error).__name__}: {error}"
    return Answer(Findings(findings), not_run, failed)


def readiness(detection: Detection, tables: Mapping[str, ir.Table]) -> str:
    """Why `detection` cannot be asked of `tables`, in words for coverage; "" when it can.

    It cannot when a table it needs is missing, or when a column it needs is NULL in every row (a log that does not
    carry it). A table without rows is no hindrance: coverage says elsewhere what was collected.
    """
    missing = [name for name in detection.tables if name not in tables and name not in detection.optional]
    if missing:
        return f"needs {', '.join(missing)}, which this case does not have"
    if not any(name in tables for name in detection.tables):
        return f"needs one of {', '.join(detection.tables)}; this case has none of them"
    for name, columns in detection.columns.items():
        if name in tables:
            lacking = _lacking(tables[name], columns)
            if lacking:
                return f"needs {', '.join(lacking)} in {name}, which no record here carries"
    return ""


def finding_id(detection: str, subject: str, events: Iterable[str]) -> str:
    """Twelve hex digits of SHA-256 over detection, subject and sorted event ids."""
    text = "\x1f".join([detection, subject, *sorted(set(events))])
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def severity_rank(severity: str) -> int:
    """0 for critical … 4 for info, for sorting."""
    return SEVERITIES.index(severity)


def _lacking(table: ir.Table, columns: Sequence[str]) -> list[str]:
    counts = table.aggregate(rows=table.count(), **{name: table[name].count() for name in columns})
    told = counts.to_pyarrow().to_pylist()[0]
    return [name for name in columns if told["rows"] and not told[name]]


def _finding(detection: Detection, row: Mapping[Any, Any]) -> Finding:
    records, events = _texts(row.get("record_ids")), _texts(row.get("event_ids"))
    subject = _text(row.get("subject")) or "unknown"
    claimed = _text(row.get("severity")) or detection.severity
    return Finding(
        id=finding_id(detection.name, subject, events or records),
        detection=detection.name,
        title=_text(row.get("title")) or detection.title,
        severity=claimed,
        claimed=claimed,
        family=detection.family,
        attack=detection.attack,
        subject=subject,
        first_seen=_time(row.get("first_seen")),
        last_seen=_time(row.get("last_seen")),
        event_ids=events,
        record_ids=records,
        reasons=_parts(row.get("reason")),
        against=_parts(row.get("against")),
        next_step=detection.prose["Next"],
    )


def _weight(finding: Finding) -> tuple[Any, ...]:
    """What decides between two findings of one id, whatever the order they came in: the graver one, then by words."""
    return (severity_rank(finding.severity), finding.title, finding.reasons, finding.against)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%S.%f").rstrip("0").rstrip(".") + "Z"
    return list(value) if isinstance(value, tuple) else value


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _parts(value: Any) -> tuple[str, ...]:
    return tuple(part for part in _text(value).split("\n") if part)


def _texts(values: Any) -> tuple[str, ...]:
    if not isinstance(values, Iterable) or isinstance(values, str):
        return ()
    return tuple(sorted({value for value in values if isinstance(value, str)}))


def _time(value: Any) -> datetime | None:
    moment = pd.Timestamp(value) if isinstance(value, datetime) else pd.NaT
    if pd.isna(moment):
        return None
    moment = moment.tz_localize("UTC") if moment.tzinfo is None else moment.tz_convert("UTC")
    told: datetime = moment.to_pydatetime()
    return told
