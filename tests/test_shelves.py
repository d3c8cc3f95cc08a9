"""The laws that hold for every shelf alike: one file, one item, its name, its words, and nobody it leans on.

What holds for one shelf alone stands in the tests of that shelf: test_records, test_sources, test_importers,
test_detections, test_actions, test_charts. That items never import one another is linted (test_layers).
"""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest

from kit import macros
from kit.action import ACTIONS
from kit.chart import CHARTS
from kit.detection import DETECTIONS
from kit.errors import InputError
from kit.importer import IMPORTERS
from kit.intake import addresses
from kit.record import RECORDS
from kit.shelf import Shelf
from kit.simulator.cmdlet import CMDLETS
from kit.simulator.router import FAMILIES
from kit.simulator.story import STORIES
from kit.source import SOURCES
from kit.table import TABLES

SHELVES: dict[str, Shelf[Any]] = {
    shelf.package.removeprefix("kit."): shelf
    for shelf in (TABLES, RECORDS, SOURCES, IMPORTERS, DETECTIONS, ACTIONS, CHARTS, STORIES, FAMILIES, CMDLETS)
}
ITEMS = [pytest.param(shelf, name, id=f"{place}/{name}") for place, shelf in SHELVES.items() for name in shelf]
WHOLE = pytest.mark.parametrize("shelf", SHELVES.values(), ids=SHELVES)


def folder(shelf: Shelf[Any]) -> Path:
    return Path(importlib.import_module(shelf.package).__path__[0])


def name_of(item: Any, file: str) -> str:
    """The name the item itself says; a story's is its id and then words, a family of routes or cmdlets has none."""
    if isinstance(item, type):
        return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in item.__name__).lstrip("_")
    if hasattr(item, "id"):
        return file if file.startswith(f"{item.id.lower()}_") else str(item.id)
    return str(getattr(item, "name", file))


def words_of(item: Any, module: str) -> list[str]:
    """What the item says of itself: title, description, sections; for a family of routes its module speaks."""
    told = [getattr(item, fact) for fact in ("title", "about") if hasattr(item, fact)]
    return [*told, *getattr(item, "prose", {}).values()] or [str(sys.modules[module].__doc__)]


@pytest.mark.parametrize(("shelf", "name"), ITEMS)
def test_a_file_holds_one_item_and_bears_its_name(shelf: Shelf[Any], name: str) -> None:
    item = shelf[name]
    assert shelf.holds(item)
    assert name_of(item, name) == name


@pytest.mark.parametrize(("shelf", "name"), ITEMS)
def test_an_item_says_in_plain_words_what_it_is(shelf: Shelf[Any], name: str) -> None:
    told = words_of(shelf[name], f"{shelf.package}.{name}")
    assert all(told), f"{name} leaves one of {told} empty"
    assert len(" ".join(told).split()) >= 3, f"{name} says no more than {told}"


@WHOLE
def test_a_folder_holds_its_items_and_nothing_else(shelf: Shelf[Any]) -> None:
    files = {path.name for path in folder(shelf).iterdir() if path.name != "__pycache__"}
    assert files == {"__init__.py", *(f"{name}.py" for name in shelf)}
    assert len(shelf) == len(files) - 1


@WHOLE
def test_an_unknown_name_is_answered_with_the_known_ones(shelf: Shelf[Any]) -> None:
    assert "nonesuch" not in shelf
    with pytest.raises(InputError, match="'nonesuch' does not exist") as caught:
        shelf["nonesuch"]
    assert all(name in str(caught.value) for name in shelf)


def test_listing_a_shelf_imports_none_of_its_items() -> None:
    script = (
        "import importlib, sys\n"
        "from kit.shelf import Shelf\n"
        "for package in sys.argv[1:]:\n"
        "    names = list(Shelf(package, object))\n"
        "    assert names, package\n"
        "    print(*(module for module in sys.modules if module.startswith(package + '.')))"
    )
    packages = [shelf.package for shelf in SHELVES.values()]
    listed = subprocess.run([sys.executable, "-c", script, *packages], capture_output=True, text=True, check=True)
    assert listed.stdout.split() == []


# ── the shelves fit together ─────────────────────────────────────────────────────────────────────────────────────────


def test_every_column_means_something_and_the_same_type_everywhere() -> None:
    types: dict[str, set[str]] = {}
    for name in TABLES:
        for column, (kind, meaning) in TABLES[name].columns.items():
            assert meaning, f"{name}.{column}"
            types.setdefault(column, set()).add(kind)
    assert {column: kinds for column, kinds in types.items() if len(kinds) > 1} == {}


@pytest.mark.parametrize("name", TABLES)
def test_a_table_has_its_key_and_says_when_where_it_tells_events(name: str) -> None:
    table = TABLES[name]
    table.check(table.key)
    assert ("time" in table.columns) or table.kind == "state"


def test_every_record_is_brought_by_a_source_or_an_importer() -> None:
    brought = {SOURCES[name].record for name in SOURCES} | {IMPORTERS[name].record for name in IMPORTERS}
    assert brought == set(RECORDS)


def test_every_table_is_filled_by_a_record() -> None:
    assert {table for name in RECORDS for table in RECORDS[name].selects} == set(TABLES)


def test_every_column_is_filled_by_a_record_or_looked_up() -> None:
    """A column that nothing fills makes a detection that reads it find nothing, and nobody would know why."""
    connection = duckdb.connect()
    macros.install(connection)
    connection.execute("CREATE TABLE raw (record_id VARCHAR, record VARCHAR, context VARCHAR)")
    filled = {name: {*addresses.KNOWN} for name in TABLES}
    for name in RECORDS:
        if RECORDS[name].prepare:
            connection.execute(f"CREATE OR REPLACE TABLE parsed AS {RECORDS[name].prepare}")
        for table, select in RECORDS[name].selects.items():
            filled[table] |= set(connection.sql(select).columns)
    assert {name: unfilled for name in TABLES if (unfilled := set(TABLES[name].columns) - filled[name])} == {}
