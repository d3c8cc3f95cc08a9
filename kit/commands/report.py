"""Run the same investigation without a browser on the simulated tenant: a case folder and report.html."""

from __future__ import annotations

import argparse
from datetime import datetime
from pathlib import Path

from kit import simulated
from kit.render import plain

CONTAIN = ("disable_account", "revoke_sessions", "reset_password", "clear_forwarding")


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
    from kit.case import Case
    from kit.tenant.auth import connect_simulated

    case = Case.open(folder).connect(connect_simulated(facts))
    print(f"Case {case.folder}: the simulated tenant {plain(case.tenant_name)}.", flush=True)
    case.collect(say=lambda line: print("  " + plain(line), flush=True))
    for story in case.stories():
        print(plain(story.verdict.sentence))
        for sentence in story.sentences.values():
            print("  " + plain(sentence))
    for story in case.stories():
        if story.verdict.band == "compromised":
            contain(case, story.account)
    print(f"Report: {case.report()}")


def contain(case: object, account: str) -> None:
    """Send the containment plan: this is the simulated tenant, and the demonstration shows the whole road."""
    plan = case.plan(CONTAIN, account)  # type: ignore[attr-defined]
    plan.preview()
    for result in plan.apply(account, headless=True):
        print("  " + plain(str(result)))
