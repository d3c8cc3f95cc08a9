"""Inbox rules."""

from __future__ import annotations

from collections.abc import Iterator

from kit.source import Account, Fetched, Scope, accounts, each, fetched, source
from kit.tenant.client import Tenant, segment


@source(record="inbox_rule", tables=("inbox_rules",), permissions=("MailboxSettings.Read",))
def inbox_rules(tenant: Tenant, scope: Scope) -> Iterator[Fetched]:
    """Inbox rules, as Graph shows them.

    For: rules that forward, delete or hide mail. Reading them takes no Exchange role.
    Limits: hidden rules are left out by Graph; see hidden_inbox_rules. Rules already deleted are in the audit log only.
    """

    def rules(account: Account) -> Iterator[Fetched]:
        path = f"/v1.0/users/{segment(account.id)}/mailFolders/inbox/messageRules"
        return fetched(tenant.pages(path), mailbox=account.user, mailbox_id=account.id)

    return each(accounts(tenant, scope), rules, named=bool(scope.users))
