"""Password reset by an administrator: an operation that is started, then asked about."""

from __future__ import annotations

import secrets

from kit.simulator.message import Answer, Call
from kit.simulator.paging import Shape, one
from kit.simulator.problem import GraphProblem, bad_request
from kit.simulator.router import Family
from kit.simulator.sessions import new_password
from kit.simulator.tenancy import new_id
from kit.simulator.world import Json

family = Family("graph")

PASSWORD = "28c10230-6103-485e-b985-444c60001490"


@family.route("POST", "/v1.0/users/{user-id}/authentication/methods/{authenticationMethod-id}/resetPassword")
def reset_password(call: Call) -> Answer:
    """Set a new password, or have one made, as an operation that is then asked about. Never one's own."""
    body, user = call.json(), call.tenancy.user(call.ids["user-id"])
    if call.ids["authenticationMethod-id"] != PASSWORD:
        raise GraphProblem(404, "resourceNotFound", "The authentication method was not found.")
    if user["id"] == call.who.user_id:
        raise bad_request("Users cannot reset their own password with this operation.", "badRequest")
    if user.get("onPremisesSyncEnabled") and not body.get("newPassword"):
        raise bad_request("newPassword is required for a user synchronized from on-premises.", "badRequest")
    operation: Json = {
        "id": new_id(),
        "status": "notStarted",
        "createdDateTime": call.tenancy.stamp(),
        "statusDetail": None,
    }
    with call.tenancy.lock:
        new_password(call, user)
        call.tenancy.remember("operations")[operation["id"]] = operation | {"user": user["id"]}
    where = f"{call.base}/{call.version}/users/{user['id']}/authentication/operations/{operation['id']}"
    made = {} if body.get("newPassword") else {"newPassword": secrets.token_urlsafe(9)}
    return Answer.of(
        {"@odata.context": call.context("microsoft.graph.passwordResetResponse"), **made}, 202, Location=where
    )


@family.route("GET", "/v1.0/users/{user-id}/authentication/operations/{longRunningOperation-id}")
def read_operation(call: Call) -> Answer:
    """How far a password reset is; it moves one step each time it is asked."""
    steps = {"notStarted": "running", "running": "succeeded"}
    with call.tenancy.lock:
        found: Json | None = call.tenancy.remember("operations").get(call.ids["longRunningOperation-id"])
        if found is None or found["user"] != call.tenancy.user(call.ids["user-id"])["id"]:
            raise GraphProblem(404, "resourceNotFound", "The operation was not found.")
        found["status"] = steps.get(found["status"], found["status"])
        found["lastActionDateTime"] = call.tenancy.stamp()
        return one(call, Shape("users/authentication/operations", "v1.microsoft.graph.longRunningOperation"), found)
