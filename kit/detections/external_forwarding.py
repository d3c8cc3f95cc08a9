"""external_forwarding: the whole mailbox forwards outside, set by a person."""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.types as ir

from kit.baseline import place
from kit.detection import Example, detection
from kit.expressions import abroad, by_person, domain, each, lines, member, owner, said, when, with_accepted, worked


def _set(parameters: str, **more: Any) -> dict[str, Any]:
    row = {
        "time": "2026-03-02T09:12:00",
        "operation": "Set-Mailbox",
        "user": "ana@contoso.example",
        "ip": "198.18.66.7",
    }
    return row | {"mailbox": "ana@contoso.example", "parameters": parameters} | more


@detection(
    severity="high",
    family="mailbox",
    attack=("T1114.003",),
    examples=(
        Example(
            "hit",
            "to a stranger, and the owner still gets the mail",
            {
                "audit_records": [
                    _set('{"ForwardingSmtpAddress":"smtp:x@mail.example","DeliverToMailboxAndForward":"True"}')
                ]
            },
            finds=1,
            severity="high",
        ),
        Example(
            "hit",
            "the owner never sees the mail; the domain only looks like the own one",
            {
                "audit_records": [
                    _set('{"ForwardingSmtpAddress":"x@contoso2.example","DeliverToMailboxAndForward":"False"}'),
                ],
                "accepted_domains": [{"domain": "contoso.example"}],
            },
            finds=1,
            severity="critical",
        ),
        Example(
            "hit",
            "to a recipient of the address book, who may be a contact outside",
            {"audit_records": [_set('{"ForwardingAddress":"Bob Miller"}')]},
            finds=1,
            severity="low",
        ),
        Example("miss", "removed: the value is empty", {"audit_records": [_set('{"ForwardingSmtpAddress":""}')]}),
        Example(
            "miss",
            "refused by the service",
            {"audit_records": [_set('{"ForwardingSmtpAddress":"x@mail.example"}', result="failure")]},
        ),
        Example(
            "look-alike",
            "a leaver's mail goes to the manager, in a subdomain of the own",
            {"audit_records": [_set('{"ForwardingSmtpAddress":"smtp:boss@hq.contoso.example"}')]},
        ),
        Example(
            "look-alike",
            "the service itself, which sets mailboxes all day",
            {
                "audit_records": [
                    _set('{"ForwardingSmtpAddress":"x@mail.example"}', user="nt authority\\system", is_service=True)
                ]
            },
        ),
    ),
)
def external_forwarding(audit_records: ir.Table, accepted_domains: ir.Table = None) -> ir.Table:
    """Mail of a mailbox is forwarded outside the organisation.

    Why: one setting sends every new mail to the attacker, and survives a new password.
    False positives: owners who forward to a private mailbox; hand-over to a partner firm.
    Limits: a forward set before the logs begin is not here: read the mailboxes' settings too. Without the accepted
        domains, the organisation's, the owner's and the actor's domains count as inside.
    Next: clear the forward, ask the owner, and look for mail that already left in the message trace.
    """
    rows = audit_records.filter(
        audit_records.operation == "Set-Mailbox", by_person(audit_records), worked(audit_records)
    )
    smtp, recipient = member(rows.parameters, "ForwardingSmtpAddress"), member(rows.parameters, "ForwardingAddress")
    rows = rows.mutate(
        target=smtp.fill_null(recipient).re_replace("(?i)^smtp:", ""), owner=owner(rows), where=place(rows)
    )
    rows = rows.filter(rows.target.notnull())
    rows = with_accepted(rows, accepted_domains).mutate(goes_to=domain(rows.target))
    homes = (domain(rows.user), domain(rows.mailbox), rows.organization)
    rows = rows.mutate(outside=abroad(rows.accepted, rows.goes_to, *homes), hidden=_owner_sees_nothing(rows))
    rows = rows.filter(rows.outside | rows.goes_to.isnull())
    severities = ((rows.goes_to.isnull(), "low"), (rows.hidden, "critical"))
    return rows.select(
        subject=rows.owner,
        title=said(rows, "Mail of {owner} is forwarded to {target}"),
        severity=ibis.cases(*severities, else_="high"),
        reason=lines(
            said(rows, "{user} set it from {where}"),
            when(rows.hidden, "The owner gets no copy (DeliverToMailboxAndForward is False)"),
            when(rows.goes_to.isnull(), "The target is a recipient of the address book, perhaps a contact outside"),
        ),
        **each(rows),
    )


def _owner_sees_nothing(rows: ir.Table) -> ir.BooleanValue:
    return (member(rows.parameters, "DeliverToMailboxAndForward").lower() == "false").fill_null(False)
