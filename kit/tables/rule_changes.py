"""Inbox-rule changes: rules made or altered, as the audit log told it."""

from __future__ import annotations

from kit.table import Table

TABLE = Table(
    name="rule_changes",
    about="One row per New-, Set-, Enable-InboxRule or UpdateInboxRules audit record.",
    columns={
        "id": ("text", "AuditData.Id"),
        "time": ("time", "UTC"),
        "operation": ("text", "normalised operation"),
        "mailbox": ("text", "mailbox, case-folded"),
        "user": ("text", "who acted, case-folded"),
        "is_service": ("flag", "as in audit_records"),
        "ip": ("text", "client address: bare, no port, no brackets, IPv4-mapped IPv6 as IPv4"),
        "asn": ("whole", "autonomous system number, as reported or looked up"),
        "network": ("text", "name of the autonomous system"),
        "network_class": ("text", "eyeball, mobile, hosting, vpn, microsoft, or NULL when not known"),
        "country": ("text", "ISO 3166 two-letter code, as reported or looked up"),
        "session_id": ("text", "session id"),
        "app_id": ("text", "application id"),
        "rule_id": ("text", "rule id as text"),
        "rule_name": ("text", "rule name as given; empty is a fact, NULL is unknown"),
        "conditions": ("json", "all conditions as one object"),
        "subject_words": ("texts", "words looked for in subject or body"),
        "from_addresses": ("texts", "senders it matches"),
        "forward_to": ("texts", "addresses it forwards or redirects to, case-folded"),
        "move_to_folder": ("text", "folder it moves or copies to"),
        "deletes": ("flag", "deletes the message"),
        "marks_read": ("flag", "marks as read"),
        "stops": ("flag", "stops processing further rules"),
        "actions": ("json", "all actions as one object"),
    },
)
