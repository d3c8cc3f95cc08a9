"""Collect from a tenant into a case folder, resumable: real, or simulated with `--tenant simulated`."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from kit import simulated
from kit.errors import InputError
from kit.render import plain

if TYPE_CHECKING:
    from kit.tenant.client import Tenant

SECRET = "KIT_CLIENT_SECRET"  # the variable a client secret is taken from: never a word of the command line
SIMULATED = "simulated"
HELP = """Examples:
    python -m kit collect --tenant simulated --case cases/practice python -m kit collect --tenant contoso.com
    --client-id <app id> --user ana@contoso.com --case cases/ana python -m kit collect --tenant contoso.com
    --client-id <app id> --how certificate --certificate app.pem --case cases/all

Ctrl-C leaves a case that the same command goes on with. Nothing is ever written to the tenant."""


def run(arguments: list[str]) -> int:
    """Exit status 0 when the collection ran; what could not be had is said line by line and in coverage.json."""
    from kit.case import DAYS, Case
    from kit.coverage import summary
    from kit.source import SOURCES

    parser = argparse.ArgumentParser(
        prog="python -m kit collect",
        description=__doc__,
        epilog=HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--tenant", required=True, help="tenant id or verified domain, or: simulated")
    parser.add_argument("--client-id", default="", help="application (client) id of the app registration")
    parser.add_argument("--cloud", default="global", help="global, gcc_high, dod or china")
    parser.add_argument("--how", default="browser", choices=("browser", "device_code", "secret", "certificate"),
                        help=f"how to sign in; a secret is read from the variable {SECRET}")  # fmt: skip
    parser.add_argument("--certificate", type=Path, help="PEM file with private key and certificate")
    parser.add_argument("--user", action="append", default=[], help="only this account (may be repeated)")
    parser.add_argument("--days", type=int, default=DAYS, help="how far back to ask (default: %(default)s)")
    parser.add_argument("--source", action="append", default=[], choices=list(SOURCES), metavar="NAME",
                        help=f"only this source (may be repeated): {', '.join(SOURCES)}")  # fmt: skip
    parser.add_argument("--case", type=Path, required=True, metavar="DIR", help="folder of the case, new or known")
    options = parser.parse_args(arguments)
    with _connected(options) as tenant:
        case = Case.open(options.case).connect(tenant)
        case.collect(
            options.source, users=options.user, days=options.days, say=lambda line: print(plain(line), flush=True)
        )
        case.save()
        print(summary(case.coverage()))
        print(f"Case: {case.folder}. Next: open it in a notebook with open_case({str(case.folder)!r}).")
    return 0


@contextmanager
def _connected(options: argparse.Namespace) -> Iterator[Tenant]:
    from kit.tenant.auth import connect, connect_simulated

    if options.tenant == SIMULATED:
        running = simulated.running()
        if running is not None:
            yield connect_simulated(running)
            return
        with simulated.start() as facts:
            yield connect_simulated(facts)
        return
    if not options.client_id:
        raise InputError("A real tenant needs --client-id.", "The README says how to register the application.")
    yield connect(
        tenant=options.tenant,
        client_id=options.client_id,
        cloud=options.cloud,
        how=options.how,
        secret=os.environ.get(SECRET, ""),
        certificate=options.certificate,
    )
