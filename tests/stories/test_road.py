"""The whole road on the simulated tenant: collected, found, contained, looked at again and reported, in one command.

What the tenant's own labels say is the judge; the kit never reads them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest

from kit import simulated
from kit.case import Case
from kit.commands import report
from kit.story import Story

A1, A8, B1, B6 = "A1", "A8", "B1", "B6"


@dataclass(frozen=True)
class Road:
    """A finished investigation, the labels of its world, and the writes the tenant received."""

    case: Case
    truth: list[dict[str, Any]]
    writes: list[dict[str, Any]]
    printed: str

    def events(self, story: str, role: str = "attacker") -> set[str]:
        """The ids of the labelled events."""
        return {label["event_id"] for label in self.truth if (label["story"], label["role"]) == (story, role)}

    def victim(self, story: str) -> str:
        """The account that most labelled events in the tables are about."""
        audit, sign_ins = self.case["audit_records"], self.case["sign_ins"]
        users = [
            *audit[audit["id"].isin(self.events(story))]["user"],
            *sign_ins[sign_ins["id"].isin(self.events(story))]["user"],
        ]
        return max(set(users), key=users.count)

    def story(self, name: str) -> Story:
        """The kit's account of that victim."""
        found = self.case.story(self.victim(name))
        assert found is not None
        return found


@pytest.fixture(scope="module")
def road(tmp_path_factory: pytest.TempPathFactory) -> Road:
    folder = tmp_path_factory.mktemp("road")
    with simulated.start(truth=folder / "truth.ndjson") as facts, pytest.MonkeyPatch.context() as patch:
        lines: list[str] = []
        patch.setattr("builtins.print", lambda *words, **_: lines.append(" ".join(map(str, words))))
        report.investigate(facts, folder / "case")
        writes = _writes(facts)
    truth = [json.loads(line) for line in (folder / "truth.ndjson").read_text(encoding="utf-8").splitlines()]
    return Road(Case.open(folder / "case"), truth, writes, "\n".join(lines))


def _writes(facts: dict[str, Any]) -> list[dict[str, Any]]:
    import urllib.request

    request = urllib.request.Request(f"{facts['url']}/admin/writes", headers={"X-Admin-Token": facts["admin_token"]})
    with urllib.request.urlopen(request, timeout=10) as answer:
        found = json.load(answer)
    return list(found["value"] if isinstance(found, dict) else found)


@pytest.mark.parametrize("name", [A1, A8])
def test_the_victim_is_called_compromised(road: Road, name: str) -> None:
    assert road.story(name).verdict.band == "compromised"


def test_nobody_else_is(road: Road) -> None:
    called = {story.account for story in road.case.stories() if story.verdict.band in ("compromised", "likely")}
    assert called == {road.victim(A1), road.victim(A8)}


@pytest.mark.parametrize("name", [B1, B6])
def test_a_traveller_and_a_personal_rule_are_not_high(road: Road, name: str) -> None:
    labelled = {label["event_id"] for label in road.truth if label["story"] == name}
    assert labelled
    about = [finding for finding in road.case.findings() if labelled & set(finding.event_ids)]
    assert [finding.title for finding in about if finding.severity in ("high", "critical")] == []


@pytest.mark.parametrize("name", [A1, A8])
def test_the_entry_is_within_five_minutes_of_the_truth(road: Road, name: str) -> None:
    sign_ins = road.case["sign_ins"]
    first = sign_ins[sign_ins["id"].isin(road.events(name)) & (sign_ins["error_code"] == 0)]["time"].min()
    when = road.story(name).entry.when
    assert when is not None
    assert abs((when.replace(tzinfo=None) - first).total_seconds()) <= 300


def test_how_it_was_entered_is_told(road: Road) -> None:
    assert "adversary-in-the-middle" in road.story(A1).entry.how.lower()


def test_what_was_read_is_what_the_labels_say(road: Road) -> None:
    items = road.case["mail_items"]
    theirs = set(items[items["id"].isin(road.events(A1))]["message_id"].dropna())
    assert theirs
    assert set(road.story(A1).read["message_id"].dropna()) == theirs


def test_what_was_changed_holds_every_labelled_rule(road: Road) -> None:
    rules = road.case["rule_changes"]
    for name in (A1, A8):
        theirs = set(rules[rules["id"].isin(road.events(name))]["id"])
        assert theirs
        assert theirs <= set(road.story(name).changed["event_id"])


def test_the_spam_run_is_counted(road: Road) -> None:
    assert len(set(road.story(A8).sent["recipient"])) >= 4000


def test_containment_holds_when_read_again(road: Road) -> None:
    users, rules, boxes = road.case["users"], road.case["inbox_rules"], road.case["mailboxes"]
    for name in (A1, A8):
        victim = road.victim(name)
        assert not users.set_index("user")["enabled"][victim]
        changes = road.case["rule_changes"]
        made = set(changes[changes["id"].isin(road.events(name))]["rule_name"])
        shown = rules[
            (rules["mailbox"] == victim)
            & rules["rule_name"].isin(made)
            & ((rules["source"] == "graph") | rules["hidden"])
        ]
        assert len(shown) > 0
        assert not shown["enabled"].any()
        assert boxes.set_index("mailbox")["forwarding_smtp_address"].isna()[victim]


def test_the_journal_and_the_tenant_agree_on_every_write(road: Road) -> None:
    intents = [entry for entry in road.case.journal.read() if entry["event"] == "intent"]
    assert len(intents) == len(road.writes) > 0


def test_the_report_says_it_all(road: Road) -> None:
    page = (road.case.folder / "report.html").read_text(encoding="utf-8")
    for name in (A1, A8):
        assert road.victim(name) in page
    assert "SIMULATED" in page.upper()
    assert page.index("Coverage") < page.index("findings by severity") if "findings by severity" in page else True
    assert "<script" not in page.lower()


def test_findings_json_is_what_the_design_says(road: Road) -> None:
    found = json.loads((road.case.folder / "findings.json").read_text(encoding="utf-8"))
    needed = {
        "id",
        "detection",
        "severity",
        "title",
        "subject",
        "first_seen",
        "last_seen",
        "attack",
        "event_ids",
        "record_ids",
        "reasons",
    }
    assert found
    assert all(needed <= set(finding) for finding in found)
    assert {finding["severity"] for finding in found} <= {"critical", "high", "medium", "low", "info"}


def test_no_password_or_token_is_left_anywhere(road: Road) -> None:
    secret = b"client_secret"
    for path in road.case.folder.rglob("*"):
        if path.is_file() and path.suffix != ".parquet":
            content = path.read_bytes()
            assert b"eyJ0eXAi" not in content, path
            assert b"eyJhbGci" not in content, path
            assert secret not in content, path


def test_a_later_look_needs_no_network(road: Road) -> None:
    """Everything asked of the case came from its folder: there was no tenant any more."""
    assert road.case.tenant is None
    assert len(road.case["sign_ins"]) > 1000
