"""What the session adds to requests: no .netrc, the analyst's CA bundle, deadlines, a size limit, no redirects."""

from __future__ import annotations

import socket
import time
import traceback
from pathlib import Path

import pytest
import requests

from kit.errors import BadAnswer, KitError, RequestRefused, Unreachable
from kit.tenant.auth import connect_simulated
from kit.tenant.client import Tenant
from kit.tenant.clouds import CLOUDS
from kit.tenant.retry import Patience
from kit.tenant.session import Bearer, Limits, Session, TooLarge
from kit.tenant.write import Secret
from tests.tenant.conftest import TOKEN_MARK, Clock, Server, dropped, http, zipped

GRAPH = "https://graph.microsoft.com/v1.0/users"


@pytest.fixture
def netrc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "netrc"
    file.write_text("default login mallory password stolen\n")
    monkeypatch.setenv("NETRC", str(file))


@pytest.mark.usefixtures("netrc")
def test_netrc_cannot_replace_the_bearer() -> None:
    ours = Session(CLOUDS["global"])
    bearer = Bearer(Secret("t"), CLOUDS["global"], "graph")
    assert ours.prepare_request(requests.Request("GET", GRAPH, auth=bearer)).headers["Authorization"] == "Bearer t"
    assert "Authorization" not in ours.prepare_request(requests.Request("GET", GRAPH)).headers
    plain = requests.Session().prepare_request(requests.Request("GET", GRAPH, headers={"Authorization": "Bearer t"}))
    assert plain.headers["Authorization"].startswith("Basic ")  # the trap is real here


def test_the_analyst_s_ca_bundle_wins_and_proxies_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/environment.pem")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:8080")
    given = Session(CLOUDS["global"], ca_bundle="/given.pem").merge_environment_settings(GRAPH, {}, True, None, None)
    assert given["verify"] == "/given.pem"
    assert given["proxies"]["https"] == "http://proxy.example:8080"
    usual = Session(CLOUDS["global"]).merge_environment_settings(GRAPH, {}, True, None, None)
    assert usual["verify"] == "/environment.pem"


def test_checking_certificates_cannot_be_turned_off() -> None:
    ours = Session(CLOUDS["global"])
    with pytest.raises(RequestRefused):
        ours.send(ours.prepare_request(requests.Request("GET", GRAPH)), verify=False)


def test_a_session_of_the_simulated_tenant_reaches_nothing_else(tenant: Tenant) -> None:
    session = tenant._wire.session
    with pytest.raises(RequestRefused):
        session.get(GRAPH)


def test_a_redirect_is_not_followed_and_the_bearer_stays_here(server: Server, tenant: Tenant) -> None:
    elsewhere = Server(answers=[http(200, {"value": []})])
    server.answers = [http(302, b"", {"Location": f"{elsewhere.url}/graph/v1.0/users"})]
    with pytest.raises(BadAnswer, match="redirects are not followed"):
        tenant.get("/v1.0/users/x")
    assert elsewhere.requests == []
    elsewhere.close()


def test_the_body_of_a_redirect_is_limited_too(server: Server, tenant: Tenant) -> None:
    server.answers = [http(302, b"x" * 2_000_000, {"Location": "https://graph.simulated.invalid/v1.0/y"})]
    with pytest.raises(TooLarge):
        tenant.get("/v1.0/users/x")


def test_a_gzip_bomb_is_cut_off(server: Server, tenant: Tenant) -> None:
    server.answers = [zipped(b"0" * 50_000_000)]
    with pytest.raises(TooLarge):
        tenant.get("/v1.0/users/x")
    assert len(server.requests) == 1, "asking again would bring the same"


def test_gzip_is_understood(server: Server, tenant: Tenant) -> None:
    server.answers = [zipped(b'{"id":"x"}')]
    assert tenant.get("/v1.0/users/x") == {"id": "x"}


def drip(head: bytes, drop: bytes, tail: bytes) -> object:
    """The head, then a drop every hundredth of a second for seconds, then what makes it a good answer after all."""

    def send(connection: socket.socket) -> None:
        connection.sendall(head)
        for _ in range(DROPS):
            connection.sendall(drop)
            time.sleep(0.01)
        connection.sendall(tail)

    return send


