"""Inbox rules as they stand in the mailboxes, hidden ones included."""

from __future__ import annotations

from kit.table import Table

TABLE = Table(
    name="inbox_rules",
    about="One row per inbox rule found; `hidden` rows are visible to Exchange but not to Graph or Outlook.",
    kind="state",
    key=("mailbox", "id", "source"),
    columns={
        "id": ("text", "rule id as text"),
        "mailbox": ("text", "mailbox, case-folded"),
        "mailbox_id": ("text", "user object id"),
        "rule_name": ("text", "as given"),
        "enabled": ("flag", "is on"),
        "hidden": ("flag", "known to Exchange only; NULL if unchecked"),
        "sequence": ("whole", "order"),
        "conditions": ("json", "all conditions as one object"),
        "subject_words": ("texts", "words looked for in subject or body"),
        "from_addresses": ("texts", "senders it matches"),
        "forward_to": ("texts", "addresses it forwards or redirects to, case-folded"),
        "move_to_folder": ("text", "folder it moves or copies to"),
        "deletes": ("flag", "deletes the message"),
        "marks_read": ("flag", "marks as read"),
        "stops": ("flag", "stops processing further rules"),
        "actions": ("json", "all actions as one object"),
        "source": ("text", "graph or exchange"),
    },
)
