"""What tests share: the simulated tenant, the contract, the shelf of real data. `tests/browser.py` adds a Chromium.

Nothing here stands in for the kit: tests drive the real code against a real server on loopback.
"""

from __future__ import annotations

import importlib.util
import json
import os
import urllib.request
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from kit import simulated

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
GUARD = Path(__file__).resolve().parent / "guard"


def _load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


pytest_plugins = ["tests.browser"]
guard = _load(GUARD / "sitecustomize.py")
os.environ["PYTHONPATH"] = os.pathsep.join([str(GUARD), str(ROOT)])
os.environ.setdefault("MPLBACKEND", "agg")


@pytest.fixture(autouse=True)
def _stays_on_loopback() -> Iterator[None]:
    """The test fails when it tried to leave loopback, even where the code under test swallowed the error."""
    guard.ATTEMPTS.clear()
    yield
    assert not guard.ATTEMPTS, f"tried to reach {', '.join(guard.ATTEMPTS)}"


# ── the shelf of shared data and the contract ────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="session")
def shelf() -> Callable[..., Path]:
    """`shelf("real_data", "x.csv")` is that path on the shared shelf beside the repository; skips when it is absent."""

    def find(*parts: str) -> Path:
        path = SHARED.joinpath(*parts)
        if not path.exists():
            pytest.skip(f"../shared/{'/'.join(parts)} is absent: this test compares with it")
        return path

    return find


@pytest.fixture(scope="session")
def contract(shelf: Callable[..., Path]) -> SimpleNamespace:
    """`contract.graph` and `contract.aux`: checkers with check_request(…) and check_response(…), both → problems."""
    folder = shelf("contract")
    checker = _load(folder / "contract_check.py").Contract
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # the checker leaves its files to the garbage collector
        return SimpleNamespace(
            graph=checker(str(folder / "graph-subset-openapi.json")),
            aux=checker(str(folder / "aux-openapi.json")),
        )


# ── the simulated tenant ─────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Simulator:
    """A running simulated tenant: what it printed, and its back door for tests."""

    facts: dict[str, Any]

    @property
    def url(self) -> str:
        return str(self.facts["url"])

    def writes(self) -> list[dict[str, Any]]:
        """Every write it received since the last reset, in order."""
        answer = self.admin("GET", "writes")
        writes: list[dict[str, Any]] = answer["writes"] if isinstance(answer, dict) else answer
        return writes

    def reset(self) -> None:
        """Back to the state it started with."""
        self.admin("POST", "reset")

    def fault(self, **facts: Any) -> None:
        """Make answers fail from now on, as the simulator's admin route describes it."""
        self.admin("POST", "fault", facts)

    def admin(self, method: str, route: str, body: dict[str, Any] | None = None) -> Any:
        request = urllib.request.Request(
            f"{self.url}/admin/{route}",
            method=method,
            data=None if method == "GET" else json.dumps(body or {}).encode(),
            headers={"X-Admin-Token": self.facts["admin_token"], "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            text = answer.read()
        return json.loads(text) if text else None


@pytest.fixture(scope="session")
def simulated_tenant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """One simulated tenant for the whole run; its labels are in the file `facts["truth"]`, JSON lines."""
    truth = tmp_path_factory.mktemp("truth") / "truth.jsonl"
    with simulated.start(truth=truth) as facts:
        yield {**facts, "truth": str(truth)}


@pytest.fixture
def simulator(simulated_tenant: dict[str, Any]) -> Simulator:
    """That tenant, in the state it started with."""
    running = Simulator(simulated_tenant)
    running.reset()
    return running
