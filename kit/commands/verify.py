"""Check a case folder's evidence and journal against its manifest."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from kit.errors import InputError

NEEDS = "nothing"
SCRIPT = Path(__file__).resolve().parent.parent / "data" / "verify_case.py"


def run(arguments: list[str]) -> int:
    """Run the script that ships inside every case on the folder; its exit status."""
    parser = argparse.ArgumentParser(prog="python -m kit verify", description=__doc__)
    parser.add_argument("folder", type=Path, metavar="DIR", help="a case folder")
    folder = parser.parse_args(arguments).folder
    if not folder.is_dir():
        raise InputError(f"{folder} is not a folder.", "Give the case folder, the one with its manifest in it.")
    return subprocess.run([sys.executable, str(SCRIPT), str(folder)], check=False).returncode
