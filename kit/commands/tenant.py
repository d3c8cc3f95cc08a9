"""Start a simulated tenant alone and say how to connect to it."""

from __future__ import annotations

import argparse
from pathlib import Path

from kit.simulator.launch import launch, serve
from kit.simulator.server import Server

SHOWN = 10


def run(arguments: list[str]) -> int:
    """Serve until Ctrl-C or SIGTERM. InputError when the port is taken or a story does not exist."""
    parser = argparse.ArgumentParser(prog="python -m kit tenant", description=__doc__)
    parser.add_argument("--port", type=int, default=8365, help="port on 127.0.0.1 (0: any free one)")
    parser.add_argument("--seed", type=int, default=7, help="the same seed builds the same tenant")
    parser.add_argument("--users", type=int, default=45, help="how many people the tenant has")
    parser.add_argument("--story", "--stories", default="A1,A8,B1,B6", help="attacks and look-alikes, by comma")
    parser.add_argument("--truth", type=Path, help="write the labels of all story events to this file (JSON lines)")
    parser.add_argument("--account", default="", help="who approves device codes (a UPN)")
    parser.add_argument("--direct", action="store_true", help="next links point here, for clients without the adaptor")
    options = parser.parse_args(arguments)
    server = launch(
        seed=options.seed,
        users=options.users,
        stories=options.story,
        truth=options.truth,
        port=options.port,
        account=options.account,
        direct=options.direct,
    )
    serve(server, described(server))
    print("Stopped.", flush=True)
    return 0


def described(server: Server) -> str:
    """What a person needs: address, accounts, the line that connects. The secret is good for this run only."""
    about = server.about()
    facts = {name: about[name] for name in ("url", "tenant", "client_id", "client_secret")}
    accounts = [f"    {name}" for name in about["accounts"][:SHOWN]]
    more = len(about["accounts"]) - SHOWN
    return "\n".join(
        [
            f"Simulated tenant {about['name']} at {about['url']}. Nothing in it is real. Ctrl-C stops it.",
            "",
            "Connect from Python or a notebook:",
            "    from kit.tenant.auth import connect_simulated",
            f"    tenant = connect_simulated({facts!r})",
            "",
            "Accounts (no passwords here):",
            *accounts,
            *([f"    … and {more} more"] if more > 0 else []),
            "",
            f"Writes received, faults, a fresh start: {about['url']}/admin with X-Admin-Token {about['admin_token']}",
        ]
    )
