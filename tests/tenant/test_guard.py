"""Where a request may go: the address that is really connected to, and nothing ambiguous."""

from __future__ import annotations

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from urllib3.util import parse_url

from kit.errors import RequestRefused
from kit.tenant.client import literal, segment
from kit.tenant.clouds import CLOUDS, SIMULATED
from kit.tenant.connection import Loopback
from kit.tenant.guard import service_of
from kit.tenant.session import Bearer, Session, address
from kit.tenant.write import Secret

GLOBAL = CLOUDS["global"]
HOSTILE = [
    "https://evil.example\\@graph.microsoft.com/v1.0/users",
    "https://graph.microsoft.com\\@evil.example/v1.0/users",
    "https://graph.microsoft.com@evil.example/v1.0/users",
    "https://@graph.microsoft.com/v1.0/users",
    "https://a:b@graph.microsoft.com/v1.0/users",
    "https://graph.microsoft.com.evil.example/v1.0/users",
    "https://graph.microsoft.com./v1.0/users",
    "https://graph%2emicrosoft.com/v1.0/users",
    "https://graph.micrоsoft.com/v1.0/users",  # Cyrillic о
    "http://graph.microsoft.com/v1.0/users",
    "ftp://graph.microsoft.com/v1.0/users",
    "https://graph.microsoft.com:8443/v1.0/users",
    "https://graph.microsoft.com:80/v1.0/users",
    "//evil.example/v1.0/users",
    "//graph.microsoft.com/v1.0/users",
    "/v1.0/users",
    "",
    "https://",
    "https:///v1.0/users",
    "https://[::1]/v1.0/users",
    "https://graph.microsoft.com/",
    "https://graph.microsoft.com",
    "https://graph.microsoft.com/v2.0/users",
    "https://graph.microsoft.com/v1.0/../admin",
    "https://graph.microsoft.com/v1.0/users/../../admin",
    "https://graph.microsoft.com/v1.0/users/../users",
    "https://graph.microsoft.com/v1.0/users/%2e%2e/users",
    "https://graph.microsoft.com/v1.0/users/%252e%252e/users",
    "https://graph.microsoft.com/v1.0/a%2F..%2Fb",
    "https://graph.microsoft.com/v1.0/users/./x",
    "https://graph.microsoft.com/v1.0/users/x#y",
    "https://graph.microsoft.com/v1.0/users#",
    "https://graph.microsoft.com/v1.0/us ers",
    "https://graph.microsoft.com/v1.0/users\r\nX-Evil: 1",
    "https://graph.microsoft.com/v1.0/users\x00",
    "https://graph.microsoft.com/v1.0/users\\x",
    "https://graph.microsoft.com/v1.0/usérs",
    "https://graph.microsoft.us/v1.0/users",
    "https://graph.simulated.invalid/v1.0/users",
    "https://outlook.office365.com/owa/",
]


@pytest.mark.parametrize("url", HOSTILE)
def test_refused(url: str) -> None:
    with pytest.raises(RequestRefused):
        service_of(url, GLOBAL)


@pytest.mark.parametrize(
    ("url", "service"),
    [
        ("https://graph.microsoft.com/v1.0/users?$filter=a%20eq%20'b'&$skiptoken=x", "graph"),
        ("https://GRAPH.microsoft.com:443/beta/auditLogs/signIns", "graph"),
        ("https://graph.microsoft.com/v1.0/users/ana_x.example%23EXT%23@contoso.example", "graph"),
        ("https://graph.microsoft.com/v1.0/users/u/messages/AAMk%2Fab%3D", "graph"),
        ("https://outlook.office365.com/adminapi/beta/t/InvokeCommand", "exchange"),
        ("https://manage.office.com/api/v1.0/t/activity/feed/audit/1$2", "manage"),
        ("https://login.microsoftonline.com/t/oauth2/v2.0/token", "login"),
    ],
)
def test_allowed(url: str, service: str) -> None:
    assert service_of(url, GLOBAL) == service


@given(st.text(max_size=40))
def test_what_is_allowed_is_connected_to_the_table_s_host(tail: str) -> None:
    """Whatever follows the host, an allowed address is one whose prepared form connects to Graph."""
    url = f"https://graph.microsoft.com{tail}"
    try:
        allowed = service_of(url, GLOBAL)
    except RequestRefused:
        return
    assert allowed == "graph"
    assert parse_url(requests.Request("GET", url).prepare().url).host == "graph.microsoft.com"


@given(st.text(min_size=1))
def test_an_id_is_one_segment_or_refused(value: str) -> None:
    try:
        quoted = segment(value)
    except RequestRefused:
        assert value in (".", "..") or not value.isprintable()
        return
    assert not set(quoted) & set("/?#\\ ")


@pytest.mark.parametrize("value", ["", ".", "..", "a\r\nb", "\ud800", "a\u202eb"])
def test_an_id_that_changes_the_path_is_refused(value: str) -> None:
    with pytest.raises(RequestRefused):
        segment(value)


def test_literals_double_their_quotes() -> None:
    assert literal("O'Brien' or '1' eq '1") == "'O''Brien'' or ''1'' eq ''1'"


def test_query_values_cannot_add_options() -> None:
    url = address("graph.microsoft.com", "/v1.0/users", {"$filter": "a eq 'x&$top=1#'"})
    assert url == "https://graph.microsoft.com/v1.0/users?$filter=a%20eq%20%27x%26%24top%3D1%23%27"


def test_a_token_goes_to_its_own_service_only() -> None:
    bearer = Bearer(Secret("t"), GLOBAL, "graph")
    request = requests.Request("GET", "https://outlook.office365.com/adminapi/beta/t/InvokeCommand", auth=bearer)
    with pytest.raises(RequestRefused):
        Session(GLOBAL).prepare_request(request)


@pytest.mark.parametrize(
    "base",
    [
        "http://10.0.0.1:80",
        "http://127.0.0.1.evil.example",
        "https://127.0.0.1",
        "http://a@127.0.0.1",
        "http://0.0.0.0",
        "http://evil.example\\@127.0.0.1",
        "http://127.0.0.1/x",
        "ftp://localhost",
        "",
    ],
)
def test_the_loopback_adaptor_stays_on_this_machine(base: str) -> None:
    with pytest.raises(RequestRefused):
        Loopback(base)


@pytest.mark.parametrize("base", ["http://127.0.0.1:1", "http://localhost:2/", "http://[::1]:3"])
def test_loopback_addresses(base: str) -> None:
    assert Loopback(base).base == base.rstrip("/")


def test_the_loopback_adaptor_carries_its_four_hosts_only() -> None:
    request = requests.Request("GET", "https://graph.microsoft.com/v1.0/users").prepare()
    with pytest.raises(RequestRefused):
        Loopback("http://127.0.0.1:9").send(request)


def test_simulated_names_are_not_resolvable() -> None:
    assert all(host.endswith(".invalid") for host in SIMULATED.hosts)
