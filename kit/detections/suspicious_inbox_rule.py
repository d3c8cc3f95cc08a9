"""suspicious_inbox_rule: a rule that hides mail the way attackers do."""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.types as ir

from kit.baseline import is_rented, place, with_news
from kit.detection import Example, detection
from kit.expressions import by_person, each, lines, said, when
from kit.rule_score import scored

HOME = [
    {"time": f"2026-02-{day:02}T08:00:00", "user": "ana@contoso.example", "ip": "203.0.113.9", "error_code": 0}
    for day in range(1, 20)
]


def _rule(**more: Any) -> dict[str, Any]:
    row = {"time": "2026-03-02T09:24:00", "operation": "New-InboxRule", "ip": "203.0.113.9", "stops": True}
    return row | {"mailbox": "ana@contoso.example", "user": "ana@contoso.example"} | more


@detection(
    severity="high",
    family="mailbox",
    attack=("T1564.008",),
    examples=(
        Example(
            "hit",
            "“..” hides mail about money in the feeds",
            {
                "rule_changes": [
                    _rule(
                        rule_name="..",
                        subject_words=["invoice", "payment"],
                        move_to_folder="RSS Feeds",
                        marks_read=True,
                    )
                ]
            },
            finds=1,
            severity="high",
        ),
        Example(
            "hit",
            "the same from a hosting network is critical",
            {
                "rule_changes": [
                    _rule(rule_name="..", subject_words=["invoice"], move_to_folder="Flux RSS", network_class="hosting")
                ]
            },
            finds=1,
            severity="critical",
        ),
        Example(
            "hit",
            "French: warnings go to the bin",
            {
                "rule_changes": [
                    _rule(
                        rule_name="x", subject_words=["mot de passe", "piratage"], move_to_folder="Éléments supprimés"
                    )
                ]
            },
            finds=1,
            severity="medium",
        ),
        Example(
            "hit",
            "what has one word in its subject is deleted",
            {"rule_changes": [_rule(rule_name="Direct", subject_words=["attention"], deletes=True)]},
            finds=1,
            severity="low",
        ),
        Example(
            "hit",
            "the place is new for the owner: ten points more",
            {
                "sign_ins": HOME,
                "rule_changes": [
                    _rule(rule_name="Direct", subject_words=["attention"], deletes=True, ip="198.18.66.7")
                ],
            },
            finds=1,
            severity="low",
        ),
        Example(
            "miss",
            "a folder of one's own, by sender",
            {
                "rule_changes": [
                    _rule(rule_name="Projet", from_addresses=["bob@contoso.example"], move_to_folder="Projet")
                ]
            },
        ),
        Example(
            "look-alike",
            "passes mail on to another of the firm's own domains, which the accepted domains name",
            {
                "rule_changes": [_rule(from_addresses=["news@shop.example"], forward_to=["bob@contoso.net.example"])],
                "accepted_domains": [{"domain": "contoso.example"}, {"domain": "contoso.net.example"}],
            },
        ),
        Example(
            "look-alike",
            "the owner deletes a chain's advertising (a rule of a real capture)",
            {"rule_changes": [_rule(rule_name="KFC Spam", from_addresses=["marketing@kfc.example"], deletes=True)]},
        ),
    ),
)
def suspicious_inbox_rule(
    rule_changes: ir.Table,
    sign_ins: ir.Table = None,
    accepted_domains: ir.Table = None,
    *,
    low: int = 20,
    medium: int = 40,
    high: int = 60,
) -> ir.Table:
    """An inbox rule hides mail the way attackers do.

    Why: replies to a fraud and warnings from colleagues or the service must not reach the owner.
    False positives: owners who delete by subject; very short rule names of one's own.
    Limits: Set-InboxRule records name only what was changed. Words and folders are known in some ten languages: add
        to kit/data. "New place" needs a week of sign-ins before the rule. `medium` and `high` are those of
        facts/domain.md §3.6 (40: 11 of 17 malicious rules, none of the known benign), `low` is ours: a rule to look at.
    Next: read the rule's conditions with the owner; disable it; search what it already moved or deleted.
    """
    rows = rule_changes.filter(by_person(rule_changes))
    rows = scored(rows, accepted_domains, whole=rows.operation != "Set-InboxRule")
    rows = with_news(rows, sign_ins)
    rows = _with_risk(rows, sign_ins).mutate(where=place(rows))
    new = rows.new_network.fill_null(False)
    rows = rows.mutate(total=rows.score + ibis.ifelse(new, 10, 0) + ibis.ifelse(rows.risky, 25, 0), new=new)
    rows = rows.filter(rows.total >= low)
    severities = (
        (rows.risky & (rows.score >= high), "critical"),
        (rows.total >= high, "high"),
        (rows.total >= medium, "medium"),
    )
    return rows.select(
        subject=rows.owner,
        title=said(rows, "The inbox rule “{rule_name}” of {owner} looks like an attacker's (score {total})"),
        severity=ibis.cases(*severities, else_="low"),
        reason=lines(
            rows.why.nullif(""),
            when(rows.new, "+10 it was made from a network that is new for the account"),
            when(rows.risky, "+25 it was made from a rented server or VPN, or in a session that Microsoft calls risky"),
            said(rows, "{user} made or changed it from {where}"),
        ),
        against=lines(when(rows.new_network == ibis.literal(False), "It was made from a network the account knows")),
        **each(rows),
    )


def _with_risk(rows: ir.Table, sign_ins: ir.Table) -> ir.Table:
    """Add `risky`: made from a hosting network, or in a session that Microsoft rates medium or high."""
    rated = sign_ins.filter(
        sign_ins.risk_level.isin(["medium", "high"]),
        ~sign_ins.risk_state.isin(["dismissed", "confirmedSafe"]).fill_null(False),
        sign_ins.session_id.notnull(),
    )
    rated = rated.select(risky_session=rated.session_id).distinct()
    rows = rows.left_join(rated, rows.session_id == rated.risky_session)
    return rows.mutate(risky=is_rented(rows) | rows.risky_session.notnull())
