"""Mailboxes: forwarding, auditing, hold."""

from __future__ import annotations

from typing import Any

from kit.simulator.cmdlet import Cmdlets, changed, limited, mailbox, names
from kit.simulator.footprint import cmdlet_record
from kit.simulator.message import Call
from kit.simulator.problem import ExchangeProblem
from kit.simulator.world import Json

cmdlets = Cmdlets()

FLAGS = ("DeliverToMailboxAndForward", "AuditEnabled", "LitigationHoldEnabled", "HiddenFromAddressListsEnabled")
TEXTS = ("ForwardingAddress", "ForwardingSmtpAddress", "AuditLogAgeLimit", "LitigationHoldDuration")
LISTS = ("AuditOwner", "AuditDelegate", "AuditAdmin", "DefaultAuditSet")
LOGONS = {"AuditOwner": "Owner", "AuditDelegate": "Delegate", "AuditAdmin": "Admin"}
REFUSED = frozenset({"Identity", "Confirm", "ErrorAction", "WarningAction", "Force"})


@cmdlets.cmdlet("Get-Mailbox")
def get_mailbox(call: Call, parameters: Json) -> list[Json]:
    """One mailbox, or all of the kinds asked for."""
    if parameters.get("Identity"):
        return [mailbox(call, parameters)[1]]
    if parameters.get("Filter") or parameters.get("Anr"):
        raise ExchangeProblem(501, "NotImplemented", "Get-Mailbox -Filter and -Anr are not simulated.")
    kinds = {kind.casefold() for kind in names(parameters.get("RecipientTypeDetails"))}
    rows = [
        row
        for row in call.tenancy.collection("mailboxes").values()
        if not kinds or str(row.get("RecipientTypeDetails", "")).casefold() in kinds
    ]
    return limited(parameters, rows)


@cmdlets.cmdlet("Set-Mailbox")
def set_mailbox(call: Call, parameters: Json) -> list[Json]:
    """Change forwarding, auditing or hold. Other properties of the cmdlet are refused, not ignored."""
    _, row = mailbox(call, parameters)
    given = {name: value for name, value in parameters.items() if name not in REFUSED}
    unknown = sorted(set(given) - {*FLAGS, *TEXTS, *LISTS})
    if unknown:
        raise ExchangeProblem(501, "NotImplemented", f"Set-Mailbox -{unknown[0]} is not simulated.")
    for name, value in given.items():
        row[name] = _set(call, row, name, value)
    for name in LOGONS.keys() & given.keys():
        row["DefaultAuditSet"] = [kind for kind in row.get("DefaultAuditSet") or [] if kind != LOGONS[name]]
    if given.get("LitigationHoldEnabled"):
        row["LitigationHoldDate"] = call.tenancy.stamp()
        row["LitigationHoldOwner"] = call.who.upn or call.who.app_name
    cmdlet_record(call, "Set-Mailbox", parameters, str(row.get("Identity") or row.get("UserPrincipalName")))
    return []


def _set(call: Call, row: Json, name: str, value: Any) -> Any:
    if name in LISTS:
        return changed(list(row.get(name) or []), value)
    if name == "ForwardingSmtpAddress" and value:
        return value if str(value).lower().startswith("smtp:") else f"smtp:{value}"
    if name == "ForwardingAddress" and value:
        return str(mailbox(call, {"Identity": value})[1].get("Identity") or value)
    return value or None if name in TEXTS else value
