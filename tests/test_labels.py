"""Real records with their labels: what was labelled an attack is found, what was labelled harmless is not high.

The records lie on the shared shelf beside the repository and are skipped, loudly, where it is absent. Every file is a
case of its own; of the Panther tests, which share ids, every event is. A label that is not met stands here by name,
with the reason: a label met in one place and lost in another shows as a failure either way.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from kit.case import Case
from kit.finding import Findings

FOLDERS = {"blueteam0ps": "blueteam0ps_det_eng", "otrf": "otrf_golden_saml", "sentinel_lab": "sentinel_training_lab"}
NOT_FOUND = {
    "panther-048": "a single failed sign-in: everybody mistypes a password, and the rule it tests counts them itself",
}


@pytest.fixture(scope="module")
def labels(shelf: Callable[..., Path]) -> dict[str, dict[str, str]]:
    with shelf("real_data", "LABELS_DEV.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    return {row["label_id"]: row for row in rows if row["expect"] in ("flag", "do_not_flag")}


@pytest.fixture(scope="module")
def found(
    shelf: Callable[..., Path], labels: dict[str, dict[str, str]], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Findings]:
    """The findings of each label's file."""
    tests = json.loads(shelf("real_data", "panther", "tests_dev.json").read_text(encoding="utf-8"))
    events = {f"{test['rule']}: {test['name']}": test["event"] for test in tests}
    results: dict[str, Findings] = {}
    for name, label in labels.items():
        folder = tmp_path_factory.mktemp(name)
        if label["dataset"] == "panther":
            path = folder / "event.json"
            path.write_text(json.dumps(events[label["technique"]]), encoding="utf-8")
        else:
            path = shelf("real_data", FOLDERS[label["dataset"]], Path(label["file"]).name)
        case = Case.open(folder / "case")
        case.add([path])
        results[name] = case.findings()
    return results


def test_every_label_is_looked_at(labels: dict[str, dict[str, str]], found: dict[str, Findings]) -> None:
    assert len(found) == len(labels) >= 57


def test_what_is_labelled_an_attack_is_found(labels: dict[str, dict[str, str]], found: dict[str, Findings]) -> None:
    missed = {name for name, label in labels.items() if label["expect"] == "flag" and not found[name]}
    assert missed == set(NOT_FOUND)


def test_nothing_labelled_harmless_is_high(labels: dict[str, dict[str, str]], found: dict[str, Findings]) -> None:
    high = {
        name: [finding.title for finding in found[name] if finding.severity in ("high", "critical")]
        for name, label in labels.items()
        if label["expect"] == "do_not_flag"
    }
    assert {name: titles for name, titles in high.items() if titles} == {}
