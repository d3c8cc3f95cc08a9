"""Inbox rules with the hidden ones."""

from __future__ import annotations

from collections.abc import Iterator

from kit.source import Account, Fetched, Scope, each, fetched, mailboxes, source
from kit.tenant.client import Tenant


@source(
    record="inbox_rule",
    tables=("inbox_rules",),
    permissions=("Exchange: Mail Recipients",),
)
def hidden_inbox_rules(tenant: Tenant, scope: Scope) -> Iterator[Fetched]:
    """Inbox rules as Exchange knows them, hidden ones included.

    For: rules that were hidden from Outlook and Graph by clearing a property, so that their owner cannot find them.
    Limits: Get-InboxRule is refused to readers (Global Reader, View-Only Organization Management): hidden rules then
    stay unchecked, and the coverage says so. Two requests a mailbox, because only their difference tells which rules
    are hidden. Nothing is changed: the cmdlets that change rules
    delete client-side rules as a side effect, this one does not.
    """

    def rules(account: Account) -> Iterator[Fetched]:
        mailbox = account.user or account.id
        shown = [
            str(rule.get("RuleIdentity"))
            for page in tenant.cmdlet_pages("Get-InboxRule", Mailbox=mailbox)
            for rule in page.records
        ]
        pages = tenant.cmdlet_pages("Get-InboxRule", Mailbox=mailbox, IncludeHidden=True)
        return fetched(pages, mailbox=account.user, mailbox_id=account.id, visible=shown)

    return each(mailboxes(tenant, scope), rules, named=bool(scope.users))
