"""Investigate exported files offline: import, detect, write findings.json and report.html."""

from __future__ import annotations

import argparse
from pathlib import Path

from kit.coverage import Line, summary
from kit.render import plain


def run(arguments: list[str]) -> int:
    """Exit status 0 when the investigation ran, whatever it found."""
    from kit.case import Case
    from kit.files import sorted_out

    parser = argparse.ArgumentParser(prog="python -m kit investigate", description=__doc__)
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE", help="exported CSV or JSON files")
    parser.add_argument("--case", type=Path, required=True, metavar="DIR", help="folder of the case, new or known")
    options = parser.parse_args(arguments)
    sorted_out(options.files)  # refuses before the case folder is made, when nothing can be read
    case = Case.open(options.case)
    for line in case.add(options.files):
        print(plain(told(line)))
    path = case.report()
    print(summary(case.coverage()))
    for finding in case.findings():
        print(f"{finding.severity:<8} {plain(finding.subject)}: {plain(finding.title)}")
    print(f"Report: {path}")
    return 0


def told(line: Line) -> str:
    """One line about one file: how it went, the account, and why something did not come."""
    counts = (line.counts or {}).items()
    account = ", ".join(f"{count:,} {name}" for name, count in counts if count or name == "read")
    return ": ".join(filter(None, (line.name, line.status, account, line.why)))
