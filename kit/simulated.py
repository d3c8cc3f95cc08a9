"""The simulated tenant as a process of its own: the one place that starts it, and nothing of it is imported.

    with simulated.start(stories=("A1", "B1")) as tenant:
        connect_simulated(tenant["url"])

The process ends with the `with` block, and by itself when the one that started it is gone.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from kit.errors import SetupError

STORIES = ("A1", "A8", "B1", "B6")
VARIABLE = "KIT_SIMULATED_TENANT"  # holds the facts of a running tenant, as JSON, for notebooks and their kernels
START_SECONDS = 60.0
STOP_SECONDS = 5.0


@contextmanager
def start(
    *, stories: Sequence[str] = STORIES, users: int = 45, seed: int = 7, truth: Path | None = None
) -> Iterator[dict[str, Any]]:
    """Start a tenant on a free loopback port and give its facts: url, tenant, name, client_id, accounts and so on.

    `truth` is a file to write the labels to, which the tenant itself never serves. SetupError when it does not start.
    """
    words = ["--port", "0", "--seed", str(seed), "--stories", ",".join(stories), "--users", str(users)]
    if truth is not None:
        words += ["--truth", str(truth)]
    with tempfile.TemporaryFile(mode="w+", encoding="utf-8", errors="replace") as log:
        process = _spawn(words, log)
        try:
            yield _facts(process, log)
        finally:
            _stop(process)


def running() -> dict[str, Any] | None:
    """The facts of the tenant that whoever started this process has started, if any."""
    facts = os.environ.get(VARIABLE)
    return json.loads(facts) if facts else None


def _spawn(words: list[str], log: IO[str]) -> subprocess.Popen[str]:
    """In a process group of its own, so that Ctrl-C stops JupyterLab first and the tenant after it."""
    own_group: dict[str, Any] = {"process_group": 0}
    if sys.platform == "win32":
        own_group = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return subprocess.Popen(
        [sys.executable, "-m", "kit.simulator", "--stdin-guard", *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=log,
        text=True,
        encoding="utf-8",
        **own_group,
    )


def _facts(process: subprocess.Popen[str], log: IO[str]) -> dict[str, Any]:
    assert process.stdout is not None
    impatience = threading.Timer(START_SECONDS, process.kill)
    impatience.start()
    try:
        line = process.stdout.readline()
    finally:
        impatience.cancel()
    if not line:
        process.wait()
        log.seek(0)
        last = (log.read().strip().splitlines() or ["it said nothing"])[-1]
        raise SetupError(f"The simulated tenant did not start ({last}).", "Run: python -m kit.simulator")
    facts: dict[str, Any] = json.loads(line)
    return facts


def _stop(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()
