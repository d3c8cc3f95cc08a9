"""identity_protection_risk: Identity Protection detected something about an account."""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.types as ir

from kit.detection import Example, detection
from kit.expressions import carried, evidence, lines, listed, one_of, said

SETTLED = ("dismissed", "confirmedSafe", "remediated")
GRAVE = ("attackerinTheMiddle", "adminConfirmedUserCompromised")
STRONG = (
    "leakedCredentials",
    "investigationsThreatIntelligence",
    "passwordSpray",
    "attemptedPrtAccess",
    "nationStateIP",
    "tokenIssuerAnomaly",
)
NOISY = ("anomalousToken",)  # Microsoft itself calls it noisy at low and medium


def _risk(kind: str, level: str = "high", **more: Any) -> dict[str, Any]:
    row = {"time": "2026-03-02T03:15:00", "user": "ana@contoso.example", "type": kind, "level": level}
    return row | {"state": "atRisk", "ip": "198.18.66.7"} | more


@detection(
    severity="high",
    family="vendor",
    attack=("T1078.004",),
    examples=(
        Example(
            "hit",
            "an adversary in the middle",
            {"risk_detections": [_risk("attackerinTheMiddle")]},
            finds=1,
            severity="critical",
        ),
        Example(
            "hit",
            "the password is for sale",
            {"risk_detections": [_risk("leakedCredentials")]},
            finds=1,
            severity="high",
        ),
        Example(
            "hit", "a noisy type", {"risk_detections": [_risk("anomalousToken", "medium")]}, finds=1, severity="medium"
        ),
        Example("miss", "a low one", {"risk_detections": [_risk("unlikelyTravel", "low")]}),
        Example("look-alike", "dismissed", {"risk_detections": [_risk("leakedCredentials", state="dismissed")]}),
    ),
)
def identity_protection_risk(risk_detections: ir.Table) -> ir.Table:
    """Identity Protection detected something about an account.

    Why: leaked passwords, stolen tokens and known attack addresses are seen by the service, not by the tenant.
    False positives: travel and new networks for the types about places; penetration tests.
    Limits: needs Entra ID P2; without it most types read "generic". Low ones are left out; dismissed ones count as
        settled.
    Next: for a leaked password, reset it and ask what else it opened; for a token, revoke the sessions.
    """
    strong = one_of(risk_detections.type, (*GRAVE, *STRONG))
    rows = risk_detections.filter(
        strong | risk_detections.level.isin(["medium", "high"]).fill_null(False),
        ~one_of(risk_detections.state, SETTLED),
    )
    rows = rows.filter(rows.user.notnull(), rows.type.notnull())
    found = rows.group_by("user", "type").aggregate(
        places=rows.ip.collect(), high=(rows.level == "high").any(), **evidence(rows)
    )
    found = found.mutate(places=listed(found.places))
    rank_high = one_of(found.type, STRONG) | (found.high.fill_null(False) & ~one_of(found.type, NOISY))
    return found.select(
        subject=found.user,
        title=said(found, "Microsoft detected {type} for {user}"),
        severity=ibis.cases((one_of(found.type, GRAVE), "critical"), (rank_high, "high"), else_="medium"),
        reason=lines(said(found, "Identity Protection: {type}, address {places}")),
        **carried(found),
    )
