"""Inbox rules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kit.errors import TenantError
from kit.source import Account, Fetched, Scope, accounts, each, source
from kit.tenant.client import Tenant, segment


@source(record="inbox_rule", tables=("inbox_rules",), permissions=("MailboxSettings.Read", "Mail.ReadBasic.All"))
def inbox_rules(tenant: Tenant, scope: Scope) -> Iterator[Fetched]:
    """Inbox rules, as Graph shows them.

    For: rules that forward, delete or hide mail. Reading them takes no Exchange role. Where a rule moves mail, the
    folder's name is looked up too (Mail.ReadBasic.All); without that permission the folder stays an id.
    Limits: hidden rules are left out by Graph; see hidden_inbox_rules. Rules already deleted are in the audit log only.
    """

    def rules(account: Account) -> Iterator[Fetched]:
        user = f"/v1.0/users/{segment(account.id)}"
        for page in tenant.pages(f"{user}/mailFolders/inbox/messageRules"):
            context: dict[str, Any] = {"mailbox": account.user, "mailbox_id": account.id}
            if any(_moves(rule) for rule in page.records):
                context["folders"] = _folders(tenant, user)
            yield Fetched(page, context)

    return each(accounts(tenant, scope), rules, named=bool(scope.users))


def _moves(rule: dict[str, Any]) -> bool:
    actions = rule.get("actions")
    return isinstance(actions, dict) and bool(actions.get("moveToFolder") or actions.get("copyToFolder"))


def _folders(tenant: Tenant, user: str) -> dict[str, Any]:
    """Folder id → name, for the folders at the top of a mailbox, hidden ones included; {} where that is refused."""
    try:
        pages = tenant.pages(f"{user}/mailFolders", select="id,displayName", top=100, includeHiddenFolders=True)
        return {str(folder.get("id")): folder.get("displayName") for page in pages for folder in page.records}
    except TenantError:
        return {}
