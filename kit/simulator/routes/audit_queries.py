"""The unified audit log over Graph: a query is made, runs, succeeds, and then has pages of records.

A query moves one step each time it is looked at (notStarted, running, succeeded), so that no test waits. The records
are those of the moment it succeeded. `audit_record_limit` (a setting) is how many a query gives; one that had more
says isRecordCountLimitExceeded, and still "succeeded".
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from kit.simulator.audit_search import Search, folded, record_type, user_type
from kit.simulator.log import Row
from kit.simulator.message import Answer, Call
from kit.simulator.odata import fields
from kit.simulator.paging import Shape, list_state, next_link, one, page_size, resume, rows_page
from kit.simulator.problem import GraphProblem, bad_request, there
from kit.simulator.router import Family
from kit.simulator.tenancy import new_id
from kit.simulator.values import DAY, ticks
from kit.simulator.world import Json

family = Family("graph")

RECORD_LIMIT = 150_000
ABANDONED_SECONDS = 60
CONCURRENT = 10
"""Unfinished searches a tenant may have before 429 (observed by CIPP; Microsoft gives no number)."""
RECORDS = Shape("security/auditLog/queries('{}')/records", "v1.microsoft.graph.security.auditLogRecord", page=150)
TYPE = "microsoft.graph.security.auditLogQuery"
SHAPES = {
    "v1.0": Shape("security/auditLog/queries", f"v1.{TYPE}", fields("displayName(eq) status(eq)", fold=True)),
    "beta": Shape("security/auditLog/queries", f"beta.{TYPE}", fields("displayName(eq) status(eq)", fold=True)),
}
PATH = "/{}/security/auditLog/queries"
BOTH = [PATH.format("v1.0"), PATH.format("beta")]
FILTERS = (
    "recordTypeFilters",
    "serviceFilters",
    "operationFilters",
    "userPrincipalNameFilters",
    "ipAddressFilters",
    "objectIdFilters",
    "administrativeUnitIdFilters",
)


@dataclass
class Query:
    """A query as it stands, what it looks for, and what it found."""

    shown: Json
    search: Search
    rows: list[Row] = field(default_factory=list)
    made: float = field(default_factory=time.monotonic)

    @property
    def busy(self) -> bool:
        """Counts as a running search; one that nobody asks about stops counting after a while."""
        unfinished = self.shown["status"] in {"notStarted", "running"}
        return unfinished and time.monotonic() - self.made < ABANDONED_SECONDS


@family.route("POST", *BOTH)
def create(call: Call) -> Answer:
    """Start a search."""
    _need_auditing(call)
    body, queries = call.json(), _queries(call)
    if sum(query.busy for query in list(queries.values())) >= CONCURRENT:
        raise GraphProblem(429, "TooManyRequests", "Too many requests.", Retry_After="60")
    search = _search(body)
    query_id = new_id()
    shown: Json = {"id": query_id, "displayName": body.get("displayName") or "", "status": "notStarted"}
    shown |= {"filterStartDateTime": body["filterStartDateTime"], "filterEndDateTime": body["filterEndDateTime"]}
    shown |= {"keywordFilter": body.get("keywordFilter"), **{name: body.get(name) or [] for name in FILTERS}}
    shown |= {"approximateReturnedRecordCount": None, "recordCountLimit": None, "isRecordCountLimitExceeded": None}
    with call.tenancy.lock:
        queries[query_id] = Query(shown, search)
    answer = one(call, SHAPES[call.version], shown)
    return Answer(201, answer.body, answer.headers)


@family.route("GET", *BOTH)
def list_queries(call: Call) -> Answer:
    """The searches made since the server started."""
    return list_state(call, SHAPES[call.version], [query.shown for query in list(_queries(call).values())])


@family.route("GET", *(f"{path}/{{auditLogQuery-id}}" for path in BOTH))
def read(call: Call) -> Answer:
    """How far a search is."""
    query = _query(call)
    with call.tenancy.lock:
        _advance(call, query)
        return one(call, SHAPES[call.version], query.shown)


@family.route("GET", *(f"{path}/{{auditLogQuery-id}}/records" for path in BOTH))
def records(call: Call) -> Answer:
    """A page of what a search found; nothing before it has succeeded."""
    query, size, start = _query(call), page_size(call, RECORDS), int(resume(call).get("at", 0))
    link = next_link(call, {"at": start + size}) if start + size < len(query.rows) else ""
    more: dict[str, Any] = {"odata_count": len(query.rows)} if call.query.get("$count") == "true" else {}
    rows = [row.bytes("auditLogRecord", audit_log_record) for row in query.rows[start : start + size]]
    return rows_page(call, RECORDS.entity.format(query.shown["id"]), rows, link, **more)


def audit_log_record(record: Json) -> Json:
    """Graph's wrapper of a raw record.

    As observed of the service: userId holds UserKey and userPrincipalName holds UserId, clientIp is always null,
    CreationTime has its "Z" here, and lists have @odata.type siblings.
    """
    data: Json = {"@odata.type": "#microsoft.graph.security.defaultAuditData"}
    for name, value in record.items():
        if isinstance(value, list):
            data[f"{name}@odata.type"] = "#Collection(microsoft.graph.Json)"
        data[name] = value
    data["CreationTime"] = f"{record['CreationTime'].rstrip('Z')}Z"
    return {
        "id": record["Id"],
        "createdDateTime": data["CreationTime"],
        "auditLogRecordType": record_type(record),
        "operation": record.get("Operation"),
        "organizationId": record.get("OrganizationId"),
        "userType": user_type(record),
        "userId": record.get("UserKey"),
        "service": record.get("Workload"),
        "objectId": record.get("ObjectId"),
        "userPrincipalName": record.get("UserId"),
        "clientIp": None,
        "administrativeUnits": [""],
        "auditData": data,
    }


def _queries(call: Call) -> dict[str, Query]:
    return call.tenancy.remember("audit_queries")


def _query(call: Call) -> Query:
    return there(_queries(call), call.ids["auditLogQuery-id"])


def _advance(call: Call, query: Query) -> None:
    steps = {"notStarted": "running", "running": "succeeded"}
    status = steps.get(query.shown["status"])
    if status is None:
        return
    query.shown["status"] = status
    if status == "succeeded":
        limit = call.tenancy.settings.get("audit_record_limit", RECORD_LIMIT)
        found = list(query.search.find(call.tenancy.logs["auditRecords"]))
        query.rows = found[:limit]
        query.shown |= {
            "approximateReturnedRecordCount": len(query.rows),
            "recordCountLimit": limit,
            "isRecordCountLimitExceeded": len(found) > limit,
        }


def _search(body: Json) -> Search:
    start, end = ticks(body.get("filterStartDateTime") or ""), ticks(body.get("filterEndDateTime") or "")
    if start < 0 or end < 0:
        raise bad_request("filterStartDateTime and filterEndDateTime are required and must be valid date-times.")
    if not start < end or end - start > 366 * DAY:
        raise bad_request("filterStartDateTime must be before filterEndDateTime, within 366 days.")
    return Search(
        start,
        end,
        record_types=folded(body.get("recordTypeFilters")),
        operations=folded(body.get("operationFilters")),
        users=folded(body.get("userPrincipalNameFilters")),
        addresses=folded(body.get("ipAddressFilters")),
        objects=folded(body.get("objectIdFilters")),
        services=folded(body.get("serviceFilters")),
        keyword=(body.get("keywordFilter") or "").casefold(),
    )


def _need_auditing(call: Call) -> None:
    settings = call.tenancy.collection("adminAuditLogConfig").get("0", {})
    if not settings.get("UnifiedAuditLogIngestionEnabled", True):
        raise bad_request('{"Status":"AuditingDisabledTenant"}')
