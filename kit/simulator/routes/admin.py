"""The simulator's own controls, behind the header X-Admin-Token: what was written, faults, settings, a fresh start."""

from __future__ import annotations

from kit.simulator.message import Answer, Call
from kit.simulator.problem import Problem
from kit.simulator.router import Family

family = Family("admin")
SETTINGS = {"account": str, "approve_after": int}


@family.route("GET", "/writes", open=True)
def writes(call: Call) -> Answer:
    """A list of every write received, oldest first: time, service, method, path, body without passwords, status."""
    return Answer.of(call.tenancy.writes)


@family.route("POST", "/reset", open=True)
def reset(call: Call) -> Answer:
    """The world as it was built; write log and faults emptied."""
    call.tenancy.reset()
    return Answer.nothing()


@family.route("POST", "/fault", open=True)
def plan_fault(call: Call) -> Answer:
    """Plan a fault, or several; see kit.simulator.faults for their form."""
    body = call.json()
    for how in body if isinstance(body, list) else [body]:
        call.tenancy.faults.add(how)
    return Answer.nothing()


@family.route("DELETE", "/fault", open=True)
def clear_faults(call: Call) -> Answer:
    """Forget all planned faults."""
    call.tenancy.faults.clear()
    return Answer.nothing()


@family.route("POST", "/settings", open=True)
def change_settings(call: Call) -> Answer:
    """Who approves device codes (`account`) and after how many polls (`approve_after`)."""
    body = call.json()
    for name, value in body.items():
        if name not in SETTINGS or not isinstance(value, SETTINGS[name]):
            raise Problem(400, "BadRequest", f"Settings are {', '.join(SETTINGS)}.")
    if "account" in body:
        call.tenancy.user(body["account"])
    call.tenancy.settings.update(body)
    return Answer.of(call.tenancy.settings)
