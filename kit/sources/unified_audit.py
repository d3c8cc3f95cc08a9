"""Unified audit log."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from kit.errors import BadAnswer, NotAvailable, NotFound, Throttled
from kit.source import Fetched, Scope, accounts, fetched, source, stamp
from kit.tenant.client import Tenant, segment

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 60.0
PATIENCE = 3 * 3600.0  # searches take minutes, in large tenants hours
SMALLEST = timedelta(hours=1)


@source(
    record="audit_record",
    tables=("audit_records", "mail_items", "rule_changes"),
    permissions=("AuditLogsQuery.Read.All",),
    days=180,
)
def unified_audit(tenant: Tenant, scope: Scope) -> Iterator[Fetched]:
    """Unified audit log: what was done in Exchange, Entra, SharePoint, Teams and the rest.

    For: mail read, rules made, mail sent, files taken, settings changed; the one record of what an intruder did.
    Limits: kept 180 days (a year with Audit Premium, for some workloads). A search takes minutes to hours. A finished
    search may have been cut off at a limit; its window is then halved and searched again, down to an hour. Records may
    come twice and two runs may differ: rows are told apart by id. Not in the US government clouds or China; there, and
    where auditing is off, the service says so. For the named accounts only what they did themselves is asked for.
    """
    names = tuple(account.user for account in accounts(tenant, scope)) if scope.users else ()
    yield from _window(tenant, scope.start, scope.end, names)


def _window(tenant: Tenant, start: datetime, end: datetime, names: tuple[str, ...]) -> Iterator[Fetched]:
    """One search; where the service cut it off, two of half the time each."""
    place = _made(tenant, start, end, names)
    search = _finished(tenant, place)
    if search.get("isRecordCountLimitExceeded") and end - start > SMALLEST:
        middle = start + (end - start) / 2
        yield from _window(tenant, middle, end, names)
        yield from _window(tenant, start, middle, names)
        return
    yield from fetched(tenant.pages(f"{place}/records", top=999), search=place)
    if search.get("isRecordCountLimitExceeded"):
        raise BadAnswer(
            f"The audit log has more records between {stamp(start)} and {stamp(end)} than it gives.",
            "Name the accounts under suspicion, or import an export from Purview for that hour.",
        )


def _made(tenant: Tenant, start: datetime, end: datetime, names: tuple[str, ...]) -> str:
    """The path of a new search. The interface came, went and came back in v1.0; beta has always had it."""
    body = {
        "displayName": f"mailbox investigation {stamp(start)}",
        "filterStartDateTime": stamp(start),
        "filterEndDateTime": stamp(end),
    } | ({"userPrincipalNameFilters": list(names)} if names else {})
    try:
        return _asked(tenant, "/v1.0/security/auditLog/queries", body)
    except (NotAvailable, NotFound) as error:
        if error.code == "AuditingDisabledTenant":
            raise
        return _asked(tenant, "/beta/security/auditLog/queries", body)


def _asked(tenant: Tenant, path: str, body: dict[str, Any]) -> str:
    return f"{path}/{segment(str(tenant.ask(path, body).object.get('id') or ''))}"


def _finished(tenant: Tenant, place: str) -> dict[str, Any]:
    """The search once it has succeeded; BadAnswer when it failed, Throttled when it takes too long."""
    pause, waited = FIRST_PAUSE, 0.0
    while True:
        search = tenant.get(place)
        status = str(search.get("status")).casefold()
        if status == "succeeded":
            return search
        if status in ("failed", "cancelled"):
            raise BadAnswer(f"The audit search {status}.", "Ask again, for a shorter window or fewer accounts.")
        if waited >= PATIENCE:
            raise Throttled("The audit search did not finish in three hours.", "Ask again later, or for less.")
        tenant.patience.sleep(pause)
        waited, pause = waited + pause, min(LONGEST_PAUSE, pause * 2)
