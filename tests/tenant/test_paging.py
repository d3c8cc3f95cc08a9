"""Following pages: to the end, never in a circle, never elsewhere, never by page length."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kit.errors import BadAnswer, RequestRefused, TenantError
from kit.tenant.client import Tenant
from tests.tenant.conftest import Server, http

BASE = "https://graph.simulated.invalid/v1.0/users"


def page(ids: list[int], link: str | None = None) -> bytes:
    body = {"value": [{"id": number} for number in ids]}
    return http(200, body | ({"@odata.nextLink": link} if link is not None else {}))


def ids(tenant: Tenant, path: str = "/v1.0/users", **query: object) -> list[int]:
    return [record["id"] for found in tenant.pages(path, **query) for record in found.records]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=30)
@given(st.lists(st.lists(st.integers(), max_size=3), min_size=1, max_size=6))
def test_however_records_are_paged_all_come_once(server: Server, tenant: Tenant, pages: list[list[int]]) -> None:
    last = len(pages) - 1
    server.answers = [
        page(part, f"{BASE}?$skiptoken={number}" if number < last else None) for number, part in enumerate(pages)
    ]
    assert ids(tenant) == [number for part in pages for number in part]


def test_links_are_followed_as_given(server: Server, tenant: Tenant) -> None:
    server.requests.clear()
    server.answers = [page([1], f"{BASE}?$filter=a%20eq%20'b'&$skiptoken=X%2Fy"), page([2])]
    assert ids(tenant, filter="a eq 'b'") == [1, 2]
    assert server.requests[1].path == "/graph/v1.0/users?$filter=a%20eq%20'b'&$skiptoken=X%2Fy"


@pytest.mark.parametrize("after", [1, 2], ids=["itself", "two steps"])
def test_a_circle_is_left(server: Server, tenant: Tenant, after: int) -> None:
    links = [f"{BASE}?$skiptoken={number % after}" for number in range(50)]
    server.answers = [*(page([number], link) for number, link in enumerate(links)), page([])]
    with pytest.raises(BadAnswer, match="circle"):
        ids(tenant)
    assert len(server.requests) == after + 1


def test_empty_pages_end(server: Server, tenant: Tenant) -> None:
    server.answers = [*(page([], f"{BASE}?$skiptoken={number}") for number in range(200)), page([])]
    with pytest.raises(BadAnswer, match="do not end"):
        ids(tenant)


@pytest.mark.parametrize(
    "link",
    [
        "https://evil.example/v1.0/users",
        "https://evil.example\\@graph.simulated.invalid/v1.0/users",
        "https://graph.simulated.invalid@evil.example/v1.0/users",
        "http://graph.simulated.invalid/v1.0/users",
        "https://graph.simulated.invalid:8443/v1.0/users",
        "https://graph.simulated.invalid/v1.0/../admin",
        "https://outlook.simulated.invalid/adminapi/beta/t/InvokeCommand",
        "https://login.simulated.invalid/x",
        "//evil.example/x",
        "/v1.0/users",
    ],
)
def test_a_link_elsewhere_is_refused_and_what_came_stands(server: Server, tenant: Tenant, link: str) -> None:
    server.answers = [page([1], link)]
    pages = tenant.pages("/v1.0/users")
    assert next(pages).records == [{"id": 1}]
    with pytest.raises(RequestRefused):
        next(pages)
    assert len(server.requests) == 1


@pytest.mark.parametrize("link", [7, {"a": 1}, ["x"]])
def test_a_link_that_is_no_text(server: Server, tenant: Tenant, link: object) -> None:
    server.answers = [http(200, {"value": [], "@odata.nextLink": link})]
    with pytest.raises(BadAnswer):
        ids(tenant)


@pytest.mark.parametrize("tail", ["?$skiptoken=", "?$skiptoken=x", "?$filter=b&$skiptoken=x"])
def test_a_sign_in_link_that_lost_its_filter_is_refused(server: Server, tenant: Tenant, tail: str) -> None:
    server.answers = [page([1], f"https://graph.simulated.invalid/beta/auditLogs/signIns{tail}"), page([2])]
    with pytest.raises(BadAnswer, match="lost"):
        ids(tenant, "/beta/auditLogs/signIns", filter="a")


def test_a_link_without_a_place_is_refused(server: Server, tenant: Tenant) -> None:
    """Reported of links whose caller escaped badly: they lead back to the first page."""
    server.answers = [page([1], f"{BASE}?$top=5&$skiptoken="), page([2])]
    with pytest.raises(BadAnswer, match="lost"):
        ids(tenant, top=5)


def test_an_expired_place_starts_anew(server: Server, tenant: Tenant) -> None:
    expired = http(400, {"error": {"code": "Directory_ExpiredPageToken", "message": "…"}})
    server.answers = [page([1], f"{BASE}?$skiptoken=x"), expired, page([1], f"{BASE}?$skiptoken=y"), page([2])]
    assert ids(tenant) == [1, 1, 2]


def test_a_place_that_always_expires_is_said(server: Server, tenant: Tenant) -> None:
    expired = http(400, {"error": {"code": "Directory_ExpiredPageToken", "message": "…"}})
    server.answers = [part for _ in range(9) for part in (page([1], f"{BASE}?$skiptoken=x"), expired)]
    with pytest.raises(TenantError) as caught:
        ids(tenant)
    assert caught.value.code == "Directory_ExpiredPageToken"
    assert len(server.requests) == 8
