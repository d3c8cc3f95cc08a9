"""mfa_disabled: an account no longer needs a second factor, or lost one."""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.types as ir

from kit.baseline import place
from kit.detection import Example, detection
from kit.expressions import carried, evidence, key_of, lines, listed, matches, one_of, said, when, worked

DELETED = ("User deleted security info", "Admin deleted security info", "Delete authentication method")
EMPTIED = r'strongauthenticationrequirement":\s*\["\[[^"]*\{.*\]",\s*"\[\]"'  # the requirement was there and is gone


def _off(activity: str, **more: Any) -> dict[str, Any]:
    row = {"time": "2026-03-02T02:09:00", "activity": activity, "result": "success", "correlation_id": "c1"}
    return row | {"actor": "admin@contoso.example", "target": "cfo@contoso.example", "ip": "203.0.113.9"} | more


GONE = r'{"StrongAuthenticationRequirement":["[{\"RelyingParty\":\"*\",\"State\":1}]","[]"]}'


@detection(
    severity="high",
    family="persistence",
    attack=("T1556.006",),
    examples=(
        Example(
            "hit",
            "one act, told by two records",
            {"directory_audits": [_off("Disable Strong Authentication"), _off("Update user", modified=GONE)]},
            finds=1,
            severity="high",
        ),
        Example(
            "hit",
            "a method is taken away",
            {"directory_audits": [_off("Admin deleted security info")]},
            finds=1,
            severity="medium",
        ),
        Example("miss", "it failed", {"directory_audits": [_off("Disable Strong Authentication", result="failure")]}),
        Example(
            "miss",
            "it is turned on",
            {
                "directory_audits": [
                    _off("Update user", modified=r'{"StrongAuthenticationRequirement":["[]","[{\"State\":1}]"]}')
                ]
            },
        ),
        Example(
            "look-alike",
            "an old app password goes",
            {"directory_audits": [_off("Delete application password for user")]},
        ),
    ),
)
def mfa_disabled(directory_audits: ir.Table) -> ir.Table:
    """An account no longer needs a second factor, or lost one.

    Why: without it the stolen password is enough, again and again.
    False positives: the help desk swaps a telephone; per-user MFA is given up for conditional access.
    Limits: only per-user MFA and methods; policies are read by conditional_access_weakened.
    Next: turn it on again; ask who did it; look for sign-ins of the account since.
    """
    off = (directory_audits.activity == "Disable Strong Authentication").fill_null(False) | matches(
        directory_audits.modified, EMPTIED
    )
    rows = directory_audits.filter(off | one_of(directory_audits.activity, DELETED), worked(directory_audits))
    off = (rows.activity == "Disable Strong Authentication").fill_null(False) | matches(rows.modified, EMPTIED)
    rows = rows.mutate(off=off, act=rows.correlation_id.fill_null(key_of(rows)), where=place(rows))
    rows = rows.mutate(account=ibis.ifelse(rows.target.contains("@").fill_null(False), rows.target, rows.actor))
    found = rows.group_by("act", "account", "actor").aggregate(
        off=rows.off.any(), deeds=rows.activity.collect(), places=rows.where.collect(), **evidence(rows)
    )
    found = found.mutate(deeds=listed(found.deeds), places=listed(found.places))
    return found.select(
        subject=found.account,
        title=ibis.ifelse(
            found.off,
            said(found, "{account} no longer needs a second factor"),
            said(found, "{account} lost a sign-in method"),
        ),
        severity=ibis.ifelse(found.off, "high", "medium"),
        reason=lines(said(found, "{deeds} by {actor} from {places}")),
        against=lines(when(~found.off, "The help desk does this when a telephone is replaced")),
        **carried(found),
    )
