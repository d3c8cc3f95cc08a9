"""Users as the directory holds them."""

from __future__ import annotations

from kit.table import Table

TABLE = Table(
    name="users",
    about="One row per user account.",
    kind="state",
    columns={
        "id": ("text", "object id"),
        "user": ("text", "user principal name, case-folded"),
        "name": ("text", "display name"),
        "enabled": ("flag", "may sign in"),
        "user_type": ("text", "member or guest"),
        "synced": ("flag", "mastered on premises: disable and reset there too"),
        "created": ("time", "UTC"),
        "last_password_change": ("time", "UTC"),
        "sessions_valid_from": ("time", "tokens issued before are refused; moved by revoking sessions, UTC"),
        "department": ("text", "as given"),
        "job_title": ("text", "as given"),
        "mail": ("text", "primary address, case-folded"),
        "addresses": ("texts", "all proxy addresses, case-folded, without prefix"),
        "licences": ("texts", "service plans in use"),
    },
)
