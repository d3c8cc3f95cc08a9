"""Delegated permission grants: what users or the tenant let applications do."""

from __future__ import annotations

from kit.table import Table

TABLE = Table(
    name="oauth_grants",
    about="One row per grant.",
    kind="state",
    columns={
        "id": ("text", "grant id"),
        "client_id": ("text", "service principal object id"),
        "app_id": ("text", "application id"),
        "app": ("text", "application name"),
        "consent_type": ("text", "Principal (one user) or AllPrincipals (whole tenant)"),
        "user_id": ("text", "user object id, for Principal"),
        "user": ("text", "case-folded, where known"),
        "resource_id": ("text", "service principal object id of the resource"),
        "scopes": ("texts", "granted scopes"),
    },
)
