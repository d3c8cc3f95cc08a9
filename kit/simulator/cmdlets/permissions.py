"""Who else may open a mailbox (mailbox permissions) or send as its owner (recipient permissions)."""

from __future__ import annotations

from typing import Any

from kit.simulator.cmdlet import Cmdlets, limited, mailbox, names
from kit.simulator.footprint import cmdlet_record
from kit.simulator.message import Call
from kit.simulator.problem import ExchangeProblem
from kit.simulator.world import Json

cmdlets = Cmdlets()

KINDS = {
    "MailboxPermission": ("mailboxPermissions", "User"),
    "RecipientPermission": ("recipientPermissions", "Trustee"),
}
"""Noun of the cmdlet → collection, and the parameter and property that name who is given the right."""


@cmdlets.cmdlet("Get-MailboxPermission", "Get-RecipientPermission")
def get_permission(call: Call, parameters: Json) -> list[Json]:
    """The entries of one mailbox (recipient permissions: of all when none is named), or those of one trustee."""
    collection, who = _kind(call)
    if parameters.get("Identity"):
        rows = list(_entries(call, collection, mailbox(call, parameters)[0]))
    else:
        rows = [row for entries in call.tenancy.collection(collection).values() for row in entries]
    if parameters.get(who):
        known = _names(call, parameters[who])
        rows = [row for row in rows if str(row.get(who)).casefold() in known]
    return limited(parameters, rows)


@cmdlets.cmdlet("Add-MailboxPermission", "Add-RecipientPermission")
def add_permission(call: Call, parameters: Json) -> list[Json]:
    """Give rights; what is given already is not given twice."""
    collection, who = _kind(call)
    user_id, box, rights = *mailbox(call, parameters), _rights(parameters, who)
    trustee = mailbox(call, parameters, who)[1]["UserPrincipalName"]
    entries = _entries(call, collection, user_id)
    held = [row for row in entries if _is(call, row, who, parameters[who]) and not row.get("IsInherited")]
    new = [right for right in rights if not any(right in names(row["AccessRights"]) for row in held)]
    row: Json = {"Identity": box["Identity"], who: trustee, "AccessRights": new, "IsInherited": False}
    if who == "User":
        row |= {"Deny": False, "InheritanceType": parameters.get("InheritanceType") or "All"}
    else:
        row["AccessControlType"] = "Allow"
    if new:
        entries.append(row)
    cmdlet_record(call, call.ids["cmdlet"], parameters, str(box["Identity"]))
    return [row] if new else []


@cmdlets.cmdlet("Remove-MailboxPermission", "Remove-RecipientPermission")
def remove_permission(call: Call, parameters: Json) -> list[Json]:
    """Take rights away; an error when the trustee does not hold them."""
    collection, who = _kind(call)
    user_id, box, rights = *mailbox(call, parameters), _rights(parameters, who)
    entries = _entries(call, collection, user_id)
    gone = 0
    for row in [row for row in entries if _is(call, row, who, parameters[who]) and not row.get("IsInherited")]:
        kept = [right for right in names(row["AccessRights"]) if right.casefold() not in {r.casefold() for r in rights}]
        gone += len(names(row["AccessRights"])) - len(kept)
        row["AccessRights"] = kept
        if not kept:
            entries.remove(row)
    if not gone:
        raise ExchangeProblem(
            400,
            "BadRequest",
            f"Can't remove the access control entry on the object '{box['Identity']}' for account '{parameters[who]}' "
            f"because the ACE isn't present.",
            "Microsoft.Exchange.Management.RecipientTasks.AceIsNotPresentException",
        )
    cmdlet_record(call, call.ids["cmdlet"], parameters, str(box["Identity"]))
    return []


def _kind(call: Call) -> tuple[str, str]:
    return KINDS[call.ids["cmdlet"].partition("-")[2]]


def _entries(call: Call, collection: str, user_id: str) -> list[Json]:
    entries: list[Json] = call.tenancy.collection(collection).setdefault(user_id, [])
    return entries


def _rights(parameters: Json, who: str) -> list[str]:
    for name in (who, "AccessRights"):
        if not parameters.get(name):
            raise ExchangeProblem(
                400,
                "BadRequest",
                f"Cannot process command because of one or more missing mandatory parameters: {name}.",
                "System.Management.Automation.ParameterBindingException",
            )
    return names(parameters["AccessRights"])


def _names(call: Call, key: Any) -> set[str]:
    """Every name the trustee's own mailbox goes by, and the name given."""
    found = call.tenancy.mailbox(str(key))
    box = found[1] if found else {}
    return {
        str(value).casefold()
        for value in (key, *(box.get(name) for name in ("Identity", "UserPrincipalName", "PrimarySmtpAddress")))
        if value
    }


def _is(call: Call, row: Json, who: str, key: Any) -> bool:
    return str(row.get(who)).casefold() in _names(call, key)
