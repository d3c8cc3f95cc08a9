"""The four logs of ordinary days, each made from the same plan when asked for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from kit.simulator.acts import SignIn
from kit.simulator.apps import App
from kit.simulator.background import audit_records, directory_audits
from kit.simulator.background import day as person_day
from kit.simulator.background.mail import Posted, mail
from kit.simulator.background.rates import Rates
from kit.simulator.company import Company
from kit.simulator.dice import dice, guid
from kit.simulator.network import address
from kit.simulator.shapes.message_trace import traces
from kit.simulator.shapes.sign_in import service_sign_in, sign_in
from kit.simulator.state.applications import BACKUP, principal_id

Json = dict[str, Any]


class Ordinary:
    """Ordinary days of a company. `absent` holds (person id, day) whose background stays out because a story tells
    that day; `blocked` maps senders (person id) to the moment from which nothing of theirs leaves the company."""

    def __init__(
        self, company: Company, rates: Rates, absent: frozenset[tuple[str, date]], blocked: Mapping[str, datetime]
    ) -> None:
        self.company = company
        self.rates = rates
        self.absent = absent
        self.blocked = blocked
        self.plan = lru_cache(maxsize=4)(self._plan)
        self.mail = lru_cache(maxsize=4)(self._mail)

    def events(self, log: str, day: date) -> list[Json]:
        """The day's records of a log, in no order."""
        match log:
            case "signIns":
                return self._sign_ins(day)
            case "auditRecords":
                return audit_records.records(self.company, day, self.plan(day), self.mail(day), self.rates)
            case "directoryAudits":
                return directory_audits.audits(self.company, day)
            case _:
                return [trace for post in self.mail(day) for trace in traces(post.message)]

    def _plan(self, day: date) -> dict[str, list[SignIn]]:
        found = {}
        for person in self.company.members:
            if (person.id, day) not in self.absent:
                found[person.id] = person_day.sign_ins(self.company.seed, person, day, self.rates)
        return found

    def _mail(self, day: date) -> list[Posted]:
        return mail(self.company, day, self.plan(day), self.rates, self.blocked)

    def _sign_ins(self, day: date) -> list[Json]:
        found = [sign_in(act, self.company) for acts in self.plan(day).values() for act in acts]
        draw = dice(self.company.seed, "backup", day)
        night = datetime.combine(day, time(1), UTC) + timedelta(seconds=draw.randrange(600))
        app = App(guid(self.company.seed, "app", BACKUP), BACKUP)
        principal = principal_id(self.company, BACKUP)
        return [*found, service_sign_in(night, app, principal, address("203.0.113.20"), self.company, draw)]
