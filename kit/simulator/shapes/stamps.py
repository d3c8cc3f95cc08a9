"""Moments as the different logs write them. All are UTC; audit records do not say so."""

from __future__ import annotations

from datetime import datetime


def graph(at: datetime) -> str:
    """Microsoft Graph: whole seconds, "Z"."""
    return f"{at.replace(microsecond=0, tzinfo=None).isoformat()}Z"


def fine(at: datetime) -> str:
    """Directory audits: seven digits, "Z"."""
    return f"{at.replace(tzinfo=None).isoformat(timespec='microseconds')}0Z"


def audit(at: datetime) -> str:
    """Audit records: whole seconds, no zone."""
    return at.replace(microsecond=0, tzinfo=None).isoformat()
