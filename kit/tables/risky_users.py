"""Risky users, as Identity Protection sees them."""

from __future__ import annotations

from kit.table import Table

TABLE = Table(
    name="risky_users",
    about="One row per user with risk.",
    kind="state",
    columns={
        "id": ("text", "user object id"),
        "user": ("text", "case-folded"),
        "level": ("text", "low, medium, high, hidden, none"),
        "state": ("text", "atRisk, confirmedCompromised, remediated, dismissed …"),
        "risk_detail": ("text", "why, as told"),
        "updated": ("time", "UTC"),
    },
)
