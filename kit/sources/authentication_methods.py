"""Authentication methods."""

from __future__ import annotations

from collections.abc import Iterator

from kit.source import Account, Fetched, Scope, accounts, each, fetched, source
from kit.tenant.client import Tenant, segment


@source(
    record="authentication_method",
    tables=("authentication_methods",),
    permissions=("UserAuthenticationMethod.Read.All",),
)
def authentication_methods(tenant: Tenant, scope: Scope) -> Iterator[Fetched]:
    """Authentication methods: what each account can prove itself with.

    For: a phone, authenticator or key that the intruder registered. Compare its creation with the first bad sign-in.
    Limits: one request an account; name the accounts in large tenants. Signed in as a person, other people's methods
    take the role Global Reader or Authentication Administrator. Methods already removed are in the directory audits.
    """

    def methods(account: Account) -> Iterator[Fetched]:
        path = f"/v1.0/users/{segment(account.id)}/authentication/methods"
        return fetched(tenant.pages(path), user=account.user, user_id=account.id)

    return each(accounts(tenant, scope), methods, named=bool(scope.users))
