"""A server on a raw socket, so that an answer can be anything: cut off, dripping, reset, too large.

It signs the kit in by itself (discovery and token); every other request is answered by the next of `answers`, the last
one again and again, and kept in `requests`.
"""

from __future__ import annotations

import base64
import contextlib
import gzip
import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from kit.tenant.auth import connect_simulated
from kit.tenant.client import Tenant
from kit.tenant.retry import Patience
from kit.tenant.session import Limits

TENANT = "a8c3f9d2-0000-4000-8000-000000000001"
TOKEN_MARK = "dG9rZW4tY2FuYXJ5"  # stands in every token, so that a leak can be looked for
Answer = bytes | Callable[[socket.socket], None]


def http(
    status: int = 200, body: Any = None, headers: Mapping[str, str] | None = None, *, length: int | None = None
) -> bytes:
    """An HTTP answer; `body` bytes as they are, anything else as JSON; `length` lies about the length."""
    raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    told = {"Content-Length": str(len(raw) if length is None else length), "request-id": "r-1"} | dict(headers or {})
    lines = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    return f"HTTP/1.1 {status} X\r\n{lines}\r\n".encode() + raw


def zipped(raw: bytes) -> bytes:
    """An answer in gzip."""
    return http(200, gzip.compress(raw), {"Content-Encoding": "gzip"})


def dropped(connection: socket.socket) -> None:
    """The connection reset before a word was said."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def jwt(**claims: Any) -> str:
    """A token with these claims."""
    said = {"tid": TENANT, "idtyp": "app", "roles": ["AuditLog.Read.All"], "app_displayname": "kit"} | claims
    return f"h.{base64.urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip('=')}.{TOKEN_MARK}"


@dataclass
class Request:
    """One request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Server:
    """See the module. `tokens` are handed out in turn, the last one again and again."""

    answers: list[Answer] = field(default_factory=list, repr=False)
    requests: list[Request] = field(default_factory=list, repr=False)
    signins: list[Request] = field(default_factory=list, repr=False)
    tokens: list[Any] = field(default_factory=lambda: [jwt()], repr=False)

    def __post_init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    @property
    def info(self) -> dict[str, Any]:
        return {"url": self.url, "tenant": TENANT, "client_id": "c", "client_secret": "secret-canary"}

    def close(self) -> None:
        """Stop listening: a plain close would leave the accept in the other thread at work."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as stream:
            try:
                while request := _read(stream):
                    answer = self._answer(request)
                    if not isinstance(answer, bytes):
                        answer(connection)
                        return
                    connection.sendall(answer)
            except OSError:
                return

    def _answer(self, request: Request) -> Answer:
        if "openid-configuration" in request.path:
            base = f"https://login.simulated.invalid/{TENANT}"
            names = ("issuer", "authorization_endpoint", "token_endpoint", "device_authorization_endpoint")
            return http(200, {name: f"{base}/{name}" for name in names})
        if request.path.startswith("/login/"):
            self.signins.append(request)
            token = self.tokens.pop(0) if len(self.tokens) > 1 else self.tokens[0]
            good = {"token_type": "Bearer", "expires_in": 3600, "access_token": token}
            return http(200, good) if isinstance(token, str) else http(400 if "error" in token else 200, token)
        if "/organization" in request.path:
            domains = [{"name": "contoso.onmicrosoft.example", "isInitial": True}]
            return http(200, {"value": [{"id": TENANT, "displayName": "Contoso", "verifiedDomains": domains}]})
        self.requests.append(request)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def _read(stream: Any) -> Request | None:
    line = stream.readline().decode()
    if not line.strip():
        return None
    method, path, _ = line.split(" ", 2)
    headers = {}
    while (line := stream.readline().decode().strip()) != "":
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    return Request(method, path, headers, stream.read(int(headers.get("content-length", 0))))


@dataclass
class Clock:
    """Time that passes only by sleeping; `slept` are the pauses in turn."""

    seconds: float = 0.0
    slept: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds

    def patience(self, **changes: Any) -> Patience:
        """The usual budget on this clock, without chance in its jitter."""
        return Patience(**({"sleep": self.sleep, "clock": lambda: self.seconds, "jitter": lambda: 1.0} | changes))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server()
    yield running
    running.close()


@pytest.fixture
def tenant(server: Server, clock: Clock) -> Tenant:
    """The tenant behind the server, with short limits and a clock that costs no time."""
    limits = Limits(connect=5, silence=5, total=5, size=1_000_000)
    return connect_simulated(server.info, limits=limits, patience=clock.patience())
