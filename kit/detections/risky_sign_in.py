"""risky_sign_in: Microsoft rated a sign-in as risky."""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.types as ir

from kit.baseline import place
from kit.detection import Example, detection
from kit.expressions import carried, evidence, lines, listed, said, when

SETTLED = ("dismissed", "confirmedSafe", "remediated")


def _rated(level: str, **more: Any) -> dict[str, Any]:
    row = {"time": "2026-03-02T14:23:10", "user": "ana@contoso.example", "ip": "198.18.66.7", "error_code": 0}
    return row | {"risk_level": level, "risk_state": "atRisk", "risk_types": ["unfamiliarFeatures"]} | more


@detection(
    severity="high",
    family="vendor",
    attack=("T1078.004",),
    columns={"sign_ins": ("risk_level",)},
    examples=(
        Example("hit", "rated high", {"sign_ins": [_rated("high")]}, finds=1, severity="high"),
        Example("hit", "rated medium", {"sign_ins": [_rated("medium")]}, finds=1, severity="medium"),
        Example(
            "hit", "rated high, and refused", {"sign_ins": [_rated("high", error_code=53003)]}, finds=1, severity="low"
        ),
        Example("miss", "rated low", {"sign_ins": [_rated("low")]}),
        Example("miss", "not rated", {"sign_ins": [_rated("none", risk_state="none")]}),
        Example("look-alike", "an administrator dismissed it", {"sign_ins": [_rated("high", risk_state="dismissed")]}),
    ),
)
def risky_sign_in(sign_ins: ir.Table) -> ir.Table:
    """Microsoft rated a sign-in as risky, medium or high.

    Why: the service sees more tenants than this one; its verdict is a witness of its own.
    False positives: travel, new networks; Microsoft says that some types are noisy.
    Limits: needs Entra ID P1 or P2; without P2 most risk is "hidden" or "generic". Risk an administrator dismissed is
        taken as settled: check that it was not the attacker who dismissed it.
    Next: compare address and client with the owner's usual ones; read the risk detections of the user.
    """
    rows = sign_ins.filter(
        sign_ins.risk_level.isin(["medium", "high"]), ~sign_ins.risk_state.isin(SETTLED).fill_null(False)
    )
    rows = rows.filter(rows.user.notnull()).mutate(where=place(rows), entered=(rows.error_code == 0).fill_null(False))
    rows = rows.mutate(types=rows.risk_types.sort().join(", "), grave=rows.risk_level == "high")
    found = rows.group_by("user", "where").aggregate(
        entered=rows.entered.any(),
        grave=(rows.grave & rows.entered).any(),
        types=rows.types.collect(),
        level=rows.risk_level.min(),
        **evidence(rows),
    )
    found = found.mutate(types=listed(found.types).nullif(""))
    return found.select(
        subject=found.user,
        title=said(found, "Microsoft rated a sign-in of {user} as risky"),
        severity=ibis.cases((found.grave, "high"), (found.entered, "medium"), else_="low"),
        reason=lines(
            said(found, "From {where}, rated {level}"),
            when(found.types.notnull(), said(found, "Because of {types}")),
            when(~found.entered, "The sign-in did not succeed"),
        ),
        **carried(found),
    )
