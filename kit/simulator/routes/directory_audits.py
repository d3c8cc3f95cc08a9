"""Directory audits: what was changed in the directory, newest first. No premium licence needed."""

from __future__ import annotations

from kit.simulator.message import Answer, Call
from kit.simulator.odata import fields
from kit.simulator.paging import Shape, list_log
from kit.simulator.router import Family

family = Family("graph")

SHAPE = Shape(
    "auditLogs/directoryAudits",
    "v1.microsoft.graph.directoryAudit",
    fields(
        """
        activityDateTime(eq,ge,le,gt,lt) activityDisplayName(eq,startsWith) loggedByService(eq) category(eq)
        correlationId(eq) result(eq) initiatedBy/user/id(eq) initiatedBy/user/displayName(eq)
        initiatedBy/user/userPrincipalName(eq,startsWith) initiatedBy/app/appId(eq) initiatedBy/app/displayName(eq)
        targetResources/any/id(eq) targetResources/any/displayName(eq,startsWith)
        """
    ),
    page=1000,
    most=1000,
)


@family.route("GET", "/v1.0/auditLogs/directoryAudits")
def list_audits(call: Call) -> Answer:
    """The directory audits."""
    return list_log(call, SHAPE, call.tenancy.logs["directoryAudits"])
