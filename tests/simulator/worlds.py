"""What the tests of the world share: one built world, its days, and the contract with open types left open."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from kit.simulator.build import LOGS, build
from kit.simulator.world import World

NOW = datetime(2026, 11, 24, 18, tzinfo=UTC)
SAMPLE = (1, 23, 45, 70, 88)
"""Days after the start that stand for all."""


@cache
def world(stories: tuple[str, ...] = ("A1", "A8", "B1", "B6"), seed: int = 7, users: int = 45) -> World:
    """A world at NOW; shared, so not to be changed."""
    return build(seed, users, stories, NOW)


def days(world: World) -> list[date]:
    """Every day of its history."""
    first = world.start.date()
    return [first + timedelta(days=n) for n in range((world.now.date() - first).days + 1)]


@cache
def by_day(log: str) -> dict[date, list[Any]]:
    """Every day of a log of the world with all stories."""
    return {day: world().events(log, day) for day in days(world())}


@cache
def records(log: str) -> list[Any]:
    """All ninety days of a log, in order."""
    return [record for found in by_day(log).values() for record in found]


def told(log: str, story: str, role: str = "") -> list[Any]:
    """The records of a log that belong to a story, or to one role in it."""
    key = "Id" if log == "auditRecords" else "id"
    wanted = {
        line["event_id"]
        for line in world().truth()
        if line["log"] == log and line["story"] == story and role in ("", line["role"])
    }
    return [record for record in records(log) if record[key] in wanted]


def digest(world: World, sample: tuple[int, ...] = SAMPLE) -> str:
    """SHA-256 over the state, the truth and some days of every log."""
    whole = hashlib.sha256(json.dumps([world.state, world.truth()]).encode())
    for log in LOGS:
        for day in (world.start.date() + timedelta(days=n) for n in sample):
            whole.update(json.dumps(world.events(log, day)).encode())
    return whole.hexdigest()


def problems(checker: Any, schema: str, value: Any) -> Iterator[str]:
    """How a value differs from a type of the contract. Types that the metadata calls open may carry more properties
    than it declares; the checker's document does not let them, Microsoft's answers do."""
    for error in checker.validator({"$ref": f"#/components/schemas/{schema}"}).iter_errors(value):
        leaves = [error]
        while leaves:
            leaf = leaves.pop()
            leaves += leaf.context or []
            if not leaf.context and not (leaf.validator == "additionalProperties" and leaf.schema.get("x-openType")):
                yield f"{'/'.join(map(str, leaf.absolute_path))}: {leaf.message[:120]}"
