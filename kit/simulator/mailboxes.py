"""Finding mailboxes and their rules, for Graph and for Exchange.

A rule has one id seen two ways: Graph's is the base64 of eight bytes, Exchange's RuleIdentity the same bytes as a
little-endian number.
"""

from __future__ import annotations

import hashlib
from base64 import b64decode, b64encode
from binascii import Error
from typing import Any

from kit.simulator.message import Call
from kit.simulator.problem import GraphProblem
from kit.simulator.world import Json

# Graph condition or action → Exchange's property.
EXCHANGE_NAMES = {
    "bodyContains": "BodyContainsWords",
    "bodyOrSubjectContains": "SubjectOrBodyContainsWords",
    "fromAddresses": "From",
    "hasAttachments": "HasAttachment",
    "headerContains": "HeaderContainsWords",
    "importance": "WithImportance",
    "recipientContains": "RecipientAddressContainsWords",
    "senderContains": "FromAddressContainsWords",
    "sentOnlyToMe": "SentOnlyToMe",
    "sentToAddresses": "SentTo",
    "sentToMe": "MyNameInToBox",
    "subjectContains": "SubjectContainsWords",
    "assignCategories": "ApplyCategory",
    "copyToFolder": "CopyToFolder",
    "delete": "DeleteMessage",
    "forwardAsAttachmentTo": "ForwardAsAttachmentTo",
    "forwardTo": "ForwardTo",
    "markAsRead": "MarkAsRead",
    "markImportance": "MarkImportance",
    "moveToFolder": "MoveToFolder",
    "permanentDelete": "DeleteMessage",
    "redirectTo": "RedirectTo",
    "stopProcessingRules": "StopProcessingRules",
}
FLAGS = ("HasAttachment", "SentOnlyToMe", "MyNameInToBox", "DeleteMessage", "MarkAsRead", "StopProcessingRules")


def visible_rules(call: Call, user_id: str) -> list[Json]:
    """The rules Graph shows, in their order."""
    rules: list[Json] = call.tenancy.collection("messageRules").setdefault(user_id, [])
    return rules


def hidden_rules(call: Call, user_id: str) -> list[Json]:
    """The rules only Exchange shows."""
    rules: list[Json] = call.tenancy.collection("hiddenRules").setdefault(user_id, [])
    return rules


def mailbox_owner(call: Call) -> Json:
    """The user of a mailbox route; Problem 404 when there is no such user, or no mailbox."""
    user = call.tenancy.user(call.ids["user-id"])
    if user["id"] not in call.tenancy.collection("mailboxes"):
        raise GraphProblem(
            404,
            "MailboxNotEnabledForRESTAPI",
            "The mailbox is either inactive, soft-deleted, or is hosted on-premise.",
        )
    return user


def rule_number(rule_id: str) -> int:
    """Exchange's RuleIdentity of a Graph rule id; one of its digest where the id is not eight bytes of base64."""
    try:
        raw = b64decode(rule_id, validate=True)
    except (Error, ValueError):
        raw = b""
    return int.from_bytes(raw if len(raw) == 8 else hashlib.sha256(rule_id.encode()).digest()[:8], "little")


def rule_id(number: int) -> str:
    """Graph's id of a rule with this RuleIdentity."""
    return b64encode(number.to_bytes(8, "little")).decode()


def exchange_rule(mailbox: Json, rule: Json) -> Json:
    """A messageRule as Get-InboxRule shows it."""
    number = rule_number(rule["id"])
    shown: Json = {
        "Identity": f"{mailbox['Identity']}\\{number}",
        "Name": rule.get("displayName") or "",
        "RuleIdentity": str(number),
        "Enabled": bool(rule.get("isEnabled")),
        "Priority": rule.get("sequence"),
        "Description": "",
        "MailboxOwnerId": mailbox["Identity"],
        "InError": bool(rule.get("hasError")),
        "ErrorType": "None",
        "SupportedByTask": True,
        "IsValid": True,
        "SoftDeleteMessage": False,
    }
    shown |= {name: False if name in FLAGS else None for name in EXCHANGE_NAMES.values()}
    for part in (rule.get("conditions"), rule.get("actions")):
        for name, value in (part or {}).items():
            if name in EXCHANGE_NAMES:
                shown[EXCHANGE_NAMES[name]] = _shown(value)
    return shown


def _shown(value: Any) -> Any:
    if isinstance(value, list):
        return [_shown(item) for item in value]
    if isinstance(value, dict) and "emailAddress" in value:
        address = value["emailAddress"]
        return f'"{address.get("name") or address.get("address")}" [SMTP:{address.get("address")}]'
    return value
