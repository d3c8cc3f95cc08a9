"""The tenant while it runs: the world, what was changed in it, who may call, and what was written to it.

State is changed in place under `lock`; `reset` brings back the world as it was built. The clock runs on from the
world's own `now`, so that a change made in the tenant is always later than every event of its history.
"""

from __future__ import annotations

import copy
import threading
import time
import uuid
from datetime import datetime, timedelta
from typing import Any

from kit.simulator.faults import Faults
from kit.simulator.identity import Identity
from kit.simulator.log import TIMES, Log
from kit.simulator.problem import not_found
from kit.simulator.world import Json, World

SECRET_NAMES = frozenset({"password", "newpassword", "temporaryaccesspass", "client_secret", "client_assertion"})


class Tenancy:
    """One running tenant over one World."""

    def __init__(self, world: World, identity: Identity) -> None:
        self.world = world
        self.identity = identity
        self.lock = threading.RLock()
        self.faults = Faults()
        self.logs = {name: Log(name, world) for name in TIMES}
        self.writes: list[Json] = []
        self.settings: dict[str, Any] = {}
        self.memory: dict[str, dict[str, Any]] = {}
        self._first = copy.deepcopy(world.state)
        self._started = time.monotonic()

    @property
    def state(self) -> dict[str, dict[str, Any]]:
        """The collections of the world: name → id → object."""
        return self.world.state

    def collection(self, name: str) -> dict[str, Any]:
        """One collection, empty when the world has none of it."""
        return self.state.setdefault(name, {})

    def remember(self, name: str) -> dict[str, Any]:
        """What a route family keeps for itself between requests (audit queries, sessions): a dict by name."""
        with self.lock:
            return self.memory.setdefault(name, {})

    def now(self) -> datetime:
        """The tenant's present moment, UTC."""
        return self.world.now + timedelta(seconds=time.monotonic() - self._started)

    def stamp(self) -> str:
        """Now as Graph writes it: seven fractional digits and "Z"."""
        return f"{self.now():%Y-%m-%dT%H:%M:%S.%f}0Z"

    def user(self, key: str) -> Json:
        """A user by object id or UPN; Problem 404 when there is none."""
        users: dict[str, Json] = self.collection("users")
        found = users.get(key.lower()) or users.get(key)
        if found is None:
            folded = key.casefold()
            found = next((u for u in users.values() if u["userPrincipalName"].casefold() == folded), None)
        if found is None:
            raise not_found(key)
        return found

    def mailbox(self, key: str) -> tuple[str, Json] | None:
        """(user id, mailbox) by any of the identities Exchange takes; None when there is none."""
        folded = key.casefold().removeprefix("smtp:")
        for user_id, mailbox in self.collection("mailboxes").items():
            names = [user_id, *(mailbox.get(name) or "" for name in MAILBOX_NAMES)]
            if folded in {str(name).casefold() for name in names}:
                return user_id, mailbox
        return None

    def wrote(self, service: str, method: str, path: str, body: Any, status: int) -> None:
        """Append to the write log, without passwords."""
        with self.lock:
            self.writes.append(
                {
                    "time": self.stamp(),
                    "service": service,
                    "method": method,
                    "path": path,
                    "body": without_secrets(body),
                    "status": status,
                }
            )

    def reset(self) -> None:
        """Everything as it was when the world was built; tokens already issued stay good."""
        with self.lock:
            self.state.clear()
            self.state.update(copy.deepcopy(self._first))
            self.writes.clear()
            self.memory.clear()
            self.faults.clear()
            self.identity.forget_revocations()
            for log in self.logs.values():
                log.clear()


MAILBOX_NAMES = (
    "Identity",
    "Guid",
    "ExternalDirectoryObjectId",
    "UserPrincipalName",
    "PrimarySmtpAddress",
    "Alias",
    "DisplayName",
    "DistinguishedName",
)


def without_secrets(value: Any) -> Any:
    """The value with every password replaced."""
    if isinstance(value, dict):
        return {key: "…" if key.lower() in SECRET_NAMES else without_secrets(item) for key, item in value.items()}
    return [without_secrets(item) for item in value] if isinstance(value, list) else value


def new_id() -> str:
    """A fresh GUID."""
    return str(uuid.uuid4())
