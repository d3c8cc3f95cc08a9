"""Builds the world: the company, its state, its ordinary days, and the stories laid over them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from kit.errors import InputError
from kit.simulator.background.ordinary import Ordinary
from kit.simulator.background.rates import Rates
from kit.simulator.company import found
from kit.simulator.state import standing
from kit.simulator.story import Stage, chosen
from kit.simulator.world import Json, World

LOGS = {"signIns": "createdDateTime", "directoryAudits": "activityDateTime", "auditRecords": "CreationTime",
        "messageTraces": "receivedDateTime"}  # fmt: skip


def build(
    seed: int = 7, users: int = 45, stories: Sequence[str] = ("A1", "A8", "B1", "B6"), now: datetime | None = None,
    rates: Rates | None = None,
) -> World:  # fmt: skip
    """A tenant with `users` members and ninety days of history up to `now` (aware; by default the last 18:00 UTC).

    The same arguments give the same world, byte for byte. InputError for a story that does not
    exist, for too few users, and for a `now` without a zone.
    """
    if now is not None and now.tzinfo is None:
        raise InputError("The world's present moment has no zone.", "Pass an aware datetime, in UTC.")
    company = found(seed, users, now and now.astimezone(UTC))
    state = standing(company)
    stage = Stage(company, state)
    for story in chosen(stories):
        stage.play(story)
    ordinary = Ordinary(company, rates or Rates(), frozenset(stage.absent), stage.blocked)

    def events(log: str, day: date) -> list[Json]:
        if log not in LOGS:
            raise InputError(f"There is no log {log!r}.", f"There are: {', '.join(LOGS)}.")
        if not company.start.date() <= day <= company.now.date():
            return []
        records = ordinary.events(log, day) + stage.events.get((log, day), [])
        return _ordered(records, LOGS[log], day, company.now)

    return World(
        seed=seed, tenant_id=company.tenant_id, name=company.name, domain=company.domain, start=company.start,
        now=company.now, events=events, truth=lambda: list(stage.truth), state=state,
    )  # fmt: skip


def _ordered(records: list[dict[str, Any]], stamp: str, day: date, now: datetime) -> list[Json]:
    """Sorted by time; what lies after `now` has not happened yet."""
    records.sort(key=lambda record: record[stamp])
    if day < now.date():
        return records
    end = datetime.combine(day, time(), UTC) + (now - datetime.combine(day, time(), UTC)) + timedelta(seconds=1)
    limit = end.replace(tzinfo=None).isoformat()
    return [record for record in records if record[stamp] < limit]
