"""The desk: which case the notebooks open, what they connect it to, and how a collection that was cut off goes on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kit import open_case, simulated
from kit.case import Case
from kit.desk import VARIABLE
from kit.errors import InputError
from kit.source import SOURCES
from tests.test_importers import FORMATS, add

END = "2026-11-24T17:00:00+00:00"
CHEAP = ("accepted_domains", "users")


@pytest.fixture
def running(simulated_tenant: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A simulated tenant that whoever started the notebooks has started."""
    monkeypatch.setenv(simulated.VARIABLE, json.dumps(simulated_tenant))
    monkeypatch.delenv(VARIABLE, raising=False)
    return simulated_tenant


def collected(case: Case, source: str) -> None:
    """The journal's line of a source that was asked before."""
    scope = {"start": "2026-08-26T17:00:00+00:00", "end": END, "users": []}
    line = {"kind": "source", "name": source, "status": "empty"}
    case.journal.write("collected", source=source, scope=scope, first=0, pages=0, replaced=[], line=line)


@pytest.mark.usefixtures("running")
def test_a_folder_of_ones_own_never_gets_what_is_made_up(tmp_path: Path) -> None:
    told: list[str] = []
    case = open_case(tmp_path / "own", say=told.append)
    assert case.tenant is None
    assert list(case.evidence) == []
    assert told == ["Case own: files only, no tenant."]


@pytest.mark.usefixtures("running")
def test_a_case_with_evidence_is_never_connected_to_the_simulated_tenant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, _ = add(tmp_path, FORMATS["lines"])
    monkeypatch.setenv(VARIABLE, str(case.folder))
    assert open_case(say=lambda _: None).tenant is None


def test_a_collection_that_was_cut_off_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, running: dict[str, Any]
) -> None:
    case = Case.open(tmp_path / "case")
    case.journal.write("connected", tenant_id=running["tenant"], tenant_name=running["name"], simulated=True)
    for source in SOURCES:
        if source not in CHEAP:
            collected(case, source)
    monkeypatch.setenv(VARIABLE, str(case.folder))
    told: list[str] = []
    case = open_case(say=told.append)
    asked = [entry for entry in case.journal.read("collected") if entry["pages"]]
    assert [entry["source"] for entry in asked] == list(CHEAP)
    assert {entry["scope"]["end"] for entry in asked} == {END}
    assert "Collecting: 2 of 2 sources. users: complete" in "\n".join(told)
    assert "all of it made up. Collected" in told[-1]
    told.clear()
    assert open_case(say=told.append).tenant is not None
    assert len(told) == 1


def test_without_a_folder_and_a_tenant_there_is_nothing_to_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(simulated.VARIABLE, raising=False)
    monkeypatch.delenv(VARIABLE, raising=False)
    with pytest.raises(InputError, match="no case to open"):
        open_case()
