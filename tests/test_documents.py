"""What the documents say exists: files, links within the repository, commands. And no address that ages."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from kit.__main__ import commands

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "notebooks").glob("*.ipynb")])
INDEX_HOSTS = ("pypi" + ".org", "files.python" + "hosted", "conda.ana" + "conda", "registry.npm" + "js")


def _text(page: Path) -> str:
    """The prose of a page; of a notebook, its markdown cells."""
    text = page.read_text(encoding="utf-8")
    if page.suffix != ".ipynb":
        return text
    cells = json.loads(text)["cells"]
    return "\n\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")


def _id(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("page", PAGES, ids=_id)
def test_links_within_the_repository_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", _text(page))
    assert [target for target in targets if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=_id)
def test_commands_are_spelled_as_they_are(page: Path) -> None:
    named = set(re.findall(r"(?:python3?|py) -m kit ([a-z]+)", _text(page)))
    assert named - set(commands()) == set()


def test_every_command_has_a_line_of_help() -> None:
    assert all(about.endswith(".") and len(about) <= 100 for about in commands().values())


def test_no_file_names_a_package_host() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    paths = [ROOT / name for name in listed.split("\0") if name]
    texts = {path: path.read_bytes().decode("utf-8", "ignore") for path in paths if path.is_file()}
    assert [_id(path) for path, text in texts.items() if any(host in text for host in INDEX_HOSTS)] == []
