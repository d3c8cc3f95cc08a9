"""admin_role_removed: an administrator lost a role."""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.types as ir

from kit.baseline import place
from kit.detection import Example, detection
from kit.expressions import each, lines, matches, said, worked
from kit.known import PRIVILEGED_ROLES

TAKEN = r"^remove (eligible )?member from role( (in pim )?completed.*)?$"
POWERFUL = "|".join((*PRIVILEGED_ROLES, "tenantadmins", "62e90394-69f5-4237-9190-012177145e10"))


def _taken(role: str, **more: Any) -> dict[str, Any]:
    row = {
        "time": "2026-03-02T02:20:00",
        "activity": "Remove member from role",
        "result": "success",
        "ip": "203.0.113.9",
    }
    changed = f'{{"Role.DisplayName":["{role}",null]}}'
    return row | {"actor": "admin@contoso.example", "target": "bob@contoso.example", "modified": changed} | more


@detection(
    severity="medium",
    family="tamper",
    attack=("T1531",),
    examples=(
        Example(
            "hit",
            "an administrator is put out",
            {"directory_audits": [_taken("Global Administrator")]},
            finds=1,
            severity="medium",
        ),
        Example("miss", "it failed", {"directory_audits": [_taken("Global Administrator", result="failure")]}),
        Example("miss", "a role without power", {"directory_audits": [_taken("Message Center Reader")]}),
        Example(
            "look-alike",
            "one's own role, taken for an hour, runs out",
            {"directory_audits": [_taken("Global Administrator", actor="bob@contoso.example")]},
        ),
    ),
)
def admin_role_removed(directory_audits: ir.Table) -> ir.Table:
    """An administrator lost a powerful role, by somebody else's hand.

    Why: an attacker with an administrator's rights locks the others out; the defenders do the same.
    False positives: leavers, tidying of roles, the containment itself.
    Limits: says nothing of groups that carry a role.
    Next: ask both; if neither knows, use the emergency account to give the role back.
    """
    rows = directory_audits.filter(matches(directory_audits.activity, TAKEN), worked(directory_audits))
    told = (rows.modified.fill_null("") + rows.targets.fill_null("")).lower()
    rows = rows.mutate(role=told.re_extract(f"({POWERFUL})", 1).nullif(""), where=place(rows))
    own = (rows.actor == rows.target).fill_null(False)
    rows = rows.filter(rows["role"].notnull(), ~own)
    return rows.select(
        subject=ibis.coalesce(rows.actor, rows.target),
        title=said(rows, "{actor} took the role {role} from {target}"),
        reason=lines(said(rows, "{activity} from {where}")),
        **each(rows),
    )
