"""Message trace: mail that passed through, one row a recipient."""

from __future__ import annotations

from kit.table import Table

TABLE = Table(
    name="message_traces",
    about="One row per message and recipient, with what became of it.",
    columns={
        "id": ("text", "trace id and recipient"),
        "time": ("time", "received, UTC"),
        "message_id": ("text", "Internet message id"),
        "sender": ("text", "case-folded"),
        "recipient": ("text", "case-folded"),
        "subject": ("text", "attacker-controlled"),
        "status": ("text", "delivered, failed, pending, filteredAsSpam, quarantined, expanded …"),
        "ip": ("text", "address it was submitted from"),
        "size": ("whole", "bytes"),
        "outbound": ("flag", "sent by an own domain"),
    },
)
