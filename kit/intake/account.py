"""The account of an intake: what became of every record."""

from __future__ import annotations

import json
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
            lines = (json.dumps(vars(reject), ensure_ascii=True) for reject in self.rejects)
            path.write_text("\n".join(lines) + "\n", encoding="utf-8")
