"""One request as a route sees it, and one answer as the server sends it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from email.message import Message
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from kit.simulator.problem import GraphProblem
from kit.simulator.world import Json

if TYPE_CHECKING:
    from kit.simulator.tenancy import Tenancy

OPTIONS = frozenset(
    [
        "$filter",
        "$select",
        "$top",
        "$skip",
        "$orderby",
        "$count",
        "$search",
        "$expand",
        "$skiptoken",
        "$deltatoken",
        "$format",
    ]
)


class Query(dict[str, str]):
    """The query options of one request. Names are folded to lower case; "filter" means "$filter", as in Graph."""

    def __init__(self, text: str) -> None:
        pairs = parse_qsl(text, keep_blank_values=True)
        super().__init__((self._name(name), value) for name, value in pairs)
        self.repeated = len(self) < len(pairs)

    @staticmethod
    def _name(name: str) -> str:
        folded = name.lower()
        return f"${folded}" if f"${folded}" in OPTIONS else folded


@dataclass
class Caller:
    """Who calls, from the verified token: object ids, names and what it may do (scopes or roles)."""

    app_id: str
    app_name: str
    principal_id: str
    permissions: frozenset[str]
    user_id: str = ""
    upn: str = ""
    name: str = ""
    address: str = "127.0.0.1"

    @property
    def delegated(self) -> bool:
        """A person is signed in; otherwise the application acts for itself."""
        return bool(self.user_id)

    def may(self, *names: str) -> bool:
        """Holds one of the permissions; "A+B" needs both."""
        return any(set(name.split("+")) <= self.permissions for name in names)


@dataclass
class Call:
    """One request. `path` is relative to its service; `ids` are the values of the route's placeholders."""

    tenancy: Tenancy
    service: str
    method: str
    path: str
    query: Query
    headers: Message
    body: bytes
    base: str
    request_id: str
    template: str = ""
    ids: dict[str, str] = field(default_factory=dict)
    caller: Caller | None = None

    @property
    def version(self) -> str:
        """ "v1.0" or "beta"."""
        return self.path.lstrip("/").split("/")[0].lower()

    @property
    def who(self) -> Caller:
        """The caller of a route that needs a token."""
        if self.caller is None:
            raise LookupError("This route runs without a token.")
        return self.caller

    def json(self) -> Any:
        """The body as JSON; Problem 400 when it is not."""
        try:
            return json.loads(self.body.decode("utf-8"))
        except ValueError:
            raise GraphProblem(
                400,
                "BadRequest",
                "Unable to read JSON request payload. Please ensure Content-Type header is set "
                "and payload is of valid JSON format.",
            ) from None

    def context(self, entity: str) -> str:
        """The value of @odata.context for an entity set of this version."""
        return f"{self.base}/{self.version}/$metadata#{entity}"


@dataclass
class Answer:
    """Status, body bytes and headers (Content-Length and the service's own headers are added when it is sent)."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, value: Any, status: int = 200, **headers: str) -> Answer:
        """A JSON answer."""
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        return cls(status, dump(value), {"Content-Type": "application/json; odata.metadata=minimal", **named})

    @classmethod
    def nothing(cls, status: int = 204, **headers: str) -> Answer:
        """An answer without a body."""
        return cls(status, b"", {name.replace("_", "-"): text for name, text in headers.items()})

    def json(self) -> Json:
        """The body as an object ({} when there is none)."""
        value: Json = json.loads(self.body) if self.body else {}
        return value


def dump(value: Any) -> bytes:
    """Compact JSON, UTF-8; lone surrogates that a record may hold stay escaped."""
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":")).encode()
