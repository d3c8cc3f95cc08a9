"""Mailboxes: forwarding, auditing and hold settings."""

from __future__ import annotations

from kit.table import Table

TABLE = Table(
    name="mailboxes",
    about="One row per mailbox.",
    kind="state",
    columns={
        "id": ("text", "user object id"),
        "mailbox": ("text", "primary address, case-folded"),
        "user": ("text", "UPN, case-folded"),
        "name": ("text", "display name"),
        "type": ("text", "UserMailbox, SharedMailbox …"),
        "forwarding_address": ("text", "internal recipient, or NULL"),
        "forwarding_smtp_address": ("text", "address, or NULL"),
        "deliver_and_forward": ("flag", "the owner keeps a copy"),
        "audit_enabled": ("flag", "AuditEnabled; has no effect while organisation auditing is on"),
        "audit_owner": ("texts", "audited owner actions"),
        "audit_delegate": ("texts", "audited delegate actions"),
        "audit_admin": ("texts", "audited admin actions"),
        "default_audit_set": ("texts", "logon types that follow the default"),
        "audit_age_days": ("number", "AuditLogAgeLimit in days"),
        "litigation_hold": ("flag", "on hold"),
    },
)
