"""What is known by name: abused applications, tools' user agents, hiding places, tell-tale words, roles and scopes.

The longer lists are CSV files in `data/`, each with its origin in its first lines, so that an analyst can add to them.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import ibis
import ibis.expr.types as ir

from kit.expressions import matches

DATA = Path(__file__).parent / "data"

BROKER = "29d9ed98-a469-4536-ade2-f981bc1d605e"  # Microsoft Authentication Broker
RESOURCES = {  # applications whose data an attacker wants
    "00000002-0000-0ff1-ce00-000000000000": "Exchange Online",
    "00000003-0000-0ff1-ce00-000000000000": "SharePoint Online",
    "00000003-0000-0000-c000-000000000000": "Microsoft Graph",
    "01cb2876-7ebd-4aa4-9cc9-d28bd4d359a9": "Device Registration Service",
}
MAIL_APPS = {  # Microsoft's own clients and services that open mailboxes, and the iPhone's
    "00000002-0000-0ff1-ce00-000000000000": "Exchange Online",
    "00000003-0000-0000-c000-000000000000": "Microsoft Graph",
    "00000006-0000-0ff1-ce00-000000000000": "Office 365 portal",
    "4765445b-32c6-49b0-83e6-1d93765276ca": "OfficeHome",
    "9199bf20-a13f-4107-85dc-02114787ef48": "One Outlook Web",
    "5d661950-3475-41cd-a2c3-d671a3162bc1": "Microsoft Outlook",
    "27922004-5251-4030-b22d-91ecd9a37ea4": "Outlook Mobile",
    "d3590ed6-52b3-4102-aeff-aad2292ab01c": "Microsoft Office",
    "1fec8e78-bce4-4aaf-ab1b-5451cc387264": "Microsoft Teams",
    "5e3ce6c0-2b1f-4285-8d4b-75ee78787346": "Teams Web",
    "22098786-6e16-43cc-a27d-191a01a1e3b5": "Microsoft To-Do",
    "ab9b8c07-8f02-4f72-87fa-80105867a763": "OneDrive",
    "f8d98a96-0999-43f5-8af3-69971c7bb423": "iOS Accounts (Apple)",
    "497effe9-df71-4043-a8bb-14cf78c4b63b": "Exchange admin center",
    "fb78d390-0c51-40cd-8e17-fdbfab77341b": "Exchange REST PowerShell",
}
PRIVILEGED_ROLES = (  # directory roles that lead to every mailbox; Company Administrator is the old Global one
    "global administrator",
    "company administrator",
    "privileged role administrator",
    "privileged authentication administrator",
    "exchange administrator",
    "exchange service administrator",
    "security administrator",
    "application administrator",
    "cloud application administrator",
    "user administrator",
    "user account administrator",
    "authentication administrator",
    "helpdesk administrator",
    "conditional access administrator",
    "hybrid identity administrator",
)
# The six scope families of nearly all consent-phishing cases (Microsoft's app-consent playbook), and mail protocols.
# Mail.ReadBasic shows no bodies and is left out.
DATA_SCOPES = (
    r"\b(mail\.(read|readwrite|send)(\.shared|\.all)?\b|contacts\.|mailboxsettings\.|people\.|files\.|notes\.|chat\."
    r"|ews\.accessasuser\.all|imap\.|pop\.|smtp\.send|full_access_as_app|directory\.accessasuser\.all|user_impersonation)"
)
# Application permissions with which one application reaches every mailbox, file or role of the tenant.
TENANT_SCOPES = (
    r"\b(mail\.(read|readwrite|send)\b|mailboxsettings\.readwrite|full_access_as_app|files\.read(write)?\.all"
    r"|sites\.(fullcontrol|read|readwrite)\.all|directory\.readwrite\.all|rolemanagement\.readwrite\.directory"
    r"|approleassignment\.readwrite\.all|application\.readwrite\.all|user\.readwrite\.all"
    r"|userauthenticationmethod\.readwrite\.all)"
)


@cache
def _rows(name: str) -> tuple[dict[str, str], ...]:
    text = (DATA / f"{name}.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))


def abused_apps(danger: str) -> dict[str, str]:
    """Application id → name, of the applications of one danger ("high" or "watch")."""
    return {row["app_id"]: row["name"] for row in _rows("abused_apps") if row["danger"] == danger}


def tool(user_agent: ir.StringValue, *kinds: str) -> ir.StringValue:
    """The tool that a user agent betrays, of the given kinds (kit, attack, script, legacy); NULL when none."""
    known = [row for row in _rows("user_agents") if row["kind"] in kinds]
    agent = user_agent.strip()
    return ibis.cases(*((matches(agent, _pattern(row)), row["tool"]) for row in known), else_=ibis.null("string"))


def is_tool(user_agent: ir.StringValue, *kinds: str) -> ir.BooleanValue:
    """The user agent betrays a tool of these kinds: one expression, to narrow many rows before asking which."""
    patterns = (_pattern(row) for row in _rows("user_agents") if row["kind"] in kinds)
    return matches(user_agent.strip(), "|".join(f"({pattern})" for pattern in patterns))


def folders(kind: str) -> list[str]:
    """Names of hiding places, lower case ("unread" or "bin")."""
    return [row["folder"] for row in _rows("rule_folders") if row["kind"] == kind]


def topic_words(topic: str) -> str:
    """A regular expression for the tell-tale words of a topic ("money" or "security")."""
    return any_of(row["word"] for row in _rows("rule_words") if row["topic"] == topic)


def any_of(texts: Iterable[str]) -> str:
    """A regular expression that finds one of the texts at the beginning of a word."""
    return r"(^|[^\p{L}\p{N}])(" + "|".join(re.escape(text) for text in sorted(texts)) + ")"


def _pattern(row: dict[str, str]) -> str:
    text = re.escape(row["text"])
    return {"prefix": f"^{text}", "whole": f"^{text}$", "word": rf"(^|[^a-z0-9]){text}"}[row["how"]]
