"""Times, spans and figures as people read them: one formatter for panels, charts and the report.

Times are UTC and say so. A time without a zone is UTC, as everywhere in the vocabulary.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from pandas import NaT

ABSENT = "–"
UNKNOWN_YEAR = 1  # what a finding carries when its records have no time
_SIZES = ("bytes", "kB", "MB", "GB", "TB")


def moment(when: Any, *, zone: bool = True, seconds: bool = True) -> str:
    """A point in time, "2026-11-24 14:05:09 UTC"; `zone=False` where the column's head says UTC already.

    Takes datetime, pandas Timestamp, ISO text or None; what is no time is "–".
    """
    known = _utc(when)
    if known is None:
        return ABSENT
    return known.strftime("%Y-%m-%d %H:%M:%S" if seconds else "%Y-%m-%d %H:%M") + (" UTC" if zone else "")


def day(when: Any) -> str:
    """The UTC day of a point in time, "24 Nov 2026"."""
    known = _utc(when)
    return ABSENT if known is None else f"{known.day} {known:%b %Y}"


def period(first: Any, last: Any) -> str:
    """The UTC days from one point in time to another, "26 Aug 2026 to 23 Nov 2026", or the one day."""
    return day(first) if day(first) == day(last) else f"{day(first)} to {day(last)}"


def duration(span: timedelta) -> str:
    """A span in its two largest units, "3 days 4 hours", "12 minutes 5 seconds"; never negative."""
    seconds = max(0, round(span.total_seconds()))
    parts: list[str] = []
    for unit, length in (("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1)):
        count, seconds = divmod(seconds, length)
        if count or parts:
            parts.append(counted(count, unit) if count else "")
        if len(parts) == 2:
            break
    return " ".join(filter(None, parts)) or "0 seconds"


def number(count: float) -> str:
    """A figure with thousands separators; at most one decimal, none where it is whole."""
    rounded = round(float(count), 1)
    return f"{rounded:,.0f}" if rounded.is_integer() else f"{rounded:,.1f}"


def counted(count: int, noun: str, plural: str = "") -> str:
    """A figure with its noun, "1 sign-in", "1,204 sign-ins"; `plural` where it is not the noun with an s."""
    return f"{number(count)} {noun if count == 1 else plural or noun + 's'}"


def size(count: int) -> str:
    """A size in bytes, "12.3 MB", in steps of 1,000."""
    amount, unit = float(count), 0
    while amount >= 999.95 and unit < len(_SIZES) - 1:
        amount, unit = amount / 1000, unit + 1
    return f"{number(amount)} {_SIZES[unit]}"


def _utc(when: Any) -> datetime | None:
    if isinstance(when, str):
        try:
            when = datetime.fromisoformat(when)
        except ValueError:
            return None
    if isinstance(when, date) and not isinstance(when, datetime):
        when = datetime(when.year, when.month, when.day, tzinfo=UTC)
    if not isinstance(when, datetime) or when is NaT or when.year == UNKNOWN_YEAR:
        return None
    return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
