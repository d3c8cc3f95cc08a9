"""The README says what is so."""

from __future__ import annotations

import re
from pathlib import Path

from kit.action import ACTIONS
from kit.source import SOURCES

TEXT = (Path(__file__).resolve().parent.parent / "README.md").read_text(encoding="utf-8")


def row(name: str) -> set[str]:
    """The permissions in one row of the table."""
    found = re.search(rf"^\| {re.escape(name)} \| (.*) \|$", TEXT, re.MULTILINE)
    assert found is not None
    return set(found[1].split(", "))


def test_the_permissions_to_read_are_those_of_the_sources() -> None:
    asked = {permission for name in SOURCES for permission in SOURCES[name].permissions}
    exchange = {name.removeprefix("Exchange: ") for name in asked if name.startswith("Exchange: ")}
    assert row("read, Exchange roles") == exchange
    assert row("read, Microsoft Graph") == {name for name in asked if not name.startswith("Exchange: ")}


def test_the_permissions_to_change_are_the_least_of_the_actions() -> None:
    assert row("change") == {least[0] for name in ACTIONS for least in ACTIONS[name].permissions}


def test_the_two_commands_come_first() -> None:
    assert re.findall(r"^    (python -m kit\S*(?: \w+)?)", TEXT, re.MULTILINE)[:2] == [
        "python -m kit",
        "python -m kit report",
    ]
