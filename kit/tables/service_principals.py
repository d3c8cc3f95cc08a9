"""Service principals: applications present in the tenant."""

from __future__ import annotations

from kit.table import Table

TABLE = Table(
    name="service_principals",
    about="One row per service principal.",
    kind="state",
    columns={
        "id": ("text", "object id"),
        "app_id": ("text", "application id"),
        "app": ("text", "display name, publisher-controlled"),
        "enabled": ("flag", "may sign in"),
        "type": ("text", "Application, ManagedIdentity …"),
        "created": ("time", "UTC, where told"),
        "publisher": ("text", "publisher name"),
        "verified_publisher": ("flag", "publisher verified"),
        "owner_tenant": ("text", "tenant that owns the application"),
        "reply_urls": ("texts", "reply URLs"),
    },
)
