"""Run lint, format, types, layers, documents and tests, and print one table."""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from pathlib import Path

from kit.errors import InputError

NEEDS = "test"
ROOT = Path(__file__).resolve().parents[2]
STEPS = {
    "lint": ["ruff", "check", "."],
    "format": ["ruff", "format", "--check", "."],
    "types": ["mypy"],
    "layers": ["pytest", "-q", "tests/test_layers.py"],
    "documents": ["pytest", "-q", "tests/test_documents.py"],
    "tests": ["pytest", "-q", "--ignore=tests/test_documents.py", "--ignore=tests/test_layers.py"],
}


def run(arguments: list[str]) -> int:
    """Every step, or those named; 0 when all passed, 1 when one did not."""
    parser = argparse.ArgumentParser(prog="python -m kit check", description=__doc__)
    parser.add_argument("step", nargs="*", help=f"only these: {', '.join(STEPS)}")
    named = parser.parse_args(arguments).step
    unknown = [name for name in named if name not in STEPS]
    if unknown:
        raise InputError(f"There is no step {unknown[0]!r}.", f"There are: {', '.join(STEPS)}.")
    table = [_step(name, STEPS[name]) for name in named or STEPS]
    print("\n".join(["", *(line for _, line in table)]), flush=True)
    return 0 if all(passed for passed, _ in table) else 1


def _step(name: str, words: list[str]) -> tuple[bool, str]:
    print(f"── {name}", flush=True)
    began = time.monotonic()
    passed = subprocess.run([sys.executable, "-m", *words], cwd=ROOT, check=False).returncode == 0
    return passed, f"{name:<10} {'passed' if passed else 'FAILED':<7} {time.monotonic() - began:6.1f} s"
