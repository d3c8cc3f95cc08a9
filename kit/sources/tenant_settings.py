"""Tenant settings."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from kit.errors import TenantError
from kit.source import Fetched, Scope, source
from kit.tenant.client import Page, Tenant

DEFAULTS = "/v1.0/policies/identitySecurityDefaultsEnforcementPolicy"


@source(
    record="tenant_setting",
    tables=("tenant_settings",),
    permissions=("Policy.Read.All", "Exchange: View-Only Configuration"),
)
def tenant_settings(tenant: Tenant, scope: Scope) -> Iterator[Fetched]:
    """Tenant settings that decide what is recorded and allowed.

    For: whether the audit log can be trusted to hold what happened: ingestion, organisation-wide auditing, and whether
    security defaults are on.
    Limits: the state now. Each setting is asked for alone; when one is refused the others are still read, and the
    refusal is said at the end.
    """
    asked: dict[str, Callable[[], Page]] = {
        "Get-OrganizationConfig": lambda: tenant.cmdlet("Get-OrganizationConfig"),
        "Get-AdminAuditLogConfig": lambda: tenant.cmdlet("Get-AdminAuditLogConfig"),
        "security defaults": lambda: tenant.page(DEFAULTS),
    }
    refusal: TenantError | None = None
    for origin, ask in asked.items():
        try:
            yield Fetched(ask(), {"origin": origin})
        except TenantError as error:
            refusal = refusal or error
    if refusal:
        raise refusal
