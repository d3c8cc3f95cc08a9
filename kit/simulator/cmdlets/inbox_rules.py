"""Inbox rules as Exchange sees them, hidden ones included; each change destroys the mailbox's client-side rules."""

from __future__ import annotations

from kit.simulator.cmdlet import Cmdlets, absent, limited, mailbox
from kit.simulator.footprint import cmdlet_record
from kit.simulator.mailboxes import exchange_rule, hidden_rules, rule_number, visible_rules
from kit.simulator.message import Call
from kit.simulator.world import Json

cmdlets = Cmdlets()


@cmdlets.cmdlet("Get-InboxRule")
def get_inbox_rule(call: Call, parameters: Json) -> list[Json]:
    """The rules of a mailbox, or the one named; hidden ones with IncludeHidden."""
    user_id, box = _box(call, parameters)
    rows = [exchange_rule(box, rule) for rule in visible_rules(call, user_id)]
    if parameters.get("IncludeHidden"):
        rows += [dict(rule) for rule in hidden_rules(call, user_id)]
    wanted = str(parameters.get("Identity") or "")
    if wanted and (parameters.get("Mailbox") or "\\" in wanted):
        rows = [row for row in rows if _goes_by(row, wanted)]
        if not rows:
            raise absent(call, wanted)
    return limited(parameters, rows)


@cmdlets.cmdlet("Enable-InboxRule", "Disable-InboxRule", "Remove-InboxRule")
def change_inbox_rule(call: Call, parameters: Json) -> list[Json]:
    """Turn a rule on or off, or remove it. Outlook's own client-side rules of the mailbox go with it."""
    user_id, box = _box(call, parameters)
    verb = call.ids["cmdlet"].partition("-")[0]
    for rules, key in ((visible_rules(call, user_id), "isEnabled"), (hidden_rules(call, user_id), "Enabled")):
        for rule in rules:
            shown = exchange_rule(box, rule) if key == "isEnabled" else rule
            if _goes_by(shown, str(parameters["Identity"])):
                if verb == "Remove":
                    rules.remove(rule)
                else:
                    rule[key] = verb == "Enable"
                _drop_client_side(call, user_id)
                cmdlet_record(call, call.ids["cmdlet"], parameters, str(shown["Identity"]))
                return []
    raise absent(call, parameters["Identity"])


def _box(call: Call, parameters: Json) -> tuple[str, Json]:
    """The mailbox: by Mailbox, else the part of Identity before the rule ("mailbox\\rule"), else Identity itself."""
    if parameters.get("Mailbox"):
        return mailbox(call, parameters, "Mailbox")
    identity = str(parameters.get("Identity") or call.who.upn)
    return mailbox(call, {"Identity": identity.partition("\\")[0]})


def _goes_by(rule: Json, identity: str) -> bool:
    """A rule is named by its number, its name, or "mailbox\\number"."""
    last = identity.rpartition("\\")[2].casefold()
    names = {str(rule.get("RuleIdentity")).casefold(), str(rule.get("Name")).casefold()}
    return last in names or (last == str(rule_number(identity)) if identity.endswith("=") else False)


def _drop_client_side(call: Call, user_id: str) -> None:
    """Rules that only Outlook runs (Graph shows them as read-only) are lost when Exchange writes the rule table."""
    rules = visible_rules(call, user_id)
    rules[:] = [rule for rule in rules if not rule.get("isReadOnly")]
