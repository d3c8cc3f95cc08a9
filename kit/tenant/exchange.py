"""Exchange cmdlets over REST: how `InvokeCommand` is addressed and what may be run.

Microsoft does not document this interface; its own PowerShell module, CISA's ScubaGear and others all use it, and for
forwarding, hidden rules, audit settings and restricted senders there is no other. Everything known of it is here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kit.errors import RequestRefused
from kit.tenant.clouds import Cloud
from kit.tenant.guard import segment
from kit.tenant.wire import Call

READ_VERBS = ("Get", "Search")
WRITE_VERBS = ("Add", "Disable", "Enable", "New", "Remove", "Set")
# The arbitration mailboxes a tenant-wide cmdlet is routed by; auditing of the organisation has one of its own.
ANCHOR = "SystemMailbox{bb558c35-97f1-4cb9-8ff7-d53741dc928c}"
AUDIT_ANCHOR = "SystemMailbox{8cc370d3-822a-4ab8-a926-bb94bd0641a9}"
# Cmdlets that work inside one mailbox and are routed by its address.
MAILBOX_NOUNS = frozenset(
    {
        "InboxRule",
        "SweepRule",
        "MailboxFolderPermission",
        "MailboxFolderStatistics",
        "MailboxJunkEmailConfiguration",
        "MailboxAutoReplyConfiguration",
    }
)
PAGE_SIZE = 1000


@dataclass(frozen=True)
class Routing:
    """What Exchange is addressed with: tenant id, its first domain ("x.onmicrosoft.com"), and whether an app acts."""

    tenant_id: str
    initial_domain: str
    app_only: bool


def reading(cloud: Cloud, routing: Routing, name: str, parameters: Mapping[str, Any]) -> Call:
    """The call of a cmdlet that only reads; RequestRefused for any other.

    An empty value is refused too: a null Identity means "all" to some cmdlets.
    """
    if _verb(name) not in READ_VERBS:
        raise RequestRefused(f"{name!r} is not a cmdlet that only reads.", "Changes go through a plan.")
    empty = [key for key, value in parameters.items() if value is None or value == ""]
    if empty:
        raise RequestRefused(f"{name} was not run: {', '.join(empty)} is empty.", "An empty identity can mean all.")
    return _call(cloud, routing, name, parameters, write=False)


def writing(cloud: Cloud, routing: Routing, name: str, parameters: Mapping[str, Any]) -> Call:
    """The call of a cmdlet that changes something; RequestRefused for any other."""
    if _verb(name) not in WRITE_VERBS:
        raise RequestRefused(f"{name!r} is not a cmdlet that changes something.")
    return _call(cloud, routing, name, parameters, write=True)


def anchor(routing: Routing, name: str, parameters: Mapping[str, Any]) -> str:
    """The X-AnchorMailbox header: which server answers."""
    noun = name.partition("-")[2]
    mailbox = str(parameters.get("Mailbox") or parameters.get("Identity") or "").partition(":")[0]
    if noun in MAILBOX_NOUNS and re.fullmatch(r"[!-~]+@[!-~]+", mailbox):
        return f"UPN:{mailbox}"
    system = AUDIT_ANCHOR if name == "Set-AdminAuditLogConfig" else ANCHOR
    return f"APP:{system}@{routing.tenant_id}" if routing.app_only else f"UPN:{system}@{routing.initial_domain}"


def _verb(name: str) -> str:
    return name.partition("-")[0] if re.fullmatch(r"[A-Z][a-z]+-[A-Za-z0-9]+", name) else ""


def _call(cloud: Cloud, routing: Routing, name: str, parameters: Mapping[str, Any], *, write: bool) -> Call:
    return Call(
        "exchange",
        "POST",
        f"https://{cloud.exchange}/adminapi/beta/{segment(routing.tenant_id)}/InvokeCommand",
        headers={
            "X-AnchorMailbox": anchor(routing, name, parameters),
            "X-CmdletName": name,
            "X-ResponseFormat": "json",
            "Prefer": f"odata.maxpagesize={PAGE_SIZE}",
        },
        body={"CmdletInput": {"CmdletName": name, "Parameters": dict(parameters)}},
        write=write,
    )
