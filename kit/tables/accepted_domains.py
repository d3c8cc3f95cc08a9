"""Domains of the tenant."""

from __future__ import annotations

from kit.table import Table

TABLE = Table(
    name="accepted_domains",
    about="One row per verified domain.",
    kind="state",
    key=("domain",),
    columns={
        "domain": ("text", "case-folded"),
        "is_default": ("flag", "default domain"),
        "initial": ("flag", "onmicrosoft domain"),
        "federated": ("flag", "sign-in happens at another identity provider"),
    },
)
