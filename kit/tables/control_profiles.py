"""Secure Score controls: what each is worth and what it asks for."""

from __future__ import annotations

from kit.table import Table

TABLE = Table(
    name="control_profiles",
    about="One row per control.",
    kind="state",
    key=("control",),
    columns={
        "control": ("text", "control id"),
        "title": ("text", "as told"),
        "category": ("text", "Identity, Data, Apps, Device"),
        "max_score": ("number", "points"),
        "tier": ("text", "Core, Defense in Depth, Advanced"),
        "service": ("text", "product"),
        "effort": ("text", "implementation cost"),
        "user_impact": ("text", "as told"),
        "threats": ("texts", "threats it answers"),
        "rank": ("whole", "vendor's rank"),
        "action_url": ("text", "portal page"),
        "remediation": ("text", "HTML as told: show as text"),
        "deprecated": ("flag", "no longer counted"),
        "state": ("text", "latest state set by an administrator"),
    },
)
