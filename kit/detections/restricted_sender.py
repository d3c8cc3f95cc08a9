"""restricted_sender: Exchange Online stopped an account from sending."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from kit.detection import Example, detection
from kit.expressions import lines, said


@detection(
    severity="medium",
    family="outbound",
    attack=("T1534",),
    examples=(
        Example(
            "hit",
            "blocked for spam",
            {"blocked_senders": [{"sender": "ana@contoso.example", "reason": "OutboundSpamLast24Hours=4812"}]},
            finds=1,
        ),
        Example("miss", "nobody is blocked", {"blocked_senders": []}),
        Example(
            "look-alike",
            "a row without an address says nothing",
            {"blocked_senders": [{"sender": None, "reason": "unknown"}]},
        ),
    ),
)
def restricted_sender(blocked_senders: ir.Table) -> ir.Table:
    """Exchange Online stopped an account from sending.

    Why: the service blocks an account that sends spam or exceeds its limits; most spam runs end here.
    False positives: a newsletter or a mail merge sent from a personal mailbox.
    Limits: the block is a state: one that was lifted before collection leaves no row.
    Next: read the message trace around the time of the block; lift the block last, after the account is clean.
    """
    rows = blocked_senders.filter(blocked_senders.sender.notnull())
    return rows.select(
        subject=rows.sender,
        title=said(rows, "{sender} is blocked from sending mail"),
        reason=lines(said(rows, "Reason as told: {reason}")),
        first_seen=rows.created,
        last_seen=rows.created,
        record_ids=ibis.array([rows.record_id]),
    )
