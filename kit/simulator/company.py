"""The company: one tenant, its people, its ninety days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property

from kit.errors import InputError
from kit.simulator.dice import guid
from kit.simulator.people import DOMAIN, INITIAL_DOMAIN, ROLES, Person, people

NAME = "Atelier Nord"
OTHER_DOMAIN = "north-workshop.example"
HISTORY = timedelta(days=90)


@dataclass(frozen=True, eq=False)
class Company:
    """The tenant and its accounts. `start` and `now` are aware, UTC; `start` is a midnight."""

    seed: int
    tenant_id: str
    people: tuple[Person, ...]
    start: datetime
    now: datetime
    name: str = NAME
    domain: str = DOMAIN
    initial_domain: str = INITIAL_DOMAIN

    @cached_property
    def members(self) -> tuple[Person, ...]:
        """Everybody who works here."""
        return tuple(person for person in self.people if person.kind == "member")

    @cached_property
    def mailboxes(self) -> tuple[Person, ...]:
        """Every account with a mailbox."""
        return tuple(person for person in self.people if person.has_mailbox)

    def role(self, name: str) -> Person:
        """Who holds a role; InputError when nobody does."""
        for person in self.people:
            if person.role == name:
                return person
        raise InputError(f"Nobody in the simulated company is {name!r}.", "Roles are listed in people.py.")


def found(seed: int, users: int, now: datetime | None) -> Company:
    """The company with `users` members at `now`; InputError when that is too few to hold the roles."""
    if users < len(ROLES):
        raise InputError(f"{users} users are too few.", f"The roles of the stories need {len(ROLES)}.")
    moment = now or closing_time()
    first = datetime.combine(moment.date() - HISTORY + timedelta(days=1), time(), UTC)
    return Company(seed, guid(seed, "tenant"), people(seed, users), first, moment)


def closing_time() -> datetime:
    """The last 18:00 UTC that has passed: a world never holds events of the future."""
    present = datetime.now(UTC)
    today = datetime.combine(present.date(), time(18), UTC)
    return today if today <= present else today - timedelta(days=1)


def working_day(before: date, weekday: int) -> date:
    """The latest day with this weekday (Monday 0) that is not after `before`."""
    return before - timedelta(days=(before.weekday() - weekday) % 7)
