"""Exchange's admin REST: POST /adminapi/beta/{tenant}/InvokeCommand runs one cmdlet.

Undocumented by Microsoft; the form is the one CIPP, ScubaGear and monkey365 use. A page beyond the first is had by
posting the same body to @odata.nextLink.
"""

from __future__ import annotations

import re
from typing import Any

from kit.simulator import contract
from kit.simulator.cmdlet import all_cmdlets
from kit.simulator.message import Answer, Call
from kit.simulator.problem import ExchangeProblem, denied
from kit.simulator.router import Family
from kit.simulator.tenancy import new_id
from kit.simulator.world import Json

family = Family("exchange")
PAGE = 1000
KEPT = 64
"""How many unfinished outputs are kept for their next page."""
PERMISSIONS = ("Exchange.Manage", "Exchange.ManageAsApp")
ANCHOR = re.compile(r"^(APP|UPN|SMTP|AAD-[A-Z]+|[^:@\s]+@):?.+")


@family.route("POST", "/adminapi/beta/{tenant}/InvokeCommand")
def invoke(call: Call) -> Answer:
    """Run a cmdlet and give its objects, a page at a time."""
    if not call.who.may(*PERMISSIONS):
        raise denied()
    if call.ids["tenant"].lower() not in {call.tenancy.world.tenant_id, call.tenancy.world.domain.lower()}:
        raise ExchangeProblem(404, "NotFound", f"The organization '{call.ids['tenant']}' was not found.")
    if not ANCHOR.match(call.headers.get("X-AnchorMailbox") or ""):
        raise ExchangeProblem(400, "ErrorIncorrectRoutingHint", "The X-AnchorMailbox header is missing or malformed.")
    name, parameters = command(call.json())
    call.ids["cmdlet"] = name
    with call.tenancy.lock:
        if "$skiptoken" in call.query:
            return _resumed(call, name)
        return page(call, name, all_cmdlets()[name](call, parameters))


def command(body: Any) -> tuple[str, Json]:
    """Cmdlet name and parameters, checked against what the cmdlet takes; ExchangeProblem 400 when it does not."""
    given = body.get("CmdletInput") if isinstance(body, dict) and set(body) == {"CmdletInput"} else None
    if (
        not isinstance(given, dict)
        or not isinstance(given.get("CmdletName"), str)
        or set(given) - {"CmdletName", "Parameters"}
    ):
        raise ExchangeProblem(
            400, "BadRequest", "The request body must be a CmdletInput with CmdletName and Parameters."
        )
    spelt = {name.lower(): name for name in contract.contract()["cmdlets"]}
    name = spelt.get(given["CmdletName"].lower())
    if name is None:
        raise ExchangeProblem(
            400,
            "BadRequest",
            f"The term '{given['CmdletName'][:80]}' is not recognized as the name of a cmdlet, function, script file, "
            f"or operable program.",
            "System.Management.Automation.CommandNotFoundException",
        )
    if name not in all_cmdlets():
        raise ExchangeProblem(501, "NotImplemented", f"{name} is not simulated.")
    return name, _parameters(name, given.get("Parameters") or {})


def page(call: Call, name: str, rows: list[Json], start: int = 0) -> Answer:
    """The rows from `start` on, at most a page of them, with the properties of $select.

    The rest is kept: the next page goes on with these rows, it does not run the cmdlet again.
    """
    size = _page_size(call.headers.get("Prefer") or "")
    wanted = [prop.strip() for prop in call.query.get("$select", "").split(",") if prop.strip()]
    where = f"{call.base}{call.path}"
    body: Json = {"@odata.context": f"{where.rpartition('/')[0]}/$metadata#Collection(Exchange.CmdletOutput)"}
    if start + size < len(rows):
        token, kept = new_id(), call.tenancy.remember("cmdlet_pages")
        kept[token] = (name, rows, start + size)
        while len(kept) > KEPT:
            del kept[next(iter(kept))]
        body["@odata.nextLink"] = f"{where}?$skiptoken={token}"
    body["value"] = [_chosen(row, wanted) for row in rows[start : start + size]]
    return Answer.of(body)


def _resumed(call: Call, name: str) -> Answer:
    kept_name, rows, start = call.tenancy.remember("cmdlet_pages").get(call.query["$skiptoken"], ("", [], 0))
    if kept_name != name:
        raise ExchangeProblem(400, "BadRequest", "The $skiptoken has expired or is not valid for this command.")
    return page(call, name, rows, start)


def _parameters(name: str, given: Any) -> Json:
    """The parameters under their own spelling: PowerShell takes them in any case."""
    if not isinstance(given, dict):
        raise ExchangeProblem(400, "BadRequest", "Parameters must be an object.")
    spelt = {key.lower(): key for key in contract.contract()["cmdlets"][name]["properties"]}
    parameters: Json = {spelt.get(str(key).lower(), str(key)): value for key, value in given.items()}
    for error in contract.parameter_errors(name, parameters):
        kind, prop = error["kind"], error["property"]
        binding = "System.Management.Automation.ParameterBindingException"
        if kind == "additionalProperties":
            raise ExchangeProblem(
                400, "BadRequest", f"A parameter cannot be found that matches parameter name '{prop}'.", binding
            )
        if kind == "required":
            raise ExchangeProblem(
                400,
                "BadRequest",
                f"Cannot process command because of one or more missing mandatory parameters: {prop}.",
                binding,
            )
        raise ExchangeProblem(
            400,
            "BadRequest",
            f"Cannot process argument transformation on parameter '{error['path']}'. Cannot convert value.",
            "System.Management.Automation.ParameterBindingArgumentTransformationException",
        )
    return parameters


def _page_size(prefer: str) -> int:
    match = re.search(r"odata\.maxpagesize=(\d+)", prefer)
    return max(1, min(int(match[1]), PAGE)) if match else PAGE


def _chosen(row: Json, wanted: list[str]) -> Json:
    return {name: row.get(name) for name in wanted} if wanted else row
