"""Make data_samples/ anew from the simulated tenant: two exports and a small finished case."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kit import simulated
from kit.reader import objects

if TYPE_CHECKING:
    from kit.case import Case

FOLDER = Path(__file__).resolve().parents[2] / "data_samples"
STORY = "A1"
DAYS = 21  # enough days before the attack for a habit to show, few enough for a small repository
HEADER = ("RecordId", "CreationDate", "RecordType", "Operation", "UserId", "AuditData", "AssociatedAdminUnits",
          "AssociatedAdminUnitsNames")  # fmt: skip


def run(arguments: list[str]) -> int:
    """Write the samples; they are about the victim of one story and a colleague, so that they stay small."""
    from kit.case import Case
    from kit.tenant.auth import connect_simulated

    del arguments
    work = FOLDER / "case"
    for old in (work, FOLDER / ".whole"):
        shutil.rmtree(old, ignore_errors=True)
    with simulated.start(stories=(STORY,)) as facts:
        whole = Case.open(FOLDER / ".whole").connect(connect_simulated(facts))
        whole.collect(("unified_audit", "inbox_rules", "hidden_inbox_rules", "risk_detections", "sign_ins"), days=DAYS)
        victim = whole.stories()[0].account
        case = Case.open(work).connect(connect_simulated(facts))
        case.collect(users=[victim], days=DAYS)
        case.report()
        export_audit(case, FOLDER / "purview_audit.csv")
        export_sign_ins(case, FOLDER / "entra_sign_ins.json")
        (FOLDER / "attack_timeline.png").write_bytes(case.chart("attack_timeline", user=victim).png("light"))
    shutil.rmtree(FOLDER / ".whole")
    shutil.rmtree(work / "tables")
    print(f"Samples about {victim} are in {FOLDER}.")
    return 0


def export_audit(case: Case, path: Path) -> None:
    """The audit records as the Purview portal exports them."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        out = csv.writer(file)
        out.writerow(HEADER)
        for record in records(case, "unified_audit"):
            data = record["auditData"]
            when = data["CreationTime"].removesuffix("Z") + ".0000000Z"
            text = json.dumps(data, ensure_ascii=False)
            out.writerow([data["Id"], when, data["RecordType"], data["Operation"], data["UserId"], text, "", ""])


def export_sign_ins(case: Case, path: Path) -> None:
    """The sign-ins as the Entra portal downloads them: one JSON array of what the tenant answered."""
    told = [*records(case, "sign_ins"), *records(case, "non_interactive_sign_ins")]
    path.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def records(case: Case, source: str) -> Iterator[dict[str, Any]]:
    """The records of one source as they were kept."""
    for piece in case.evidence:
        if piece.facts["source"] == source:
            with piece.open() as stream:
                yield from map(json.loads, objects(stream.read().decode(), source))
