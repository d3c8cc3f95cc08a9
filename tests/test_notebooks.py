"""Notebooks run from top to bottom on the simulated tenant, leave nothing behind, and change nothing."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from kit import simulated

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


@pytest.fixture(scope="module")
def sitting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """One simulated tenant and one case for all notebooks, as in a sitting of an analyst."""
    folder = tmp_path_factory.mktemp("sitting")
    with simulated.start() as facts, pytest.MonkeyPatch.context() as patch:
        patch.setenv(simulated.VARIABLE, json.dumps(facts))
        patch.setenv("KIT_CASE", str(folder / "case"))
        patch.setenv("KIT_HEADLESS", "1")
        patch.setenv("JUPYTER_CONFIG_PATH", str(ROOT / "kit" / "jupyter"))
        yield facts


def writes(facts: dict[str, Any]) -> list[Any]:
    request = urllib.request.Request(f"{facts['url']}/admin/writes", headers={"X-Admin-Token": facts["admin_token"]})
    with urllib.request.urlopen(request, timeout=10) as answer:
        found = json.load(answer)
    return list(found["value"] if isinstance(found, dict) else found)


@cache
def run(path: Path) -> Any:
    """The executed notebook, once for all tests of the sitting; an error in any cell is raised."""
    notebook = nbformat.read(path, 4)
    client = NotebookClient(
        notebook,
        timeout=300,
        kernel_name="python3",
        store_widget_state=False,
        resources={"metadata": {"path": str(path.parent)}},
    )
    return client.execute()


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_and_changes_nothing(sitting: dict[str, Any], path: Path) -> None:
    done = run(path)
    assert writes(sitting) == []
    outputs = [output for cell in done.cells if cell.cell_type == "code" for output in cell.outputs]
    assert not [
        output
        for output in outputs
        if output.output_type == "stream" and output.name == "stderr" and "Warning" in output.text
    ]
    shown = json.dumps([output for output in outputs if output.output_type != "stream"])
    assert "text/html" in shown
    assert "widgets" not in done.metadata


def test_the_first_notebook_names_the_compromised_account(sitting: dict[str, Any]) -> None:
    done = run(ROOT / "notebooks" / "00_start_here.ipynb")
    shown = json.dumps(done).lower()
    assert "compromised, to be confirmed" in shown
    assert "adversary-in-the-middle" in shown


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_opens_with_what_its_reader_needs_to_know(path: Path) -> None:
    first = "".join(json.loads(path.read_text(encoding="utf-8"))["cells"][0]["source"])
    for word in ("**Question**", "**Data**", "**Permission**", "**Time**", "**What can mislead**"):
        assert word in first
