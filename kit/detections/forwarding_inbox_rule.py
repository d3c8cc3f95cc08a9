"""forwarding_inbox_rule: an inbox rule sends mail outside."""

from __future__ import annotations

from typing import Any

import ibis.expr.types as ir

from kit.baseline import place
from kit.detection import Example, detection
from kit.expressions import are_known, by_person, each, lines, listed, said, when
from kit.rule_score import scored


def _rule(**more: Any) -> dict[str, Any]:
    row = {"time": "2026-03-02T09:24:00", "operation": "New-InboxRule", "rule_name": "project", "ip": "198.18.66.7"}
    return row | {"mailbox": "ana@contoso.example", "user": "ana@contoso.example"} | more


@detection(
    severity="high",
    family="mailbox",
    attack=("T1114.003",),
    examples=(
        Example(
            "hit",
            "outside by the accepted domains, though it only looks like one of them",
            {
                "rule_changes": [_rule(forward_to=["x@notcontoso.example"])],
                "accepted_domains": [{"domain": "contoso.example"}],
            },
            finds=1,
            severity="high",
        ),
        Example(
            "hit",
            "accepted domains unknown: outside by the owner's domain",
            {"rule_changes": [_rule(forward_to=["boss@contoso.example", "x@mail.example"])]},
            finds=1,
        ),
        Example("miss", "to a colleague", {"rule_changes": [_rule(forward_to=["bob@contoso.example"])]}),
        Example("miss", "moves only", {"rule_changes": [_rule(move_to_folder="Project")]}),
        Example(
            "look-alike",
            "to another of the firm's own domains, which the accepted domains name",
            {
                "rule_changes": [_rule(forward_to=["bob@contoso.net.example"])],
                "accepted_domains": [{"domain": "contoso.example"}, {"domain": "contoso.net.example"}],
            },
        ),
        Example(
            "look-alike",
            "to a recipient of the address book",
            {"rule_changes": [_rule(forward_to=['"bob" [ex:/o=exchangelabs/ou=x/cn=bob]'])]},
        ),
    ),
)
def forwarding_inbox_rule(rule_changes: ir.Table, accepted_domains: ir.Table = None) -> ir.Table:
    """An inbox rule sends mail outside the organisation.

    Why: the attacker reads on without signing in again, often only the mail about payments.
    False positives: owners who send themselves mail home; a rule for a partner's ticket system.
    Limits: recipients of the address book are taken for insiders though they may be contacts outside. Rules made before
        the logs begin are not here: read the inbox rules too.
    Next: disable the rule, ask the owner, and look for what it sent in the message trace.
    """
    rows = rule_changes.filter(by_person(rule_changes))
    rows = scored(rows, accepted_domains, whole=rows.operation != "Set-InboxRule").mutate(where=place(rows))
    rows = rows.filter((rows.outside_targets.length() > 0).fill_null(False))
    rows = rows.mutate(targets=listed(rows.outside_targets))
    return rows.select(
        subject=rows.owner,
        title=said(rows, "An inbox rule of {owner} sends mail to {targets}"),
        reason=lines(
            said(rows, "{user} made or changed the rule “{rule_name}” from {where}"),
            when(rows.deletes, "It deletes the mail after sending it on"),
        ),
        against=lines(when(~are_known(rows.accepted), "The accepted domains are not known; judged by the owner's")),
        **each(rows),
    )
