"""Lists as Graph gives them: $filter, $orderby, $select, $count, pages with an opaque $skiptoken and @odata.nextLink.

`list_state` serves a collection of objects, `list_log` a log, newest first. A token carries the place of the next
page and a mark of the query it belongs to; one that was made up, or for another query, is refused.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import quote

from kit.simulator import contract
from kit.simulator.log import Log, Row
from kit.simulator.message import Answer, Call, dump
from kit.simulator.odata import Fields, Filter, Test, parse
from kit.simulator.problem import GraphProblem, bad_request
from kit.simulator.values import DAY, pick
from kit.simulator.world import Json

NOTHING = Fields({}, fold=False)


@dataclass(frozen=True)
class Shape:
    """How a list is served: the entity set of @odata.context, the type, what may be filtered, page sizes.

    `default`: the properties given without $select (all when empty). `eventual`: $count, $search and the advanced
    filters need the header ConsistencyLevel: eventual, as for directory objects. `plays`: of $expand and $search, what
    the route carries out itself; the other is answered 501.
    """

    entity: str
    type: str
    fields: Fields = NOTHING
    page: int = 100
    most: int = 999
    default: tuple[str, ...] = ()
    plays: tuple[str, ...] = ()
    eventual: bool = False


def list_state(call: Call, shape: Shape, items: Iterable[Json]) -> Answer:
    """A page of a collection."""
    _simulated(call, shape)
    if shape.eventual and "$count" in call.query and not _eventual(call):
        raise bad_request("$count is not currently supported without ConsistencyLevel: eventual.", "Request_BadRequest")
    found = ordered(call, shape, list(filter(filtering(call, shape.fields), list(items))))
    size, start = page_size(call, shape), int(resume(call).get("at", 0)) or _skipped(call)
    chosen = selected(call, shape)
    page: Json = {"@odata.context": call.context(_entity(call, shape))}
    if call.query.get("$count", "").lower() == "true":
        page["@odata.count"] = len(found)
    if start + size < len(found):
        page["@odata.nextLink"] = next_link(call, {"at": start + size})
    page["value"] = [chosen(item) for item in found[start : start + size]]
    return Answer.of(page)


def list_log(call: Call, shape: Shape, log: Log, also: Test | None = None) -> Answer:
    """A page of a log, newest first; `also` is a condition that the route adds to the filter."""
    test, size = filtering(call, shape.fields), page_size(call, shape)
    order = call.query.get("$orderby", "").split()
    if order and (order[0] != log.time or order[1:] not in ([], ["desc"], ["asc"])):
        raise bad_request(f"Sorting is supported by {log.time} only.")
    if order and order[1:] != ["desc"]:
        raise bad_request("Sorting in ascending order is not supported.")
    place = resume(call)
    after = (int(place["day"]), int(place["at"])) if place else None
    first, last = window(test, log.time)
    rows: list[Row] = []
    link = ""
    for position, row in log.newest_first(first, last, after):
        if test(row.record) and (also is None or also(row.record)):
            if len(rows) == size:
                link = next_link(call, {"day": position[0], "at": position[1] + 1})
                break
            rows.append(row)
    return rows_page(call, shape.entity, [row.bytes(shape.type, _into(shape.type)) for row in rows], link)


def one(call: Call, shape: Shape, item: Json) -> Answer:
    """One object with its context."""
    _simulated(call, shape)
    chosen = selected(call, shape)(item)
    return Answer.of({"@odata.context": call.context(f"{shape.entity}/$entity"), **chosen})


def filtering(call: Call, fields: Fields) -> Filter:
    """The test of $filter; all pass when there is none."""
    text = call.query.get("$filter")
    return Filter(lambda record: True) if text is None else parse(text, fields)


def ordered(call: Call, shape: Shape, items: Sequence[Json]) -> list[Json]:
    """The items sorted by $orderby; the last key is sorted by first, since sorting is stable."""
    out = list(items)
    for key in reversed([part for part in call.query.get("$orderby", "").split(",") if part.strip()]):
        path, _, direction = key.strip().partition(" ")
        if direction.strip().lower() not in {"", "asc", "desc"}:
            raise bad_request(f"Invalid $orderby clause: '{key.strip()}'.")
        if path.partition("/")[0] not in contract.properties(shape.type):
            raise bad_request(f"Could not find a property named '{path}' on type '{_short(shape)}'.")
        out.sort(key=lambda item: pick(item, path), reverse=direction.strip().lower() == "desc")
    return out


def page_size(call: Call, shape: Shape) -> int:
    """$top within its limits, or the default."""
    text = call.query.get("$top")
    if text is None:
        return shape.page
    if not text.isdecimal() or int(text) == 0:
        raise bad_request(f"Invalid value '{text}' for $top query option found. It requires a positive integer.")
    if int(text) > shape.most:
        raise bad_request(
            f"Invalid page size specified: '{text}'. Must be between 1 and {shape.most} inclusive.",
            "Request_BadRequest",
        )
    return int(text)


def selected(call: Call, shape: Shape) -> Callable[[Json], Json]:
    """What turns an object into what is served: its type's properties, those of $select, or the default ones."""
    names = [name.strip() for name in call.query.get("$select", "").split(",") if name.strip()]
    known = {name.lower(): name for name in contract.properties(shape.type)}
    for name in names:
        if name.lower() not in known:
            raise bad_request(f"Could not find a property named '{name}' on type '{_short(shape)}'.")
    wanted = [known[name.lower()] for name in names] or list(shape.default)

    def choose(item: Json) -> Json:
        whole: Json = contract.project(item, shape.type)
        return {name: whole.get(name) for name in wanted} if wanted else whole

    return choose


