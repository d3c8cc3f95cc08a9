"""Mailboxes."""

from __future__ import annotations

from collections.abc import Iterator

from kit.source import Account, Fetched, Scope, accounts, each, fetched, source
from kit.tenant.client import Tenant


@source(record="mailbox", tables=("mailboxes",), permissions=("Exchange: View-Only Recipients",))
def mailboxes(tenant: Tenant, scope: Scope) -> Iterator[Fetched]:
    """Mailboxes: forwarding, auditing and hold settings.

    For: forwarding set on the mailbox itself, which no inbox rule shows; audit actions an intruder took away.
    Limits: mailbox forwarding is not in Graph at all, so this takes Exchange. AuditEnabled says little while
    organisation-wide auditing is on; see tenant_settings and audit_bypass.
    """
    if not scope.users:
        return fetched(tenant.cmdlet_pages("Get-Mailbox", ResultSize="Unlimited"))

    def mailbox(account: Account) -> Iterator[Fetched]:
        return fetched([tenant.cmdlet("Get-Mailbox", Identity=account.id)])

    return each(accounts(tenant, scope), mailbox, named=True)
