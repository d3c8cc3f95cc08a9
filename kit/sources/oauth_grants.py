"""Delegated permission grants."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kit.source import Account, Fetched, Scope, accounts, source
from kit.tenant.client import Page, Tenant, literal

PATH = "/v1.0/oauth2PermissionGrants"


@source(record="oauth_grant", tables=("oauth_grants",), permissions=("Directory.Read.All",))
def oauth_grants(tenant: Tenant, scope: Scope) -> Iterator[Fetched]:
    """Delegated permission grants: what people and the tenant let applications do.

    For: consent phishing. An application that may read mail keeps its access after a password reset.
    Limits: the grants as they stand; when and by whom consent was given is in the directory audits. Application
    permissions (app roles) are not grants and not listed here.
    """
    apps = _apps(tenant)
    people = {account.id: account.user for account in accounts(tenant, scope)}
    for page in _pages(tenant, [Account(*pair) for pair in people.items()] if scope.users else []):
        clients = {str(grant.get("clientId")) for grant in page.records}
        owners = {str(grant.get("principalId")) for grant in page.records}
        yield Fetched(
            page,
            {
                "apps": {client: apps[client] for client in sorted(clients & apps.keys())},
                "users": {owner: people[owner] for owner in sorted(owners & people.keys())},
            },
        )


def _pages(tenant: Tenant, people: list[Account]) -> Iterator[Page]:
    """All grants; for named people, theirs and those that hold for everyone."""
    if not people:
        yield from tenant.pages(PATH, top=999)
        return
    for condition in [f"principalId eq {literal(person.id)}" for person in people] + ["consentType eq 'AllPrincipals'"]:
        yield from tenant.pages(PATH, filter=condition)


def _apps(tenant: Tenant) -> dict[str, dict[str, Any]]:
    """Service principal id → what grants do not say: the application's id and name."""
    wanted = ("id", "appId", "displayName")
    pages = tenant.pages("/v1.0/servicePrincipals", select=wanted, top=999)
    return {
        str(app.get("id")): {"app_id": app.get("appId"), "app": app.get("displayName")}
        for page in pages
        for app in page.records
    }
