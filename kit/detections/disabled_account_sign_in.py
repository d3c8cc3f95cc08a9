"""disabled_account_sign_in: somebody tries an account that is switched off."""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.types as ir

from kit.baseline import place
from kit.detection import Example, detection
from kit.expressions import carried, evidence, lines, said, when

DISABLED = 50057


def _try(user: str, **more: Any) -> dict[str, Any]:
    return {"time": "2026-03-02T12:13:19", "user": user, "ip": "198.18.66.7", "error_code": DISABLED} | more


@detection(
    severity="medium",
    family="credential",
    attack=("T1078.004",),
    examples=(
        Example("hit", "one account: low", {"sign_ins": [_try("john@contoso.example")]}, finds=1, severity="low"),
        Example(
            "hit",
            "three accounts from one address",
            {"sign_ins": [_try(f"leaver{n}@contoso.example") for n in range(3)]},
            finds=3,
            severity="medium",
        ),
        Example("miss", "another refusal", {"sign_ins": [_try("john@contoso.example", error_code=50126)]}),
        Example(
            "look-alike",
            "the account is on again and opens",
            {"sign_ins": [_try("john@contoso.example", error_code=0)]},
        ),
    ),
)
def disabled_account_sign_in(sign_ins: ir.Table, *, users: int = 3) -> ir.Table:
    """Somebody tried to sign in to an account that is switched off.

    Why: attackers try leavers' accounts; and after containment it shows that they still come.
    False positives: a leaver's telephone that goes on synchronising (one account: low).
    Limits: whether the password was right is not told. `users` from one address is that of facts/detections.tsv SI-11.
    Next: look at the same address's other sign-ins.
    """
    rows = sign_ins.filter(sign_ins.error_code == DISABLED, sign_ins.user.notnull())
    rows = rows.mutate(where=place(rows))
    wide = rows.group_by("where").aggregate(accounts=rows.user.nunique())
    found = rows.group_by("user", "where").aggregate(tries=rows.record_id.nunique(), **evidence(rows))
    found = found.left_join(wide, "where").drop("where_right")
    many = found.accounts >= users
    return found.select(
        subject=found.user,
        title=said(found, "Sign-in to the disabled account {user}"),
        severity=ibis.ifelse(many, "medium", "low"),
        reason=lines(
            said(found, "{tries} tries from {where}"),
            when(many, said(found, "The same place tried {accounts} disabled accounts")),
        ),
        **carried(found),
    )
