"""Accounts whose mailbox actions are not audited."""

from __future__ import annotations

from kit.table import Table

TABLE = Table(
    name="audit_bypass",
    about="One row per account asked for.",
    kind="state",
    key=("user",),
    columns={
        "user": ("text", "case-folded"),
        "bypassed": ("flag", "its actions leave no mailbox audit record"),
    },
)
