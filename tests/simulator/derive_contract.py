"""Derives kit/simulator/contract.json from the full contract: `python tests/simulator/derive_contract.py`.

What the simulator must know while it runs is small: which operations exist, which query options and permissions each
has, what a body may hold, which properties a type has in v1.0 and in beta, and the parameters of each cmdlet. The
texts, the response schemas and the rest stay in the contract, against which the tests check every answer.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
CONTRACT = ROOT.parent / "shared" / "contract"
DERIVED = ROOT / "kit" / "simulator" / "contract.json"
NOISE = {"description", "title", "format", "readOnly", "summary", "example"}
PREFIX = "#/components/schemas/"
# Not among the contract's cmdlets; parameters from its documentation (learn.microsoft.com, ExchangePowerShell).
ACCEPTED_DOMAIN = {
    "type": "object",
    "properties": {
        "Identity": {"type": ["string", "null"]},
        "ResultSize": {"type": ["integer", "string"]},
        "ErrorAction": {"type": "string"},
        "WarningAction": {"type": "string"},
    },
    "additionalProperties": False,
}


def derive() -> dict[str, Any]:
    """The derived contract as one JSON object."""
    graph = json.loads((CONTRACT / "graph-subset-openapi.json").read_text("utf-8"))
    exchange = json.loads((CONTRACT / "aux-openapi.json").read_text("utf-8"))
    schemas = graph["components"]["schemas"]
    operations = {
        f"{method.upper()} {path}": _operation(operation, path)
        for path, item in graph["paths"].items()
        for method, operation in item.items()
    }
    bodies = _closure([operation.get("body") for operation in operations.values()], schemas)
    return {
        "operations": operations,
        "schemas": {name: _bare(schemas[name]) for name in sorted(bodies)},
        "types": _types(graph["paths"], schemas),
        "cmdlets": {"Get-AcceptedDomain": ACCEPTED_DOMAIN}
        | {name: _bare(schema) for name, schema in exchange["components"]["schemas"].items() if "-" in name},
        "auxiliary": sorted(f"{method.upper()} {path}" for path, item in exchange["paths"].items() for method in item),
    }


def text() -> str:
    """The file as it is stored: one entry a line, so that a change of the contract reads as a change of lines."""
    parts = []
    for name, entries in derive().items():
        if isinstance(entries, list):
            lines = [_dump(entry) for entry in entries]
            parts.append(f"{_dump(name)}: [\n" + ",\n".join(lines) + "\n]")
        else:
            lines = [f"{_dump(key)}: {_dump(value)}" for key, value in entries.items()]
            parts.append(f"{_dump(name)}: {{\n" + ",\n".join(lines) + "\n}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _dump(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


def _operation(operation: dict[str, Any], path: str) -> dict[str, Any]:
    kit = operation.get("x-kit", {})
    out: dict[str, Any] = {
        "mode": kit.get("mode", "READ"),
        "query": [p["name"] for p in operation.get("parameters", []) if p.get("in") == "query"],
    }
    for kind in ("delegated", "application"):
        out[kind] = sorted(
            {name.replace(",", "+") for grade in ("Least", "Higher") for name in kit.get(kind + grade, [])}
        )
    if path.endswith("Methods") and out["mode"] == "READ":  # the one permission that opens every kind of method
        for kind in ("delegated", "application"):
            out[kind] = sorted(
                {*out[kind], "UserAuthenticationMethod.Read.All", "UserAuthenticationMethod.ReadWrite.All"}
            )
    if "requestBody" in operation:
        out["body"] = _bare(operation["requestBody"]["content"]["application/json"]["schema"])
    return out


def _bare(schema: Any) -> Any:
    if isinstance(schema, dict):
        options = schema["anyOf"] if set(schema) == {"anyOf"} else []
        if {"type": "array"} in options and any(option.get("required") == ["@odata.type"] for option in options):
            return {"$ref": "#/$defs/many"}
        return {
            key: _bare(value) for key, value in schema.items() if not (key in NOISE and isinstance(value, str | bool))
        }
    return [_bare(value) for value in schema] if isinstance(schema, list) else schema


def _closure(roots: list[Any], schemas: dict[str, Any]) -> set[str]:
    seen: set[str] = set()
    stack = list(roots)
    while stack:
        item = stack.pop()
        if isinstance(item, dict):
            reference = item.get("$ref", "")
            if isinstance(reference, str) and reference.startswith(PREFIX) and reference[len(PREFIX) :] not in seen:
                seen.add(reference[len(PREFIX) :])
                stack.append(schemas[reference[len(PREFIX) :]])
            stack.extend(item.values())
        elif isinstance(item, list):
            stack.extend(item)
    return seen


def _types(paths: dict[str, Any], schemas: dict[str, Any]) -> dict[str, dict[str, str]]:
    """Type → property → type of the property ("" when it is not an object of a closed type)."""
    answers = [
        response["content"]["application/json"]["schema"]
        for item in paths.values()
        for operation in item.values()
        for status, response in operation["responses"].items()
        if status.startswith("2") and "content" in response
    ]
    return {
        name: {key: _object(value, schemas) for key, value in schemas[name]["properties"].items()}
        for name in sorted(_closure(answers, schemas))
        if "properties" in schemas[name] and not name.endswith("CollectionResponse")
    }


def _object(schema: dict[str, Any], schemas: dict[str, Any]) -> str:
    """The one closed type a property holds, or holds a list of; "" when there is none, or more than one."""
    options = schema.get("anyOf", [schema.get("items", schema)])
    names = [option["$ref"][len(PREFIX) :] for option in options if "$ref" in option]
    return names[0] if len(names) == 1 and "properties" in schemas[names[0]] else ""


if __name__ == "__main__":
    sys.stdout.write(f"{DERIVED.name}: {DERIVED.write_text(text(), 'utf-8')} characters\n")
