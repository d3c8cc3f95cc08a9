"""Policies that decide how people sign in: security defaults and Conditional Access."""

from __future__ import annotations

from kit.simulator.footprint import directory_change
from kit.simulator.licences import need_p1
from kit.simulator.message import Answer, Call
from kit.simulator.odata import fields
from kit.simulator.paging import Shape, list_state, one
from kit.simulator.problem import bad_request, there
from kit.simulator.router import Family
from kit.simulator.world import Json

family = Family("graph")

DEFAULTS = "/v1.0/policies/identitySecurityDefaultsEnforcementPolicy"
ACCESS = "/v1.0/identity/conditionalAccess/policies"
DEFAULTS_SHAPE = Shape(
    "policies/identitySecurityDefaultsEnforcementPolicy", "v1.microsoft.graph.identitySecurityDefaultsEnforcementPolicy"
)
ACCESS_SHAPE = Shape(
    "identity/conditionalAccess/policies",
    "v1.microsoft.graph.conditionalAccessPolicy",
    fields("displayName(eq,startsWith) state(eq) createdDateTime(ge,le)", fold=True),
)


@family.route("GET", DEFAULTS)
def read_defaults(call: Call) -> Answer:
    """Whether security defaults are on."""
    return one(call, DEFAULTS_SHAPE, _defaults(call))


@family.route("PATCH", DEFAULTS)
def change_defaults(call: Call) -> Answer:
    """Turn security defaults on or off; on is refused while a Conditional Access policy is enabled."""
    change: Json = call.json()
    with call.tenancy.lock:
        policy = _defaults(call)
        enabled = any(
            p.get("state") == "enabled" for p in call.tenancy.collection("conditionalAccessPolicies").values()
        )
        if change.get("isEnabled") and enabled:
            raise bad_request("Conditional Access policies are enabled: security defaults cannot be enabled.")
        before = policy["isEnabled"]
        policy |= {name: value for name, value in change.items() if name == "isEnabled"}
        changes = {"IsEnabled": (before, policy["isEnabled"])}
        directory_change(call, "Update security defaults", "Policy", policy, changes, "Policy")
    return Answer.nothing()


@family.route("GET", ACCESS)
def list_access(call: Call) -> Answer:
    """The Conditional Access policies."""
    need_p1(call)
    return list_state(call, ACCESS_SHAPE, call.tenancy.collection("conditionalAccessPolicies").values())


@family.route("GET", f"{ACCESS}/{{conditionalAccessPolicy-id}}")
def read_access(call: Call) -> Answer:
    """One Conditional Access policy."""
    need_p1(call)
    known = call.tenancy.collection("conditionalAccessPolicies")
    return one(call, ACCESS_SHAPE, there(known, call.ids["conditionalAccessPolicy-id"]))


def _defaults(call: Call) -> Json:
    policy: Json = next(iter(call.tenancy.collection("securityDefaults").values()))
    return policy
