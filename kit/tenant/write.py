"""A write to a tenant, and the one-shot ticket without which none is sent.

An action builds `Write` values; it cannot send them. `Tenant.send` takes a write together with a `Ticket` that covers
it, and only `kit.plan.Plan` makes tickets, after a preview and a typed confirmation. A ticket is used up by its first
use per write and expires, so that a stale preview, a second click or another thread sends nothing.
"""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from kit.errors import NotConfirmed

TICKET_SECONDS = 120.0


class Secret:
    """A value that is sent but never shown: not in a repr, a format, a journal, a pickle or a traceback's locals."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The value itself; called where the request is built, and where a person is shown it once."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(…)"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return "Secret(…)"

    def __reduce__(self) -> Any:
        raise TypeError("a Secret is not stored")


@dataclass(frozen=True)
class Write:
    """One request that changes something.

    `service` "graph": `method` and `path` ("/v1.0/users/{object id}"); "exchange": `method` is "POST", `path` the
    cmdlet name, `body` its parameters. `body` may hold `Secret` values.
    """

    method: Literal["POST", "PATCH", "PUT", "DELETE"]
    path: str
    body: Mapping[str, Any] | None = None
    service: Literal["graph", "exchange"] = "graph"

    def shown(self) -> dict[str, Any]:
        """The request as plain JSON with every secret replaced: for previews and the journal."""
        return {
            "service": self.service,
            "method": self.method,
            "path": self.path,
            "body": shown(self.body),
        }

    def digest(self) -> str:
        """SHA-256 of what is shown: two writes with the same digest ask for the same change."""
        return hashlib.sha256(json.dumps(self.shown(), sort_keys=True).encode()).hexdigest()

    def payload(self) -> Any:
        """The body with secrets in place, to be serialised into the request and nowhere else."""
        return revealed(self.body)


class Ticket:
    """Leave to send exactly the given writes, each once, within `seconds` of its making (monotonic clock)."""

    def __init__(
        self,
        writes: Sequence[Write],
        *,
        seconds: float = TICKET_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._left = [write.digest() for write in writes]
        self._clock = clock
        self._ends = clock() + seconds
        self._lock = threading.Lock()

    def take(self, write: Write) -> None:
        """Use the ticket up for this write; NotConfirmed when it does not cover it, was used, or is too old."""
        with self._lock:
            if self._clock() > self._ends:
                raise NotConfirmed("The confirmation has expired.", "Preview again, then confirm and apply.")
            try:
                self._left.remove(write.digest())
            except ValueError:
                raise NotConfirmed(
                    "This request was not in the confirmed preview, or was already sent.", "Preview again."
                ) from None


def shown(value: Any) -> Any:
    """A JSON value with every `Secret` in it replaced by "…"."""
    if isinstance(value, Secret):
        return "…"
    if isinstance(value, Mapping):
        return {key: shown(item) for key, item in value.items()}
    return [shown(item) for item in value] if isinstance(value, list | tuple) else value


def revealed(value: Any) -> Any:
    """A JSON value with every `Secret` in it replaced by what it hides: for the request itself, and nowhere else."""
    if isinstance(value, Secret):
        return value.reveal()
    if isinstance(value, Mapping):
        return {key: revealed(item) for key, item in value.items()}
    return [revealed(item) for item in value] if isinstance(value, list | tuple) else value
