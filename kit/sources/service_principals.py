"""Service principals."""

from __future__ import annotations

from collections.abc import Iterator

from kit.source import Fetched, Scope, fetched, source
from kit.tenant.client import Tenant


@source(record="service_principal", tables=("service_principals",), permissions=("Application.Read.All",))
def service_principals(tenant: Tenant, scope: Scope) -> Iterator[Fetched]:
    """Service principals: the applications present in the tenant.

    For: an application that appeared with the intrusion, its publisher, its owner's tenant, where it sends tokens.
    Limits: always the whole tenant. Names are chosen by the publisher, who may be the attacker. Whole objects are
    read, because the creation date is told but cannot be selected by name in v1.0.
    """
    yield from fetched(tenant.pages("/v1.0/servicePrincipals", top=999))
