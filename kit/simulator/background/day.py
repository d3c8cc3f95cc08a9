"""One person's ordinary day: where they are, on what, and the sign-ins that follow.

Networks, devices and hours are habits: home, office and phone stay the same for months, remote days repeat weekly,
sessions last a week on one program. The sign-in log and the audit log are both written from this one plan.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from kit.simulator import apps, clients
from kit.simulator.acts import SignIn
from kit.simulator.apps import App
from kit.simulator.background.rates import Rates
from kit.simulator.clients import Client
from kit.simulator.dice import Dice, dice, guid
from kit.simulator.network import Address, somewhere
from kit.simulator.people import Person

# What each program asks tokens for, without anybody touching a key: (client application, resource).
QUIET: dict[str, tuple[tuple[App, App], ...]] = {
    "edge": (
        (apps.OUTLOOK_WEB, apps.EXCHANGE), (apps.OUTLOOK_WEB, apps.GRAPH), (apps.SHAREPOINT_WEB, apps.SHAREPOINT),
        (apps.OFFICE_HOME, apps.GRAPH), (apps.TEAMS, apps.CHAT),
    ),
    "outlook": (
        (apps.OFFICE, apps.EXCHANGE), (apps.OFFICE, apps.GRAPH), (apps.TEAMS, apps.TEAMS_SERVICES),
        (apps.ONEDRIVE_SYNC, apps.SHAREPOINT), (apps.OFFICE, apps.SHAREPOINT),
    ),
    "mobile": (
        (apps.OUTLOOK_MOBILE, apps.EXCHANGE), (apps.OUTLOOK_MOBILE, apps.GRAPH), (apps.TEAMS, apps.TEAMS_SERVICES),
    ),
}  # fmt: skip
QUIET["safari"] = QUIET["edge"]
ASKED: dict[str, tuple[tuple[App, App], ...]] = {
    "edge": (
        (apps.OFFICE_HOME, apps.GRAPH), (apps.OUTLOOK_WEB, apps.EXCHANGE), (apps.SHAREPOINT_WEB, apps.SHAREPOINT),
        (apps.TEAMS, apps.TEAMS_SERVICES),
    ),
    "outlook": ((apps.OFFICE, apps.EXCHANGE), (apps.TEAMS, apps.TEAMS_SERVICES)),
    "mobile": ((apps.OUTLOOK_MOBILE, apps.EXCHANGE),),
}  # fmt: skip
ASKED["safari"] = ASKED["edge"]


@dataclass(frozen=True, slots=True)
class Stint:
    """A stretch of time at one address with one program."""

    start: datetime
    end: datetime
    address: Address
    client: Client

    def moment(self, draw: Dice) -> datetime:
        """Some whole second within."""
        return self.start + timedelta(seconds=int(draw.random() * (self.end - self.start).total_seconds()))


def stints(seed: int, person: Person, day: date) -> list[Stint]:
    """The stretches of a day, cut at midnight UTC; none on leave, a little phone at weekends."""
    draw = dice(seed, "stints", person.id, day)
    if person.kind != "member" or not person.licence or draw.chance(0.04):
        return []
    mobile = somewhere(dice(seed, "mobile", person.id, day.isocalendar()[:2]), person.mobile, person.site.place)
    handset = clients.outlook_mobile(person.phone)
    if day.weekday() >= 5:
        place = person.home if draw.chance(0.7) else mobile
        return [_stint(person, day, 9 + 9 * draw.random(), 0.5, place, handset)] if draw.chance(0.35) else []
    base = person.home if day.weekday() in person.remote else person.office
    browser, outlook = clients.browser(person.laptop, day), clients.outlook(person.laptop)
    start = person.start + draw.gauss(0, 0.2)
    lunch, end = start + 3.6 + draw.gauss(0, 0.15), start + 8.7 + draw.gauss(0, 0.4)
    found = [
        _stint(person, day, start - 1.1, 0.6, mobile, handset),
        _stint(person, day, start, lunch - start, base, browser),
        _stint(person, day, start, lunch - start, base, outlook),
        _stint(person, day, lunch + 1, end - lunch - 1, base, browser),
        _stint(person, day, lunch + 1, end - lunch - 1, base, outlook),
    ]
    if draw.chance(0.5):
        found.append(_stint(person, day, 19.5 + 2 * draw.random(), 0.5, person.home, handset))
    return [stint for stint in found if stint.start < stint.end]


def _stint(person: Person, day: date, hour: float, length: float, place: Address, client: Client) -> Stint:
    midnight = datetime.combine(day, time(), UTC)
    start = midnight + timedelta(hours=hour - person.site.hours)
    last = midnight + timedelta(hours=24, seconds=-1)
    return Stint(min(max(start, midnight), last), min(start + timedelta(hours=length), last), place, client)


def session(seed: int, person: Person, client: Client, day: date) -> str:
    """The session id of a program on a device: it lasts a week."""
    return guid(seed, "session", person.id, client.kind, day.isocalendar()[:2])


def sign_ins(seed: int, person: Person, day: date, rates: Rates) -> list[SignIn]:
    """The day's sign-ins, in no order."""
    found = stints(seed, person, day)
    if not found:
        return []
    draw = dice(seed, "sign-ins", person.id, day)
    share = 1.0 if day.weekday() < 5 else 0.2
    acts: list[SignIn] = []
    for number in range(max(1, int(draw.between(rates.interactive) * share))):
        acts += _asked(seed, draw, person, day, found, number)
    for _ in range(max(1, int(draw.between(rates.non_interactive) * share))):
        stint = draw.choice(found)
        app, resource = draw.choice(QUIET[stint.client.kind])
        acts.append(_act(seed, draw, person, day, stint, stint.moment(draw), app, resource, interactive=False))
    return acts


def _asked(seed: int, draw: Dice, person: Person, day: date, found: list[Stint], number: int) -> list[SignIn]:
    """One interactive sign-in and what may come before it: a wrong password, a question, a second factor."""
    stint = found[min(1, len(found) - 1)] if number == 0 else draw.choice(found)
    at = stint.start + timedelta(seconds=draw.randrange(20, 400)) if number == 0 else stint.moment(draw)
    app, resource = draw.choice(ASKED[stint.client.kind])
    correlation, proof = draw.guid(), "token" if person.mfa else "password"
    before: list[tuple[int, int]] = []
    if draw.chance(0.05):
        before, proof = [(-35, 50126)], "push" if person.mfa else "password"
    elif person.mfa and draw.chance(0.06):
        before, proof = [(-25, 50074)], "push"
    elif stint.client.app_used == "Browser" and draw.chance(0.1):
        before = [(-6, 50140)]
    acts = [(at + timedelta(seconds=gap), error) for gap, error in before]
    return [
        _act(seed, draw, person, day, stint, when, app, resource, error=error, proof=proof, correlation=correlation)
        for when, error in [*acts, (at, 0)]
    ]


def _act(
    seed: int, draw: Dice, person: Person, day: date, stint: Stint, at: datetime, app: App, resource: App, *,
    interactive: bool = True, error: int = 0, proof: str = "token", correlation: str = "",
) -> SignIn:  # fmt: skip
    return SignIn(
        at=max(at, datetime.combine(day, time(), UTC)), person=person, address=stint.address, client=stint.client,
        app=app, resource=resource, id=draw.guid(), session=session(seed, person, stint.client, day),
        correlation=correlation or draw.guid(), interactive=interactive, error=error, proof=proof,
    )  # fmt: skip
