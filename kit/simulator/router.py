"""Routes: a family is one file in `routes/`; a request finds its handler by the contract's own path template.

    family = Family("graph")

    @family.route("GET", "/v1.0/users/{user-id}")
    def read_user(call: Call) -> Answer: ...

Graph serves every v1.0 path on beta too, takes segments in any case, keys as /users/x and /users('x'), actions with
or without their namespace, and /me for the signed-in user: paths are brought to one form before they are looked up.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from urllib.parse import unquote

from kit.shelf import Shelf
from kit.simulator import contract
from kit.simulator.identity import allowed
from kit.simulator.message import OPTIONS, Answer, Call
from kit.simulator.problem import GraphProblem, bad_request
from kit.simulator.world import Json

Handler = Callable[[Call], Answer]

KEYED = re.compile(r"^(?P<name>[A-Za-z]+)\((?:appId=)?'(?P<key>(?:[^']|'')*)'\)$")
NAMESPACE = re.compile(r"^microsoft\.graph\.(?:security\.)?(?=[a-zA-Z])")


@dataclass(frozen=True)
class Route:
    """One operation of a service: method, path template and the function that answers."""

    service: str
    method: str
    template: str
    handler: Handler
    open: bool = False


@dataclass
class Family:
    """The routes of one file. `service` is "graph", "login", "exchange", "manage" or "admin"."""

    service: str
    routes: list[Route] = field(default_factory=list)

    def route(self, method: str, *templates: str, open: bool = False) -> Callable[[Handler], Handler]:
        """Register a handler for one or more templates; `open` routes need no token."""

        def keep(handler: Handler) -> Handler:
            self.routes += [Route(self.service, method, template, handler, open) for template in templates]
            return handler

        return keep


FAMILIES: Shelf[Family] = Shelf("kit.simulator.routes", Family)


@dataclass
class Node:
    """One segment of the tree of templates: literal children by folded name, one child for a placeholder."""

    children: dict[str, Node] = field(default_factory=dict)
    any: Node | None = None
    methods: dict[str, Route | str] = field(default_factory=dict)

    def add(self, template: str, method: str, target: Route | str) -> None:
        """Hang a route (or the template of an operation nobody simulates) into the tree."""
        node = self
        for segment in _split(template):
            if segment.startswith("{"):
                node.any = node.any or Node()
                node = node.any
            else:
                node = node.children.setdefault(segment.split("(")[0].lower(), Node())
        node.methods[method] = target

    def find(self, segments: tuple[str, ...]) -> Node | None:
        """The node of a path; a literal segment wins over a placeholder."""
        if not segments:
            return self if self.methods else None
        child = self.children.get(segments[0].split("(")[0].lower())
        found = child.find(segments[1:]) if child else None
        return found or (self.any.find(segments[1:]) if self.any else None)


@cache
def tree(service: str) -> Node:
    """The service's routes, and every operation of the contract that has none."""
    root = Node()
    for name in contract.operations(service):
        method, template = name.split(" ", 1)
        root.add(template, method, template)
    for name in FAMILIES:
        for route in FAMILIES[name].routes:
            if route.service == service:
                root.add(route.template, route.method, route)
    return root


def dispatch(call: Call) -> Answer:
    """Find the route of a call, check what the contract says about it, and answer."""
    segments = normalise(call)
    node = tree(call.service).find(segments)
    if node is None and segments[:1] == ("beta",):
        node = tree(call.service).find(("v1.0", *segments[1:]))
    if node is None:
        raise GraphProblem(
            400, "BadRequest", f"Resource not found for the segment '{segments[-1] if segments else ''}'."
        )
    target = node.methods.get(call.method)
    if target is None:
        raise GraphProblem(405, "Request_BadRequest", "Specified HTTP method is not allowed for the request target.")
    call.template = target if isinstance(target, str) else target.template
    call.ids = _values(call.template, segments)
    if isinstance(target, str) or not target.open:
        authorize(call)
    if isinstance(target, str):
        raise GraphProblem(501, "notImplemented", f"{call.method} {call.template} is not simulated.")
    return target.handler(call)


def authorize(call: Call) -> None:
    """Check the token, the permissions and the query options of a Graph or Exchange call."""
    token = call.headers.get("Authorization") or ""
    call.caller = call.tenancy.identity.caller(token, call.service, call.tenancy.settings.get("address", ""))
    known = contract.operation(call.method, call.template) if call.service == "graph" else None
    if known:
        allowed(call.caller, known["delegated"], known["application"])
        _check_options(call, known)
        if "body" in known:
            _check_body(call)


def normalise(call: Call) -> tuple[str, ...]:
    """The path's segments, decoded: keys in parentheses and namespaces undone, /me replaced by the caller's id."""
    out: list[str] = []
    for raw in _split(call.path):
        segment = NAMESPACE.sub("", unquote(raw))
        keyed = KEYED.match(segment)
        if keyed:
            out += [keyed["name"], keyed["key"].replace("''", "'")]
        else:
            out.append(segment)
    if call.service == "graph" and len(out) > 2 and out[1].lower() == "me":
        token = call.tenancy.identity.caller(call.headers.get("Authorization") or "", "graph", "")
        out[1:2] = ["users", token.user_id]
    return tuple(out)


def _split(path: str) -> list[str]:
    return [segment for segment in path.split("/") if segment]


def _values(template: str, segments: tuple[str, ...]) -> dict[str, str]:
    """Placeholder → value; a function's parameter is cut out of its parentheses."""
    values = {}
    for part, segment in zip(_split(template), segments, strict=True):
        if part.startswith("{"):
            values[part.strip("{}")] = segment
        elif "{" in part:
            name = part.partition("{")[2].partition("}")[0]
            values[name] = segment.partition("='")[2].removesuffix("')").replace("''", "'")
    return values


def _check_options(call: Call, known: Json) -> None:
    documented = {name.lower() for name in known["query"]}
    if call.query.repeated:
        raise bad_request("A query option was specified more than once.")
    for name in call.query:
        if name in documented:
            continue
        if name in OPTIONS:
            raise bad_request(
                f"Query option '{name[1:].capitalize()}' is not allowed. To allow it, set the "
                f"'AllowedQueryOptions' property on EnableQueryAttribute or QueryValidationSettings."
            )
        raise bad_request(f"Unrecognized query argument specified: '{name}'.", "Request_BadRequest")


def _check_body(call: Call) -> None:
    errors = contract.body_errors(call.method, call.template, call.json())
    if not errors:
        return
    first = errors[0]
    if "/mailFolders/" in call.template:
        raise bad_request(f"The property '{first['property']}' is not valid: {first['message']}.", "RequestBodyRead")
    if first["kind"] == "additionalProperties":
        raise bad_request(f"Invalid property '{first['property']}'.", "Request_BadRequest")
    where = f" at '{first['path']}'" if first["path"] else ""
    raise bad_request(f"Invalid value specified{where}: {first['message']}.", "Request_BadRequest")


def listed() -> Mapping[str, Route]:
    """ "METHOD template" → route, for everything simulated."""
    return {f"{route.method} {route.template}": route for name in FAMILIES for route in FAMILIES[name].routes}
