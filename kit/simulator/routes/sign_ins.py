"""Sign-in logs. v1.0 knows interactive sign-ins in a poorer shape; beta all kinds, chosen by signInEventTypes."""

from __future__ import annotations

from kit.simulator.licences import need_p1
from kit.simulator.message import Answer, Call
from kit.simulator.odata import fields
from kit.simulator.paging import Shape, list_log, one
from kit.simulator.problem import not_found
from kit.simulator.router import Family
from kit.simulator.world import Json

family = Family("graph")

COMMON = """
createdDateTime(eq,le,ge,lt,gt) id(eq) userId(eq) userPrincipalName(eq,startsWith) userDisplayName(eq,startsWith)
appId(eq) appDisplayName(eq,startsWith) ipAddress(eq,startsWith) clientAppUsed(eq) conditionalAccessStatus(eq)
correlationId(eq) resourceId(eq) resourceDisplayName(eq) riskDetail(eq) riskLevelAggregated(eq)
riskLevelDuringSignIn(eq) riskState(eq) riskEventTypes_v2/any(eq) location/city(eq,startsWith)
location/state(eq,startsWith) location/countryOrRegion(eq,startsWith) deviceDetail/browser(eq,startsWith)
deviceDetail/operatingSystem(eq,startsWith) status/errorCode(eq)
"""
BETA = """
signInEventTypes/any(eq,ne) userAgent(eq,startsWith) authenticationRequirement(eq,startsWith)
servicePrincipalId(eq,startsWith) servicePrincipalName(eq,startsWith) originalRequestId(eq) tokenIssuerName(eq)
"""
V1_SHAPE = Shape("auditLogs/signIns", "v1.microsoft.graph.signIn", fields(COMMON), page=1000, most=1000)
BETA_SHAPE = Shape("auditLogs/signIns", "beta.microsoft.graph.signIn", fields(COMMON + BETA), page=1000, most=1000)


@family.route("GET", "/v1.0/auditLogs/signIns")
def list_interactive(call: Call) -> Answer:
    """Interactive sign-ins, newest first."""
    need_p1(call)
    return list_log(call, V1_SHAPE, call.tenancy.logs["signIns"], interactive)


@family.route("GET", "/beta/auditLogs/signIns")
def list_all(call: Call) -> Answer:
    """Sign-ins of the kinds asked for; interactive ones when the filter names no kind."""
    need_p1(call)
    named = "signineventtypes" in call.query.get("$filter", "").lower()
    return list_log(call, BETA_SHAPE, call.tenancy.logs["signIns"], None if named else interactive)


@family.route("GET", "/beta/auditLogs/signIns/{signIn-id}")
def read(call: Call) -> Answer:
    """One sign-in of any kind."""
    need_p1(call)
    wanted = call.ids["signIn-id"]
    for _, row in call.tenancy.logs["signIns"].newest_first():
        if row.record["id"] == wanted:
            return one(call, BETA_SHAPE, row.record)
    raise not_found(wanted)


def interactive(record: Json) -> bool:
    """A person typed something."""
    return "interactiveUser" in record.get("signInEventTypes", ())
