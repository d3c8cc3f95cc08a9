"""Build a world, put a server over it and keep it up: what both commands do."""

from __future__ import annotations

import json
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from cryptography.x509 import Certificate, load_pem_x509_certificate

from kit.errors import InputError
from kit.simulator.build import build
from kit.simulator.server import Server

WAKE_SECONDS = 0.5
"""On Windows a wait without an end is not interrupted by Ctrl-C."""


def launch(
    *,
    seed: int,
    users: int,
    stories: str,
    truth: Path | None = None,
    port: int = 0,
    account: str = "",
    certificates: Sequence[Path] = (),
    direct: bool = False,
) -> Server:
    """A server ready to be entered. `stories` are joined by comma; `truth` is a file to write the labels to.

    InputError when the port is taken, a file cannot be used, or a story or account does not exist.
    """
    known = [_certificate(path) for path in certificates]
    world = build(seed=seed, users=users, stories=[name.strip() for name in stories.split(",") if name.strip()])
    server = Server(world, port=port, direct=direct, certificates=known, account=account)
    if truth is not None:
        lines = "".join(json.dumps(label) + "\n" for label in world.truth())
        try:
            truth.write_text(lines, "utf-8")
        except OSError as error:
            raise InputError(f"{truth} cannot be written: {error.strerror}.") from None
    return server


def serve(server: Server, said: str, *, guarded: bool = False) -> None:
    """Print `said` once the server is up, and serve until SIGTERM or Ctrl-C.

    `guarded`: also until standard input closes, which it does when whoever started this process is gone.
    """
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with server:
        print(said, flush=True)
        if guarded:
            threading.Thread(target=_stop_at_end_of_input, args=(stop,), daemon=True).start()
        while not stop.wait(WAKE_SECONDS):
            continue


def _stop_at_end_of_input(stop: threading.Event) -> None:
    sys.stdin.buffer.read()
    stop.set()


def _certificate(path: Path) -> Certificate:
    try:
        return load_pem_x509_certificate(path.read_bytes())
    except (OSError, ValueError):
        raise InputError(f"{path.name} is not a certificate that can be read.", "Give it as PEM.") from None
