"""A Purview export of a million rows, taken in and asked every detection; pandas' json_normalize beside it."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import purview_csv

from kit.detection import DETECTIONS

ROWS = 1_000_000
TWELVE = (  # of the first issue; the inbox rule that hides or forwards became two
    "suspicious_inbox_rule forwarding_inbox_rule external_forwarding aitm_sign_in session_replay device_code_sign_in "
    "password_spray mfa_method_added risky_consent mass_mail audit_tampering mailbox_permission_granted "
    "unusual_mail_access"
)
OURS = """
import json, sys, time
begun = time.perf_counter()
from kit.case import Case
from kit.detection import DETECTIONS
from kit.finding import ask
case = Case.open(sys.argv[2])
(line,) = case.add([sys.argv[1]])
taken = time.perf_counter()
answer = ask((DETECTIONS[name] for name in sys.argv[3].split()), case.tables)
twelve = time.perf_counter()
found = case.findings()
asked = time.perf_counter()
times = {"import_s": taken - begun, "twelve_s": twelve - taken, "all_s": asked - twelve}
told = {"counts": line.counts, "findings": len(found), **times}
print(json.dumps(told))
"""
THEIRS = """
import sys, json, time
import pandas as pd
begun = time.perf_counter()
frame = pd.read_csv(sys.argv[1])
wide = pd.json_normalize(frame["AuditData"].map(json.loads).tolist())
print(json.dumps({"rows": len(wide), "columns": wide.shape[1], "s": time.perf_counter() - begun}))
"""


def bench(*, quick: bool) -> Iterator[str]:
    """Lines with wall time, peak memory and the ratio; both run as processes of their own, one after the other."""
    rows = ROWS // 10 if quick else ROWS
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "purview.csv"
        purview_csv.write(path, rows)
        size = path.stat().st_size
        yield f"{rows:,} rows, {size / 1e6:,.0f} MB"
        ours, our_wall, our_peak = _measured(OURS, str(path), str(Path(folder) / "case"), TWELVE)
        yield f"kit: {our_wall:.1f} s, {our_peak:.2f} GB"
        yield f"     {ours['import_s']:.1f} s to take it in, {ours['twelve_s']:.1f} s to ask the twelve"
        yield f"     {ours['all_s']:.1f} s more to ask all {len(DETECTIONS)}"
        yield f"     {ours['counts']}, {ours['findings']} findings"
        stored = sum(file.stat().st_size for file in (Path(folder) / "case").rglob("*") if file.is_file())
        yield f"     evidence and tables: {stored / 1e6:,.0f} MB, {stored / size:.0%} of the export"
        theirs, their_wall, their_peak = _measured(THEIRS, str(path))
        yield f"pandas: {their_wall:.1f} s, {their_peak:.2f} GB, {theirs['columns']} columns"
        yield f"ratio: {their_wall / our_wall:.1f} times as fast, {our_peak / their_peak:.2f} of the memory"


def _measured(program: str, *arguments: str) -> tuple[dict[str, object], float, float]:
    """What the program printed, its wall time in seconds and its own peak memory in GB."""
    wrapped = program + "\nimport resource\nprint(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    begun = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", wrapped, *arguments], capture_output=True, text=True, check=True)
    wall = time.perf_counter() - begun
    *_, told, peak = done.stdout.strip().splitlines()
    return json.loads(told), wall, int(peak) / 1e6
