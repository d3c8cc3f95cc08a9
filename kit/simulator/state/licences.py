"""Licences: what the tenant bought, and the service plans that decide which data exist. Ids and names are public."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kit.simulator.company import Company

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sku:
    """A product: its id, part number and service plans (id, name, service)."""

    id: str
    part: str
    plans: tuple[tuple[str, str, str], ...]


_EXCHANGE_2 = ("efb87545-963c-4e0d-99df-69c6916d9eb0", "EXCHANGE_S_ENTERPRISE", "exchange")
_KIOSK = ("4a82b400-a79f-41a4-b4e2-e94f5787b113", "EXCHANGE_S_DESKLESS", "exchange")
_SHAREPOINT = ("5dbe027f-2339-4123-9542-606e4d348a72", "SHAREPOINTENTERPRISE", "SharePoint")
_P1 = ("41781fb2-bc02-4b7c-bd55-b576c07bb09d", "AAD_PREMIUM", "AADPremiumService")
_P2 = ("eec0eb4f-6444-4f95-aba0-50c24d67f998", "AAD_PREMIUM_P2", "AADPremiumService")
_AUDIT = ("2f442157-a11c-46b9-ae5b-6e39ff4e5849", "M365_ADVANCED_AUDITING", "M365AdvancedAuditing")
_DEFENDER = ("8e0c0a52-6a6c-4d40-8370-dd62790dcd70", "THREAT_INTELLIGENCE", "exchange")

SKUS: dict[str, Sku] = {
    "E3": Sku("05e9a617-0261-4cee-bb44-138d3ef5d965", "SPE_E3", (_EXCHANGE_2, _SHAREPOINT, _P1)),
    "E5": Sku(
        "06ebc4ee-1bb5-47dd-8120-11324bc54e06", "SPE_E5", (_EXCHANGE_2, _SHAREPOINT, _P1, _P2, _AUDIT, _DEFENDER)
    ),
    "F3": Sku("66b55226-6b4f-492c-910c-a3b7a3c9d993", "SPE_F1", (_KIOSK, _P1)),
}


def assigned_plans(sku: Sku, since: str) -> list[Json]:
    """assignedPlans of a user who holds the product."""
    return [
        {"assignedDateTime": since, "capabilityStatus": "Enabled", "service": service, "servicePlanId": ident}
        for ident, _, service in sku.plans
    ]


def subscribed(company: Company) -> dict[str, Json]:
    """Key id → subscribedSku."""
    found = {}
    for name, sku in SKUS.items():
        used = sum(person.licence == name for person in company.people)
        ident = f"{company.tenant_id}_{sku.id}"
        found[ident] = {
            "id": ident, "accountId": company.tenant_id, "accountName": company.initial_domain.partition(".")[0],
            "appliesTo": "User", "capabilityStatus": "Enabled", "consumedUnits": used, "skuId": sku.id,
            "skuPartNumber": sku.part, "subscriptionIds": [],
            "prepaidUnits": {"enabled": used + 3, "suspended": 0, "warning": 0, "lockedOut": 0},
            "servicePlans": [
                {"servicePlanId": i, "servicePlanName": n, "provisioningStatus": "Success", "appliesTo": "User"}
                for i, n, _ in sku.plans
            ],
        }  # fmt: skip
    return found
