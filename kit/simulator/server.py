"""The server: one port on loopback for every service of the tenant, raw enough to break an answer half way.

with Server(world) as tenant:
    tenant.url, tenant.client_id, tenant.client_secret, tenant.admin_token
"""

from __future__ import annotations

import json
import secrets
import socket
import ssl
import struct
import threading
import time
import traceback
import uuid
from collections.abc import Iterable, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from cryptography.x509 import Certificate

from kit.errors import InputError
from kit.simulator import hosts
from kit.simulator.faults import Fault, bend, refusal
from kit.simulator.identity import Identity
from kit.simulator.message import Answer, Call, Query
from kit.simulator.problem import ExchangeProblem, GraphProblem, LoginProblem, Problem
from kit.simulator.router import dispatch
from kit.simulator.tenancy import Tenancy
from kit.simulator.world import Json, World
from kit.simulator.writes import record_write

LARGEST_BODY = 4 * 1024 * 1024
IDLE_SECONDS = 120
ADDRESS = "192.0.2.10"
"""The caller's address in the tenant's own records: in the default world, the way out of its Paris office."""
PROBLEMS: dict[str, type[Problem]] = {
    "graph": GraphProblem,
    "login": LoginProblem,
    "exchange": ExchangeProblem,
    "manage": GraphProblem,
    "admin": Problem,
    "": Problem,
}


class Server:
    """The simulated tenant on a loopback port; a context manager that starts and stops it.

    `tls` serves the real host names; `direct` makes links point to this address. `permissions` replaces what the
    application was granted on Graph; `certificates` are those it may prove itself with. A device code is approved
    after `approve_after` polls, for `account` (a UPN; default the first of `accounts`). `address` is where the
    tenant's own records say callers come from. InputError: the port is taken, or there is no such account.
    """

    def __init__(
        self,
        world: World,
        *,
        port: int = 0,
        tls: ssl.SSLContext | None = None,
        direct: bool = False,
        permissions: Iterable[str] | None = None,
        certificates: Sequence[Certificate] = (),
        account: str = "",
        approve_after: int = 1,
        address: str = ADDRESS,
    ) -> None:
        identity = Identity(world.tenant_id, seed=world.seed, permissions=permissions)
        identity.application.certificates.extend(certificates)
        self.tenancy = Tenancy(world, identity)
        self.accounts = accounts(world)
        if account and account.casefold() not in map(str.casefold, self.accounts):
            raise InputError(f"{account} is no enabled member of this tenant.", f"There is {self.accounts[0]}.")
        self.tenancy.settings.update(account=account or self.accounts[0], approve_after=approve_after, address=address)
        self.admin_token = secrets.token_urlsafe(24)
        self.tls = tls
        self.direct = direct
        self._http = _listen(port, self)
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def port(self) -> int:
        """The port in use."""
        return int(self._http.server_address[1])

    @property
    def url(self) -> str:
        """http://127.0.0.1:PORT (https with TLS)."""
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}"

    @property
    def client_id(self) -> str:
        """The registered application."""
        return self.tenancy.identity.application.client_id

    @property
    def client_secret(self) -> str:
        """Its secret; made up at every start."""
        return self.tenancy.identity.application.secret

    def about(self) -> Json:
        """What a client must know to connect, as the process prints it."""
        return {
            "url": self.url,
            "tenant": self.tenancy.world.tenant_id,
            "name": self.tenancy.world.name,
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "admin_token": self.admin_token,
            "accounts": self.accounts,
        }

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


def accounts(world: World) -> list[str]:
    """Who may sign in as the analyst: holders of a directory role first, then the other enabled members."""
    holders = {assignment["principalId"] for assignment in world.state.get("roleAssignments", {}).values()}
    members = [
        u for u in world.state["users"].values() if u.get("userType", "Member") == "Member" and u["accountEnabled"]
    ]
    return [user["userPrincipalName"] for user in sorted(members, key=lambda user: user["id"] not in holders)]


