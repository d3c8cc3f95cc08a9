"""Faults on demand: what the next answers of some routes shall suffer.

A fault is a JSON object, sent to POST /admin/fault or given to `Faults.add`:

    {"match": "GET /beta/auditLogs/signIns", "kind": "status", "status": 429, "retry_after": "2.128", "count": 2}

`match` is a regular expression searched in "METHOD /path?query"; `skip` answers pass before the first one is hit;
`count` answers are hit (default 1, 0 = until cleared). Kinds:

    status        an error answer: `status`, `retry_after` (text; absent: no header), `code`
    reset         the connection is reset after half of the body
    truncate      half of the body, cleanly closed, with a Content-Length that fits: only the JSON is broken
    foreign_link  @odata.nextLink points to `host` (default "graph.invalid")
    slow          the body comes in `pieces` with `pause` seconds between them
    duplicate     the last record of the page before stands again at the head of this one
"""

from __future__ import annotations

import json
import re
import threading
from dataclasses import dataclass, field
from typing import Any

from kit.simulator.message import Answer, dump
from kit.simulator.problem import Problem, bad_request
from kit.simulator.world import Json

KINDS = frozenset({"status", "reset", "truncate", "foreign_link", "slow", "duplicate"})
CODES = {
    429: ("TooManyRequests", "Please retry again later."),
    500: ("InternalServerError", "An unexpected error has occurred."),
    502: ("BadGateway", "The server received an invalid response."),
    503: ("ServiceUnavailable", "The service is temporarily unavailable."),
    504: ("GatewayTimeout", "The request timed out."),
}


@dataclass
class Fault:
    """One planned fault; `left` is how many answers it still hits (None: until cleared)."""

    match: re.Pattern[str]
    kind: str
    skip: int
    left: int | None
    how: Json
    last: dict[str, Any] = field(default_factory=dict)


class Faults:
    """The planned faults, in the order they were added. Safe for threads."""

    def __init__(self) -> None:
        self._planned: list[Fault] = []
        self._lock = threading.Lock()

    def add(self, how: Json) -> None:
        """Plan a fault; Problem 400 when it is not one."""
        kind, count = how.get("kind"), how.get("count", 1)
        if kind not in KINDS or not isinstance(count, int) or not isinstance(how.get("skip", 0), int):
            raise bad_request(f"A fault has a kind ({', '.join(sorted(KINDS))}) and whole numbers count and skip.")
        try:
            match = re.compile(str(how.get("match", "")), re.IGNORECASE)
        except re.error as error:
            raise bad_request(f"The match is not a regular expression: {error}.") from None
        with self._lock:
            self._planned.append(Fault(match, kind, how.get("skip", 0), count or None, how))

    def clear(self) -> None:
        """Forget all faults."""
        with self._lock:
            self._planned.clear()

    def hit(self, request: str) -> Fault | None:
        """The fault this request ("METHOD /path?query") suffers, if any; counts it down."""
        with self._lock:
            for fault in self._planned:
                if not fault.match.search(request) or fault.left == 0:
                    continue
                if fault.skip:
                    fault.skip -= 1
                    continue
                if fault.left:
                    fault.left -= 1
                return fault
        return None


def refusal(fault: Fault, kind: type[Problem]) -> Problem:
    """The error of a "status" fault as a Problem of the service's own class."""
    status = int(fault.how.get("status", 500))
    code, message = CODES.get(status, ("UnknownError", "A fault was asked for."))
    problem = kind.plain(status, str(fault.how.get("code", code)), message)
    if "retry_after" in fault.how:
        problem.headers["Retry-After"] = str(fault.how["retry_after"])
    return problem


def bend(fault: Fault, answer: Answer) -> Answer:
    """The answer with a changed body ("truncate", "foreign_link", "duplicate"); other kinds act on the socket."""
    if fault.kind == "truncate":
        return Answer(answer.status, answer.body[: len(answer.body) // 2], answer.headers)
    if fault.kind not in {"foreign_link", "duplicate"} or not answer.body:
        return answer
    page = json.loads(answer.body)
    if fault.kind == "foreign_link" and "@odata.nextLink" in page:
        host = fault.how.get("host", "graph.invalid")
        page["@odata.nextLink"] = re.sub(r"^(https?://)[^/]+", rf"\g<1>{host}", page["@odata.nextLink"])
    if fault.kind == "duplicate" and page.get("value"):
        repeated = fault.last.get("record")
        fault.last["record"] = page["value"][-1]
        page["value"] = [*([repeated] if repeated else []), *page["value"]]
    return Answer(answer.status, dump(page), answer.headers)
