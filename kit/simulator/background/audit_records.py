"""Ordinary audit records: people read, send and file; Microsoft's service tends the tenant; the odd duplicate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from kit.simulator import apps
from kit.simulator.acts import SignIn
from kit.simulator.background.mail import Posted, message_id, microsoft_host
from kit.simulator.background.rates import Rates
from kit.simulator.company import Company
from kit.simulator.dice import Dice, dice, guid
from kit.simulator.network import Address, address
from kit.simulator.people import Person
from kit.simulator.shapes import audit_record, exchange_record
from kit.simulator.state.rules import New, made_on

# Share of MailItemsAccessed records that Microsoft's own service makes (205 of 318 real records), and of the others,
# the share that carries the session: together 75 % of all records have no SessionId, as measured (239 of 318).
BY_SERVICE = 0.45
TIED = 0.45
DUPLICATED = 0.006
FOLDERS = {"fr": ("\\Boîte de réception\\Chantiers", "\\Archive", "\\Boîte de réception\\Fournisseurs"),
           "en": ("\\Inbox\\Projects", "\\Archive", "\\Inbox\\Suppliers")}  # fmt: skip
FILES = (
    "Plan lot {k}.pdf",
    "Devis {n}.docx",
    "Suivi chantier.xlsx",
    "Planning 2026.xlsx",
    "Quote {n}.docx",
    "Photo {n}.jpg",
)
SITES = ("chantiers", "commercial", "direction", "projects")


def records(
    company: Company, day: date, plan: Mapping[str, Sequence[SignIn]], posted: Sequence[Posted], rates: Rates
) -> list[dict[str, Any]]:
    """The day's records, in no order, a few of them twice."""
    found = _service(company, day)
    boxes: dict[str, list[Posted]] = {}
    sent: dict[str, list[Posted]] = {}
    for post in posted:
        for recipient in post.message.recipients:
            boxes.setdefault(recipient, []).append(post)
        if post.act is not None:
            sent.setdefault(post.act.person.id, []).append(post)
    for person in company.people:
        draw = dice(company.seed, "audit", person.id, day)
        acts = plan.get(person.id, ())
        found += [audit_record.logged_in(act, company) for act in acts if act.interactive]
        good = [act for act in acts if not act.error]
        if person.has_mailbox and person.kind == "member":
            found += _mailbox(
                company, person, day, good, boxes.get(person.upn, []), sent.get(person.id, []), draw, rates
            )
        found += _files(company, good, draw, rates)
    found += [
        _new_rule(company, rule, plan[rule.owner.id]) for rule in made_on(company, day) if plan.get(rule.owner.id)
    ]
    draw = dice(company.seed, "duplicates", day)
    return found + [record for record in found if draw.chance(DUPLICATED)]


def _mailbox(
    company: Company, person: Person, day: date, acts: list[SignIn], box: list[Posted], sent: list[Posted], draw: Dice,
    rates: Rates,
) -> list[dict[str, Any]]:  # fmt: skip
    found: list[dict[str, Any]] = []
    if person.licence in ("E3", "E5"):  # Exchange Kiosk mailboxes record neither reading nor sending
        found += _reading(company, person, day, acts, box, draw, rates)
        for post in sent:
            assert post.act is not None
            found.append(exchange_record.send(post.act, post.message.at, company, draw, post.message.id,
                                              post.message.subject, tied=draw.chance(TIED)))  # fmt: skip
    mails = [act for act in acts if act.resource is apps.EXCHANGE]
    if mails and box and draw.chance(0.6):
        act, post = draw.choice(mails), draw.choice(box)
        at = _later(draw, max(act.at, post.message.at), day)
        found.append(exchange_record.moved(
            act, at, company, draw, draw.choice(("MoveToDeletedItems", "MoveToDeletedItems", "SoftDelete")),
            exchange_record.inbox(person), post.message.id, post.message.subject,
            to=exchange_record.deleted_items(person), tied=draw.chance(TIED)))  # fmt: skip
    return found


def _reading(
    company: Company, person: Person, day: date, acts: list[SignIn], box: list[Posted], draw: Dice, rates: Rates
) -> list[dict[str, Any]]:
    mails = [act for act in acts if act.resource is apps.EXCHANGE]
    found = []
    for _ in range(draw.between(rates.mail_accessed) if acts else int(bool(box))):
        if not mails or draw.chance(BY_SERVICE):
            at = _later(draw, datetime.combine(day, time(5), UTC), day, 15 * 3600)
            found.append(
                exchange_record.background_bind(
                    person, at, company, draw, _opened(draw, person, box, at), _service_host(draw)
                )
            )
        else:
            act = draw.choice(mails)
            at = _later(draw, act.at, day)
            found.append(
                exchange_record.bind(act, at, company, draw, _opened(draw, person, box, at), tied=draw.chance(TIED))
            )
    return found


