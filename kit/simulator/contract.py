"""What of Microsoft's contract the simulator needs while it runs, from `contract.json`.

The file is derived from the published metadata and documentation by `tests/simulator/derive_contract.py`: operations
with their query options and permissions, request bodies (JSON Schema), types and their properties, cmdlet parameters.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from kit.simulator.world import Json

FILE = Path(__file__).with_name("contract.json")
MANY = {
    "anyOf": [
        {"type": "array"},
        {"type": ["string", "null"]},
        {
            "type": "object",
            "required": ["@odata.type"],
            "properties": {"@odata.type": {"const": "#Exchange.GenericHashTable"}},
        },
    ]
}


@cache
def contract() -> Json:
    """The derived contract, read once."""
    derived: Json = json.loads(FILE.read_text("utf-8"))
    return derived


def operation(method: str, template: str) -> Json | None:
    """The operation's mode, query options, permissions and body, or None when the contract has no such operation."""
    found: Json | None = contract()["operations"].get(f"{method} {template}")
    return found


def operations(service: str) -> list[str]:
    """ "METHOD template" of every operation a service has in the contract, simulated or not."""
    if service == "graph":
        return list(contract()["operations"])
    starts = {"exchange": "/adminapi/", "manage": "/api/", "login": "/{tenant}/"}
    start = starts.get(service, "none")
    return [name for name in contract()["auxiliary"] if name.partition(" ")[2].startswith(start)]


def properties(type_name: str) -> dict[str, str]:
    """Property → its own type ("" for a plain value) of a type such as "v1.microsoft.graph.signIn"."""
    found: dict[str, str] = contract()["types"][type_name]
    return found


def project(value: Any, type_name: str) -> Any:
    """The value with only what its type has: turns an object held in its beta shape into the v1.0 one."""
    if isinstance(value, list):
        return [project(item, type_name) for item in value]
    if not isinstance(value, dict):
        return value
    known = properties(type_name)
    return {
        name: project(item, known[name]) if known.get(name) else item
        for name, item in value.items()
        if name in known or "@" in name
    }


def body_errors(method: str, template: str, body: Any) -> list[Json]:
    """What is wrong with a request body: {"path", "kind", "message", "property"}; empty when it conforms."""
    return _errors(_validator(f"{method} {template}"), body)


def parameter_errors(cmdlet: str, parameters: Json) -> list[Json]:
    """What is wrong with the parameters of a cmdlet of the contract, in the same form."""
    return _errors(_validator(cmdlet), parameters)


@cache
def _validator(name: str) -> Any:
    from jsonschema import Draft202012Validator  # slow to import; only requests with a body need it

    derived = contract()
    schema = derived["cmdlets"].get(name) or derived["operations"][name]["body"]
    return Draft202012Validator({**schema, "components": {"schemas": derived["schemas"]}, "$defs": {"many": MANY}})


def _errors(validator: Any, value: Any) -> list[Json]:
    found = [_nearest(error) for error in validator.iter_errors(value)]
    return [_error(error) for error in found if not _only_case(error)]


def _only_case(error: Any) -> bool:
    """An enum member in another case: metadata and documentation differ, and the services take both."""
    spelt = {str(member).casefold() for member in error.validator_value} if error.validator == "enum" else set()
    return isinstance(error.instance, str) and error.instance.casefold() in spelt


def _nearest(error: Any) -> Any:
    """Of a failed choice between types, the failure inside the first one: the type meant when none is named."""
    while error.context:
        first = [inner for inner in error.context if inner.schema_path[0] == 0]
        error = first[0] if first else error.context[0]
    return error


def _error(error: Any) -> Json:
    named = error.message.split("'")
    return {
        "path": "/".join(str(part) for part in error.absolute_path),
        "kind": error.validator,
        "message": error.message[:300],
        "property": named[1] if len(named) > 1 else "",
    }
