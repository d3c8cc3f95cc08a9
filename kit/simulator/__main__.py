"""The simulated tenant as a process: `python -m kit.simulator --port 0 --seed 7 --stories A1,B1`.

One JSON line on stdout when it is ready: url, tenant, name, client_id, client_secret, admin_token, accounts. It ends
on SIGTERM or SIGINT, and with --stdin-guard also when its standard input closes.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from kit.errors import KitError
from kit.simulator.launch import launch, serve


def main(arguments: list[str]) -> int:
    """Serve until told to stop; exit status 0, or 2 when it cannot start."""
    options = _parser().parse_args(arguments)
    try:
        server = launch(
            seed=options.seed,
            users=options.users,
            stories=options.stories,
            truth=options.truth,
            port=options.port,
            account=options.account,
            certificates=options.certificate,
            direct=options.direct,
        )
    except KitError as error:
        print(error, file=sys.stderr)
        return 2
    serve(server, json.dumps(server.about()), guarded=options.stdin_guard)
    return 0


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
