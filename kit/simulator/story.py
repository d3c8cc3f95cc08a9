"""Stories: attacks, and ordinary events that look like attacks, laid over the company's ordinary days.

One story a file in kit/simulator/stories/, listed by being there. A story says who it happens to (a role), how long
before the world's present it begins, and plays itself on a Stage: it writes into the logs and changes the state.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal

from kit.errors import InputError
from kit.shelf import Shelf
from kit.simulator.acts import Message, SignIn
from kit.simulator.apps import App
from kit.simulator.background.day import sign_ins
from kit.simulator.background.mail import received
from kit.simulator.background.rates import Rates
from kit.simulator.clients import Client
from kit.simulator.company import Company, working_day
from kit.simulator.dice import Dice, dice
from kit.simulator.network import Address
from kit.simulator.people import Person
from kit.simulator.shapes import exchange_record
from kit.simulator.shapes.audit_record import logged_in
from kit.simulator.shapes.directory_audit import directory_audit
from kit.simulator.shapes.message_trace import traces
from kit.simulator.shapes.sign_in import sign_in

Role = Literal["attacker", "owner", "responder", "noise"]
Json = dict[str, Any]


@dataclass(frozen=True)
class Story:
    """`id` as in the list of scenarios (A1, B6), `victim` a role of people.py. It begins on the last `weekday`
    (Monday 0) that lies at least `days_before` days before the world's present."""

    id: str
    title: str
    about: str
    victim: str
    days_before: int
    weekday: int
    play: Callable[[Stage], None]


@dataclass
class Stage:
    """Where stories play. `events` maps (log, UTC day) to records; `truth` says whose each is; `absent` and
    `blocked` are told to the background (see Ordinary)."""

    company: Company
    state: dict[str, dict[str, Any]]
    events: dict[tuple[str, date], list[Json]] = field(default_factory=dict)
    truth: list[Json] = field(default_factory=list)
    absent: set[tuple[str, date]] = field(default_factory=set)
    blocked: dict[str, datetime] = field(default_factory=dict)

    def play(self, story: Story) -> None:
        """Play one story."""
        self.story = story
        self.draw: Dice = dice(self.company.seed, "story", story.id)
        self.victim: Person = self.company.role(story.victim)
        self.day: date = working_day(self.company.now.date() - timedelta(days=story.days_before), story.weekday)
        story.play(self)

    def at(self, clock: str, days: int = 0) -> datetime:
        """A moment, `days` after the story's first day; `clock` is HH:MM or HH:MM:SS, UTC."""
        return datetime.fromisoformat(f"{self.day + timedelta(days=days)}T{clock}").replace(tzinfo=UTC)

    def sign_in(
        self, role: Role, at: datetime, address: Address, client: Client, app: App, resource: App, *, session: str,
        correlation: str = "", interactive: bool = True, error: int = 0, proof: str = "token", token: str = "",
        risk: str = "none", person: Person | None = None,
    ) -> SignIn:  # fmt: skip
        """A sign-in of the victim (or `person`), in the sign-in log and, when interactive, in the audit log."""
        act = SignIn(
            at=at, person=person or self.victim, address=address, client=client, app=app, resource=resource,
            id=self.draw.guid(), session=session, correlation=correlation or self.draw.guid(),
            interactive=interactive, error=error, proof=proof, token=token, risk=risk,
        )  # fmt: skip
        self.log("signIns", role, at, sign_in(act, self.company))
        if interactive:
            self.audit(role, at, logged_in(act, self.company))
        return act

    def audit(self, role: Role, at: datetime, record: Json) -> None:
        """An audit record."""
        self.log("auditRecords", role, at, record)

    def does(
        self, role: Role, shape: Callable[..., Json], act: SignIn, at: datetime, *said: Any, **options: Any
    ) -> None:
        """An audit record in one of the shapes of exchange_record, made with the token of a sign-in."""
        self.audit(role, at, shape(act, at, self.company, self.draw, *said, **options))

    def cmdlet(
        self, role: Role, act: SignIn, at: datetime, name: str, parameters: dict[str, str], leaf: str = ""
    ) -> None:
        """A cmdlet on the own mailbox, or on `leaf` (a rule's name) in it."""
        path = exchange_record.mailbox_path(act.person, self.company, leaf and f"\\{leaf}")
        self.audit(role, at, exchange_record.cmdlet(at, self.company, self.draw, name, path, parameters, act=act))

    def directory(
        self, role: Role, at: datetime, activity: str, actor: Json, targets: list[Json], **options: Any
    ) -> None:
        """A directory audit."""
        self.log("directoryAudits", role, at, directory_audit(at, self.draw, activity, actor, targets, **options))

    def rule(self, rule: Json) -> None:
        """A new visible inbox rule in the victim's mailbox: it goes first, as Exchange puts it."""
        rules = self.state["messageRules"][self.victim.id]
        for other in rules:
            other["sequence"] += 1
        rules.insert(0, rule)

    def mail(self, role: Role, message: Message) -> str:
        """A message, traced for every recipient; returns its trace id."""
        rows = traces(message)
        self.events.setdefault(("messageTraces", message.at.date()), []).extend(rows)
        self._tell("messageTraces", role, rows[0]["id"])
        return str(rows[0]["id"])

    def log(self, log: str, role: Role, at: datetime, record: Json) -> None:
        """A record in any log. Audit records call their id Id, the others id."""
        self.events.setdefault((log, at.date()), []).append(record)
        self._tell(log, role, record["Id" if log == "auditRecords" else "id"])

    def _tell(self, log: str, role: Role, event: str) -> None:
        self.truth.append({"event_id": event, "log": log, "story": self.story.id, "role": role})

    def usual(self, person: Person, day: date) -> list[SignIn]:
        """The successful background sign-ins of a person on a day, earliest first: whose tokens an owner uses."""
        acts = sign_ins(self.company.seed, person, day, Rates())
        return sorted((act for act in acts if not act.error), key=lambda act: act.at)

    def away(self, days: int) -> None:
        """The story tells the victim's days from its first on: the background has none of them there."""
        self.absent.update((self.victim.id, self.day + timedelta(days=n)) for n in range(days))

    def inbox(self, person: Person, since: date, until: date) -> list[Message]:
        """What reached a mailbox from outside on the days from `since` up to, not including, `until`."""
        days = ((since + timedelta(days=n)) for n in range((until - since).days))
        return [post.message for day in days for post in received(self.company, person, day, Rates())]


STORIES: Shelf[Story] = Shelf("kit.simulator.stories", Story)


def chosen(ids: Iterable[str]) -> list[Story]:
    """The stories with these ids, in the shelf's order; InputError names those there are."""
    wanted = {name.upper() for name in ids}
    found = {story.id: story for story in (STORIES[name] for name in STORIES)}
    missing = sorted(wanted - set(found))
    if missing:
        raise InputError(f"There is no story {', '.join(missing)}.", f"There are: {', '.join(found)}.")
    return [story for ident, story in found.items() if ident in wanted]
