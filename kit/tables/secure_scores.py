"""Secure Score, one row a day."""

from __future__ import annotations

from kit.table import Table

TABLE = Table(
    name="secure_scores",
    about="One row per day and tenant.",
    columns={
        "id": ("text", "score id"),
        "time": ("time", "day, UTC"),
        "score": ("number", "points"),
        "max_score": ("number", "points"),
        "licensed_users": ("whole", "users"),
        "active_users": ("whole", "users"),
        "average_all_tenants": ("number", "average comparative score of all tenants, as told"),
        "average_similar": ("number", "of tenants of like size, where told"),
    },
)
