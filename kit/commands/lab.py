"""Start the simulated tenant and open JupyterLab on the first notebook."""

from __future__ import annotations

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

from kit import simulated
from kit.errors import SetupError

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOK = Path("notebooks") / "00_start_here.ipynb"
CONFIGURATION = Path(__file__).resolve().parent.parent / "jupyter"
STOP_SECONDS = 15.0


def run(arguments: list[str]) -> int:
    """JupyterLab until it is stopped with Ctrl-C or from its File menu; its exit status, 0 after Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m kit lab", description=__doc__)
    parser.add_argument("--no-browser", action="store_true", help="do not open a browser; print the address")
    parser.add_argument("--port", type=int, default=0, help="port of JupyterLab (default: a free one from 8888 on)")
    options = parser.parse_args(arguments)
    if not (ROOT / NOTEBOOK).exists():
        raise SetupError(f"{NOTEBOOK} is missing.", "Run from a whole copy of the kit: git clone brings the notebooks.")
    if options.port:
        _check_free(options.port)
    with simulated.start() as tenant:
        print(f"Simulated tenant: {tenant['name']} at {tenant['url']}. Stop everything with Ctrl-C.", flush=True)
        return _serve(command(options.port, browser=not options.no_browser), environment(json.dumps(tenant)))


def command(port: int = 0, *, browser: bool = True, root: Path = ROOT) -> list[str]:
    """The command line of JupyterLab over `root`, a folder with `notebooks` in it.

    The address is set here and not in the shipped configuration alone: a person's own could open it to the network.
    """
    words = [sys.executable, "-m", "jupyterlab", str(NOTEBOOK)]
    words += ["--ServerApp.ip=127.0.0.1", f"--ServerApp.root_dir={root}"]
    words += [f"--ServerApp.port={port}", "--ServerApp.port_retries=0"] if port else []
    words += [] if browser else ["--no-browser"]
    running_as_root = sys.platform != "win32" and os.geteuid() == 0
    return [*words, "--allow-root"] if running_as_root else words


def environment(tenant: str) -> dict[str, str]:
    """The variables of JupyterLab and its kernels: the shipped configuration, and the simulated tenant as JSON."""
    paths = [str(CONFIGURATION), os.environ.get("JUPYTER_CONFIG_PATH", "")]
    return {
        **os.environ,
        "JUPYTER_CONFIG_PATH": os.pathsep.join(filter(None, paths)),
        "JUPYTER_PREFER_ENV_PATH": "1",  # this environment's kernel before one of the same name in the home folder
        simulated.VARIABLE: tenant,
    }


def _serve(words: list[str], variables: dict[str, str]) -> int:
    process = subprocess.Popen(words, cwd=ROOT, env=variables)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # being ended is being stopped with Ctrl-C
    try:
        return process.wait()
    except KeyboardInterrupt:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)  # it stops its kernels first
        except (KeyboardInterrupt, subprocess.TimeoutExpired):
            process.kill()
            process.wait()
        return 0


def _check_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise SetupError(
                f"Port {port} cannot be used ({error.strerror}).", "Give another one with --port."
            ) from None
