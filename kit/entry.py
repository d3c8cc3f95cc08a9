"""How they came in, and when: the decision tree of facts/domain.md §4.2, with reasons and what was rejected."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Confidence = Literal["certain", "likely", "lower bound"]


@dataclass(frozen=True)
class Entry:
    """The way in and T0, the earliest moment the attacker is seen to be in.

    `how` names the way ("device code phishing", "unknown" …); `when` is UTC, None when no event is the
    attacker's. `confidence` is about `when`: "certain" when an attacker's sign-in is seen and the log
    reaches well back before it, "lower bound" when the log begins so near that an earlier entry would not
    show, else "likely". `reasons` speak for `how`; `rejected` are the other ways with what speaks against
    each.
    """

    how: str
    when: datetime | None
    confidence: Confidence
    reasons: tuple[str, ...]
    rejected: tuple[str, ...]
