"""One running small tenant for all tests, as it was built at the start of each."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kit.simulator.server import Server
from kit.simulator.tokens import Signer
from tests.simulator.client import Client
from tests.simulator.small_world import small_world

SIGNER = Signer()
"""One signing key for all tests: making one takes longer than most of them."""


@pytest.fixture(scope="session")
def running() -> Iterator[Client]:
    """A client signed in to a small tenant."""
    with Server(small_world()) as server:
        server.tenancy.identity.signer = SIGNER
        client = Client(server)
        client.token()
        yield client


@pytest.fixture
def client(running: Client) -> Iterator[Client]:
    """That client, its tenant in the state it was built in."""
    tenancy = running.server.tenancy
    settings, tokens = dict(tenancy.settings), dict(running.tokens)
    tenancy.reset()
    yield running
    tenancy.settings, running.tokens = settings, tokens