def window(filter: Filter, time: str) -> tuple[date | None, date | None]:
    """The first and last UTC day on which the filter can match, as far as it says."""
    days = [(operator, instant // DAY) for path, operator, instant in filter.limits if path == time]
    first = max((day for operator, day in days if operator in {"ge", "gt", "eq"}), default=None)
    last = min((day for operator, day in days if operator in {"le", "lt", "eq"}), default=None)
    return None if first is None else date.fromordinal(first), None if last is None else date.fromordinal(last)


def next_link(call: Call, place: Json) -> str:
    """The absolute address of the next page: the same query with a $skiptoken."""
    token = base64.urlsafe_b64encode(json.dumps([_mark(call), place]).encode()).rstrip(b"=").decode()
    options = {name: value for name, value in call.query.items() if name not in {"$skiptoken", "$skip"}}
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in {**options, "$skiptoken": token}.items())
    return f"{call.base}{call.path}?{query}"


def resume(call: Call) -> Json:
    """The place a $skiptoken stands for; {} on the first page, Problem 400 when it is none of ours."""
    token = call.query.get("$skiptoken")
    if token is None:
        return {}
    try:
        mark, place = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    except (ValueError, TypeError):
        mark, place = "", {}
    if mark != _mark(call) or not isinstance(place, dict):
        raise bad_request("Invalid Skip Token.", "")
    return place


def _mark(call: Call) -> str:
    options = sorted(item for item in call.query.items() if item[0] not in {"$skiptoken", "$skip"})
    return hashlib.sha256(repr((call.template, call.ids, options)).encode()).hexdigest()[:16]


def _skipped(call: Call) -> int:
    text = call.query.get("$skip", "0")
    if not text.isdecimal():
        raise bad_request(f"Invalid value '{text}' for $skip query option found. It requires a non-negative integer.")
    return int(text)


def _short(shape: Shape) -> str:
    return shape.type.removeprefix("v1.").removeprefix("beta.")


def _simulated(call: Call, shape: Shape) -> None:
    """Problem 501 for an option that would change the answer and is not played: never silently less."""
    for option in ("$expand", "$search"):
        if option in call.query and option not in shape.plays:
            raise GraphProblem(501, "notImplemented", f"{option} is not simulated for {shape.entity}.")


def _eventual(call: Call) -> bool:
    return (call.headers.get("ConsistencyLevel") or "").lower() == "eventual"


def _entity(call: Call, shape: Shape) -> str:
    names = call.query.get("$select", "")
    return f"{shape.entity}({names})" if names else shape.entity


def rows_page(call: Call, entity: str, rows: Iterable[bytes], link: str, **more: Any) -> Answer:
    """A page of records that are serialised already; `more` are further annotations ("odata_count")."""
    head = {"@odata.context": call.context(entity)}
    head |= {f"@{name.replace('_', '.')}": value for name, value in more.items()}
    head |= {"@odata.nextLink": link} if link else {}
    body = dump(head)[:-1] + b',"value":[' + b",".join(rows) + b"]}"
    return Answer(200, body, {"Content-Type": "application/json; odata.metadata=minimal"})


def _into(type_name: str) -> Callable[[Json], Json]:
    def shaped(record: Json) -> Json:
        out: Json = contract.project(record, type_name)
        return out

    return shaped
