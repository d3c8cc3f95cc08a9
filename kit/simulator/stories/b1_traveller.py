"""B1: the export director works from Singapore for five days. Nothing is wrong.

His laptop is the one he always has, the second factor is his known phone, and there are fourteen hours between the last
sign-in in France and the first one there. His phone still comes out of the home carrier's network for a while.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from kit.simulator import apps, clients
from kit.simulator.acts import SignIn
from kit.simulator.background.mail import message_id
from kit.simulator.clients import Client
from kit.simulator.network import Address, address, somewhere
from kit.simulator.shapes import exchange_record as exchange
from kit.simulator.story import Stage, Story

HOTEL = address("198.18.112.40")
ROAMING = address("198.18.113.77")
FLIGHT = timedelta(hours=14)
# Day, clock (UTC) and place of the sign-ins after the arrival: mornings and evenings at the hotel, days on the move.
VISITS = (
    (1, "00:50", HOTEL), (1, "03:20", ROAMING), (1, "06:05", ROAMING), (1, "10:40", HOTEL), (1, "12:30", HOTEL),
    (2, "00:41", HOTEL), (2, "02:15", ROAMING), (2, "05:30", ROAMING), (2, "08:20", ROAMING), (2, "12:10", HOTEL),
    (3, "00:55", HOTEL), (3, "04:05", ROAMING), (3, "07:15", ROAMING), (3, "11:35", HOTEL), (4, "00:38", HOTEL),
    (4, "03:45", ROAMING), (5, "00:30", HOTEL),
)  # fmt: skip


def play(stage: Stage) -> None:
    """Twenty sign-ins: eighteen from there, two by a phone that seems to be at home still."""
    stage.away(6)
    first = _arrival(stage)
    laptop, phone = clients.browser(stage.victim.laptop, stage.day), clients.outlook_mobile(stage.victim.phone)
    session, pocket = stage.draw.guid(), stage.draw.guid()
    _visit(stage, first, HOTEL, laptop, session, "push")
    home = somewhere(stage.draw, stage.victim.mobile, stage.victim.site.place)
    for minutes in (25, 55):
        at = first + timedelta(minutes=minutes)
        stage.sign_in("owner", at, home, phone, apps.OUTLOOK_MOBILE, apps.EXCHANGE, session=pocket)
    for number, (day, clock, place) in enumerate(VISITS):
        act = _visit(stage, stage.at(clock, day), place, laptop, session, "push" if number == 1 else "token")
        if number % 3 == 1:
            _reads(stage, act)


def _arrival(stage: Stage) -> datetime:
    """The first moment there: a flight after the last sign-in in France."""
    before = stage.usual(stage.victim, stage.day - timedelta(days=1))
    last = before[-1].at if before else datetime.combine(stage.day, time(), UTC) - timedelta(hours=5)
    return last + FLIGHT


def _visit(stage: Stage, at: datetime, place: Address, laptop: Client, session: str, proof: str) -> SignIn:
    app, resource = stage.draw.choice(((apps.OFFICE_HOME, apps.EXCHANGE), (apps.OUTLOOK_WEB, apps.EXCHANGE)))
    return stage.sign_in("owner", at, place, laptop, app, resource, session=session, proof=proof)


def _reads(stage: Stage, act: SignIn) -> None:
    folders = {exchange.inbox(stage.victim): [message_id(stage.draw) for _ in range(3)]}
    stage.does("owner", exchange.bind, act, act.at + timedelta(minutes=3), folders)


STORY = Story(
    id="B1",
    title="Traveller",
    about="A known person with a known laptop in another country; no impossible speed.",
    victim="traveller",
    days_before=16,
    weekday=1,
    play=play,
)
