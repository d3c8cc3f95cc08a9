"""No Python process of the tests reaches beyond loopback.

conftest.py puts this folder on PYTHONPATH, so that Python loads this file at the start of every child (kernels, the
simulator, JupyterLab), and loads it itself. An audit hook cannot be taken out again by the code it watches.
"""

from __future__ import annotations

import ipaddress
import socket
import sys
from typing import Any

ATTEMPTS: list[str] = []
NAMES = {"", "localhost", socket.gethostname()}
WATCHED = {
    "socket.connect": lambda arguments: arguments[1],
    "socket.sendto": lambda arguments: arguments[1],
    "socket.getaddrinfo": lambda arguments: arguments[:1],
    "socket.gethostbyname": lambda arguments: arguments[:1],
}


class BeyondLoopback(RuntimeError):
    """A test, or something it started, tried to reach another machine. No OSError: those may rightly be swallowed."""


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    address = WATCHED[event](arguments) if event in WATCHED else None
    if isinstance(address, tuple) and not _is_local(address[0]):
        ATTEMPTS.append(str(address[0]))
        raise BeyondLoopback(f"{event} to {address[0]}: tests stay on loopback")


def _is_local(host: Any) -> bool:
    name = host.decode() if isinstance(host, bytes) else str(host or "")
    if name in NAMES:
        return True
    try:
        return ipaddress.ip_address(name.partition("%")[0]).is_loopback
    except ValueError:
        return False


sys.addaudithook(_watch)