def _opened(draw: Dice, person: Person, box: list[Posted], at: datetime) -> dict[str, list[str]]:
    """Which messages, by folder: mostly today's arrivals, now and then older ones filed away."""
    fresh = [post.message.id for post in box if post.message.at <= at]
    if fresh and draw.chance(0.8):
        return {exchange_record.inbox(person): draw.sample(fresh, min(len(fresh), draw.choice((1, 1, 1, 2, 3))))}
    old = [message_id(draw) for _ in range(draw.choice((1, 1, 2, 4)))]
    return {draw.choice((*FOLDERS[person.language], exchange_record.sent_items(person))): old}


def _service_host(draw: Dice) -> Address:
    ip = f"2001:db8:2603:10b6:{draw.randrange(1, 400):x}:{draw.randrange(1, 600):x}::{draw.randrange(1, 60):x}"
    return address(ip if draw.chance(0.8) else microsoft_host(draw))


def _files(company: Company, acts: list[SignIn], draw: Dice, rates: Rates) -> list[dict[str, Any]]:
    sites = [act for act in acts if act.resource is apps.SHAREPOINT]
    if not sites:
        return []
    found = []
    for _ in range(draw.between(rates.files)):
        act = draw.choice(sites)
        at = _later(draw, act.at, act.at.date())
        file = draw.choice(FILES).format(n=draw.randrange(1000, 9999), k=draw.randrange(1, 30))
        operation = draw.choices(("FileAccessed", "FileModified", "FilePreviewed", "FileDownloaded"), (70, 15, 10, 5))[
            0
        ]
        found.append(audit_record.file_record(act, at, company, draw, operation, file, draw.choice(SITES)))
    return found


def _service(company: Company, day: date) -> list[dict[str, Any]]:
    """What NT AUTHORITY\\SYSTEM does: nearly all Set-Mailbox records of a real tenant are its own."""
    draw = dice(company.seed, "service", day)

    def at() -> datetime:
        return _later(draw, datetime.combine(day, time(), UTC), day, 86_000)

    found = []
    for _ in range(draw.randrange(4, 10)):
        box = draw.choice(company.mailboxes)
        what = draw.choice(({"RecipientThrottling": "Default"}, {"ForceUpgrade": "True"}, {"AccountDisabled": "False"}))
        parameters = {"Identity": box.mailbox, **what}
        found.append(
            exchange_record.cmdlet(
                at(), company, draw, "Set-Mailbox", exchange_record.mailbox_path(box, company), parameters
            )
        )
    if draw.chance(0.3):
        found.append(exchange_record.cmdlet(
            at(), company, draw, "Set-AdminAuditLogConfig", f"{company.initial_domain}\\Admin Audit Log Settings",
            {"DomainController": "", "UnifiedAuditLogIngestionEnabled": "True"}))  # fmt: skip
    if draw.chance(0.25):
        found.append(exchange_record.cmdlet(
            at(), company, draw, "Add-MailboxPermission", f"{company.initial_domain}/DiscoverySearchMailbox",
            {"Identity": "DiscoverySearchMailbox", "User": "Discovery Management",
                "AccessRights": "FullAccess"}))  # fmt: skip
    for _ in range(draw.randrange(2, 6)):
        actor = "ServicePrincipal_" + guid(company.seed, "sync principal")
        found.append(
            audit_record.directory_change(at(), company, draw, "Update user.", actor, draw.choice(company.members))
        )
    return found


def _new_rule(company: Company, rule: New, acts: Sequence[SignIn]) -> dict[str, Any]:
    draw = dice(company.seed, "rule", rule.owner.id, rule.name)
    act = draw.choice([act for act in acts if not act.error])
    at = _later(draw, act.at, act.at.date(), 900)
    path = exchange_record.mailbox_path(rule.owner, company, f"\\{rule.name}")
    return exchange_record.cmdlet(
        at, company, draw, "New-InboxRule", path, rule.parameters, act=act, tied=draw.chance(TIED)
    )


def _later(draw: Dice, start: datetime, day: date, most: int = 2700) -> datetime:
    """Up to `most` seconds later, on the same day."""
    return min(start + timedelta(seconds=draw.randrange(most)), datetime.combine(day, time(23, 59, 59), UTC))
