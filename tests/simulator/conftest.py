"""One running small tenant per test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kit.simulator.server import Server
from tests.simulator.client import Client
from tests.simulator.small_world import small_world


@pytest.fixture
def client() -> Iterator[Client]:
    """A client signed in to a fresh small tenant."""
    with Server(small_world()) as server:
        yield Client(server)
