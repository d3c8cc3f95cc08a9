"""A log of events: the world's own, one UTC day at a time, and what was written since the server started."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from kit.simulator.message import dump
from kit.simulator.values import ticks
from kit.simulator.world import Json, World

HELD = 20_000
"""How many rows of a log are kept: thirty days of the default world, 80 MiB. Older days are made again if asked for."""

TIMES = {
    "signIns": "createdDateTime",
    "directoryAudits": "activityDateTime",
    "auditRecords": "CreationTime",
    "messageTraces": "receivedDateTime",
}


class Row:
    """One event: its object, its time in ticks, and its bytes in each shape it was served in."""

    __slots__ = ("_bytes", "record", "ticks")

    def __init__(self, record: Json, instant: int) -> None:
        self.record = record
        self.ticks = instant
        self._bytes: dict[str, bytes] = {}

    def bytes(self, shape: str, make: Callable[[Json], Json]) -> bytes:
        """The record as JSON in one shape, serialised once."""
        if shape not in self._bytes:
            self._bytes[shape] = dump(make(self.record))
        return self._bytes[shape]


class Log:
    """The events of one log. A position is (ordinal of the day, index in the day) and does not move when rows come."""

    def __init__(self, name: str, world: World) -> None:
        self.name = name
        self.time = TIMES[name]
        self._world = world
        self._lock = threading.RLock()
        self._days: OrderedDict[date, list[Row]] = OrderedDict()
        self._added: dict[date, list[Row]] = {}

    def add(self, record: Json) -> None:
        """Append an event that happened just now."""
        day = date.fromisoformat(record[self.time][:10])
        with self._lock:
            self._added.setdefault(day, []).append(self._row(record))

    def clear(self) -> None:
        """Forget what was added."""
        with self._lock:
            self._added.clear()

    def day(self, day: date) -> list[Row]:
        """The day's rows, oldest first, added ones last."""
        with self._lock:
            if day not in self._days:
                self._days[day] = [self._row(record) for record in self._world.events(self.name, day)]
                self._shrink()
            self._days.move_to_end(day)
            added = self._added.get(day)
            return self._days[day] + added if added else self._days[day]

    def newest_first(
        self, earliest: date | None = None, latest: date | None = None, after: tuple[int, int] | None = None
    ) -> Iterator[tuple[tuple[int, int], Row]]:
        """Rows with their positions, newest first, from day `latest` back to `earliest`, beyond position `after`."""
        first = max(earliest or self.first, self.first)
        day = min(latest or self.last, self.last)
        index = None
        if after:
            day, index = date.fromordinal(after[0]), after[1]
        while day >= first:
            rows = self.day(day)
            for place in range(len(rows) if index is None else index, 0, -1):
                yield (day.toordinal(), place - 1), rows[place - 1]
            index = None
            day -= timedelta(days=1)

    @property
    def first(self) -> date:
        """The first day with events."""
        return self._world.start.date()

    @property
    def last(self) -> date:
        """The last day with events: today, or the day of the last added event."""
        return max([self._world.now.date(), *self._added])

    def _row(self, record: Json) -> Row:
        return Row(record, ticks(record[self.time]))

    def _shrink(self) -> None:
        while len(self._days) > 1 and sum(map(len, self._days.values())) > HELD:
            self._days.popitem(last=False)
