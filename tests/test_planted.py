"""The laws bite: every kind of bad contribution, planted in a copy of the kit, is caught, and good ones are not.

All plants that can be loaded stand in one copy, those that cannot in a second, those that break a layer in a third: so
three runs of the laws tell about all of them. Each is looked for by its own name and by what the law says of it.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.plants import BAD, GOOD, LEANING, UNLOADABLE, Plant
from tests.test_layers import copy_imports, lint

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
LAWS = [
    f"tests/test_{name}.py"
    for name in ("shelves", "records", "sources", "importers", "detections", "actions", "charts", "style")
]
Outcomes = dict[str, str]


def copied(folder: Path, plants: Iterable[Plant]) -> Path:
    """A copy of the kit and its tests, with plants in it."""
    copy = folder / "main"
    for part in ("kit", "tests"):
        shutil.copytree(ROOT / part, copy / part)
    shutil.copy(ROOT / "pyproject.toml", copy)
    with contextlib.suppress(OSError):  # not everybody may make links: then what needs the contract is skipped
        (folder / "shared").symlink_to(SHARED)
    for plant in plants:
        plant.into(copy / "kit")
    return copy


def outcomes(copy: Path, *words: str) -> Outcomes:
    """Test → why it failed, "" where it passed; skipped ones are left out. Runs the copy's own tests on its own kit."""
    report = copy / "report.xml"
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", f"--junitxml={report}", *words],
        cwd=copy, env=os.environ | {"PYTHONPATH": str(copy)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 1, f"{run.stdout}{run.stderr}"
    return {
        case.attrib["name"]: "\n".join(f"{part.get('message')}\n{part.text}" for part in case if part.tag != "skipped")
        for case in ElementTree.parse(report).iter("testcase")
        if case.find("skipped") is None
    }


def any_of(plants: Iterable[Plant]) -> str:
    return " or ".join(plant.name for plant in plants)


@pytest.fixture(scope="module")
def unloadable(tmp_path_factory: pytest.TempPathFactory) -> Outcomes:
    return outcomes(copied(tmp_path_factory.mktemp("unloadable"), UNLOADABLE), LAWS[0], "-k", any_of(UNLOADABLE))


@pytest.fixture(scope="module")
def loadable(tmp_path_factory: pytest.TempPathFactory) -> Outcomes:
    plants = (*BAD, *GOOD)
    quick = "not (at_once and fails_on_odd_shapes)"  # which hypothesis would take most of a minute to make small
    asked = f"({any_of(plants)} or no_trap or filled_by_a_record) and {quick}"
    return outcomes(copied(tmp_path_factory.mktemp("loadable"), plants), *LAWS, "-k", asked)


@pytest.fixture(scope="module")
def linted(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("leaning")
    copy_imports(folder)
    for plant in (*LEANING, *GOOD):
        plant.into(folder / "kit")
    return lint(folder).stdout


def caught(plant: Plant, found: Outcomes) -> bool:
    """Whether the law failed for this plant, and for the right reason."""
    failed = {test: why for test, why in found.items() if why and re.search(rf"\b{plant.name}\b", f"{test} {why}")}
    return any(test.startswith(plant.law) and re.search(plant.because, why, re.DOTALL) for test, why in failed.items())


def named(plants: Iterable[Plant]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("plant", [pytest.param(plant, id=plant.name) for plant in plants])


@named(UNLOADABLE)
def test_what_cannot_be_loaded_is_caught(plant: Plant, unloadable: Outcomes) -> None:
    assert caught(plant, unloadable), {test: why for test, why in unloadable.items() if plant.name in test}


@named(BAD)
def test_what_can_be_loaded_is_caught(plant: Plant, loadable: Outcomes) -> None:
    assert caught(plant, loadable), {test: why for test, why in loadable.items() if plant.name in test}


@named(LEANING)
def test_what_leans_on_the_wrong_module_is_caught(plant: Plant, linted: str) -> None:
    broken = linted.partition("Broken contracts")[2]
    found = broken.partition(f"\n{plant.law}")[2].partition("\n\n\n")[0]
    assert re.search(rf"\b{plant.name} -> {plant.because}\b", found), linted


@named(GOOD)
def test_what_is_good_passes_every_law(plant: Plant, loadable: Outcomes, linted: str) -> None:
    asked = {test: why for test, why in loadable.items() if re.search(rf"\b{plant.name}\b", test)}
    assert {test: why for test, why in asked.items() if why} == {}
    assert len(asked) >= 4
    assert plant.name not in linted
