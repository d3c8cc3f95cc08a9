"""Run the same investigation without a browser on the simulated tenant: a case folder and report.html."""

from __future__ import annotations

import argparse
from datetime import datetime
from pathlib import Path

from kit import simulated
from kit.render import plain

LOOK_AGAIN = ("users", "inbox_rules", "hidden_inbox_rules", "mailboxes", "blocked_senders")
FOOTPRINT = ("directory_audits", "unified_audit")  # where our own changes show, as those of anybody else


def run(arguments: list[str]) -> int:
    """Collect, find, contain the accounts that are compromised, look again, and write the report."""
    parser = argparse.ArgumentParser(prog="python -m kit report", description=__doc__)
    parser.add_argument("--case", type=Path, metavar="DIR", help="folder of the case (default: cases/<now>-simulated)")
    parser.add_argument("--stories", default=",".join(simulated.STORIES), help="what happens in the simulated tenant")
    parser.add_argument("--seed", type=int, default=7, help="the simulated world's seed")
    options = parser.parse_args(arguments)
    folder = options.case or Path("cases") / f"{datetime.now().astimezone():%Y%m%d-%H%M%S}-simulated"
    with simulated.start(stories=options.stories.split(","), seed=options.seed) as facts:
        investigate(facts, folder)
    return 0


def investigate(facts: dict[str, object], folder: Path) -> None:
    """The whole road on a running simulated tenant."""
    from kit import report
    from kit.case import Case
    from kit.tenant.auth import connect_simulated

    case = Case.open(folder).connect(connect_simulated(facts, how="device_code"))
    print(f"Case {case.folder}: the simulated tenant {plain(case.tenant_name)}.", flush=True)
    case.collect(say=lambda line: print("  " + plain(line), flush=True))
    for story in case.stories():
        print(plain(story.verdict.sentence))
        for sentence in story.sentences.values() if story.verdict.band != "noise" else ():
            print("  " + plain(sentence))
    compromised = [story.account for story in case.stories() if story.verdict.band == "compromised"]
    for account in compromised:
        plan = case.containment(account)
        plan.preview()
        print(f"Contained {plain(account)}, as nothing but the simulated tenant may be without a person:")
        print(plan.apply(account, headless=True).plain(), flush=True)
    if compromised:
        case.collect(LOOK_AGAIN)
        case.collect(FOOTPRINT, days=1)
    path = case.report()
    print(f"Report: {path}")
    paper = report.pdf(path)
    print(f"PDF: {paper}" if paper else "No PDF: no Chrome or Chromium was found. Print the report from any browser.")
