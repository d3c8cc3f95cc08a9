"""Faults on demand, and what the server itself refuses: foreign hosts, oversized bodies, unknown paths."""

from __future__ import annotations

import json
import threading
from http.client import HTTPConnection
from typing import Any

import pytest
import requests

from kit.simulator.hosts import place
from tests.simulator.client import Client
from tests.simulator.small_world import ANA

SIGN_INS = "/beta/auditLogs/signIns?$top=4&$filter=signInEventTypes/any(t: t eq 'nonInteractiveUser')"


def fault(client: Client, **how: Any) -> None:
    """Plan a fault."""
    assert client.admin("POST", "/fault", how).status_code == 204


def raw(client: Client, path: str) -> requests.Response:
    """A Graph request whose answer is not checked."""
    headers = {"Authorization": f"Bearer {client.token()}"}
    return client.session.get(f"{client.server.url}/graph{path}", headers=headers, timeout=10)


@pytest.mark.parametrize("after", [None, "1", "2.128"])
def test_throttling_with_and_without_a_time(client: Client, after: str | None) -> None:
    client.token()
    fault(
        client, kind="status", status=429, count=2, match="GET /v1.0/users", **({"retry_after": after} if after else {})
    )
    for _ in range(2):
        answer = client.send("GET", "/v1.0/users")
        assert (answer.status_code, answer.headers.get("Retry-After")) == (429, after)
        assert answer.json()["error"]["code"] == "TooManyRequests"
    assert client.send("GET", "/v1.0/users").status_code == 200


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_only_matching_requests_suffer_and_the_first_may_pass(client: Client, status: int) -> None:
    fault(client, kind="status", status=status, match="users", skip=1)
    assert [client.send("GET", "/v1.0/domains").status_code for _ in range(2)] == [200, 200]
    assert [client.send("GET", "/v1.0/users").status_code for _ in range(3)] == [200, status, 200]


def test_exchange_and_login_fail_in_their_own_words(client: Client) -> None:
    client.rows("Get-Mailbox")
    fault(client, kind="status", status=500, match="InvokeCommand|oauth2")
    assert "innererror" in client.cmdlet("Get-Mailbox").json()["error"]
    fault(client, kind="status", status=503, match="oauth2")
    failed = client.login(
        grant_type="client_credentials", client_secret="x", scope="https://graph.microsoft.com/.default"
    )
    assert (failed.status_code, failed.json()["error_codes"]) == (503, [90033])


def test_a_connection_is_reset_in_the_middle(client: Client) -> None:
    client.token()
    fault(client, kind="reset", match="signIns")
    with pytest.raises(requests.RequestException):
        raw(client, SIGN_INS)
    assert raw(client, SIGN_INS).status_code == 200


def test_a_write_is_made_though_its_answer_is_lost(client: Client) -> None:
    client.token()
    fault(client, kind="reset", match="PATCH")
    with pytest.raises(requests.RequestException):
        client.send("PATCH", f"/v1.0/users/{ANA}", {"accountEnabled": False})
    assert client.get(f"/v1.0/users/{ANA}", select="accountEnabled")["accountEnabled"] is False


def test_a_truncated_answer_looks_whole_to_http(client: Client) -> None:
    fault(client, kind="truncate", match="signIns")
    answer = raw(client, SIGN_INS)
    assert answer.status_code == 200
    assert int(answer.headers["Content-Length"]) == len(answer.content)
    with pytest.raises(json.JSONDecodeError):
        json.loads(answer.content)


def test_a_next_link_leads_elsewhere(client: Client) -> None:
    fault(client, kind="foreign_link", match="signIns", host="evil.example")
    link = raw(client, SIGN_INS).json()["@odata.nextLink"]
    assert link.startswith("https://evil.example/beta/auditLogs/signIns?")


def test_slow_bytes_arrive_in_the_end(client: Client) -> None:
    fault(client, kind="slow", match="domains", pieces=5, pause=0.01)
    assert raw(client, "/v1.0/domains").json()["value"]


def test_a_record_comes_twice_across_pages(client: Client) -> None:
    fault(client, kind="duplicate", match="signIns", count=0)
    found = client.everything(SIGN_INS)
    assert len(found) == 24
    assert len({item["id"] for item in found}) == 20
    assert client.admin("DELETE", "/fault").status_code == 204
    assert len(client.everything(SIGN_INS)) == 20


@pytest.mark.parametrize("how", [{}, {"kind": "magic"}, {"kind": "slow", "count": "2"}, {"kind": "slow", "match": "("}])
def test_what_is_no_fault_is_refused(client: Client, how: dict[str, Any]) -> None:
    assert client.admin("POST", "/fault", how).status_code == 400


@pytest.mark.parametrize(
    ("host", "status"),
    [("127.0.0.1", 401), ("localhost", 401), ("evil.example", 421), ("graph.microsoft.com", 421), ("", 421)],
)
def test_another_host_name_is_not_answered(client: Client, host: str, status: int) -> None:
    connection = HTTPConnection("127.0.0.1", client.server.port, timeout=10)
    connection.putrequest("GET", "/graph/v1.0/users", skip_host=True)
    connection.putheader("Host", f"{host}:{client.server.port}" if host else "")
    connection.endheaders()
    answer = connection.getresponse()
    assert answer.status == status
    assert answer.getheader("Access-Control-Allow-Origin") is None
    answer.read()
    connection.close()


def test_names_decide_the_service() -> None:
    for host, path, expected in (
        ("127.0.0.1:80", "/graph/v1.0/users", ("graph", "/v1.0/users", "https://graph.simulated.invalid")),
        ("graph.simulated.invalid", "/v1.0/users", ("graph", "/v1.0/users", "https://graph.simulated.invalid")),
        ("127.0.0.1:80", "/nothing", ("", "/nothing", "")),
    ):
        found = place(host, path, tls=False, direct=False)
        assert found
        assert (found.service, found.path, found.base) == expected
    direct = place("127.0.0.1:81", "/exchange/x", tls=False, direct=True)
    assert direct
    assert direct.base == "http://127.0.0.1:81/exchange"


def test_a_body_without_a_length_or_too_large_is_refused(client: Client) -> None:
    for name, value in (("Transfer-Encoding", "chunked"), ("Content-Length", str(2**30)), ("Content-Length", "-1")):
        connection = HTTPConnection("127.0.0.1", client.server.port, timeout=10)
        connection.putrequest("POST", "/graph/v1.0/$batch")
        connection.putheader(name, value)
        connection.endheaders()
        assert connection.getresponse().status == 413
        connection.close()


def test_paths_of_no_service_are_not_found(client: Client) -> None:
    assert client.session.get(f"{client.server.url}/nothing", timeout=10).status_code == 404
    token = client.token("manage.office.com")
    url = (
        f"{client.server.url}/manage/api/v1.0/{client.server.tenancy.world.tenant_id}/activity/feed/subscriptions/list"
    )
    answer = client.session.get(url, headers={"Authorization": f"Bearer {token}"}, timeout=10)
    assert answer.status_code == 501


def test_many_callers_at_once_lose_nothing(client: Client) -> None:
    token, found = client.token(), []

    def page_through() -> None:
        mine = Client(client.server)
        mine.tokens["graph.simulated.invalid"] = token
        found.append(len(mine.everything(SIGN_INS)))

    threads = [threading.Thread(target=page_through) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [20] * 8
