"""Service principals: the applications present in the tenant."""

from __future__ import annotations

from kit.simulator.footprint import directory_change
from kit.simulator.message import Answer, Call
from kit.simulator.odata import fields
from kit.simulator.paging import Shape, list_state, one
from kit.simulator.problem import not_found
from kit.simulator.router import Family
from kit.simulator.world import Json

family = Family("graph")

PRINCIPAL = "/v1.0/servicePrincipals/{servicePrincipal-id}"
SHAPE = Shape(
    "servicePrincipals",
    "v1.microsoft.graph.servicePrincipal",
    fields(
        """
        id(eq,in) appId(eq,in) displayName(eq,ne,startsWith,in) accountEnabled(eq,ne) servicePrincipalType(eq,ne,in)
        appOwnerOrganizationId(eq) tags/any(eq) servicePrincipalNames/any(eq,startsWith) publisherName(eq,startsWith)
        """,
        fold=True,
    ),
    eventual=True,
)


@family.route("GET", "/v1.0/servicePrincipals")
def list_principals(call: Call) -> Answer:
    """All service principals."""
    return list_state(call, SHAPE, call.tenancy.collection("servicePrincipals").values())


@family.route("GET", PRINCIPAL)
def read_principal(call: Call) -> Answer:
    """One service principal, by its id or by appId='…'."""
    return one(call, SHAPE, _principal(call))


@family.route("PATCH", PRINCIPAL)
def change_principal(call: Call) -> Answer:
    """Change a service principal; disabling it stops new tokens for it."""
    change: Json = call.json()
    with call.tenancy.lock:
        principal = _principal(call)
        changes = {name: (principal.get(name), value) for name, value in change.items()}
        principal.update(change)
        if "accountEnabled" in changes and changes["accountEnabled"][0] != changes["accountEnabled"][1]:
            activity = "Enable service principal" if change["accountEnabled"] else "Disable service principal"
            directory_change(call, activity, "ApplicationManagement", principal, {}, "ServicePrincipal")
        directory_change(
            call, "Update service principal", "ApplicationManagement", principal, changes, "ServicePrincipal"
        )
    return Answer.nothing()


def _principal(call: Call) -> Json:
    key, known = call.ids["servicePrincipal-id"], call.tenancy.collection("servicePrincipals")
    found: Json | None = known.get(key) or next((item for item in known.values() if item["appId"] == key), None)
    if found is None:
        raise not_found(key)
    return found
