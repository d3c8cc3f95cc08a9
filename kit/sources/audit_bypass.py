"""Audit bypass."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kit.source import Account, Fetched, Scope, accounts, each, fetched, source
from kit.tenant.client import Tenant

NAME = "Get-MailboxAuditBypassAssociation"


@source(record="audit_bypass", tables=("audit_bypass",), permissions=("Exchange: View-Only Configuration",))
def audit_bypass(tenant: Tenant, scope: Scope) -> Iterator[Fetched]:
    """Audit bypass: accounts whose mailbox actions leave no record.

    For: an account that can read any mail it has access to without one MailItemsAccessed record.
    Limits: the setting now; when it was set is in the audit log, unless that was off. Asked for all at once the cmdlet
    names accounts by display name only; they are told by their ids, and one without a mailbox keeps its name.
    """
    if not scope.users:
        return _all(tenant)

    def association(account: Account) -> Iterator[Fetched]:
        return fetched([tenant.cmdlet(NAME, Identity=account.id)], user=account.user)

    return each(accounts(tenant, scope), association, named=True)


def _all(tenant: Tenant) -> Iterator[Fetched]:
    """Every association, with the user names of the accounts on the page."""
    people = {
        str(box[key]): box.get("UserPrincipalName")
        for page in tenant.cmdlet_pages("Get-Mailbox", ResultSize="Unlimited")
        for box in page.records
        for key in ("ExternalDirectoryObjectId", "Guid")
        if box.get(key)
    }
    for page in tenant.cmdlet_pages(NAME, ResultSize="Unlimited"):
        told: set[Any] = {row.get("ObjectId") for row in page.records}
        yield Fetched(page, {"users": {key: people[key] for key in sorted(told & people.keys())}})
