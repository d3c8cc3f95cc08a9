"""One running small tenant per test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kit.simulator.server import Server
from kit.simulator.tokens import Signer
from tests.simulator.client import Client
from tests.simulator.small_world import small_world

SIGNER = Signer()
"""One signing key for all tests: making one takes longer than most of them."""


@pytest.fixture
def client() -> Iterator[Client]:
    """A client signed in to a fresh small tenant."""
    with Server(small_world()) as server:
        server.tenancy.identity.signer = SIGNER
        yield Client(server)
