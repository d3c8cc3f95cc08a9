"""What the batches of one run share: the account, the staging folder, whose turn it is."""

from __future__ import annotations

import threading
from pathlib import Path

from kit.engine import Engine
from kit.intake.account import Account


class Turns:
    """Batches wait here until all earlier ones have had their turn."""

    def __init__(self) -> None:
        self._ended: set[int] = set()
        self._next = 0
        self._changed = threading.Condition()

    def wait(self, number: int) -> None:
        """Return when it is batch `number`'s turn."""
        with self._changed:
            self._changed.wait_for(lambda: self._next >= number)

    def end(self, number: int) -> None:
        """Batch `number` needs no more turn, also when it failed."""
        with self._changed:
            self._ended.add(number)
            while self._next in self._ended:
                self._next += 1
            self._changed.notify_all()


class Run:
    """One run over `engine`, staging into `staging`."""

    def __init__(self, engine: Engine, account: Account, staging: Path) -> None:
        self.engine = engine
        self.account = account
        self.staging = staging
        self.turns = Turns()
        self.lock = threading.Lock()
        self._known: set[str] = set()

    def first(self, name: str) -> bool:
        """True the first time `name` is asked about in this run."""
        with self.lock:
            new = name not in self._known
            self._known.add(name)
            return new

    def part(self, table: str, batch: int, number: int) -> Path:
        """The place of a staged part; its folder is made."""
        folder = self.staging / table
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{batch:05d}-{number}.parquet"
