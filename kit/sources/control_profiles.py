"""Secure Score control profiles."""

from __future__ import annotations

from collections.abc import Iterator

from kit.source import Fetched, Scope, fetched, source
from kit.tenant.client import Tenant


@source(record="control_profile", tables=("control_profiles",), permissions=("SecurityEvents.Read.All",))
def control_profiles(tenant: Tenant, scope: Scope) -> Iterator[Fetched]:
    """Secure Score control profiles: what each control is worth and what it asks for.

    For: turning a score into a list of what to do, by points, effort and the threats each control answers.
    Limits: remediation texts are HTML from the service; they are shown as text.
    """
    yield from fetched(tenant.pages("/v1.0/security/secureScoreControlProfiles"))
