"""Audit bypass."""

from __future__ import annotations

from collections.abc import Iterator

from kit.source import Account, Fetched, Scope, accounts, each, fetched, source
from kit.tenant.client import Tenant


@source(record="audit_bypass", tables=("audit_bypass",), permissions=("Exchange: View-Only Configuration",))
def audit_bypass(tenant: Tenant, scope: Scope) -> Iterator[Fetched]:
    """Audit bypass: accounts whose mailbox actions leave no record.

    For: an account that can read any mail it has access to without one MailItemsAccessed record.
    Limits: the setting now; when it was set is in the audit log, unless that was off.
    """
    name = "Get-MailboxAuditBypassAssociation"
    if not scope.users:
        return fetched(tenant.cmdlet_pages(name, ResultSize="Unlimited"))

    def association(account: Account) -> Iterator[Fetched]:
        return fetched([tenant.cmdlet(name, Identity=account.id)], user=account.user)

    return each(accounts(tenant, scope), association, named=True)
