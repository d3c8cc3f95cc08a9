"""Secure Score, one row a day and control."""

from __future__ import annotations

from kit.table import Table

TABLE = Table(
    name="secure_score_controls",
    about="What each control scored on each day.",
    key=("id", "control"),
    columns={
        "id": ("text", "score id"),
        "time": ("time", "day, UTC"),
        "control": ("text", "control id"),
        "category": ("text", "Identity …"),
        "score": ("number", "points"),
        "percentage": ("number", "percent done, where told"),
        "status": ("text", "implementation status, as told"),
        "state": ("text", "control state, as told"),
    },
)
