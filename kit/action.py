"""An action: a wish about one account, never a deed.

A file in `actions/` holds one frozen dataclass. Its fields are the parameters a person chooses; `observe` reads how
things are; `changes` says, from that alone, what is still to be done. An empty list means that the wish is fulfilled,
so verifying is observing again. No action sends anything: `kit.plan.Plan` previews, applies, verifies, undoes and
journals for all of them.

    @dataclass(frozen=True)
    class DisableAccount(Action):
        '''Disable the account.

        Why: …           what it takes from the attacker
        Effect: …        what changes for the owner and for mail
        Propagation: …   how long until every service knows
        Limits: …        what it does not stop
        Undo: …          the way back, or that there is none
        Source: …        where this is written down
        '''

        order = 6
        goal = "The account cannot sign in."
        …

The shortest real one to copy is `actions/disable_account.py`.
"""

from __future__ import annotations

import inspect
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, ClassVar, Self

from kit.errors import BadAnswer, SchemaError
from kit.prose import prose, sections
from kit.shelf import Shelf
from kit.tenant.client import Tenant
from kit.tenant.guard import segment
from kit.tenant.write import Secret, Write

State = Mapping[str, Any]
AnyOf = tuple[str, ...]
"""Permissions any one of which is enough, the narrowest first."""

NEVER = "0001-01-01T00:00:00Z"
SECTIONS = ("Why", "Effect", "Propagation", "Limits", "Undo", "Source")
EXCHANGE: AnyOf = ("Exchange.Manage", "Exchange.ManageAsApp", "Exchange.ManageV2", "Exchange.ManageAsAppV2")
"""What any Exchange cmdlet needs, beside a role of the sender in Exchange or Entra."""


@dataclass(frozen=True)
class Manual:
    """A step that no API offers: what to do by hand, and where. Verified like any other, by observing."""

    text: str
    link: str = ""

    def shown(self) -> dict[str, Any]:
        """As plain JSON, as `Write.shown` does."""
        return {"by_hand": self.text, "link": self.link}


@dataclass(frozen=True)
class Change:
    """One thing to do. `says` is shown to people; `undo` is None where there is no way back, and the preview says so.

    `before` and `after` are what a diff shows: plain values, no secrets. `cautions` are sentences the person must read
    before confirming. `needs` are permissions for this change where they are others than the action's own, `in_person`
    that Microsoft takes it from a signed-in person only. `secret` is a value in `do` that is shown once, after sending.
    """

    says: str
    do: Write | Manual
    undo: Write | None = None
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    cautions: tuple[str, ...] = ()
    needs: tuple[AnyOf, ...] = ()
    in_person: bool = False
    secret: Secret | None = None

    def shown(self) -> dict[str, Any]:
        """The whole change as plain JSON, secrets replaced: what is previewed, journalled and compared."""
        return {
            "says": self.says,
            "do": self.do.shown(),
            "undo": None if self.undo is None else self.undo.shown(),
            "before": dict(self.before),
            "after": dict(self.after),
            "cautions": list(self.cautions),
        }


SOMEONE = {"id": "7f00", "user": "ana@contoso.example"}
"""The account of the examples."""


@dataclass(frozen=True)
class Example:
    """An action at work: given these `parameters` and the state `before`, `changes` follow, and after them `after`.

    The contract tests run it: the changes must be exactly these, and from `after` none must be left.
    """

    parameters: Mapping[str, Any]
    before: State
    changes: tuple[Change, ...]
    after: State


@dataclass(frozen=True)
class Action(ABC):
    """A wish about one account. `user` is a UPN or an object id; acting always happens by object id.

    Facts of the class: `order` places the step in Microsoft's procedure of July 2026 (lower first), `goal` says the
    wished state in one sentence, `risk` what it may cost the owner, `permissions` what sending needs (every group, any
    one permission of a group), `settles` how many seconds a read may still show the old state after the write.
    `name`, `title` and `prose` come from the file name and the docstring.
    """

    user: str

    name: ClassVar[str]
    title: ClassVar[str]
    prose: ClassVar[Mapping[str, str]]
    order: ClassVar[int]
    goal: ClassVar[str]
    risk: ClassVar[str]
    permissions: ClassVar[tuple[AnyOf, ...]]
    settles: ClassVar[int] = 60
    example: ClassVar[Example]

    def __init_subclass__(cls) -> None:
        """Read name, title and prose; SchemaError when a fact or a section of the docstring is missing."""
        super().__init_subclass__()
        cls.name = cls.__module__.rpartition(".")[2]
        cls.title, text = prose(cls)
        cls.prose = sections(text, SECTIONS)
        facts = ("order", "goal", "risk", "permissions", "example")
        absent = [f"the fact {fact!r}" for fact in facts if not hasattr(cls, fact)]
        absent += [f"the section {section!r}" for section in SECTIONS if not cls.prose.get(section)]
        if absent or not cls.title:
            raise SchemaError(f"{cls.__name__} lacks {', '.join(absent) or 'a title'}.")

    def needed(self, change: Change) -> tuple[AnyOf, ...]:
        """The permissions that sending this change takes."""
        return change.needs or self.permissions

    def pinned(self, state: State) -> Self:
        """This wish with what it left open filled in from the first look; most wishes leave nothing open.

        "From now on" cannot be compared by this machine's clock: it is what the tenant reported at that look.
        """
        return self

    @abstractmethod
    def observe(self, tenant: Tenant) -> State:
        """How things are now. Reads only. Plain JSON values; "id" is the object id acted upon, "user" its UPN."""

    @abstractmethod
    def changes(self, state: State) -> list[Change]:
        """What is still to be done, from `state` alone. Empty when the wish is fulfilled."""


class _Actions(Shelf[type[Action]]):
    """The actions: classes rather than ready objects, since each has parameters."""

    def holds(self, value: object) -> bool:
        return isinstance(value, type) and issubclass(value, Action) and not inspect.isabstract(value)


ACTIONS = _Actions("kit.actions", type)


def account(tenant: Tenant, user: str, *fields: str) -> dict[str, Any]:
    """The account as the directory holds it: "id" (object id), "user" (UPN) and the asked properties of Graph's user.

    NotFound when there is no such account.
    """
    path = f"/v1.0/users/{segment(user)}"
    found = tenant.get(path, select=",".join(("id", "userPrincipalName", *fields)))
    if not isinstance(found.get("id"), str) or not isinstance(found.get("userPrincipalName"), str):
        raise BadAnswer(f"The tenant's answer about {user} names no account.", "Try again.")
    return {"id": found["id"], "user": found["userPrincipalName"], **{name: found.get(name) for name in fields}}


def later(moment: str | None, since: str) -> bool:
    """Whether a moment the tenant reports (ISO, None for never) is later than another, on the tenant's clock."""
    return moment is not None and instant(moment) > instant(since)


def instant(moment: str) -> datetime:
    """An ISO moment of the tenant as an aware datetime; BadAnswer when it is none."""
    try:
        found = datetime.fromisoformat(moment)
    except ValueError:
        raise BadAnswer(f"The tenant reports a moment that cannot be read: {moment[:40]!r}.", "Look again.") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
