"""Search-UnifiedAuditLog: windows of the unified audit log, 5,000 records a call, sessions for more.

With ReturnLargeSet a session gives up to 50,000 records, unsorted; with ReturnNextPreviewPage up to 5,000, newest
first. A session is called again with the same SessionId until it gives nothing.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any

from kit.simulator.audit_search import Search, folded, record_type
from kit.simulator.cmdlet import Cmdlets, names
from kit.simulator.log import Row
from kit.simulator.message import Call
from kit.simulator.problem import ExchangeProblem
from kit.simulator.values import ticks
from kit.simulator.world import Json

cmdlets = Cmdlets()

CALL_LIMIT = 5_000
SESSION_LIMITS = {"ReturnLargeSet": 50_000, "ReturnNextPreviewPage": 5_000}
FORMATS = ("%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %H:%M:%S", "%m/%d/%Y %H:%M", "%m/%d/%Y")
"""How PowerShell writes dates in English; ISO 8601 is taken too. All are UTC."""


@cmdlets.cmdlet("Search-UnifiedAuditLog")
def search(call: Call, parameters: Json) -> list[Json]:
    """Records of a window, newest first, or the next ones of a session."""
    if not call.tenancy.collection("adminAuditLogConfig")["0"].get("UnifiedAuditLogIngestionEnabled", True):
        return []
    size = _size(parameters.get("ResultSize", 100))
    wanted = _search(parameters)
    session = str(parameters.get("SessionId") or "")
    if not session:
        found = list(wanted.find(call.tenancy.logs["auditRecords"]))[:CALL_LIMIT]
        return [_row(row, index, len(found)) for index, row in enumerate(found[:size], 1)]
    command = _command(parameters.get("SessionCommand") or "ReturnNextPreviewPage")
    sessions = call.tenancy.remember("audit_sessions")
    if session not in sessions:
        sessions[session] = [_found(call, wanted, command), 0]
    rows, start = sessions[session]
    sessions[session][1] = start + size
    shown = rows[start : start + size]
    return [_row(row, index, len(rows)) for index, row in enumerate(shown, start + 1)]


def _found(call: Call, wanted: Search, command: str) -> list[Row]:
    rows = list(wanted.find(call.tenancy.logs["auditRecords"]))[: SESSION_LIMITS[command]]
    if command == "ReturnLargeSet":
        rows.sort(key=lambda row: hashlib.sha256(str(row.record["Id"]).encode()).digest())
    return rows


def _row(row: Row, index: int, count: int) -> Json:
    record = row.record
    return {
        "RecordType": record_type(record),
        "CreationDate": f"{record['CreationTime'].rstrip('Z')}Z",
        "UserIds": record.get("UserId"),
        "Operations": record.get("Operation"),
        "AuditData": row.bytes("AuditData", lambda whole: whole).decode(),
        "ResultIndex": index,
        "ResultCount": count,
        "Identity": record["Id"],
        "IsValid": True,
        "ObjectState": "Unchanged",
    }


def _search(parameters: Json) -> Search:
    start, end = _instant(parameters["StartDate"]), _instant(parameters["EndDate"])
    if start >= end:
        raise ExchangeProblem(400, "BadRequest", "The StartDate must be earlier than the EndDate.")
    return Search(
        start,
        end,
        record_types=folded(names(parameters.get("RecordType"))),
        operations=folded(names(parameters.get("Operations"))),
        users=folded(names(parameters.get("UserIds"))),
        addresses=folded(names(parameters.get("IPAddresses"))),
        objects=folded(names(parameters.get("ObjectIds"))),
        keyword=str(parameters.get("FreeText") or "").casefold(),
    )


def _instant(value: Any) -> int:
    text = str(value or "")
    instant = ticks(text)
    for form in FORMATS if instant < 0 else ():
        try:
            instant = ticks(datetime.strptime(text, form).replace(tzinfo=UTC).isoformat())
        except ValueError:
            continue
        return instant
    if instant < 0:
        raise ExchangeProblem(400, "BadRequest", f"Cannot convert value '{text}' to type 'System.DateTime'.")
    return instant


def _size(value: Any) -> int:
    if not str(value).isdecimal() or not 1 <= int(value) <= CALL_LIMIT:
        raise ExchangeProblem(400, "BadRequest", f"The ResultSize must be between 1 and {CALL_LIMIT}.")
    return int(value)


def _command(value: str) -> str:
    spelt = {name.casefold(): name for name in SESSION_LIMITS}
    if value.casefold() not in spelt:
        raise ExchangeProblem(
            400, "BadRequest", f"Cannot match the identifier name {value} to a valid enumerator name."
        )
    return spelt[value.casefold()]
