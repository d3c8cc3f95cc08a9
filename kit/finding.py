"""A finding: what a detection saw, about whom, when, in which records, and how far it may be trusted."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pandas as pd

from kit.detection import FINDING_COLUMNS, SEVERITIES, Detection


@dataclass(frozen=True)
class Finding:
    """One finding.

    `id` depends only on the detection, the subject and the events, so that decisions survive a re-run. `claimed` is
    the severity the detection gives by itself; `severity` the one after weighing the whole case (`kit.verdict`).
    Times are UTC. `event_ids` are the records' own ids, `record_ids` their places in the evidence.
    """

    id: str
    detection: str
    title: str
    severity: str
    claimed: str
    family: str
    attack: tuple[str, ...]
    subject: str
    first_seen: datetime
    last_seen: datetime
    event_ids: tuple[str, ...]
    record_ids: tuple[str, ...]
    reasons: tuple[str, ...]
    against: tuple[str, ...]
    next_step: str

    def as_json(self) -> dict[str, Any]:
        """A plain object for findings.json: times ISO with Z, tuples as lists."""
        plain: dict[str, Any] = {}
        for name in self.__dataclass_fields__:
            value = getattr(self, name)
            if isinstance(value, datetime):
                value = value.strftime("%Y-%m-%dT%H:%M:%S.%f").rstrip("0").rstrip(".") + "Z"
            plain[name] = list(value) if isinstance(value, tuple) else value
        return plain


def findings_of(detection: Detection, frame: pd.DataFrame) -> list[Finding]:
    """The findings in the frame a detection's expression gave; see `FINDING_COLUMNS` for its columns."""
    full = frame.reindex(columns=list(FINDING_COLUMNS))
    return sorted((_finding(detection, row) for row in full.to_dict("records")), key=lambda f: (f.first_seen, f.id))


def finding_id(detection: str, subject: str, events: Iterable[str]) -> str:
    """Twelve hex digits of SHA-256 over detection, subject and sorted event ids."""
    text = "\x1f".join([detection, subject, *sorted(set(events))])
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def severity_rank(severity: str) -> int:
    """0 for critical … 4 for info, for sorting."""
    return SEVERITIES.index(severity)  # type: ignore[arg-type]


def _finding(detection: Detection, row: dict[str, Any]) -> Finding:
    records = _texts(row["record_ids"])
    events = _texts(row["event_ids"])
    subject = _text(row["subject"])
    claimed = _text(row["severity"]) or detection.severity
    return Finding(
        id=finding_id(detection.name, subject, events or records),
        detection=detection.name,
        title=_text(row["title"]) or detection.title,
        severity=claimed,
        claimed=claimed,
        family=detection.family,
        attack=detection.attack,
        subject=subject,
        first_seen=_time(row["first_seen"]),
        last_seen=_time(row["last_seen"]),
        event_ids=events,
        record_ids=records,
        reasons=tuple(part for part in _text(row["reason"]).split("\n") if part),
        against=tuple(part for part in _text(row["against"]).split("\n") if part),
        next_step=detection.prose["Next"],
    )


def _text(value: Any) -> str:
    return "" if value is None or value is pd.NA or (isinstance(value, float) and value != value) else str(value)


def _texts(values: Any) -> tuple[str, ...]:
    if values is None or isinstance(values, float):
        return ()
    return tuple(sorted({str(value) for value in values if value is not None and value == value}))


def _time(value: Any) -> datetime:
    moment = pd.Timestamp(value)
    if pd.isna(moment):
        return datetime(1, 1, 1, tzinfo=UTC)
    moment = moment.tz_localize("UTC") if moment.tzinfo is None else moment.tz_convert("UTC")
    return moment.to_pydatetime()
