"""protection_policy_removed: a policy that guards mail or data was removed or loosened."""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.types as ir

from kit.baseline import place
from kit.detection import Example, detection
from kit.expressions import by_person, each, lines, matches, member, said, worked

KINDS = (
    "antiphish|safelinks|safeattachment|malwarefilter|hostedcontentfilter|hostedoutboundspamfilter|dlpcompliance|dlp"
    "|retentioncompliance|atp"
)
REMOVED = rf"^(remove|disable)-({KINDS})(policy|rule)$"


def _act(operation: str, parameters: str | None = None, **more: Any) -> dict[str, Any]:
    row = {"time": "2026-03-02T06:17:25", "operation": operation, "user": "admin@contoso.example"}
    return row | {"parameters": parameters, "ip": "203.0.113.9"} | more


@detection(
    severity="medium",
    family="tamper",
    attack=("T1562.001",),
    examples=(
        Example(
            "hit",
            "a DLP policy is removed",
            {"audit_records": [_act("Remove-DlpCompliancePolicy")]},
            finds=1,
        ),
        Example(
            "hit", "a link-checking rule is switched off", {"audit_records": [_act("Disable-SafeLinksRule")]}, finds=1
        ),
        Example(
            "hit",
            "mail may be forwarded outside by rule",
            {"audit_records": [_act("Set-HostedOutboundSpamFilterPolicy", '{"AutoForwardingMode":"On"}')]},
            finds=1,
        ),
        Example(
            "hit",
            "mail is no longer signed",
            {"audit_records": [_act("Set-DkimSigningConfig", '{"Enabled":"False"}')]},
            finds=1,
        ),
        Example("miss", "a policy is made", {"audit_records": [_act("New-DlpCompliancePolicy")]}),
        Example("miss", "mail is signed", {"audit_records": [_act("Set-DkimSigningConfig", '{"Enabled":"True"}')]}),
        Example(
            "look-alike",
            "the service clears up",
            {"audit_records": [_act("Remove-DlpCompliancePolicy", user="nt authority\\system", is_service=True)]},
        ),
    ),
)
def protection_policy_removed(audit_records: ir.Table) -> ir.Table:
    """A policy that guards mail or data was removed or loosened.

    Why: filters, link checks and data-loss rules are what stops the next step.
    False positives: tuning by administrators, moving from one product to another.
    Limits: settings changed inside a policy are read only for outbound forwarding and mail signing.
    Next: ask who changed it; put it back; look at what passed in the meantime.
    """
    rows = audit_records.filter(by_person(audit_records), worked(audit_records))
    forwards = (rows.operation == "Set-HostedOutboundSpamFilterPolicy") & (
        member(rows.parameters, "AutoForwardingMode").lower() == "on"
    )
    unsigned = (rows.operation == "Set-DkimSigningConfig") & (member(rows.parameters, "Enabled").lower() == "false")
    what = ibis.cases(
        (matches(rows.operation, REMOVED), "removed or switched off a protection"),
        (forwards.fill_null(False), "allowed automatic forwarding outside"),
        (unsigned.fill_null(False), "stopped the signing of mail"),
        else_=ibis.null("string"),
    )
    rows = rows.mutate(what=what, where=place(rows)).filter(lambda t: t.what.notnull())
    return rows.select(
        subject=rows.user.fill_null("tenant"),
        title=said(rows, "{user} {what}"),
        reason=lines(said(rows, "{operation} from {where}")),
        **each(rows),
    )