def _listen(port: int, owner: Server) -> _Listener:
    try:
        return _Listener(port, owner)
    except OSError as error:
        raise InputError(
            f"Port {port} of 127.0.0.1 cannot be used: {error.strerror}.", "Choose another, or 0 for any free one."
        ) from None


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, port: int, owner: Server) -> None:
        self.owner = owner
        super().__init__(("127.0.0.1", port), _Handler)
        if owner.tls:
            self.socket = owner.tls.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)

    def server_bind(self) -> None:
        """Bind without the reverse look-up of HTTPServer; a port in use is an error even while it lingers."""
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = "127.0.0.1", self.server_address[1]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is no news."""


class _Handler(BaseHTTPRequestHandler):
    server: _Listener
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 64 * 1024
    timeout = IDLE_SECONDS
    server_version = "Simulated"
    sys_version = ""

    def log_message(self, format: str, *args: Any) -> None:
        """Requests are not logged; the write log is at /admin/writes."""

    def answer(self) -> None:
        """Read the request, find its answer, suffer its faults, send it."""
        owner, request_id = self.server.owner, str(uuid.uuid4())
        body = self._read_body()
        path, _, query = self.path.partition("?")
        where = hosts.place(self.headers.get("Host") or "", path, tls=owner.tls is not None, direct=owner.direct)
        if body is None or where is None:
            self.close_connection = True
            refused = Problem(421, "MisdirectedRequest", "This server answers for the simulated tenant only.")
            too_big = Problem(413, "RequestEntityTooLarge", "The body is too large, or its length is not told.")
            self._send(_answer(refused if where is None else too_big, request_id, ""), request_id)
            return
        call = Call(
            owner.tenancy,
            where.service,
            self.command,
            where.path,
            Query(query),
            self.headers,
            body,
            where.base,
            request_id,
        )
        fault = None if where.service == "admin" else owner.tenancy.faults.hit(f"{self.command} {where.path}?{query}")
        answer = self._answered(call, fault)
        record_write(call, answer.status)
        self._send(answer, request_id, fault)

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = do_OPTIONS = do_HEAD = answer

    def _answered(self, call: Call, fault: Fault | None) -> Answer:
        kind = PROBLEMS[call.service]
        client_request_id = self.headers.get("client-request-id") or ""
        try:
            self._admit(call, fault)
            answer = dispatch(call)
        except Problem as problem:
            answer = _answer(problem, call.request_id, client_request_id)
        except Exception:
            traceback.print_exc()
            unknown = kind.plain(500, "InternalServerError", "An unexpected error has occurred.")
            answer = _answer(unknown, call.request_id, client_request_id)
        return bend(fault, answer) if fault else answer

    def _admit(self, call: Call, fault: Fault | None) -> None:
        """Problem for a planned refusal, a path of no service, and admin routes without their token."""
        if fault and fault.kind == "status":
            raise refusal(fault, PROBLEMS[call.service])
        if not call.service:
            raise Problem(404, "NotFound", "The path begins with login, graph, exchange, manage or admin.")
        if call.service == "admin" and not self._is_admin():
            raise Problem(401, "Unauthorized", "The header X-Admin-Token is missing or wrong.")

    def _is_admin(self) -> bool:
        return secrets.compare_digest(
            (self.headers.get("X-Admin-Token") or "").encode(), self.server.owner.admin_token.encode()
        )

    def _read_body(self) -> bytes | None:
        """The body; None when it is too large, or its length is not told."""
        if "Transfer-Encoding" in self.headers:
            return None
        text = self.headers.get("Content-Length") or "0"
        if not text.isdecimal() or int(text) > LARGEST_BODY:
            return None
        return self.rfile.read(int(text))

    def _send(self, answer: Answer, request_id: str, fault: Fault | None = None) -> None:
        if fault and fault.kind == "reset" and len(answer.body) < 2:
            self._abort()
            return
        self.send_response(answer.status)
        self.send_header("request-id", request_id)
        client = self.headers.get("client-request-id") or ""
        if client.replace("-", "").isalnum():
            self.send_header("client-request-id", client)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command == "HEAD":
            return
        if fault and fault.kind == "slow":
            self._drip(answer.body, fault.how)
        elif fault and fault.kind == "reset":
            self.wfile.write(answer.body[: len(answer.body) // 2])
            self.wfile.flush()
            self._abort()
        else:
            self.wfile.write(answer.body)

    def _drip(self, body: bytes, how: Json) -> None:
        pieces, pause = int(how.get("pieces", 10)), float(how.get("pause", 0.1))
        size = max(1, -(-len(body) // pieces))
        for start in range(0, len(body), size):
            self.wfile.write(body[start : start + size])
            self.wfile.flush()
            time.sleep(pause)

    def _abort(self) -> None:
        """RST: a linger of zero seconds drops what is unsent and aborts the connection."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()


def _answer(problem: Problem, request_id: str, client_request_id: str) -> Answer:
    body = json.dumps(problem.body(request_id, client_request_id)).encode()
    return Answer(problem.status, body, {"Content-Type": "application/json", **problem.headers})
