"""Users."""

from __future__ import annotations

from collections.abc import Iterator

from kit.source import Fetched, Scope, fetched, source
from kit.tenant.client import Tenant, segment

WANTED = (
    "id",
    "userPrincipalName",
    "displayName",
    "accountEnabled",
    "userType",
    "onPremisesSyncEnabled",
    "createdDateTime",
    "lastPasswordChangeDateTime",
    "signInSessionsValidFromDateTime",
    "department",
    "jobTitle",
    "mail",
    "proxyAddresses",
    "assignedPlans",
)


@source(record="user", tables=("users",), permissions=("User.Read.All",))
def users(tenant: Tenant, scope: Scope) -> Iterator[Fetched]:
    """User accounts: state, origin, last password change, when sessions were last revoked.

    For: whether an account is still enabled, when its password last changed, whether it is mastered on premises (then
    it must be disabled there too), which addresses are its own.
    Limits: the state now; who changed it when is in the directory audits.
    """
    if scope.users:
        for user in scope.users:
            yield Fetched(tenant.page(f"/v1.0/users/{segment(user)}", select=WANTED))
    else:
        yield from fetched(tenant.pages("/v1.0/users", select=WANTED, top=999))
