"""Intake: from kept evidence to rows in tables, with an account that adds up.

Every record of a file is kept, repeated or rejected, and the three add up to what was read. Rejected ones are written
to `rejected/` with the reason. Rows are staged and put in place at the end, so that a run cut off leaves nothing
behind. A record repeats another when the main table of its kind already has its key (an empty or redacted id is no
key).
"""

from __future__ import annotations

import shutil
import uuid
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import pyarrow as pa

from kit.engine import INTAKE_MEMORY, MEMORY, Engine
from kit.importer import Importer
from kit.intake import addresses
from kit.intake.account import Account
from kit.intake.batch import Batch
from kit.intake.run import Run
from kit.reader import Reject

__all__ = ["Account", "Intake"]
WORKERS = 2


class Intake:
    """One run: chunks of records of one file or one collection, turned into staged rows, then put in place."""

    def __init__(self, engine: Engine, rejects: list[Reject] | None = None) -> None:
        self.engine = engine
        self.account = Account(rejects=rejects if rejects is not None else [])
        self._run = Run(engine, self.account, engine.folder / f".staging-{uuid.uuid4().hex[:8]}")
        self._pool = ThreadPoolExecutor(WORKERS)
        self._waiting: deque[Future[None]] = deque()
        self._batches = 0
        engine.limit(INTAKE_MEMORY)
        addresses.prepare(engine.connection)

    def take(self, chunk: pa.Table, importers: Sequence[Importer]) -> None:
        """The records of one chunk of an exported file. What went wrong in an earlier chunk is raised here."""
        self._submit(lambda batch: batch.take(chunk, importers))

    def take_raw(self, rows: pa.Table, kind: str) -> None:
        """Records fetched from a tenant: `rows` has record_id, record, context."""
        self._submit(lambda batch: batch.take_raw(rows, kind))

    def settle(self, name: str, *, replace: Iterable[str] = ()) -> Account:
        """Put the staged rows in place as parts called `name`; parts of the runs in `replace` make room for them."""
        self._wait(0)
        for old in replace:
            for part in self.engine.folder.glob(f"*/{old}-*.parquet"):
                part.unlink()
        for part in self._run.staging.glob("*/*.parquet"):
            folder = self.engine.folder / part.parent.name
            folder.mkdir(parents=True, exist_ok=True)
            part.rename(folder / f"{name}-{part.name}")
        self.abandon()
        self.account.save_rejects(self.engine.folder.parent / "rejected" / f"{name}.ndjson")
        self.engine.refresh()
        return self.account

    def abandon(self) -> None:
        """Forget what was staged."""
        self._pool.shutdown(cancel_futures=True)
        self.engine.limit(MEMORY)
        shutil.rmtree(self._run.staging, ignore_errors=True)

    def _submit(self, work: Callable[[Batch], None]) -> None:
        self._wait(WORKERS)
        batch = Batch(self._run, self._batches)
        self._batches += 1
        self._waiting.append(self._pool.submit(work, batch))

    def _wait(self, left: int) -> None:
        """Wait until at most `left` batches are unfinished."""
        while len(self._waiting) > left:
            self._waiting.popleft().result()
