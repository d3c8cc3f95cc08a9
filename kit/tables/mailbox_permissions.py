"""Mailbox permissions: who else may open or send as a mailbox."""

from __future__ import annotations

from kit.table import Table

TABLE = Table(
    name="mailbox_permissions",
    about="One row per mailbox, trustee and right; inherited and SELF entries included and marked.",
    kind="state",
    key=("mailbox", "trustee", "rights"),
    columns={
        "mailbox": ("text", "case-folded"),
        "mailbox_id": ("text", "user object id"),
        "trustee": ("text", "case-folded"),
        "rights": ("texts", "FullAccess, SendAs, ReadPermission …"),
        "inherited": ("flag", "comes from above"),
        "denied": ("flag", "a deny entry"),
        "is_self": ("flag", "the owner's own entry (SELF of NT AUTHORITY)"),
    },
)
