"""The simulated tenant as a process: `python -m kit.simulator --port 0 --seed 7 --stories A1,B1`.

One JSON line on stdout when it is ready: url, tenant, name, client_id, client_secret, admin_token, accounts. It ends
on SIGTERM or SIGINT, and with --stdin-guard also when its standard input closes.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from pathlib import Path

from cryptography.x509 import load_pem_x509_certificate

from kit.errors import InputError, KitError
from kit.simulator.build import build
from kit.simulator.server import Server


def main(arguments: list[str]) -> int:
    """Serve until told to stop; exit status 0, or 2 when it cannot start."""
    options = _parser().parse_args(arguments)
    stop = threading.Event()
    try:
        world = build(seed=options.seed, users=options.users, stories=[s for s in options.stories.split(",") if s])
        certificates = [load_pem_x509_certificate(_read(path)) for path in options.certificate]
        server = Server(
            world, port=options.port, direct=options.direct, certificates=certificates, account=options.account
        )
    except KitError as error:
        print(error, file=sys.stderr)
        return 2
    if options.truth:
        options.truth.write_text("".join(json.dumps(line) + "\n" for line in world.truth()), "utf-8")
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with server:
        print(json.dumps(server.about()), flush=True)
        if options.stdin_guard:
            threading.Thread(target=_stop_at_end_of_input, args=(stop,), daemon=True).start()
        stop.wait()
    return 0


def _stop_at_end_of_input(stop: threading.Event) -> None:
    sys.stdin.buffer.read()
    stop.set()


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path.name} cannot be read: {error.strerror}.") from None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m kit.simulator", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1 (0: any free one)")
    parser.add_argument("--seed", type=int, default=7, help="the same seed builds the same tenant")
    parser.add_argument("--users", type=int, default=45, help="how many people the tenant has")
    parser.add_argument("--stories", default="A1,A8,B1,B6", help="attacks and look-alikes, by comma")
    parser.add_argument("--truth", type=Path, help="write the labels of all story events to this file (JSON lines)")
    parser.add_argument("--account", default="", help="who approves device codes (a UPN)")
    parser.add_argument("--certificate", type=Path, action="append", default=[], help="PEM the application may use")
    parser.add_argument("--direct", action="store_true", help="next links point to this address, not a simulated name")
    parser.add_argument("--stdin-guard", action="store_true", help="stop when standard input closes")
    return parser


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
