"""Run the tests; everything after the command goes to pytest."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

NEEDS = "test"
ROOT = Path(__file__).resolve().parents[2]


def run(arguments: list[str]) -> int:
    """Run pytest on the kit's tests; its exit status. Under KIT_CI=1 a missing Chromium is a failure, not a skip."""
    return subprocess.run([sys.executable, "-m", "pytest", *arguments], cwd=ROOT, check=False).returncode
