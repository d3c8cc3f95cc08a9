"""Run lint, format, types, layers, documents and tests, and print one table."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

NEEDS = "test"
ROOT = Path(__file__).resolve().parents[2]
STEPS = {
    "lint": ["ruff", "check", "."],
    "format": ["ruff", "format", "--check", "."],
    "types": ["mypy"],
    "layers": ["pytest", "-q", "tests/test_layers.py"],
    "documents": ["pytest", "-q", "tests/test_documents.py"],
    "tests": ["pytest", "-q", "--ignore=tests/test_documents.py"],
}


def run(arguments: list[str]) -> int:
    """Every step, or those named; 0 when all passed, 1 when one did not."""
    steps = {name: STEPS[name] for name in arguments if name in STEPS} if arguments else STEPS
    table = [_step(name, words) for name, words in steps.items()]
    print("\n".join(["", *(line for _, line in table)]), flush=True)
    return 0 if all(passed for passed, _ in table) else 1


def _step(name: str, words: list[str]) -> tuple[bool, str]:
    print(f"── {name}", flush=True)
    began = time.monotonic()
    passed = subprocess.run([sys.executable, "-m", *words], cwd=ROOT, check=False).returncode == 0
    return passed, f"{name:<10} {'passed' if passed else 'FAILED':<7} {time.monotonic() - began:6.1f} s"
