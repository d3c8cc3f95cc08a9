"""The case: one folder, one tenant, state that survives, and plain errors."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from kit.case import Case
from kit.errors import InputError
from tests.test_importers import FORMATS, RULE, add


def test_a_case_is_found_again_as_it_was_left(tmp_path: Path) -> None:
    case, line = add(tmp_path, FORMATS["lines"])
    again = Case.open(case.folder)
    pd.testing.assert_frame_equal(again["audit_records"], case["audit_records"])
    assert [item.name for item in again.coverage() if item.kind == "file"] == [line.name]
    assert again.findings() == case.findings()


def test_a_folder_with_something_else_in_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "holiday.jpg").write_bytes(b"x")
    with pytest.raises(InputError, match="not empty and not a case"):
        Case.open(tmp_path)


def test_without_a_tenant_a_plan_says_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not connected"):
        Case.open(tmp_path / "case").plan("disable_account", "ana@contoso.example")


def test_an_unknown_table_names_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"signins.*sign_ins"):
        Case.open(tmp_path / "case")["signins"]


def test_every_table_is_there_before_anything_was_collected(tmp_path: Path) -> None:
    case = Case.open(tmp_path / "case")
    assert all(case[name].empty for name in case)
    assert list(case.findings()) == []
    assert all(line.why for line in case.coverage() if line.status == "not run")


def test_what_could_not_run_is_said(tmp_path: Path) -> None:
    """A case of audit records alone has no mail trace: mass mail by trace is not run, and that is no clean bill."""
    case, _ = add(tmp_path, FORMATS["lines"])
    lines = {line.name: line for line in case.coverage() if line.kind == "detection"}
    assert lines["restricted_sender"].status == "not run"
    assert "blocked_senders" in lines["restricted_sender"].why


def test_saving_seals_and_the_files_agree_with_the_case(tmp_path: Path) -> None:
    case, _ = add(tmp_path, FORMATS["lines"])
    case.report()
    found = json.loads((case.folder / "findings.json").read_text(encoding="utf-8"))
    assert [finding["id"] for finding in found] == [finding.id for finding in case.findings()]
    assert (case.folder / "report.html").stat().st_size > 1000
    assert found
    assert found[0]["event_ids"] == [RULE["Id"]]


def test_order_and_repetition_of_files_change_no_finding(tmp_path: Path) -> None:
    forth, back = Case.open(tmp_path / "forth"), Case.open(tmp_path / "back")
    paths = []
    for name in ("lines", "purview", "graph page"):
        path = tmp_path / name.replace(" ", "-")
        path.write_text(FORMATS[name], newline="")
        paths.append(path)
    forth.add(paths)
    back.add(reversed(paths))
    assert [f.id for f in forth.findings()] == [f.id for f in back.findings()]
