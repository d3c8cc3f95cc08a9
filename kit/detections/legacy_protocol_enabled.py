"""legacy_protocol_enabled: a person opened a mailbox to an old protocol."""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.types as ir

from kit.baseline import place
from kit.detection import Example, detection
from kit.expressions import by_person, each, lines, member, owner, said, worked

OPENED = {  # parameter → the value that opens
    "PopEnabled": "true",
    "ImapEnabled": "true",
    "SmtpClientAuthenticationDisabled": "false",
}


def _set(parameters: str, **more: Any) -> dict[str, Any]:
    row = {"time": "2026-03-02T08:18:10", "operation": "Set-CASMailbox", "user": "admin@contoso.example"}
    return row | {"mailbox": "barbara@contoso.example", "parameters": parameters, "ip": "203.0.113.9"} | more


@detection(
    severity="medium",
    family="mailbox",
    attack=("T1114.002",),
    examples=(
        Example("hit", "POP", {"audit_records": [_set('{"PopEnabled":"True","OWAEnabled":"True"}')]}, finds=1),
        Example(
            "hit",
            "SMTP for the whole organisation",
            {
                "audit_records": [
                    _set('{"SmtpClientAuthenticationDisabled":"False"}', operation="Set-TransportConfig", mailbox=None)
                ]
            },
            finds=1,
        ),
        Example("miss", "closed", {"audit_records": [_set('{"PopEnabled":"False"}')]}),
        Example("miss", "it failed", {"audit_records": [_set('{"PopEnabled":"True"}', result="failure")]}),
        Example(
            "look-alike",
            "the service sets up a new mailbox",
            {"audit_records": [_set('{"ImapEnabled":"True"}', user="nt authority\\system", is_service=True)]},
        ),
    ),
)
def legacy_protocol_enabled(audit_records: ir.Table) -> ir.Table:
    """A person opened a mailbox, or the organisation, to an old mail protocol.

    Why: IMAP, POP and SMTP fetch and send mail with a password alone, past every second factor.
    False positives: a scanner or an old program that needs it.
    Limits: what was open before the logs begin is not here.
    Next: ask who needs it; close it; look for legacy sign-ins of the mailbox.
    """
    touched = audit_records.operation.isin(["Set-CASMailbox", "Set-TransportConfig"])
    rows = audit_records.filter(touched, by_person(audit_records), worked(audit_records))
    opened = ibis.coalesce(
        *(
            ibis.ifelse(member(rows.parameters, name).lower() == value, name, ibis.null("string"))
            for name, value in OPENED.items()
        )
    )
    everyone = (rows.operation == "Set-TransportConfig").fill_null(False)
    rows = rows.mutate(
        opened=opened, where=place(rows), of=ibis.ifelse(everyone, "the whole organisation", owner(rows))
    )
    rows = rows.filter(rows.opened.notnull())
    return rows.select(
        subject=owner(rows),
        title=said(rows, "An old mail protocol was opened for {of}"),
        reason=lines(said(rows, "{opened} set by {user} from {where}")),
        **each(rows),
    )
