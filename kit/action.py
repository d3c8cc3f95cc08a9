"""An action: a wish about one target, never a deed.

A file in `actions/` holds one frozen dataclass. Its fields are the parameters a person chooses; `observe` reads how
things are; `changes` says, from that alone, what is still to be done. An empty list means the wish is fulfilled, so
verifying is observing again. No action sends anything: `kit.plan.Plan` previews, applies, verifies, undoes and
journals for all of them.

    @dataclass(frozen=True)
    class DisableAccount(Action):
        '''Disable the account: no new sign-ins. …'''
        user: str
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from kit.shelf import Shelf
from kit.tenant.client import Tenant
from kit.tenant.write import Write

State = Mapping[str, Any]


@dataclass(frozen=True)
class Manual:
    """A step no API offers: what to do by hand, and where. Verified like any other, by observing."""

    text: str
    link: str = ""


@dataclass(frozen=True)
class Change:
    """One thing to do. `says` is shown to people; `undo` is None where there is no way back, and the preview says so.

    `before` and `after` are what a diff shows: plain values, no secrets.
    """

    says: str
    do: Write | Manual
    undo: Write | None = None
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Action(ABC):
    """A wish about one account. `user` is a UPN or object id; acting always happens by object id.

    `order` places the step in the procedure (lower first), `settles` is how long the service takes to show the effect
    (seconds), `permissions` what the sender needs.
    """

    user: str

    title: ClassVar[str]
    order: ClassVar[int]
    risk: ClassVar[str]
    permissions: ClassVar[tuple[str, ...]]
    settles: ClassVar[int] = 0

    @abstractmethod
    def observe(self, tenant: Tenant) -> State:
        """How things are now. Reads only. Plain JSON values; the key "id" is the immutable id acted upon."""

    @abstractmethod
    def changes(self, state: State) -> list[Change]:
        """What is still to be done, from `state` alone. Empty when the wish is fulfilled."""
