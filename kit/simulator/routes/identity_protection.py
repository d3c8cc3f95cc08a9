"""Identity Protection: users at risk, risk detections, and an administrator's verdict on a user."""

from __future__ import annotations

from kit.simulator.footprint import directory_change
from kit.simulator.licences import need_p1, need_p2
from kit.simulator.message import Answer, Call
from kit.simulator.odata import fields
from kit.simulator.paging import Shape, list_state, one
from kit.simulator.problem import there
from kit.simulator.router import Family
from kit.simulator.world import Json

family = Family("graph")

USERS = Shape(
    "identityProtection/riskyUsers",
    "v1.microsoft.graph.riskyUser",
    fields(
        """
        id(eq) riskLevel(eq,ne) riskState(eq,ne) riskDetail(eq,ne) userPrincipalName(eq,startsWith)
        userDisplayName(eq,startsWith) riskLastUpdatedDateTime(eq,ge,le,gt,lt) isDeleted(eq) isProcessing(eq)
        """,
        fold=True,
    ),
    page=100,
    most=500,
)
DETECTIONS = Shape(
    "identityProtection/riskDetections",
    "v1.microsoft.graph.riskDetection",
    fields(
        """
        id(eq) riskEventType(eq,ne) riskLevel(eq,ne) riskState(eq,ne) userId(eq) userPrincipalName(eq,startsWith)
        detectedDateTime(eq,ge,le,gt,lt) activityDateTime(eq,ge,le,gt,lt) ipAddress(eq) correlationId(eq) requestId(eq)
        """,
        fold=True,
    ),
    page=100,
    most=500,
)
VERDICTS = {
    "confirmCompromised": (
        "confirmedCompromised",
        "high",
        "adminConfirmedUserCompromised",
        "ConfirmAccountCompromised",
    ),
    "dismiss": ("dismissed", "none", "adminDismissedAllRiskForUser", "DismissUser"),
    "confirmSafe": ("confirmedSafe", "none", "adminConfirmedAccountSafe", "ConfirmAccountSafe"),
}
"""Action → risk state, level and detail it leaves, and the activity in the directory audit."""


@family.route("GET", "/v1.0/identityProtection/riskyUsers")
def list_users(call: Call) -> Answer:
    """Users at risk."""
    need_p2(call)
    return list_state(call, USERS, call.tenancy.collection("riskyUsers").values())


@family.route("GET", "/v1.0/identityProtection/riskyUsers/{riskyUser-id}")
def read_user(call: Call) -> Answer:
    """One user at risk."""
    need_p2(call)
    return one(call, USERS, there(call.tenancy.collection("riskyUsers"), call.ids["riskyUser-id"]))


@family.route("GET", "/v1.0/identityProtection/riskDetections")
def list_detections(call: Call) -> Answer:
    """Risk detections."""
    need_p1(call)
    return list_state(call, DETECTIONS, call.tenancy.collection("riskDetections").values())


@family.route("POST", *(f"/v1.0/identityProtection/riskyUsers/{action}" for action in VERDICTS))
def judge(call: Call) -> Answer:
    """An administrator confirms a compromise, dismisses the risk or confirms that the account is safe."""
    need_p2(call)
    state, level, detail, activity = VERDICTS[call.template.rpartition("/")[2]]
    with call.tenancy.lock:
        users = [call.tenancy.user(user_id) for user_id in call.json().get("userIds") or []]
        for user in users:
            risky = call.tenancy.collection("riskyUsers").setdefault(user["id"], _newly_risky(user))
            before = (risky["riskState"], risky["riskLevel"])
            risky |= {"riskState": state, "riskLevel": level, "riskDetail": detail}
            risky["riskLastUpdatedDateTime"] = call.tenancy.stamp()
            changes = {"RiskState": (before[0], state), "RiskLevel": (before[1], level)}
            directory_change(call, activity, "UserManagement", user, changes)
    return Answer.nothing()


def _newly_risky(user: Json) -> Json:
    return {
        "id": user["id"],
        "isDeleted": False,
        "isProcessing": False,
        "riskDetail": "none",
        "riskLastUpdatedDateTime": None,
        "riskLevel": "none",
        "riskState": "none",
        "userDisplayName": user["displayName"],
        "userPrincipalName": user["userPrincipalName"],
    }
