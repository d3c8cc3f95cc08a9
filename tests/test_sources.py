"""Every source against the simulated tenant: what it asks conforms to the contract, what it brings fills its tables."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from kit.collection import collect
from kit.engine import Engine
from kit.errors import NotAllowed, NotFound, NotLicensed, RequestRefused
from kit.evidence import Evidence
from kit.journal import Journal
from kit.record import RECORDS
from kit.source import SOURCES, Account, Fetched, Scope, Source, each, stamp
from kit.tenant.auth import connect_simulated
from kit.tenant.client import Page, Tenant
from kit.tenant.retry import Patience
from kit.tenant.wire import Call

NOW = datetime.now(UTC).replace(microsecond=0)
SHORT = Scope(NOW - timedelta(days=1), NOW)
# What this tenant has none of, so that an empty table is the right answer.
MAY_BE_EMPTY = frozenset({"blocked_senders", "rule_changes", "mail_items"})


@pytest.fixture
def sent() -> list[tuple[Call, Page]]:
    """Every request, with its answer."""
    return []


@pytest.fixture
def tenant(simulator: Any, sent: list[tuple[Call, Page]]) -> Tenant:
    """The simulated tenant, with waits that cost no time."""
    slept: list[float] = []
    patience = Patience(sleep=slept.append, clock=lambda: sum(slept))
    return connect_simulated(simulator.facts, patience=patience, on_request=lambda *pair: sent.append(pair))


def problems(contract: SimpleNamespace, sent: list[tuple[Call, Page]]) -> list[str]:
    """What in the requests and answers is not as the contract says."""
    found = []
    for call, page in sent:
        checker = contract.graph if call.service == "graph" else contract.aux
        found += checker.check_request(call.method, call.url, page.asked, dict(call.headers))
        found += checker.check_response(call.method, call.url, page.status, page.value)
    return found


def people(tenant: Tenant) -> tuple[str, ...]:
    """Two accounts of the tenant with a mailbox, one by name and one by id."""
    boxes = tenant.cmdlet("Get-Mailbox", ResultSize="Unlimited").records
    return boxes[0]["UserPrincipalName"], boxes[1]["ExternalDirectoryObjectId"]


@pytest.mark.parametrize("name", list(SOURCES))
def test_source(name: str, tenant: Tenant, sent: list[Any], contract: SimpleNamespace, tmp_path: Path) -> None:
    source = SOURCES[name]
    engine, evidence = Engine(tmp_path), Evidence(tmp_path, Journal(tmp_path / "journal.jsonl"))
    named = Scope(SHORT.start, SHORT.end, people(tenant))
    for scope in (SHORT, named):
        (line,) = collect(tenant, engine, evidence, [name], scope, say=lambda _: None)
        assert line.status in ("complete", "empty"), line
        assert (line.counts or {}).get("rejected", 0) == 0, line
        if scope is SHORT:
            assert {table for table in source.tables if not engine.count(table)} <= MAY_BE_EMPTY
    assert problems(contract, sent) == []
    assert all(call.method == "GET" or call.service == "exchange" or "auditLog/queries" in call.url for call, _ in sent)


def test_no_source_writes(simulator: Any, tenant: Tenant) -> None:
    for name in SOURCES:
        for _ in SOURCES[name].collect(tenant, SHORT):
            pass
    assert simulator.writes() == []


@pytest.mark.parametrize("name", list(SOURCES))
def test_source_is_described(name: str) -> None:
    source = SOURCES[name]
    assert source.name == name
    assert source.record in RECORDS
    assert set(source.tables) <= set(RECORDS[source.record].selects)
    assert "For:" in source.about
    assert "Limits:" in source.about
    assert source.permissions


def ids(found: Iterator[Fetched]) -> list[str]:
    return [record["id"] for fetched in found for record in fetched.page.records]


@pytest.mark.parametrize("name", ["sign_ins", "non_interactive_sign_ins", "message_traces", "directory_audits"])
def test_a_window_cut_in_two_brings_the_same(name: str, tenant: Tenant) -> None:
    source = SOURCES[name]
    middle = SHORT.start + timedelta(hours=11)
    halves = ids(source.collect(tenant, Scope(SHORT.start, middle))) + ids(
        source.collect(tenant, Scope(middle, SHORT.end))
    )
    assert set(halves) == set(ids(source.collect(tenant, SHORT)))


def test_an_account_s_sign_ins_are_the_same_by_name_by_id_and_among_all(tenant: Tenant) -> None:
    user = tenant.get(f"/v1.0/users/{people(tenant)[0]}", select="id,userPrincipalName")
    collected = SOURCES["sign_ins"].collect
    by_name = ids(collected(tenant, Scope(SHORT.start, SHORT.end, (user["userPrincipalName"].upper(),))))
    by_id = ids(collected(tenant, Scope(SHORT.start, SHORT.end, (user["id"],))))
    everyone = collected(tenant, SHORT)
    among_all = [row["id"] for page in everyone for row in page.page.records if row["userId"] == user["id"]]
    assert sorted(by_name) == sorted(by_id) == sorted(among_all)
    assert by_name


def test_the_audit_search_falls_back_to_beta(simulator: Any, tenant: Tenant, sent: list[tuple[Call, Page]]) -> None:
    simulator.fault(
        match="POST /v1.0/security/auditLog/queries", kind="status", status=404, code="UnknownError", count=0
    )
    assert ids(SOURCES["unified_audit"].collect(tenant, SHORT))
    assert any("/beta/security/auditLog/queries" in call.url for call, _ in sent)


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (403, "Authentication_RequestFromNonPremiumTenantOrB2CTenant", NotLicensed),
        (403, "Authorization_RequestDenied", NotAllowed),
    ],
)
def test_a_refusal_says_which_kind(
    simulator: Any, tenant: Tenant, status: int, code: str, kind: type[Exception]
) -> None:
    simulator.fault(match="GET /beta/auditLogs/signIns", kind="status", status=status, code=code)
    with pytest.raises(kind):
        list(SOURCES["sign_ins"].collect(tenant, SHORT))


@pytest.mark.parametrize(
    "fault", [{"kind": "reset"}, {"kind": "truncate"}, {"kind": "status", "status": 429, "retry_after": "2.128"}]
)
def test_a_fault_on_the_way_costs_no_record(simulator: Any, tenant: Tenant, fault: dict[str, Any]) -> None:
    before = ids(SOURCES["sign_ins"].collect(tenant, SHORT))
    simulator.fault(match="GET /beta/auditLogs/signIns", skip=1, **fault)
    assert ids(SOURCES["sign_ins"].collect(tenant, SHORT)) == before


def test_a_foreign_link_is_refused_and_what_came_stands(simulator: Any, tenant: Tenant) -> None:
    simulator.fault(match="GET /v1.0/users", kind="foreign_link")
    pages = tenant.pages("/v1.0/users", top=5)
    assert len(next(pages).records) == 5
    with pytest.raises(RequestRefused):
        next(pages)


def test_a_named_account_without_a_mailbox_does_not_stop_the_others() -> None:
    def fetch(account: Account) -> Iterator[Fetched]:
        if account.id == "2":
            raise NotFound("no mailbox")
        yield Fetched(SimpleNamespace(records=[account.id]))  # type: ignore[arg-type]

    found = [Account(number, f"{number}@x.example") for number in "123"]
    assert [fetched.page.records for fetched in each(found, fetch, named=False)] == [["1"], ["3"]]
    seen = []
    with pytest.raises(NotFound, match=r"2@x\.example"):  # noqa: PT012
        for fetched in each(found, fetch, named=True):
            seen.append(fetched.page.records)
    assert seen == [["1"], ["3"]]


def test_reach_leaves_out_what_is_no_longer_kept() -> None:
    source = SOURCES["sign_ins"]
    assert source.reach(Scope(NOW - timedelta(days=90), NOW), NOW).start == NOW - timedelta(days=30)
    assert source.reach(SHORT, NOW) == SHORT
    gone = source.reach(Scope(NOW - timedelta(days=90), NOW - timedelta(days=60)), NOW)
    assert gone.start == gone.end
    assert SOURCES["users"].reach(Scope(NOW - timedelta(days=900), NOW), NOW).start == NOW - timedelta(days=900)


@pytest.mark.parametrize("days", [1, 0.7, 30])
def test_spans_leave_no_gap(days: float) -> None:
    scope = Scope(NOW - timedelta(days=3, seconds=5), NOW)
    spans = list(scope.spans(days))
    assert (spans[0][1], spans[-1][0]) == (scope.end, scope.start)
    assert all(later[0] == earlier[1] for later, earlier in pairwise(spans))


def test_a_stamp_never_shortens_a_window() -> None:
    assert stamp(NOW.replace(microsecond=1)) == (NOW + timedelta(seconds=1)).strftime("%Y-%m-%dT%H:%M:%SZ")


def test_sources_only_fetch() -> None:
    """No source reads a record's meaning: that is said once, in records."""
    for name in SOURCES:
        source: Source = SOURCES[name]
        assert "duckdb" not in inspect.getsource(inspect.getmodule(source.collect) or object)
