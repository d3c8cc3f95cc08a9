"""Tenant settings that decide what is recorded and allowed."""

from __future__ import annotations

from kit.table import Table

TABLE = Table(
    name="tenant_settings",
    about="One row per setting.",
    kind="state",
    key=("name",),
    columns={
        "name": (
            "text",
            "for instance unified_audit_ingestion, organization_audit_disabled, security_defaults",
        ),
        "value": ("text", "as text; booleans as true or false"),
        "origin": ("text", "the call that told it"),
    },
)
