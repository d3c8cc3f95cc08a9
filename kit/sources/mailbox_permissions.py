"""Mailbox permissions."""

from __future__ import annotations

from collections.abc import Iterator

from kit.source import Account, Fetched, Scope, each, fetched, mailboxes, source
from kit.tenant.client import Tenant


@source(
    record="mailbox_permission",
    tables=("mailbox_permissions",),
    permissions=("Exchange: View-Only Recipients",),
)
def mailbox_permissions(tenant: Tenant, scope: Scope) -> Iterator[Fetched]:
    """Mailbox permissions: who else may open a mailbox or send as its owner.

    For: access that an intruder gave to a second account, which survives the first one's password reset.
    Limits: two requests a mailbox. Permissions on single folders and send-on-behalf are not in these answers. When a
    permission was given is in the audit log only.
    """

    def permissions(account: Account) -> Iterator[Fetched]:
        owner = {"mailbox": account.user, "mailbox_id": account.id}
        identity = account.id or account.user
        yield from fetched(tenant.cmdlet_pages("Get-MailboxPermission", Identity=identity), **owner)
        yield from fetched(tenant.cmdlet_pages("Get-RecipientPermission", Identity=identity), **owner)

    return each(mailboxes(tenant, scope), permissions, named=bool(scope.users))
