"""$batch: up to twenty requests in one, each answered on its own; the outer 200 says nothing about them."""

from __future__ import annotations

import dataclasses
import json
from email.message import Message
from typing import Any

from kit.simulator.message import Answer, Call, Query
from kit.simulator.problem import Problem, bad_request
from kit.simulator.router import Family, dispatch
from kit.simulator.tenancy import new_id
from kit.simulator.world import Json
from kit.simulator.writes import record_write

family = Family("graph")
MOST = 20


@family.route("POST", "/v1.0/$batch", "/beta/$batch")
def batch(call: Call) -> Answer:
    """Run the requests in order; one that depends on a failed one gets 424."""
    requests: list[Json] = call.json()["requests"]
    names = [request["id"] for request in requests]
    if len(set(names)) < len(names):
        raise bad_request("Duplicate request ids are not allowed in a batch.")
    statuses: dict[str, int] = {}
    responses = []
    for request in requests:
        earlier = request.get("dependsOn", [])
        if any(name not in statuses for name in earlier):
            raise bad_request("A request depends on one that does not stand before it.")
        failed = any(statuses[name] >= 400 for name in earlier)
        response = _failed(request["id"]) if failed else _one(call, request)
        statuses[request["id"]] = response["status"]
        responses.append(response)
    return Answer.of({"responses": responses})


def _one(call: Call, request: Json) -> Json:
    path, _, query = request["url"].partition("?")
    headers = Message()
    headers["Authorization"] = call.headers.get("Authorization") or ""
    for name, value in (request.get("headers") or {}).items():
        headers[name] = str(value)
    inner = dataclasses.replace(
        call,
        method=request["method"],
        path=f"/{call.version}{path}",
        query=Query(query),
        headers=headers,
        body=json.dumps(request["body"]).encode() if "body" in request else b"",
        request_id=new_id(),
        ids={},
        caller=None,
    )
    try:
        answer = dispatch(inner)
        response = _response(request["id"], answer.status, answer.headers, answer.json())
    except Problem as problem:
        body = problem.body(inner.request_id, "")
        response = _response(request["id"], problem.status, problem.headers, body)
    record_write(inner, response["status"])
    return response


def _response(name: str, status: int, headers: dict[str, str], body: Any) -> Json:
    return {"id": name, "status": status, "headers": headers} | ({"body": body} if body else {})


def _failed(name: str) -> Json:
    error = {"code": "FailedDependency", "message": "A request this one depends on failed."}
    return _response(name, 424, {}, {"error": error})
