"""The layers of pyproject.toml hold, and the simulator stays a stranger to the kit."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("kit", cache_dir=None)


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """What the import contracts say of the kit in `folder`."""
    script = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    words = [sys.executable, "-c", script, "--no-cache", "--no-logo"]
    return subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)


def test_every_contract_is_kept() -> None:
    linted = lint(ROOT)
    assert linted.returncode == 0, linted.stdout


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("kit/shelf.py", "import kit.tenant.write"),
        ("kit/detection.py", "import kit.journal"),
        ("kit/coverage.py", "import requests"),
        ("kit/table.py", "import ipywidgets"),
        ("kit/simulator/planted.py", "import kit.tenant.write"),
        ("kit/tables/planted.py", "import kit.tables.users"),
        ("kit/planted.py", ""),
    ],
)
def test_a_planted_breach_is_found(path: str, line: str, tmp_path: Path) -> None:
    copy_imports(tmp_path)
    planted = tmp_path / path
    planted.write_text(f"{planted.read_text() if planted.exists() else ''}\n{line}\n")
    linted = lint(tmp_path)
    assert linted.returncode == 1
    assert (line or "kit.planted").split()[-1].removeprefix("kit.") in linted.stdout


def copy_imports(folder: Path) -> None:
    """The kit in `folder`, so small a copy that only its imports are left."""
    for source in (ROOT / "kit").rglob("*.py"):
        target = folder / source.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(source.read_text())
    (folder / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text())


def test_the_simulator_imports_nothing_of_the_kit_but_its_small_words(graph: grimp.ImportGraph) -> None:
    inside = {"kit.simulator", *graph.find_descendants("kit.simulator")}
    imported = {name for module in inside for name in graph.find_modules_directly_imported_by(module)}
    assert imported - inside - {"kit", "kit.errors", "kit.shelf"} == set()


def test_only_its_own_command_imports_the_simulator(graph: grimp.ImportGraph) -> None:
    inside = {"kit.simulator", *graph.find_descendants("kit.simulator")}
    importers = {name for module in inside for name in graph.find_modules_that_directly_import(module)}
    assert importers - inside - {"kit.commands.tenant"} == set()
