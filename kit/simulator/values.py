"""Values of records: instants finer than Python's, properties inside properties, keys to sort by."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import Any

from kit.simulator.world import Json

DAY = 864_000_000_000
"""Ticks in a day: `ticks(…) // DAY` is the day's proleptic ordinal."""


@lru_cache(maxsize=200_000)
def ticks(text: str) -> int:
    """A date-time in steps of 100 ns (day 1 is 0001-01-01, see DAY); -1 when it is none. No offset means UTC."""
    match = re.fullmatch(
        r"(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?)?(?:[Zz]|([+-])(\d\d):(\d\d))?", text
    )
    if not match:
        return -1
    year, month, day, hour, minute, second, fraction, sign, ahead, past = match.groups()
    try:
        days = date(int(year), int(month), int(day)).toordinal()
    except ValueError:
        return -1
    minutes = int(hour or 0) * 60 + int(minute or 0) - (int(f"{sign}{int(ahead) * 60 + int(past)}") if sign else 0)
    seconds = minutes * 60 + int(second or 0)
    return days * DAY + seconds * 10_000_000 + int(((fraction or "") + "0000000")[:7])


def value_at(record: Any, path: str) -> Any:
    """The value at "a/b" of an object; None when a step is missing."""
    for step in path.split("/"):
        if not isinstance(record, dict):
            return None
        record = record.get(step)
    return record


def pick(record: Json, path: str) -> Any:
    """A sort key for $orderby: absent values first, then numbers, then instants and text; lists and objects last."""
    value = value_at(record, path)
    if isinstance(value, str):
        return (2, ticks(value), value.casefold())
    if isinstance(value, int | float):
        return (1, value, "")
    return (0, 0, "") if value is None else (3, 0, repr(value))
