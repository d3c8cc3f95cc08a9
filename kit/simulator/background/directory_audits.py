"""Ordinary directory audits: synchronisation, licences, groups, forgotten passwords, the odd new phone."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from kit.simulator.company import Company
from kit.simulator.dice import Dice, dice, guid
from kit.simulator.shapes.directory_audit import by_app, by_user, directory_audit, target, user_target

Json = dict[str, Any]


def audits(company: Company, day: date) -> list[Json]:
    """The day's directory audits, in no order."""
    draw = dice(company.seed, "directory", day)
    found = [_synchronised(company, draw, day) for _ in range(draw.randrange(2, 7))]
    if day.weekday() < 5:
        chances = ((0.6, _group), (0.35, _licence), (0.3, _reset), (0.15, _changed), (0.12, _new_phone), (0.1, _device))
        found += [audit for chance, make in chances if draw.chance(chance) for audit in make(company, draw, day)]
    return found


def _at(draw: Dice, day: date, first: int = 7, last: int = 17) -> datetime:
    start = datetime.combine(day, time(first), UTC)
    return start + timedelta(seconds=draw.randrange((last - first) * 3600), microseconds=draw.randrange(10**6))


def _synchronised(company: Company, draw: Dice, day: date) -> Json:
    person = draw.choice([p for p in company.members if p.synced])
    change = user_target(person, ("LastDirSyncTime", None, f'["{day.isoformat()}T00:00:00Z"]'))
    actor = by_app("Microsoft Entra Connect Sync", guid(company.seed, "sync principal"))
    return directory_audit(_at(draw, day, 0, 23), draw, "Update user", actor, [change])


def _group(company: Company, draw: Dice, day: date) -> list[Json]:
    admin, person = company.role("helpdesk"), draw.choice(company.members)
    group = target("Group", guid(company.seed, "group", person.department), person.department)
    actor = by_user(admin, admin.office.ip)
    return [directory_audit(_at(draw, day), draw, "Add member to group", actor, [user_target(person), group],
                            category="GroupManagement", kind="Assign")]  # fmt: skip


def _licence(company: Company, draw: Dice, day: date) -> list[Json]:
    person = draw.choice(company.members)
    change = user_target(
        person, ("AssignedLicense", "[]", f'["[SkuName=ENTERPRISEPACK, AccountId={company.tenant_id}]"]')
    )
    return [
        directory_audit(
            _at(draw, day), draw, "Change user license", by_user(company.role("it_admin"), "192.0.2.10"), [change]
        )
    ]


def _reset(company: Company, draw: Dice, day: date) -> list[Json]:
    person = draw.choice([p for p in company.members if p.mfa])
    return [directory_audit(_at(draw, day), draw, "Reset password (self-service)", by_user(person, person.office.ip),
                            [user_target(person)], service="Self-service Password Management",
                            reason="Successfully completed reset.")]  # fmt: skip


def _changed(company: Company, draw: Dice, day: date) -> list[Json]:
    person = draw.choice(company.members)
    return [
        directory_audit(
            _at(draw, day), draw, "Change user password", by_user(person, person.home.ip), [user_target(person)]
        )
    ]


def _new_phone(company: Company, draw: Dice, day: date) -> list[Json]:
    """A second factor added from a known place: what a new phone looks like."""
    person = draw.choice([p for p in company.members if p.mfa])
    at, actor = _at(draw, day), by_user(person, draw.choice((person.home.ip, person.office.ip)))
    steps = (
        (0, "User started security info registration", "User started the registration for Authenticator App"),
        (48, "User registered security info", "User registered Authenticator App with Notification and Code"),
    )
    return [
        directory_audit(
            at + timedelta(seconds=seconds), draw, activity, actor, [user_target(person)],
            service="Authentication Methods", kind="Add", reason=reason,
        )
        for seconds, activity, reason in steps
    ]  # fmt: skip


def _device(company: Company, draw: Dice, day: date) -> list[Json]:
    person = draw.choice(company.members)
    device = target("Device", person.laptop.object_id, person.laptop.name, ("IsCompliant", "[false]", "[true]"))
    return [directory_audit(_at(draw, day), draw, "Update device", by_app("Microsoft Intune"), [device],
                            category="Device")]  # fmt: skip
