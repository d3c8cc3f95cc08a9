"""What is handed back for a record that cannot be read, and the two small functions readers are given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

Open = Callable[[], BinaryIO]
"""Gives the content of a file afresh each time it is called."""
Name = Callable[[int], str]
"""record number → record_id"""


@dataclass(frozen=True)
class Reject:
    """A record that could not be read: its number, the reason in words, and how it begins."""

    record: int
    reason: str
    example: str
