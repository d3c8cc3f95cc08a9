"""audit_tampering: a person turned recording off, or down."""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.types as ir

from kit.baseline import place
from kit.detection import Example, detection
from kit.expressions import by_person, each, lines, member, one_of, owner, said, when, worked

TOUCHED = ("Set-AdminAuditLogConfig", "Set-MailboxAuditBypassAssociation", "Set-OrganizationConfig", "Set-Mailbox")


def _act(operation: str, parameters: str, **more: Any) -> dict[str, Any]:
    row = {"time": "2026-03-02T02:04:00", "operation": operation, "user": "admin@contoso.example"}
    return row | {"parameters": parameters, "ip": "198.18.66.7"} | more


@detection(
    severity="critical",
    family="tamper",
    attack=("T1562.008",),
    examples=(
        Example(
            "hit",
            "the unified audit log is turned off",
            {"audit_records": [_act("Set-AdminAuditLogConfig", '{"UnifiedAuditLogIngestionEnabled":"False"}')]},
            finds=1,
            severity="critical",
        ),
        Example(
            "hit",
            "an account's actions leave no mailbox record any more",
            {
                "audit_records": [
                    _act("Set-MailboxAuditBypassAssociation", '{"Identity":"cfo","AuditBypassEnabled":"True"}'),
                ]
            },
            finds=1,
            severity="critical",
        ),
        Example(
            "hit",
            "records are kept for no time at all",
            {"audit_records": [_act("Set-Mailbox", '{"Identity":"cfo","AuditLogAgeLimit":"00:00:00"}')]},
            finds=1,
            severity="high",
        ),
        Example(
            "hit",
            "reading mail is no longer recorded",
            {"audit_records": [_act("Set-Mailbox", '{"AuditOwner":"Create,HardDelete"}')]},
            finds=1,
            severity="high",
        ),
        Example(
            "miss",
            "auditing is turned on",
            {"audit_records": [_act("Set-AdminAuditLogConfig", '{"UnifiedAuditLogIngestionEnabled":"True"}')]},
        ),
        Example(
            "miss",
            "records are kept for a year",
            {"audit_records": [_act("Set-Mailbox", '{"AuditLogAgeLimit":"365.00:00:00"}')]},
        ),
        Example(
            "look-alike",
            "the service sets the configuration itself, many times a day",
            {
                "audit_records": [
                    _act(
                        "Set-AdminAuditLogConfig",
                        '{"UnifiedAuditLogIngestionEnabled":"False"}',
                        user="nt authority\\system (microsoft.exchange.servicehost)",
                        is_service=True,
                    )
                ]
            },
        ),
    ),
)
def audit_tampering(audit_records: ir.Table, *, least_days: int = 90) -> ir.Table:
    """A person turned audit recording off, or down.

    Why: what is not recorded cannot be investigated; attackers with an administrator's rights do this first.
    False positives: service accounts exempted on a vendor's advice; administrators saving space.
    Limits: turning off mailbox auditing (AuditEnabled) has no effect while the organisation's auditing is on. With the
        unified log off, what follows is missing everywhere. `least_days` is Exchange's default age limit.
    Next: turn recording on again; list what is missing from that time on; treat the acting account as compromised.
    """
    rows = audit_records.filter(
        one_of(audit_records.operation, TOUCHED), by_person(audit_records), worked(audit_records)
    )
    rows = rows.mutate(where=place(rows), of=owner(rows), fewer=_fewer(rows))
    rows = rows.mutate(what=_what(rows, least_days)).filter(lambda t: t.what.notnull())
    grave = one_of(rows.operation, [name for name in TOUCHED if name != "Set-Mailbox"])
    return rows.select(
        subject=rows.user.fill_null(rows.of),
        title=said(rows, "{user} {what}"),
        severity=ibis.cases((grave, "critical"), (rows.what.contains("no effect"), "medium"), else_="high"),
        reason=lines(
            said(rows, "{operation} from {where}"),
            when(rows.object_id.notnull(), said(rows, "On {object_id}")),
        ),
        **each(rows),
    )


def _what(rows: ir.Table, least_days: int) -> ir.StringValue:
    off = [
        ("UnifiedAuditLogIngestionEnabled", "false", "turned the unified audit log off"),
        ("AuditBypassEnabled", "true", "exempted an account from mailbox auditing"),
        ("AuditDisabled", "true", "turned mailbox auditing off for the organisation"),
        ("AuditEnabled", "false", "turned a mailbox's auditing off (no effect while the organisation's is on)"),
    ]
    cases = [((member(rows.parameters, name).lower() == value), says) for name, value, says in off]
    cases.append((_days(rows) < least_days, "shortened how long mailbox records are kept"))
    cases.append((rows.fewer, "cut down what is recorded of a mailbox"))
    return ibis.cases(*((holds.fill_null(False), says) for holds, says in cases), else_=ibis.null("string"))


def _days(rows: ir.Table) -> ir.IntegerValue:
    """AuditLogAgeLimit in days: "90.00:00:00" or "90"; "00:00:00" is none."""
    given = member(rows.parameters, "AuditLogAgeLimit")
    days = given.re_extract(r"^(\d+)(\.|$)", 1).nullif("").try_cast("int64")
    return ibis.ifelse(given.notnull(), days.fill_null(0), ibis.null("int64"))


def _fewer(rows: ir.Table) -> ir.BooleanValue:
    """A list of audited actions was given that no longer holds the reading of mail, or actions were removed."""
    owner_list = member(rows.parameters, "AuditOwner").lower()
    removed = ibis.literal(False)
    for name in ("AuditOwner", "AuditDelegate", "AuditAdmin"):
        removed = removed | member(rows.parameters, name).lower().contains("remove=").fill_null(False)
    replaced = ~owner_list.contains("mailitemsaccessed") & ~owner_list.contains("add=")
    return replaced.fill_null(False) | removed
