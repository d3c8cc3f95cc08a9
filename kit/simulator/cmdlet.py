"""A cmdlet: one Exchange command as the admin REST runs it. A file in `cmdlets/` holds one family of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from kit.shelf import Shelf
from kit.simulator.message import Call
from kit.simulator.problem import ExchangeProblem
from kit.simulator.world import Json

Run = Callable[[Call, Json], list[Json]]


@dataclass
class Cmdlets:
    """The cmdlets of one file, by name. Each takes the call and its parameters and gives the objects it outputs."""

    known: dict[str, Run] = field(default_factory=dict)

    def cmdlet(self, *names: str) -> Callable[[Run], Run]:
        """Register a function as one or more cmdlets; it finds its own name in `call.ids["cmdlet"]`."""

        def keep(function: Run) -> Run:
            self.known |= dict.fromkeys(names, function)
            return function

        return keep


CMDLETS: Shelf[Cmdlets] = Shelf("kit.simulator.cmdlets", Cmdlets)


@cache
def all_cmdlets() -> dict[str, Run]:
    """Every simulated cmdlet by its name."""
    return {name: run for file in CMDLETS for name, run in CMDLETS[file].known.items()}


def mailbox(call: Call, parameters: Json, name: str = "Identity") -> tuple[str, Json]:
    """(user id, mailbox) that a parameter names; ExchangeProblem 404 in the cmdlet's words when there is none."""
    key = parameters.get(name)
    found = call.tenancy.mailbox(str(key)) if key else None
    if found is None:
        raise absent(call, key)
    return found


def absent(call: Call, key: Any) -> ExchangeProblem:
    """No object goes by this identity."""
    return ExchangeProblem(
        404,
        "NotFound",
        f"Ex6F9304|Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException|The operation couldn't be "
        f"performed because object '{key}' couldn't be found on '{call.tenancy.world.domain}'.",
        "Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException",
    )


def limited(parameters: Json, rows: list[Json], default: int = 1000) -> list[Json]:
    """The rows up to ResultSize ("Unlimited" or a number)."""
    size = str(parameters.get("ResultSize", default))
    if size.lower() == "unlimited":
        return rows
    if not size.isdecimal():
        raise ExchangeProblem(400, "BadRequest", f"Cannot convert value '{size}' to type 'Unlimited'.")
    return rows[: int(size)]


def names(value: Any) -> list[str]:
    """A parameter that takes several values: a list, one text, or text with commas."""
    if value is None:
        return []
    if isinstance(value, list):
        return [str(item) for item in value]
    return [part.strip() for part in str(value).split(",") if part.strip()]


def changed(held: list[str], value: Any) -> list[str]:
    """A multi-valued property after a parameter: a hash table adds and removes, anything else replaces."""
    if not isinstance(value, dict):
        return names(value)
    table = {key.lower(): names(item) for key, item in value.items() if not key.startswith("@")}
    gone = {item.casefold() for item in table.get("remove", [])}
    kept = [item for item in held if item.casefold() not in gone]
    return kept + [item for item in table.get("add", []) if item.casefold() not in {k.casefold() for k in kept}]
