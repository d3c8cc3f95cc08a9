"""Restricted senders: accounts Exchange Online stopped from sending."""

from __future__ import annotations

from kit.table import Table

TABLE = Table(
    name="blocked_senders",
    about="One row per blocked address.",
    kind="state",
    key=("sender",),
    columns={
        "sender": ("text", "case-folded"),
        "reason": ("text", "as told"),
        "created": ("time", "UTC"),
        "temporary": ("flag", "lifted by itself"),
    },
)
