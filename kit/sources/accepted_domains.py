"""Domains of the tenant."""

from __future__ import annotations

from collections.abc import Iterator

from kit.source import Fetched, Scope, fetched, source
from kit.tenant.client import Tenant


@source(record="accepted_domain", tables=("accepted_domains",), permissions=("Domain.Read.All",))
def accepted_domains(tenant: Tenant, scope: Scope) -> Iterator[Fetched]:
    """Domains of the tenant: what counts as inside, and which of them sign in elsewhere.

    For: telling external forwarding from internal; a domain that was federated to an attacker's identity provider.
    Limits: the state now; when a domain's authentication changed is in the directory audits.
    """
    yield from fetched(tenant.pages("/v1.0/domains"))
