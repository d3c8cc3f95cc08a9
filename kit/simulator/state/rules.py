"""Inbox rules as people make them: project folders, newsletters, delegates. None is an attacker's.

A rule has two faces. Graph's messageRule has an id that is the base64 of eight bytes, little-endian; Exchange shows
the same eight bytes as an integer (RuleIdentity), too big for a float. `exchange_rule` gives Exchange's face.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from kit.simulator.company import Company
from kit.simulator.dice import Dice, dice
from kit.simulator.people import Person

Json = dict[str, Any]

# name, conditions (Graph), actions (Graph), parameters (Exchange); {who} is a colleague, {box} the folder.
KINDS: tuple[tuple[str, Json, Json, dict[str, str]], ...] = (
    (
        "Chantier Belleville", {"subjectContains": ["Belleville"]}, {"move": "Chantiers"},
        {"SubjectContainsWords": "Belleville"},
    ),
    (
        "Chantier Confluence", {"subjectContains": ["Confluence", "lot 12"]}, {"move": "Chantiers"},
        {"SubjectContainsWords": "Confluence;lot 12"},
    ),
    ("Devis", {"subjectContains": ["devis"]}, {"move": "Devis"}, {"SubjectContainsWords": "devis"}),
    (
        "Lettres d'information", {"senderContains": ["batiment-hebdo"]}, {"move": "Lettres"},
        {"FromAddressContainsWords": "batiment-hebdo"},
    ),
    (
        "Newsletters", {"senderContains": ["site-and-build"]}, {"move": "Newsletters", "markAsRead": True},
        {"FromAddressContainsWords": "site-and-build", "MarkAsRead": "True"},
    ),
    (
        "Appels d'offres", {"senderContains": ["appels-offres.example"]}, {"move": "Appels d'offres"},
        {"FromAddressContainsWords": "appels-offres.example"},
    ),
    (
        "Réunions", {"senderContains": ["reunions-pro"]}, {"move": "Archive"},
        {"FromAddressContainsWords": "reunions-pro"},
    ),
    (
        "Copies à mon assistante", {"sentToMe": True, "subjectContains": ["planning"]}, {"forward": "assistant"},
        {"SubjectContainsWords": "planning"},
    ),
    (
        "Holiday requests", {"subjectContains": ["Holiday request", "Congés"]}, {"move": "RH"},
        {"SubjectContainsWords": "Holiday request;Congés"},
    ),
    (
        "Important clients", {"fromAddresses": ["direction@acier-sud.example"]}, {"markImportance": "high"},
        {"From": "direction@acier-sud.example", "MarkImportance": "High"},
    ),
    (
        "Transport", {"senderContains": ["transports-vidal.example"]}, {"move": "Livraisons"},
        {"FromAddressContainsWords": "transports-vidal.example"},
    ),
    (
        "Timber digest", {"senderContains": ["timber-trade"]}, {"delete": True},
        {"FromAddressContainsWords": "timber-trade", "DeleteMessage": "True"},
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class New:
    """A rule somebody made on `day` (older rules have no audit record): both faces of it."""

    owner: Person
    name: str
    day: date
    rule: Json
    parameters: dict[str, str]


@lru_cache(maxsize=4)
def benign_rules(company: Company) -> tuple[New, ...]:
    """At least thirty rules over the members' mailboxes; a third was made within the ninety days."""
    owners = [person for person in company.members if person.has_mailbox]
    found = []
    for number in range(max(32, len(owners))):
        owner = owners[number % len(owners)]
        draw = dice(company.seed, "benign rule", number)
        name, conditions, actions, parameters = KINDS[(number * 5 + number // len(owners)) % len(KINDS)]
        day = company.start.date() - timedelta(days=draw.randrange(1, 500))
        if draw.chance(0.4):
            day = company.start.date() + timedelta(days=draw.randrange(0, 89))
        rule = message_rule(
            draw, name, 1 + number // len(owners), _conditions(conditions), _actions(company, owner, actions)
        )
        found.append(New(owner, name, day, rule, {**_defaults(name), **parameters, **_moves(actions)}))
    return tuple(found)


def message_rules(company: Company) -> dict[str, Any]:
    """Key user id → the messageRules of the mailbox."""
    found: dict[str, Any] = {person.id: [] for person in company.mailboxes}
    for new in benign_rules(company):
        found[new.owner.id].append(dict(new.rule))
    return found


def made_on(company: Company, day: date) -> list[New]:
    """The rules made on a day."""
    return [rule for rule in benign_rules(company) if rule.day == day]


def message_rule(draw: Dice, name: str, sequence: int, conditions: Json, actions: Json) -> Json:
    """A messageRule, as Graph returns it: only the conditions and actions that are set."""
    return {
        "id": b64encode(((draw.getrandbits(32) << 32) | sequence).to_bytes(8, "little")).decode(),
        "displayName": name, "sequence": sequence, "isEnabled": True, "hasError": False, "isReadOnly": False,
        "conditions": conditions, "actions": actions,
    }  # fmt: skip


def rule_identity(rule_id: str) -> int:
    """Exchange's RuleIdentity of a rule with this Graph id."""
    return int.from_bytes(b64decode(rule_id), "little")


def folder(owner: Person, name: str) -> str:
    """The Graph id of a folder of a mailbox."""
    return f"AAMkA{b64encode(dice('folder', owner.id, name).randbytes(84)).decode()[:112]}AAA="


def exchange_rule(owner: Person, identity: int, name: str, priority: int, **said: Any) -> Json:
    """A rule as Get-InboxRule shows it; `said` sets the conditions and actions it has."""
    return {
        "Identity": f"{owner.mailbox}\\{identity}", "Name": name, "RuleIdentity": str(identity), "Enabled": True,
        "Priority": priority, "Description": "", "MailboxOwnerId": owner.mailbox, "InError": False,
        "ErrorType": "None", "SupportedByTask": True, "IsValid": True, "From": None,
        "FromAddressContainsWords": None, "SubjectContainsWords": None, "SubjectOrBodyContainsWords": None,
        "BodyContainsWords": None, "HasAttachment": False, "MoveToFolder": None, "CopyToFolder": None,
        "DeleteMessage": False, "SoftDeleteMessage": False, "MarkAsRead": False, "MarkImportance": None,
        "ForwardTo": None, "ForwardAsAttachmentTo": None, "RedirectTo": None, "StopProcessingRules": False, **said,
    }  # fmt: skip


def _conditions(wanted: Json) -> Json:
    if "fromAddresses" in wanted:
        return {"fromAddresses": [{"emailAddress": {"name": a, "address": a}} for a in wanted["fromAddresses"]]}
    return dict(wanted)


def _actions(company: Company, owner: Person, wanted: Json) -> Json:
    said = {key: value for key, value in wanted.items() if key not in ("move", "forward")}
    if "move" in wanted:
        said["moveToFolder"] = folder(owner, wanted["move"])
    if "forward" in wanted:
        to = company.role(wanted["forward"])
        said["forwardTo"] = [{"emailAddress": {"name": to.name, "address": to.upn}}]
    return {**said, "stopProcessingRules": True}


def _defaults(name: str) -> dict[str, str]:
    return {"AlwaysDeleteOutlookRulesBlob": "False", "Force": "False", "Name": name}


def _moves(actions: Json) -> dict[str, str]:
    said = {"MoveToFolder": actions["move"]} if "move" in actions else {}
    if "forward" in actions:
        said["ForwardTo"] = "assistante de direction"
    return {**said, "StopProcessingRules": "True"}
