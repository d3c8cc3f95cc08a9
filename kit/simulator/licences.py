"""What the tenant's licences allow: asked of the service plans in subscribedSkus."""

from __future__ import annotations

from kit.simulator.message import Call
from kit.simulator.problem import GraphProblem


def holds(call: Call, *plans: str) -> bool:
    """One of the service plans is provisioned in some subscription."""
    return any(
        plan["servicePlanName"] in plans and plan.get("provisioningStatus", "Success") == "Success"
        for sku in call.tenancy.collection("subscribedSkus").values()
        for plan in sku.get("servicePlans", ())
    )


def need_p1(call: Call) -> None:
    """Problem 403 without Entra ID P1 or P2."""
    if not holds(call, "AAD_PREMIUM", "AAD_PREMIUM_P2"):
        raise GraphProblem(
            403,
            "Authentication_RequestFromNonPremiumTenantOrB2CTenant",
            "Neither tenant is B2C or tenant doesn't have premium license",
        )


def need_p2(call: Call) -> None:
    """Problem 403 without Entra ID P2."""
    if not holds(call, "AAD_PREMIUM_P2"):
        raise GraphProblem(403, "Forbidden", "Your tenant is not licensed for this feature.")
