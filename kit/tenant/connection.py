"""Connections whose answers must begin in time, and the adaptor that reaches the simulated tenant on loopback."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable
from typing import Any

import requests
from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.util import parse_url

from kit.errors import RequestRefused
from kit.tenant.clouds import SIMULATED

LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})
FACES = {
    SIMULATED.login: "/login",
    SIMULATED.graph: "/graph",
    SIMULATED.exchange: "/exchange",
    SIMULATED.manage: "/manage",
}


def _punctual(connection: Any, answer: Callable[[], Any]) -> Any:
    """Wait for the head of an answer, but no longer in all than one silence may last; then TimeoutError.

    A socket's time-out starts anew with every byte; a head that drips would hold us for ever. The plain socket's
    shutdown is used because the TLS one is not safe from another thread. A head cut off by it can look whole, hence
    the flag.
    """
    late = threading.Event()
    # TLS inside a proxy's TLS is wrapped once more.
    sock = getattr(connection.sock, "socket", connection.sock)

    def end() -> None:
        late.set()
        with contextlib.suppress(OSError):
            socket.socket.shutdown(sock, socket.SHUT_RDWR)

    watch = threading.Timer(connection.timeout, end)
    watch.daemon = True
    watch.start()
    try:
        found = answer()
    finally:
        watch.cancel()
    if late.is_set():
        found.close()
        raise TimeoutError("the head of the answer did not come in time")
    return found


class _Plain(HTTPConnection):
    def getresponse(self) -> Any:
        return _punctual(self, super().getresponse)


class _Tls(HTTPSConnection):
    def getresponse(self) -> Any:
        return _punctual(self, super().getresponse)


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _Tls


class PunctualAdapter(HTTPAdapter):
    """An adaptor whose connections, direct or by a proxy, give up on an answer that does not begin in time."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make the pools, of our kind."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _PlainPool, "https": _TlsPool}

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        """The pools of a proxy, of our kind."""
        manager = super().proxy_manager_for(proxy, **kwargs)
        manager.pool_classes_by_scheme = {"http": _PlainPool, "https": _TlsPool}
        return manager


class Loopback(PunctualAdapter):
    """Carries the simulated cloud's hosts to one plain-http server on this machine, and nothing anywhere else."""

    def __init__(self, base: str) -> None:
        super().__init__()
        parts = parse_url(base)
        if parts.scheme != "http" or parts.host not in LOOPBACK or parts.auth or parts.path not in (None, "/"):
            raise RequestRefused(
                "A simulated tenant must be on this machine (http://127.0.0.1, localhost or [::1]).",
                "Start one with: python -m kit tenant",
            )
        self.base = base.rstrip("/")

    def send(self, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:
        """Send the request to the loopback server; only its four names are known here."""
        face = FACES.get(parse_url(request.url or "").host or "")
        if face is None:
            raise RequestRefused("The loopback adaptor carries the simulated cloud's hosts only.")
        carried = request.copy()
        carried.url = f"{self.base}{face}{request.path_url}"
        return super().send(carried, *args, **kwargs)


def reach_loopback(session: requests.Session, base: str) -> None:
    """Let a session reach the simulated tenant at `base`, and nothing else."""
    session.adapters.clear()
    for host in FACES:
        session.mount(f"https://{host}/", Loopback(base))
