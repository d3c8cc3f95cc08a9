"""account_lockouts: accounts were locked because of wrong passwords."""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.types as ir

from kit.baseline import is_microsoft, place
from kit.detection import Example, detection
from kit.expressions import carried, evidence, lines, listed, said, slots

LOCKED = 50053


def _locked(count: int, **more: Any) -> list[dict[str, Any]]:
    rows = [
        {"time": f"2026-03-02T08:15:{n:02}", "user": f"u{n}@contoso.example", "ip": "198.18.80.1", "error_code": LOCKED}
        for n in range(count)
    ]
    return [row | more for row in rows]


@detection(
    severity="medium",
    family="credential",
    attack=("T1110",),
    examples=(
        Example("hit", "one account", {"sign_ins": _locked(1)}, finds=1, severity="low"),
        Example("hit", "twelve accounts at once are one finding", {"sign_ins": _locked(12)}, finds=1, severity="high"),
        Example("miss", "a wrong password, no lock", {"sign_ins": _locked(1, error_code=50126)}),
        Example("look-alike", "Microsoft's own network", {"sign_ins": _locked(1, ip="13.64.151.161", asn=8075)}),
    ),
)
def account_lockouts(sign_ins: ir.Table, *, users: int = 10, minutes: int = 5) -> ir.Table:
    """Accounts were locked because of wrong passwords.

    Why: Entra locks an account after about ten wrong passwords from one place: somebody, or something, is guessing.
    False positives: a telephone or service with an old password (one account: low).
    Limits: error 50053 also stands for an address that Microsoft blocks. `users` within `minutes` are those of the
        vendors' rules (facts/domain.md §2.3).
    Next: look at the source's other sign-ins; a lock that comes after a success deserves a closer look.
    """
    rows = sign_ins.filter(sign_ins.error_code == LOCKED, sign_ins.user.notnull(), ~is_microsoft(sign_ins))
    bursts = slots(rows, minutes * 60)
    dense = bursts.group_by("slot").aggregate(accounts=bursts.user.nunique())
    dense = dense.filter(dense.accounts >= users).select("slot")
    loud = bursts.semi_join(dense, "slot").select("record_id").distinct()
    many, few = rows.semi_join(loud, "record_id"), rows.anti_join(loud, "record_id")
    return _wave(many.mutate(day=many.time.truncate("D"))).union(_single(few.mutate(where=place(few))), distinct=False)


def _wave(rows: ir.Table) -> ir.Table:
    found = rows.group_by("day").aggregate(
        accounts=rows.user.nunique(), places=rows.ip.collect(), names=rows.user.collect(), **evidence(rows)
    )
    found = found.mutate(places=listed(found.places), some=listed(found.names))
    return found.select(
        subject=ibis.literal("tenant"),
        title=said(found, "{accounts} accounts were locked at once"),
        severity=ibis.literal("high"),
        reason=lines(said(found, "Among them {some}; from {places}")),
        against=ibis.literal(""),
        **carried(found),
    )


def _single(rows: ir.Table) -> ir.Table:
    found = rows.group_by("user").aggregate(
        places=rows.where.collect(), times=rows.record_id.nunique(), **evidence(rows)
    )
    found = found.mutate(places=listed(found.places))
    return found.select(
        subject=found.user,
        title=said(found, "{user} was locked because of wrong passwords"),
        severity=ibis.literal("low"),
        reason=lines(said(found, "Refused as locked {times} times, from {places}")),
        against=ibis.literal("A telephone with an old password does the same"),
        **carried(found),
    )
