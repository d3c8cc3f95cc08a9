"""hidden_inbox_rule: a rule that Outlook does not show."""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.types as ir

from kit.baseline import place
from kit.detection import Example, detection
from kit.expressions import by_person, each, lines, matches, one_of, said, when
from kit.known import folders

BUILT_IN = (
    r"^(junk e-?mail rule|out of office|microsoft\.exchange\.oof\..*|clutter|courrier indésirable.*|delegate rule.*)"
)


def _kept(**more: Any) -> dict[str, Any]:
    return {
        "id": "7",
        "mailbox": "ana@contoso.example",
        "rule_name": "",
        "hidden": True,
        "deletes": True,
        "source": "exchange",
    } | more


def _made(**more: Any) -> dict[str, Any]:
    row = {"time": "2026-03-02T09:27:00", "operation": "UpdateInboxRules", "rule_name": "", "deletes": True}
    return row | {"mailbox": "ana@contoso.example", "user": "ana@contoso.example", "ip": "198.18.71.9"} | more


@detection(
    severity="high",
    family="mailbox",
    attack=("T1564.008",),
    examples=(
        Example("hit", "found in the mailbox", {"inbox_rules": [_kept()]}, finds=1, severity="critical"),
        Example("hit", "made without a name, and it deletes", {"rule_changes": [_made()]}, finds=1, severity="high"),
        Example("miss", "a visible one", {"inbox_rules": [_kept(hidden=False)]}),
        Example("miss", "it has a name", {"rule_changes": [_made(rule_name="Project")]}),
        Example(
            "look-alike",
            "the built-in junk rule",
            {"inbox_rules": [_kept(rule_name="Junk E-Mail Rule", deletes=False)]},
        ),
        Example(
            "look-alike",
            "a nameless rule that only sorts",
            {"rule_changes": [_made(deletes=False, move_to_folder="Project")]},
        ),
    ),
)
def hidden_inbox_rule(inbox_rules: ir.Table = None, rule_changes: ir.Table = None) -> ir.Table:
    """An inbox rule is hidden: it works, and neither Outlook nor Graph shows it.

    Why: only tools that strip a rule's name or provider make such rules; the owner cannot find them.
    False positives: rules of add-ins and old Outlook versions; the service's own rules are left out by name.
    Limits: whether a rule is hidden is known only where the mailbox was read through Exchange. In the audit log a
        nameless rule that hides or sends mail is taken for one. One rule may be found twice, standing and being made.
    Next: remove it with Exchange PowerShell (Get-InboxRule -IncludeHidden); Outlook cannot.
    """
    return _standing(inbox_rules).union(_being_made(rule_changes), distinct=False)


def _standing(rules: ir.Table) -> ir.Table:
    rows = rules.filter(rules.hidden.fill_null(False), ~matches(rules.rule_name, BUILT_IN), rules.mailbox.notnull())
    nothing = ibis.null("timestamp(6)")
    return rows.select(
        subject=rows.mailbox,
        title=said(rows, "{mailbox} has a hidden inbox rule “{rule_name}”"),
        severity=ibis.ifelse(_harms(rows), "critical", "high"),
        reason=lines(
            ibis.literal("Exchange shows the rule, Graph does not"),
            when(rows.deletes, "It deletes mail"),
            when(rows.move_to_folder.notnull(), said(rows, "It moves mail to {move_to_folder}")),
        ),
        first_seen=nothing,
        last_seen=nothing,
        event_ids=ibis.array([rows.id]),
        record_ids=ibis.array([rows.record_id]),
    )


def _being_made(changes: ir.Table) -> ir.Table:
    nameless = changes.rule_name.fill_null("").strip() == ""
    rows = changes.filter(changes.operation == "UpdateInboxRules", nameless, by_person(changes), _harms(changes))
    rows = rows.mutate(owner=rows.mailbox.fill_null(rows.user), where=place(rows))
    return rows.select(
        subject=rows.owner,
        title=said(rows, "A nameless inbox rule was made for {owner}"),
        severity=ibis.literal("high"),
        reason=lines(
            said(rows, "Made by {user} from {where}"),
            when(rows.deletes, "It deletes mail"),
            when(rows.move_to_folder.notnull(), said(rows, "It moves mail to {move_to_folder}")),
        ),
        **each(rows),
    )


def _harms(rows: ir.Table) -> ir.BooleanValue:
    """It deletes mail, sends it on, or puts it where nobody looks."""
    folder = rows.move_to_folder.re_extract(r"([^\\/:]*)$", 1).strip().lower()
    hides = one_of(folder, [*folders("unread"), *folders("bin")])
    return rows.deletes.fill_null(False) | hides | (rows.forward_to.length() > 0).fill_null(False)
