"""The report of registered authentication methods, one row a user."""

from __future__ import annotations

from kit.simulator.licences import need_p1
from kit.simulator.message import Answer, Call
from kit.simulator.odata import fields
from kit.simulator.paging import Shape, list_state
from kit.simulator.router import Family

family = Family("graph")

SHAPE = Shape(
    "reports/authenticationMethods/userRegistrationDetails",
    "v1.microsoft.graph.userRegistrationDetails",
    fields(
        """
        id(eq) userPrincipalName(eq,startsWith) userDisplayName(eq,startsWith) isAdmin(eq) isMfaRegistered(eq)
        isMfaCapable(eq) isSsprRegistered(eq) isPasswordlessCapable(eq) userType(eq) methodsRegistered/any(eq)
        """,
        fold=True,
    ),
    page=100,
)


@family.route("GET", "/v1.0/reports/authenticationMethods/userRegistrationDetails")
def list_details(call: Call) -> Answer:
    """What each user has registered."""
    need_p1(call)
    return list_state(call, SHAPE, call.tenancy.collection("userRegistrationDetails").values())
