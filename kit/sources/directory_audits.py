"""Directory audits."""

from __future__ import annotations

from collections.abc import Iterator

from kit.source import Fetched, Scope, fetched, source, stamp
from kit.tenant.client import Tenant


@source(record="directory_audit", tables=("directory_audits",), permissions=("AuditLog.Read.All",), days=30)
def directory_audits(tenant: Tenant, scope: Scope) -> Iterator[Fetched]:
    """Directory audits: changes to users, methods, applications, roles, devices and policies.

    For: what an intruder leaves to come back by: a new method, a consent, a credential, a device, a role. Needs no
    premium licence, so free tenants have it too.
    Limits: always read for the whole tenant, because what was done to an account is often recorded under another
    actor. Kept 30 days with P1 or P2, 7 without. Five requests in ten seconds.
    """
    for start, end in scope.spans(7):
        window = f"activityDateTime ge {stamp(start)} and activityDateTime le {stamp(end)}"
        yield from fetched(tenant.pages("/v1.0/auditLogs/directoryAudits", filter=window, top=1000))