DROPS = 300
GOOD = b"Content-Length: 2\r\nConnection: close\r\n\r\n{}"


WHOLE, HEAD = Limits(silence=60, total=0.3), Limits(silence=0.3, total=60)


@pytest.mark.parametrize(
    ("limits", "answer"),
    [
        (WHOLE, drip(f"HTTP/1.1 200 OK\r\nContent-Length: {DROPS + 2}\r\n\r\n".encode(), b" ", b"{}")),
        (WHOLE, drip(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n", b"2\r\n{}\r\n0\r\n\r\n")),
        (HEAD, drip(b"HTTP/1.1 200 OK\r\nX-Drip: ", b"x", b"\r\n" + GOOD)),
        (HEAD, drip(b"HTTP/1.1 200 OK\r\nX-Drip: ", b"\r\n x", b"\r\n" + GOOD)),
        (HEAD, drip(b"HTTP/1.1 200 ", b"x", b"\r\n" + GOOD)),
    ],
    ids=["body", "chunks", "header", "header lines", "status line"],
)
def test_an_answer_that_drips_is_given_up(server: Server, limits: Limits, answer: object) -> None:
    """A socket's own time-out never fires here: something arrives every hundredth of a second."""
    server.answers = [answer]  # type: ignore[list-item]
    tenant = connect_simulated(server.info, limits=limits, patience=Patience(tries=1))
    with pytest.raises(Unreachable):
        tenant.get("/v1.0/users/x")


def silent(connection: socket.socket) -> None:
    connection.recv(1)


def test_an_answer_that_never_comes_is_given_up(server: Server) -> None:
    server.answers = [silent]
    tenant = connect_simulated(server.info, limits=Limits(silence=0.3), patience=Patience(tries=1))
    with pytest.raises(Unreachable):
        tenant.get("/v1.0/users/x")


@pytest.mark.parametrize(
    "answer",
    [
        dropped,
        http(200, b'{"value":[', length=1000),
        http(200, b'{"value":[{"id":'),
        zipped(b'{"value":[]}')[:-12],
        http(200, b"not gzip", {"Content-Encoding": "gzip"}),
        http(200, b""),
        http(200, b"<html>busy</html>"),
        b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"va',
        b"garbage\r\n\r\n",
        b"",
    ],
    ids=["reset", "short", "cut off", "cut gzip", "no gzip", "empty", "html", "cut chunk", "garbage", "closed"],
)
def test_a_broken_answer_is_asked_for_again(server: Server, tenant: Tenant, clock: Clock, answer: object) -> None:
    def once(connection: socket.socket) -> None:
        if isinstance(answer, bytes):
            connection.sendall(answer)
            connection.shutdown(socket.SHUT_RDWR)
        else:
            answer(connection)  # type: ignore[operator]

    server.answers = [once, http(200, {"value": [{"id": "a"}]})]
    assert [page.records for page in tenant.pages("/v1.0/users")] == [[{"id": "a"}]]
    assert len(server.requests) == 2
    # A second pause where the connection was taken up again before its end had arrived: that race is the network's.
    assert clock.slept in ([1.0], [1.0, 2.0])


def test_a_connection_that_cannot_be_made_is_said(server: Server, tenant: Tenant) -> None:
    server.close()
    tenant._wire.session.close()
    with pytest.raises(Unreachable, match="No connection"):
        tenant.get("/v1.0/users/x")


@pytest.mark.parametrize(
    "answer", [dropped, http(403, {"error": {"code": "x"}}), http(200, b"{")], ids=["reset", "403", "bad"]
)
def test_no_token_or_secret_stands_in_a_traceback(server: Server, tenant: Tenant, answer: object) -> None:
    """Notebooks can print the variables of every frame; the errors raised hold no frame that has the token."""
    server.answers = [answer]  # type: ignore[list-item]
    with pytest.raises(KitError) as caught:
        tenant.get("/v1.0/users/x")
    shown = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())
    assert "tenant.get" in shown
    assert TOKEN_MARK not in shown
    assert "secret-canary" not in shown
    assert TOKEN_MARK not in repr(tenant)
