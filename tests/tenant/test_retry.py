"""What is asked again, how long is waited, and when it is given up; what happens to writes."""

from __future__ import annotations

import math
import socket
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.errors import NotConfirmed, OutcomeUnknown, TenantError, Throttled, Unreachable
from kit.tenant.auth import connect_simulated
from kit.tenant.client import Tenant
from kit.tenant.retry import Patience
from kit.tenant.write import Secret, Ticket, Write
from tests.tenant.conftest import Clock, Server, dropped, http

GOOD = http(200, {"value": []})
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
DISABLE = Write("PATCH", "/v1.0/users/u1", {"accountEnabled": False})


def busy(status: int = 429, after: str = "", code: str = "TooManyRequests") -> bytes:
    return http(status, {"error": {"code": code, "message": "…"}}, {"Retry-After": after} if after else None)


@pytest.mark.parametrize(
    ("after", "slept"),
    [
        ("2.128", 2.128),
        ("7", 7.0),
        (format_datetime(NOW + timedelta(seconds=30), usegmt=True), 30.0),
        (format_datetime(NOW - timedelta(seconds=30), usegmt=True), 1.0),
        ("0", 1.0),
        ("-5", 1.0),
        ("nan", 1.0),
        ("inf", 1.0),
        ("soon", 1.0),
        ("", 1.0),
    ],
)
def test_retry_after(server: Server, clock: Clock, after: str, slept: float) -> None:
    tenant = connect_simulated(server.info, patience=clock.patience(now=lambda: NOW))
    server.answers = [busy(after=after), GOOD]
    assert len(list(tenant.pages("/v1.0/users"))) == 1
    assert clock.slept == [pytest.approx(slept)]


def test_a_wait_beyond_the_budget_is_not_begun(server: Server, tenant: Tenant, clock: Clock) -> None:
    server.answers = [busy(after="999999999")]
    with pytest.raises(Throttled) as caught:
        tenant.get("/v1.0/users/x")
    assert clock.slept == []
    assert caught.value.status == 429
    assert caught.value.request_id == "r-1"


def test_waits_double_without_retry_after(server: Server, tenant: Tenant, clock: Clock) -> None:
    server.answers = [busy(503)]
    with pytest.raises(Throttled):
        tenant.get("/v1.0/users/x")
    assert clock.slept == [1, 2, 4, 8, 16]
    assert len(server.requests) == 6


@pytest.mark.parametrize("status", [500, 502, 504])
def test_a_failing_server_is_asked_again_and_then_said(server: Server, tenant: Tenant, status: int) -> None:
    server.answers = [http(status, b"<html>gateway</html>"), GOOD]
    assert len(list(tenant.pages("/v1.0/users"))) == 1
    server.answers = [http(status, b"<html>gateway</html>")]
    with pytest.raises(Unreachable) as caught:
        tenant.get("/v1.0/users/x")
    assert caught.value.status == status


@pytest.mark.parametrize("status", [400, 403, 404, 409, 412, 422])
def test_a_refusal_is_not_asked_again(server: Server, tenant: Tenant, clock: Clock, status: int) -> None:
    server.answers = [http(status, {"error": {"code": "No", "message": "…"}})]
    with pytest.raises(TenantError):
        tenant.get("/v1.0/users/x")
    assert len(server.requests) == 1
    assert clock.slept == []


def test_throttling_that_comes_as_403_is_known_by_its_code(server: Server, tenant: Tenant, clock: Clock) -> None:
    server.answers = [busy(403, "3", "AF429"), GOOD]
    assert len(list(tenant.pages("/v1.0/users"))) == 1
    assert clock.slept == [3.0]


@given(st.integers(1, 60), st.text(max_size=20), st.floats(0, 1))
def test_a_pause_is_always_a_sane_number(attempt: int, after: str, jitter: float) -> None:
    pause = Patience(jitter=lambda: jitter, now=lambda: NOW).pause(attempt, after)
    assert pause > 0
    assert math.isfinite(pause)


# ── writes ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def cut(raw: bytes) -> Any:
    def send(connection: socket.socket) -> None:
        connection.sendall(raw)

    return send


@pytest.mark.parametrize(
    "answer",
    [
        dropped,
        cut(b""),
        cut(http(200, b'{"id":', length=100)),
        http(200, b"{"),
        http(500, {"error": {"code": "generalException"}}),
        http(502, b"<html>"),
        http(504, b"<html>"),
    ],
    ids=["reset", "closed", "cut off", "no JSON", "500", "502", "504"],
)
def test_a_write_whose_answer_is_lost_is_never_sent_again(
    server: Server, tenant: Tenant, clock: Clock, answer: Any
) -> None:
    server.answers = [answer]
    with pytest.raises(OutcomeUnknown) as caught:
        tenant.send(DISABLE, Ticket([DISABLE]))
    assert "Verify" in caught.value.hint
    assert len(server.requests) == 1
    assert clock.slept == []


@pytest.mark.parametrize("status", [429, 503])
def test_a_write_that_was_not_executed_is_sent_again(server: Server, tenant: Tenant, clock: Clock, status: int) -> None:
    server.answers = [busy(status, "2"), http(204)]
    assert tenant.send(DISABLE, Ticket([DISABLE])) == {}
    assert [(r.method, r.path, r.json) for r in server.requests] == [
        ("PATCH", "/graph/v1.0/users/u1", {"accountEnabled": False})
    ] * 2
    assert clock.slept == [2.0]


def test_a_write_that_never_left_is_unreachable_not_unknown(server: Server, tenant: Tenant) -> None:
    server.close()
    tenant._wire.session.close()
    with pytest.raises(Unreachable):
        tenant.send(DISABLE, Ticket([DISABLE]))


def test_no_write_without_a_ticket_for_it(server: Server, tenant: Tenant) -> None:
    server.answers = [http(204)]
    other = Write("DELETE", "/v1.0/users/u1")
    ticket = Ticket([DISABLE])
    with pytest.raises(NotConfirmed):
        tenant.send(other, ticket)
    tenant.send(DISABLE, ticket)
    with pytest.raises(NotConfirmed):
        tenant.send(DISABLE, ticket)
    late = Ticket([DISABLE], seconds=-1)
    with pytest.raises(NotConfirmed):
        tenant.send(DISABLE, late)
    assert len(server.requests) == 1


def test_a_secret_is_sent_and_shown_nowhere(server: Server, clock: Clock) -> None:
    seen = []
    tenant = connect_simulated(
        server.info, patience=clock.patience(), on_request=lambda call, page: seen.append((call, page))
    )
    write = Write("PATCH", "/v1.0/users/u1", {"passwordProfile": {"password": Secret("pässword-canary")}})
    server.answers = [http(204)]
    tenant.send(write, Ticket([write]))
    assert server.requests[0].json["passwordProfile"]["password"] == "pässword-canary"
    assert "canary" not in repr(seen) + str(seen[-1][1].context())


def test_where_to_poll_is_given_as_a_path_of_this_cloud(server: Server, tenant: Tenant) -> None:
    place = "/v1.0/users/u1/authentication/operations/o1"
    server.answers = [http(202, b"", {"Location": f"https://graph.simulated.invalid{place}"})]
    assert tenant.send(DISABLE, Ticket([DISABLE])) == {"@location": place}
    server.answers = [http(202, b"", {"Location": f"https://evil.example{place}"})]
    assert tenant.send(DISABLE, Ticket([DISABLE])) == {}
