"""Secure Score: one score a day, newest first, and what each control is worth."""

from __future__ import annotations

from kit.simulator.message import Answer, Call
from kit.simulator.odata import fields
from kit.simulator.paging import Shape, list_state, one
from kit.simulator.problem import GraphProblem
from kit.simulator.router import Family

family = Family("graph")

SCORES = Shape(
    "security/secureScores",
    "v1.microsoft.graph.secureScore",
    fields("createdDateTime(eq,ge,le,gt,lt) azureTenantId(eq) id(eq)"),
    page=50,
)
PROFILES = Shape(
    "security/secureScoreControlProfiles",
    "v1.microsoft.graph.secureScoreControlProfile",
    fields("id(eq) controlCategory(eq) service(eq) tier(eq) deprecated(eq) title(eq)", fold=True),
    page=100,
)


@family.route("GET", "/v1.0/security/secureScores")
def list_scores(call: Call) -> Answer:
    """The scores of the last ninety days."""
    scores = call.tenancy.collection("secureScores").values()
    return list_state(call, SCORES, sorted(scores, key=lambda score: str(score["createdDateTime"]), reverse=True))


@family.route("GET", "/v1.0/security/secureScoreControlProfiles")
def list_profiles(call: Call) -> Answer:
    """All controls."""
    return list_state(call, PROFILES, call.tenancy.collection("secureScoreControlProfiles").values())


@family.route("GET", "/v1.0/security/secureScoreControlProfiles/{secureScoreControlProfile-id}")
def read_profile(call: Call) -> Answer:
    """One control."""
    wanted = call.ids["secureScoreControlProfile-id"]
    found = call.tenancy.collection("secureScoreControlProfiles").get(wanted)
    if found is None:
        raise GraphProblem(404, "ResourceNotFound", f"The control profile '{wanted}' was not found.")
    return one(call, PROFILES, found)
