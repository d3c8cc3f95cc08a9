"""Coverage: what was asked, what came, what is missing, and why. Shown before findings, always.

"Nothing found" is only as good as what was looked at. Every source, file and detection leaves one line here, also (and
above all) when it failed, was not allowed, not licensed, or could not run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal

Status = Literal["complete", "partial", "empty", "not allowed", "not licensed", "not available", "failed", "not run"]
SPOKEN: dict[str, str] = {
    "complete": "all that was asked for came",
    "partial": "some came, some did not",
    "empty": "asked, and nothing came: this may mean quiet, or no recording",
    "not allowed": "a permission or role is missing",
    "not licensed": "the tenant's licence does not include it",
    "not available": "this tenant or cloud does not offer it",
    "failed": "asked, and it went wrong",
    "not run": "could not be asked",
}


@dataclass(frozen=True)
class Line:
    """One line of coverage.

    `kind` is "source", "file" or "detection"; `start`/`end` the window it rests on (ISO, UTC) where there is one;
    `rows` what was kept; `why` the reason in words where status is not "complete"; `counts` the account of a file
    (read, kept, repeated, rejected); `tables` what it fills.
    """

    kind: Literal["source", "file", "detection"]
    name: str
    status: Status
    why: str = ""
    rows: int = 0
    start: str = ""
    end: str = ""
    counts: dict[str, int] | None = None
    tables: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """A plain object for the journal and coverage.json."""
        return {key: value for key, value in asdict(self).items() if value not in ("", None, ())}


def line_of(entry: Mapping[str, Any]) -> Line:
    """The line that a journal entry holds under "line"."""
    told = entry["line"]
    known = {field.name: told[field.name] for field in fields(Line) if field.name in told}
    return Line(**known | {"tables": tuple(told.get("tables", ()))})


def summary(lines: Sequence[Line]) -> str:
    """One sentence for the head of a report: how much was looked at and what was not."""
    asked = [line for line in lines if line.kind != "detection"]
    rules = [line for line in lines if line.kind == "detection"]
    missing = [line.name for line in asked if line.status not in ("complete", "empty")]
    idle = [line for line in rules if line.status != "complete"]
    text = f"{len(asked) - len(missing)} of {len(asked)} sources and files were read in full"
    text += f" (not: {', '.join(missing)})" if missing else ""
    return f"{text}; {len(rules) - len(idle)} of {len(rules)} detections could run."
