"""Risky users."""

from __future__ import annotations

from collections.abc import Iterator

from kit.source import Fetched, Scope, fetched, source
from kit.tenant.client import Tenant


@source(
    record="risky_user",
    tables=("risky_users",),
    permissions=("IdentityRiskyUser.Read.All",),
    licence="Entra ID P2",
)
def risky_users(tenant: Tenant, scope: Scope) -> Iterator[Fetched]:
    """Users whom Microsoft's Identity Protection holds to be at risk.

    For: a second opinion, and accounts nobody has looked at yet.
    Limits: always the whole tenant. A verdict without its reasons; those are the risk detections. One request a second
    for all applications of the tenant together, and throttling without saying how long to wait.
    """
    yield from fetched(tenant.pages("/v1.0/identityProtection/riskyUsers", top=500))
