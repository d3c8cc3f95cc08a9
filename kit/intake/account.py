"""The account of an intake: what became of every record. Batches that run side by side write into one."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from kit.reader import Reject


@dataclass
class Account:
    """What became of the records: `read` = `kept` + `repeated` + `rejected`, always.

    `thin` of those kept had no readable content of their own and stand on the export's columns. `rows` a table;
    `formats` records by importer; `first`/`last` the window of what was kept (ISO, UTC, "" when it has no times).
    """

    kept: int = 0
    repeated: int = 0
    thin: int = 0
    rejects: list[Reject] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)
    formats: dict[str, int] = field(default_factory=dict)
    first: str = ""
    last: str = ""

    def __post_init__(self) -> None:
        self._lock = threading.Lock()

    def keep(self, kept: int, thin: int, first: str, last: str) -> None:
        """Count what a batch kept, and the window of it."""
        with self._lock:
            self.kept += kept
            self.thin += thin
            self.first = min(filter(None, (self.first, first)), default="")
            self.last = max(filter(None, (self.last, last)), default="")

    def repeat(self, count: int) -> None:
        """Count what a batch had seen before."""
        with self._lock:
            self.repeated += count

    def reject(self, rejects: Iterable[Reject]) -> None:
        """Count what a batch could not read."""
        with self._lock:
            self.rejects.extend(rejects)

    def count(self, importer: str, records: int) -> None:
        """Count the records that came in a format."""
        with self._lock:
            self.formats[importer] = self.formats.get(importer, 0) + records

    def fill(self, table: str, rows: int) -> None:
        """Count the rows that went into a table."""
        with self._lock:
            self.rows[table] = self.rows.get(table, 0) + rows

    @property
    def rejected(self) -> int:
        """How many were rejected."""
        return len(self.rejects)

    @property
    def read(self) -> int:
        """How many there were."""
        return self.kept + self.repeated + self.rejected

    def counts(self) -> dict[str, int]:
        """The numbers, for the journal and coverage."""
        return {
            "read": self.read,
            "kept": self.kept,
            "repeated": self.repeated,
            "rejected": self.rejected,
            "thin": self.thin,
        }

    def save_rejects(self, path: Path) -> None:
        """Write the rejected records to a side file, one JSON object a line; nothing when there are none."""
        if self.rejects:
            path.parent.mkdir(parents=True, exist_ok=True)
            ordered = sorted(self.rejects, key=lambda reject: reject.record)
            lines = (json.dumps(vars(reject), ensure_ascii=True) for reject in ordered)
            path.write_text("\n".join(lines) + "\n", encoding="utf-8")
