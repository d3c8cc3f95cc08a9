"""The journal: what was done, when, by which version, in an append-only, hash-chained file of JSON lines.

Every line carries `prev`, the SHA-256 of the bytes of the line before it (64 zeros for the first). Changing, removing
or inserting a line breaks the chain from there on; the head hash printed in a report fixes everything before it.
A chain alone does not stop its owner from rewriting all of it: that takes an outside anchor.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kit.errors import EvidenceError

START = "0" * 64


class Journal:
    """The journal at `path`, made on the first write. Safe for threads of one process.

    A last line cut off by a crash is dropped when the next line is written, and the loss is itself journalled.
    EvidenceError when the chain on disk is broken.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._head, self._length, self._torn = _scan(path)

    @property
    def head(self) -> str:
        """SHA-256 of the last line."""
        return self._head

    def write(self, event: str, **facts: Any) -> dict[str, Any]:
        """Append one line and flush it to the disk before returning. `facts` are plain JSON values, no secrets."""
        with self._lock:
            if self._torn:
                with self.path.open("r+b") as file:
                    file.truncate(self._length)
                lost, self._torn = self._torn, 0
                self._append("journal_repaired", {"bytes_dropped": lost})
            return self._append(event, facts)

    def read(self, event: str = "") -> Iterator[dict[str, Any]]:
        """The entries in order, all or those of one `event`; a torn last line is left out."""
        if not self.path.exists():
            return
        with self.path.open("rb") as file:
            for line in file:
                if line.endswith(b"\n"):
                    entry = json.loads(line)
                    if not event or entry["event"] == event:
                        yield entry

    def _append(self, event: str, facts: dict[str, Any]) -> dict[str, Any]:
        entry = {"time": now(), "event": event, **facts, "prev": self._head}
        line = json.dumps(entry, ensure_ascii=True, sort_keys=True, allow_nan=False).encode() + b"\n"
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("ab") as file:
            file.write(line)
            file.flush()
            os.fsync(file.fileno())
        self._head = hashlib.sha256(line).hexdigest()
        self._length += len(line)
        return entry


def now() -> str:
    """The present moment, ISO 8601, UTC, microseconds, "Z"."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _scan(path: Path) -> tuple[str, int, int]:
    """Head hash, length in bytes of the whole lines, and how many bytes a torn last line has."""
    head, length = START, 0
    if not path.exists():
        return head, 0, 0
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if not line.endswith(b"\n"):
                return head, length, len(line)
            try:
                prev = json.loads(line)["prev"]
            except (ValueError, KeyError, TypeError):
                prev = None
            if prev != head:
                raise EvidenceError(
                    f"The journal's chain is broken at line {number}.",
                    "It was changed after it was written. Keep the folder as it is and start a new case.",
                )
            head = hashlib.sha256(line).hexdigest()
            length += len(line)
    return head, length, 0
