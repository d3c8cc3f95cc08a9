"""Delegated permission grants (OAuth consents): reading, revoking, giving back."""

from __future__ import annotations

import base64
import secrets

from kit.simulator.footprint import directory_change
from kit.simulator.message import Answer, Call
from kit.simulator.odata import fields
from kit.simulator.paging import Shape, list_state, one
from kit.simulator.problem import bad_request, there
from kit.simulator.router import Family
from kit.simulator.world import Json

family = Family("graph")

GRANTS = "/v1.0/oauth2PermissionGrants"
GRANT = f"{GRANTS}/{{oAuth2PermissionGrant-id}}"
SHAPE = Shape(
    "oauth2PermissionGrants",
    "v1.microsoft.graph.oAuth2PermissionGrant",
    fields("clientId(eq) consentType(eq) principalId(eq) resourceId(eq)", fold=True),
)


@family.route("GET", GRANTS)
def list_grants(call: Call) -> Answer:
    """All grants of the tenant."""
    return list_state(call, SHAPE, _grants(call).values())


@family.route("GET", "/v1.0/users/{user-id}/oauth2PermissionGrants")
def list_of_user(call: Call) -> Answer:
    """The grants one user gave."""
    user = call.tenancy.user(call.ids["user-id"])
    return list_state(
        call, SHAPE, [grant for grant in list(_grants(call).values()) if grant["principalId"] == user["id"]]
    )


@family.route("GET", "/v1.0/servicePrincipals/{servicePrincipal-id}/oauth2PermissionGrants")
def list_of_client(call: Call) -> Answer:
    """The grants one application holds."""
    client = call.ids["servicePrincipal-id"]
    return list_state(call, SHAPE, [grant for grant in list(_grants(call).values()) if grant["clientId"] == client])


@family.route("GET", GRANT)
def read_grant(call: Call) -> Answer:
    """One grant."""
    return one(call, SHAPE, _grant(call))


@family.route("POST", GRANTS)
def create_grant(call: Call) -> Answer:
    """Give a grant, for one user or for all."""
    body: Json = call.json()
    _check(body)
    with call.tenancy.lock:
        if any(
            all(old[name] == body.get(name) for name in ("clientId", "resourceId", "principalId"))
            for old in _grants(call).values()
        ):
            raise bad_request("Permission entry already exists.", "Request_BadRequest")
        grant = {name: body.get(name) for name in ("clientId", "consentType", "principalId", "resourceId", "scope")}
        grant_id = base64.urlsafe_b64encode(secrets.token_bytes(32)).rstrip(b"=").decode()
        grant["id"] = grant_id
        _grants(call)[grant_id] = grant
        _tell(call, "Add delegated permission grant", grant, (None, grant["scope"]))
    answer = one(call, SHAPE, grant)
    return Answer(201, answer.body, answer.headers)


@family.route("PATCH", GRANT)
def change_grant(call: Call) -> Answer:
    """Change the scopes of a grant; nothing else of it can be changed."""
    body: Json = call.json()
    if set(body) != {"scope"}:
        raise bad_request("Only the property 'scope' can be updated.", "Request_BadRequest")
    with call.tenancy.lock:
        grant = _grant(call)
        before, grant["scope"] = grant["scope"], body["scope"]
        _tell(call, "Update delegated permission grant", grant, (before, grant["scope"]))
    return Answer.nothing()


@family.route("DELETE", GRANT)
def delete_grant(call: Call) -> Answer:
    """Revoke a grant."""
    with call.tenancy.lock:
        grant = _grant(call)
        del _grants(call)[grant["id"]]
        _tell(call, "Remove delegated permission grant", grant, (grant["scope"], None))
    return Answer.nothing()


def _check(body: Json) -> None:
    bad = [name for name in ("clientId", "consentType", "resourceId", "scope") if not body.get(name)]
    bad += [] if body.get("consentType") in {"AllPrincipals", "Principal"} else ["consentType"]
    if bad:
        raise bad_request(
            f"Invalid value specified for property '{bad[0]}' of resource 'OAuth2PermissionGrant'.",
            "Request_BadRequest",
        )
    if (body["consentType"] == "Principal") != bool(body.get("principalId")):
        raise bad_request("principalId is required with consentType Principal, and only then.", "Request_BadRequest")


def _grants(call: Call) -> dict[str, Json]:
    return call.tenancy.collection("oauth2PermissionGrants")


def _grant(call: Call) -> Json:
    return there(_grants(call), call.ids["oAuth2PermissionGrant-id"])


def _tell(call: Call, activity: str, grant: Json, scopes: tuple[str | None, str | None]) -> None:
    client = call.tenancy.collection("servicePrincipals").get(grant["clientId"], {"id": grant["clientId"]})
    changes = {"DelegatedPermissionGrant.Scope": scopes, "ServicePrincipal.ObjectID": (None, grant["clientId"])}
    directory_change(call, activity, "ApplicationManagement", client, changes, "ServicePrincipal")
