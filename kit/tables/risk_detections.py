"""Risk detections by Identity Protection."""

from __future__ import annotations

from kit.table import Table

TABLE = Table(
    name="risk_detections",
    about="One row per detection.",
    columns={
        "id": ("text", "detection id"),
        "time": ("time", "activity time, UTC"),
        "detected": ("time", "when it was found, UTC"),
        "user": ("text", "case-folded"),
        "user_id": ("text", "object id"),
        "type": ("text", "riskEventType"),
        "level": ("text", "low, medium, high, hidden"),
        "state": ("text", "atRisk …"),
        "ip": ("text", "bare address"),
        "session_id": ("text", "where told"),
        "correlation_id": ("text", "joins the sign-in"),
        "timing": ("text", "realtime or offline"),
        "source": ("text", "the service that said it"),
    },
)
