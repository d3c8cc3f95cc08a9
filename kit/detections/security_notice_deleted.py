"""security_notice_deleted: a warning to the owner was deleted."""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.types as ir

from kit.baseline import is_rented, place, with_news
from kit.detection import Example, detection
from kit.expressions import by_person, carried, evidence, lines, listed, matches, owner, said, when

DELETES = ("MoveToDeletedItems", "SoftDelete", "HardDelete")
NOTICE = (
    r"security info|sign-?in (activity|attempt|from)|unusual sign|new device|multi-?factor|\bmfa\b|verification code"
    r"|password (was )?(changed|reset)|suspicious (sign|activity|message)|phish|undeliver"
    r"|delivery status notification|mail delivery (failed|failure)"
    r"|informations? de sécurité|activité de connexion|nouvel appareil|mot de passe|hameçonnage|non remis"
    r"|sicherheitsinformationen|ungewöhnliche anmeldung|neues gerät|kennwort|unzustellbar"
    r"|información de seguridad|inicio de sesión|contraseña"
)


def _deleted(subject: str, **more: Any) -> dict[str, Any]:
    row = {
        "time": "2026-03-02T09:33:00",
        "operation": "MoveToDeletedItems",
        "user": "ana@contoso.example",
        "subject": subject,
    }
    return row | {"mailbox": "ana@contoso.example", "ip": "203.0.113.9"} | more


@detection(
    severity="high",
    family="mailbox",
    attack=("T1070.008",),
    examples=(
        Example(
            "hit",
            "from a rented server",
            {
                "audit_records": [
                    _deleted("Security info was added to your account", network_class="hosting", ip="198.18.71.9")
                ]
            },
            finds=1,
            severity="high",
        ),
        Example(
            "hit",
            "at home: low",
            {"audit_records": [_deleted("Undeliverable: Payment advice")]},
            finds=1,
            severity="low",
        ),
        Example("hit", "in French", {"audit_records": [_deleted("Vos informations de sécurité ont changé")]}, finds=1),
        Example("miss", "another mail", {"audit_records": [_deleted("Lunch on Friday?")]}),
        Example(
            "miss", "read, not deleted", {"audit_records": [_deleted("New device", operation="MailItemsAccessed")]}
        ),
        Example(
            "look-alike",
            "the service clears the folder",
            {"audit_records": [_deleted("Undeliverable: x", user="nt authority\\system", is_service=True)]},
        ),
    ),
)
def security_notice_deleted(audit_records: ir.Table, sign_ins: ir.Table = None) -> ir.Table:
    """A warning to the owner was deleted: a security notice, or a bounce.

    Why: the notice of a new sign-in method and the bounces of a spam run must not reach the owner.
    False positives: owners delete such mail all the time; from a place the account knows it is low.
    Limits: needs the subject, which not every record holds; words of four languages.
    Next: find what the notice announced, at the minutes before.
    """
    rows = audit_records.filter(
        audit_records.operation.isin(DELETES), by_person(audit_records), matches(audit_records.subject, NOTICE)
    )
    rows = with_news(rows, sign_ins)
    rows = rows.mutate(owner=owner(rows), where=place(rows), odd=is_rented(rows) | rows.new_network.fill_null(False))
    found = rows.group_by("owner", "where").aggregate(
        odd=rows.odd.any(), subjects=rows.subject.collect(), **evidence(rows)
    )
    found = found.mutate(subjects=listed(found.subjects, 3))
    return found.select(
        subject=found.owner,
        title=said(found, "Warnings to {owner} were deleted"),
        severity=ibis.ifelse(found.odd, "high", "low"),
        reason=lines(
            said(found, "Deleted from {where}: {subjects}"),
            when(found.odd, "The network is rented, or new for the account"),
        ),
        against=lines(when(~found.odd, "Owners delete such mail too")),
        **carried(found),
    )
