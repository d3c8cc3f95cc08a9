"""Views say what there is, hide nothing that matters, and show what attackers wrote as text."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from kit import views
from kit.case import Case
from kit.errors import InputError
from tests.test_importers import RULE, add

SAMPLES = Path(__file__).parent.parent / "data_samples"
HOSTILE = "<img src=x onerror=alert(1)>\u202e"
OF_AN_ACCOUNT = ("findings", "timeline", "indicators", "sign_ins")
OF_A_CASE = (
    "overview", "standing", "coverage", "all_findings", "bearing", "score_changes", "controls", "deeds", "report",
)  # fmt: skip


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """The two exports that come with the kit: one account, taken over."""
    case = Case.open(tmp_path_factory.mktemp("views") / "case")
    case.add([SAMPLES / "purview_audit.csv", SAMPLES / "entra_sign_ins.json"])
    return case


@pytest.fixture
def hostile(tmp_path: Path) -> Case:
    """An inbox rule whose name and words are HTML that runs, and reorders."""
    parameters = [{"Name": "Name", "Value": HOSTILE}, {"Name": "SubjectContainsWords", "Value": "invoice"}]
    parameters += [{"Name": "MoveToFolder", "Value": "RSS Feeds"}, {"Name": "MarkAsRead", "Value": "True"}]
    case, _ = add(tmp_path, json.dumps(RULE | {"Parameters": parameters, "ClientIP": "198.18.71.9"}))
    return case


@pytest.fixture
def empty(tmp_path: Path) -> Case:
    return Case.open(tmp_path / "empty")


def all_of(case: Case, account: str) -> Iterator[tuple[str, str]]:
    """Every view with the HTML that it shows without a kernel."""
    for name in OF_AN_ACCOUNT + OF_A_CASE:
        make: Callable[..., Any] = getattr(views, name)
        view = make(case, account) if name in OF_AN_ACCOUNT else make(case)
        yield name, str(view._repr_html_()) if isinstance(view, views.View) else str(view.html())


class Tags(HTMLParser):
    """The tags of a page, in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.found.append(tag)


def test_every_view_is_tested() -> None:
    assert {*OF_AN_ACCOUNT, *OF_A_CASE, "View", "suspect"} == set(views.__all__)


def test_what_attackers_wrote_stays_text(hostile: Case) -> None:
    shown = dict(all_of(hostile, "ana@contoso.example"))
    assert [name for name, page in shown.items() if "img" in Tags(page).found or "\u202e" in page] == []
    assert "&lt;img src=x onerror=alert(1)&gt;⟨U+202E⟩" in shown["findings"]
    assert "&lt;img" in shown["all_findings"]


def test_a_case_that_holds_nothing_does_not_call_anybody_clean(empty: Case) -> None:
    shown = dict(all_of(empty, views.suspect(empty)))
    for name in ("overview", "standing", "report"):
        assert "nothing can be said about any account" in shown[name]
        assert "No account calls" not in shown[name]
    assert "Nothing was asked so far" in shown["coverage"]
    assert "Everything that was asked for came" not in shown["coverage"]
    assert "No account is chosen" in shown["timeline"]


def test_the_answer_names_account_way_in_and_what_it_rests_on(case: Case) -> None:
    account = views.suspect(case)
    assert account == "mathieu.delmas@atelier-nord.example"
    page = str(views.overview(case)._repr_html_())
    for text in (account, "adversary-in-the-middle", "Mail accessed.", "Done about it.", "What this rests on"):
        assert text in page
    assert account in views.overview(case).plain
    assert "Open: no action" in str(views.standing(case).html)


def test_every_finding_has_its_reasons_what_speaks_against_it_and_records(case: Case) -> None:
    account = views.suspect(case)
    page = str(views.findings(case, account).html)
    found = [finding for finding in case.findings() if finding.subject == account]
    assert page.count('<th scope="row"') == len(found)
    for finding in found:
        assert finding.record_ids[0] in page
        assert all(reason.split("“")[0] in page for reason in finding.against)


def test_what_limits_the_answer_is_open_and_the_rest_folded(tmp_path: Path) -> None:
    case, line = add(tmp_path, json.dumps(RULE) + '\n{"torn')
    page = str(views.coverage(case).html)
    limits, _, folded = page.partition("<details>")
    assert "What limits the answer" in limits
    assert line.name in limits
    assert "Detections that could not run" in limits
    assert "All 1 source or file" in folded


def test_every_sign_in_is_there_and_the_attackers_come_first(case: Case) -> None:
    account = views.suspect(case)
    frame = views.sign_ins(case, account).frame
    assert sorted(frame["record"]) == sorted(case.about("sign_ins", account)["record_id"])
    theirs = frame["whose"] == "attacker"
    assert theirs.iloc[: theirs.sum()].all()
    assert 0 < theirs.sum() < len(frame)
    assert set(frame.loc[theirs, "result"]) >= {"success", "error 50074: Strong Authentication is required."}


def test_findings_sort_by_how_bad_they_are_not_by_the_alphabet(case: Case) -> None:
    severities = list(views.all_findings(case).frame["severity"])
    order = ["critical", "high", "medium", "low", "info"]
    assert severities == sorted(severities, key=order.index)
    assert views.all_findings(case).frame["severity"].cat.ordered


def test_a_request_without_an_answer_stands_before_all_deeds(case: Case) -> None:
    assert "Nothing was previewed or changed" in str(views.deeds(case).html)
    facts = {"plan": "p", "account": "ana@contoso.example", "account_id": "7", "key": "p:1", "undo": None}
    case.journal.write("intent", **facts, action="disable_account", request={"method": "PATCH", "path": "/x"})
    page = str(views.deeds(case).html)
    assert page.startswith('<p role="alert"><strong>Sent, and nobody knows what came of it: disable account')
    assert case.journal.head in page


def test_an_error_of_the_kit_is_shown_without_a_trace() -> None:
    error = InputError("There is no case to open.", "Name a folder.")
    assert error._render_traceback_() == ["InputError: There is no case to open.", "Name a folder."]
