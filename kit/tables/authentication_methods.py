"""Authentication methods registered for a user."""

from __future__ import annotations

from kit.table import Table

TABLE = Table(
    name="authentication_methods",
    about="One row per registered method.",
    kind="state",
    key=("user_id", "id"),
    columns={
        "id": ("text", "method id"),
        "user": ("text", "case-folded"),
        "user_id": ("text", "object id"),
        "method": (
            "text",
            "password, phone, microsoftAuthenticator, fido2, softwareOath, email, temporaryAccessPass …",
        ),
        "name": ("text", "display name or phone number, as shown to the user"),
        "detail": ("json", "the whole method object"),
        "created": ("time", "UTC, where told"),
    },
)
