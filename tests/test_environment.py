"""environment.yml, pyproject.toml, the locks and the package say the same."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import rattler
import yaml

import kit
from kit import environment

ROOT = Path(__file__).resolve().parent.parent
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CONDA: dict[str, Any] = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
CONDA_NAMES = {"matplotlib": "matplotlib-base", "ibis-framework": "ibis-duckdb", "duckdb": "python-duckdb"}
LOCKS = sorted(path.name for path in ROOT.glob("requirements*.lock"))
REQUIREMENT = re.compile(r"^(?P<name>[a-z0-9][a-z0-9._-]*)==(?P<version>[^ ;\\]+)", re.IGNORECASE | re.MULTILINE)


def _wanted() -> dict[str, str]:
    """Name → range of each run-time dependency."""
    parsed = [re.fullmatch(r"([\w.-]+)(?:\[[\w,]+\])?(.*)", line) for line in PROJECT["project"]["dependencies"]]
    return {match[1]: match[2] for match in parsed if match}


def _pins(lock: str) -> dict[str, set[str]]:
    pins: dict[str, set[str]] = {}
    for match in REQUIREMENT.finditer((ROOT / lock).read_text(encoding="utf-8")):
        pins.setdefault(match["name"].lower().replace("_", "-"), set()).add(match["version"])
    return pins


# ── environment.yml ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_environment_yml_has_only_what_conda_reads() -> None:
    assert set(CONDA) == {"name", "channels", "dependencies"}
    assert CONDA["name"] == PROJECT["project"]["name"]
    assert CONDA["channels"] == ["conda-forge", "nodefaults"]
    assert CONDA["dependencies"][-1] == {"pip": ["-e ."]}


def test_environment_yml_asks_for_what_pyproject_asks_for() -> None:
    specs = [rattler.MatchSpec(line, strict=True) for line in CONDA["dependencies"] if isinstance(line, str)]
    asked = {spec.name.normalized: str(spec.version or "") for spec in specs}
    wanted = {CONDA_NAMES.get(name, name): text for name, text in _wanted().items()}
    assert asked == {**wanted, "python": PROJECT["project"]["requires-python"], "pip": ""}


# ── pyproject.toml and the package ───────────────────────────────────────────────────────────────────────────────────


def test_ranges_are_ones_that_the_set_up_can_compare() -> None:
    listed = [*PROJECT["project"]["dependencies"], *PROJECT["dependency-groups"]["test"]]
    assert [line for line in listed if not re.fullmatch(r"[\w-]+(\[\w+\])?>=[\d.]+(,<[\d.]+)?", line)] == []


def test_one_version_and_one_range_of_pythons() -> None:
    assert PROJECT["project"]["version"] == kit.__version__
    oldest, newest = environment.OLDEST, environment.NEWEST
    assert PROJECT["project"]["requires-python"] == f">=3.{oldest[1]},<3.{newest[1] + 1}"


def test_the_public_face_is_sorted_and_whole() -> None:
    assert kit.__all__ == sorted(kit.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = kit.nothing


def test_importing_kit_imports_nothing_else() -> None:
    script = "import sys; before = set(sys.modules); import kit; print(*sorted(set(sys.modules) - before))"
    asked = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, check=True)
    assert set(asked.stdout.split()) <= {"kit", "__future__", "typing"}


# ── the locks ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_is_pinned_and_hashed_and_names_no_host(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert not re.search(r"://|@ |--index|--find|--extra|^-e|git\+", text, re.MULTILINE)
    blocks = re.split(r"\n(?=\S)", text.strip())
    assert all(REQUIREMENT.match(block) and "--hash=sha256:" in block for block in blocks)


@pytest.mark.parametrize(("lock", "group"), [("requirements.lock", ""), ("requirements-test.lock", "test")])
def test_a_lock_holds_what_is_asked_for_in_range(lock: str, group: str) -> None:
    asked = PROJECT["dependency-groups"][group] if group else PROJECT["project"]["dependencies"]
    pins = _pins(lock)
    for line in asked:
        name = re.split(r"[\[<>=]", line, maxsplit=1)[0]
        assert pins[name], line
        assert all(environment.in_range(version, line) for version in pins[name]), line


def test_the_locks_agree() -> None:
    run, test = _pins("requirements.lock"), _pins("requirements-test.lock")
    assert {name: (run[name], test[name]) for name in run.keys() & test.keys() if run[name] != test[name]} == {}


@pytest.mark.parametrize(
    ("version", "asked", "met"),
    [
        ("3.1.1", "pandas>=3.0,<4", True),
        ("3.0", "pandas>=3.0.0,<4", True),
        ("2.3.3", "pandas>=3.0,<4", False),
        ("4.0.0", "pandas>=3.0,<4", False),
        ("4.0rc1", "pandas>=3.0,<4", False),
        ("12.0.0", "ibis-framework[duckdb]>=12,<13", True),
        ("2.32.10", "requests>=2.32.2,<3", True),
        ("2026.10.19.post1", "certifi>=2026.9", True),
    ],
)
def test_ranges_are_read_as_pip_reads_them(version: str, asked: str, met: bool) -> None:
    assert environment.in_range(version, asked) is met
