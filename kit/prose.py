"""What an item says of itself: the first line of its docstring is its title, and "Why: …" begins a section.

title, text = prose(function)
sections(text, ("Why", "Limits"))       {"Why": "what it takes …", "Limits": "…"}; an absent section is left out
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from typing import Any


def prose(item: Callable[..., Any]) -> tuple[str, str]:
    """The title, without its full stop, and the rest of an item's own docstring; both "" when it has none."""
    title, _, text = inspect.cleandoc(item.__doc__ or "").partition("\n")
    return title.rstrip("."), text.strip()


def sections(text: str, names: Iterable[str]) -> dict[str, str]:
    """The sections of a text, each as one line; a section ends where another of `names` begins."""
    known = frozenset(names)
    found: dict[str, str] = {}
    current = ""
    for line in text.splitlines():
        head, colon, tail = line.partition(":")
        if colon and head in known:
            current, line = head, tail
        if current:
            found[current] = f"{found.get(current, '')} {line.strip()}".strip()
    return found
