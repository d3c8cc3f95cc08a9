"""audit_licence_removed: the licence that records a mailbox in full was taken from a user."""

from __future__ import annotations

from typing import Any

import ibis.expr.types as ir

from kit.baseline import place
from kit.detection import Example, detection
from kit.expressions import each, lines, matches, said, worked

PLAN = r"(m365_advanced_auditing|2f442157-a11c-46b9-ae5b-6e39ff4e5849)"
OFF = rf"newvalue.*?disabledplans=\[[^\]]*{PLAN}"
OFF_BEFORE = rf"oldvalue\W*\[[^\]]*disabledplans=\[[^\]]*{PLAN}[^\]]*\].*?newvalue"


def _licence(old: str, new: str, **more: Any) -> dict[str, Any]:
    plans = (
        rf"\"{side}Value\":[\"[SkuName=E5, DisabledPlans=[{off}]]\"]" for side, off in (("Old", old), ("New", new))
    )
    text = r"[{\"Name\":\"AssignedLicense\"," + ",".join(plans) + "}]"
    row = {
        "time": "2026-03-02T07:00:15",
        "activity": "Update user",
        "result": "success",
        "actor": "admin@contoso.example",
    }
    return row | {"target": "cfo@contoso.example", "extended": f'{{"additionalDetails":"{text}"}}'} | more


@detection(
    severity="medium",
    family="tamper",
    attack=("T1562.008",),
    examples=(
        Example(
            "hit",
            "the plan is switched off",
            {"directory_audits": [_licence("", "M365_ADVANCED_AUDITING,EQUIVIO_ANALYTICS")]},
            finds=1,
        ),
        Example("miss", "another plan", {"directory_audits": [_licence("", "EQUIVIO_ANALYTICS")]}),
        Example(
            "miss",
            "it was off before",
            {"directory_audits": [_licence("M365_ADVANCED_AUDITING", "M365_ADVANCED_AUDITING,YAMMER")]},
        ),
        Example(
            "look-alike", "the plan is switched on", {"directory_audits": [_licence("M365_ADVANCED_AUDITING", "")]}
        ),
    ),
)
def audit_licence_removed(directory_audits: ir.Table) -> ir.Table:
    """The licence plan that records a mailbox in full was taken from a user.

    Why: without the plan some records are not written, and the user's log shortens; a known way to read unseen.
    False positives: licence tidying, usually of many users at once.
    Limits: only plans switched off inside a licence; a whole licence taken away is not read.
    Next: give the plan back; ask who took it; count the user's mailbox records before and after.
    """
    told = (directory_audits.modified.fill_null("") + directory_audits.extended.fill_null("")).lower()
    rows = directory_audits.mutate(told=told, where=place(directory_audits))
    rows = rows.filter(matches(rows.told, OFF), ~matches(rows.told, OFF_BEFORE), worked(rows))
    rows = rows.filter(rows.activity.isin(["Update user", "Change user license"]))
    return rows.select(
        subject=rows.target.fill_null(rows.actor),
        title=said(rows, "The advanced auditing plan was taken from {target}"),
        reason=lines(said(rows, "{activity} by {actor} from {where}")),
        **each(rows),
    )
