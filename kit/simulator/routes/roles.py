"""Directory roles: who holds which."""

from __future__ import annotations

from kit.simulator.message import Answer, Call
from kit.simulator.odata import fields
from kit.simulator.paging import Shape, list_state
from kit.simulator.problem import bad_request
from kit.simulator.router import Family
from kit.simulator.world import Json

family = Family("graph")

ASSIGNMENTS = Shape(
    "roleManagement/directory/roleAssignments",
    "v1.microsoft.graph.unifiedRoleAssignment",
    fields("principalId(eq) roleDefinitionId(eq) directoryScopeId(eq)", fold=True),
    plays=("$expand",),
)
DEFINITIONS = Shape(
    "roleManagement/directory/roleDefinitions",
    "v1.microsoft.graph.unifiedRoleDefinition",
    fields("id(eq) displayName(eq,startsWith) isBuiltIn(eq) isEnabled(eq) templateId(eq)", fold=True),
)
EXPANDED = {"principal": ("users", "principalId"), "roledefinition": ("roleDefinitions", "roleDefinitionId")}


@family.route("GET", "/v1.0/roleManagement/directory/roleAssignments")
def list_assignments(call: Call) -> Answer:
    """Who holds which role; $expand takes one of principal and roleDefinition."""
    expand = call.query.get("$expand", "").lower()
    if expand and expand not in EXPANDED:
        raise bad_request("$expand takes either principal or roleDefinition.")
    rows = call.tenancy.collection("roleAssignments").values()
    return list_state(call, ASSIGNMENTS, [_expanded(call, row, expand) for row in rows] if expand else rows)


@family.route("GET", "/v1.0/roleManagement/directory/roleDefinitions")
def list_definitions(call: Call) -> Answer:
    """The roles there are."""
    return list_state(call, DEFINITIONS, call.tenancy.collection("roleDefinitions").values())


def _expanded(call: Call, row: Json, expand: str) -> Json:
    collection, key = EXPANDED[expand]
    found = call.tenancy.collection(collection).get(row[key])
    name = "principal" if expand == "principal" else "roleDefinition"
    kind = {"@odata.type": "#microsoft.graph.user"} if name == "principal" else {}
    return row | {name: None if found is None else kind | {k: found.get(k) for k in ("id", "displayName")}}
