"""Measure speed and memory, as ratios within one run: never a test, always a figure."""

from __future__ import annotations

import argparse
import importlib.util
import sys
from pathlib import Path

from kit.errors import InputError

NEEDS = "test"
FOLDER = Path(__file__).resolve().parents[2] / "tests" / "benchmarks"


def run(arguments: list[str]) -> int:
    """Run the benchmarks named, or all: each is a file bench_NAME.py with a function `bench(quick) -> lines`."""
    known = sorted(path.stem.removeprefix("bench_") for path in FOLDER.glob("bench_*.py"))
    parser = argparse.ArgumentParser(prog="python -m kit bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of: {', '.join(known)}")
    parser.add_argument("--quick", action="store_true", help="a tenth of the size, to see that it runs")
    options = parser.parse_args(arguments)
    unknown = sorted(set(options.names) - set(known))
    if unknown:
        raise InputError(f"There is no benchmark {', '.join(unknown)}.", f"There are: {', '.join(known)}.")
    sys.path.insert(0, str(FOLDER))
    for name in options.names or known:
        spec = importlib.util.spec_from_file_location(name, FOLDER / f"bench_{name}.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        print(f"── {name}: {(module.__doc__ or '').splitlines()[0]}")
        for line in module.bench(quick=options.quick):
            print(f"   {line}", flush=True)
    return 0
