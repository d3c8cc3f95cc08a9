"""Risk detections."""

from __future__ import annotations

from collections.abc import Iterator

from kit.source import Fetched, Scope, fetched, source
from kit.tenant.client import Tenant


@source(
    record="risk_detection",
    tables=("risk_detections",),
    permissions=("IdentityRiskEvent.Read.All",),
    licence="Entra ID P1 (little detail) or P2",
    days=90,
)
def risk_detections(tenant: Tenant, scope: Scope) -> Iterator[Fetched]:
    """Risk detections: what Identity Protection saw, sign-in by sign-in.

    For: leaked credentials, anomalous tokens and travel, which the sign-in log alone does not tell.
    Limits: all that is kept is read, whatever the window: 7 days without a licence, 30 with P1, 90 with P2. Offline
    detections appear days after the event. One request a second for the whole tenant.
    """
    yield from fetched(tenant.pages("/v1.0/identityProtection/riskDetections", top=500))
