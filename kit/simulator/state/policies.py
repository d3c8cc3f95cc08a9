"""The tenant and its rules: organisation, domains, security defaults, conditional access, named locations, roles."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from kit.simulator.company import OTHER_DOMAIN, Company
from kit.simulator.dice import guid
from kit.simulator.shapes.stamps import fine, graph

Json = dict[str, Any]

# Role template ids are the same in every tenant.
ROLES = {
    "Global Administrator": "62e90394-69f5-4237-9190-012177145e10",
    "Exchange Administrator": "29232cdf-9323-42fd-ade2-1d097af3e4de",
    "Security Administrator": "194ae4cb-b126-40b2-bd5b-6091b380977d",
    "Security Reader": "5d6b6bb7-de71-4623-b4af-96380a352509",
    "Helpdesk Administrator": "729827e3-9c14-49f7-bb1b-9608f156bbb8",
    "Authentication Administrator": "c4e39bd9-1100-46d3-8c65-fb160da0071f",
    "Privileged Authentication Administrator": "7be44c8a-adaf-4e2a-84d6-ab2649e08a13",
    "Application Administrator": "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3",
    "Global Reader": "f2ef992c-3afb-46b9-b7cf-a126ee74c451",
    "User Administrator": "fe930be7-5e62-47db-91af-98c3a49a38b1",
}
HELD = (
    ("it_admin", "Global Administrator"),
    ("urgence01", "Global Administrator"),
    ("helpdesk", "Helpdesk Administrator"),
)


def organization(company: Company) -> dict[str, Json]:
    """Key tenant id → organization."""
    found = {
        "id": company.tenant_id, "deletedDateTime": None, "displayName": company.name, "tenantType": "AAD",
        "city": "Paris", "country": None, "countryLetterCode": "FR", "state": None, "street": None, "postalCode": None,
        "preferredLanguage": "fr", "defaultUsageLocation": "FR", "businessPhones": [], "onPremisesSyncEnabled": True,
        "createdDateTime": graph(company.start - timedelta(days=2100)), "partnerTenantType": None,
        "onPremisesLastSyncDateTime": graph(company.now - timedelta(minutes=23)), "marketingNotificationEmails": [],
        "securityComplianceNotificationMails": [], "securityComplianceNotificationPhones": [],
        "technicalNotificationMails": [company.role("it_admin").upn], "assignedPlans": [], "provisionedPlans": [],
        "verifiedDomains": [
            {
                "name": name, "isDefault": name == company.domain, "isInitial": name == company.initial_domain,
                "type": "Managed", "capabilities": "Email, OfficeCommunicationsOnline",
            }
            for name in _domain_names(company)
        ],
    }  # fmt: skip
    return {company.tenant_id: found}


def domains(company: Company) -> dict[str, Json]:
    """Key name → domain."""
    return {
        name: {
            "id": name, "authenticationType": "Managed", "availabilityStatus": None, "isAdminManaged": True,
            "isDefault": name == company.domain, "isInitial": name == company.initial_domain, "isRoot": True,
            "isVerified": True, "manufacturer": None, "model": None, "passwordNotificationWindowInDays": 14,
            "passwordValidityPeriodInDays": 2147483647, "state": None,
            "supportedServices": ["Email", "OfficeCommunicationsOnline"],
        }
        for name in _domain_names(company)
    }  # fmt: skip


def _domain_names(company: Company) -> tuple[str, ...]:
    return company.domain, company.initial_domain, OTHER_DOMAIN


def security_defaults() -> dict[str, Json]:
    """The one policy: off, since the tenant has conditional access."""
    policy = {
        "id": "00000000-0000-0000-0000-000000000005",
        "deletedDateTime": None,
        "displayName": "Security Defaults",
        "description": "Basic identity security mechanisms recommended by Microsoft.",
        "isEnabled": False,
    }
    return {str(policy["id"]): policy}


def conditional_access(company: Company) -> dict[str, Json]:
    """Key id → conditionalAccessPolicy: MFA for all but a group of sales people and the break-glass account; legacy
    clients are only reported on."""
    spared = [company.role("urgence01").id]
    sales = [*spared, company.role("sales3").id]
    policies = (
        (
            "MFA pour tous", "enabled", {"includeUsers": ["All"], "excludeUsers": sales}, ["all"],
            {"builtInControls": ["mfa"]},
        ),
        (
            "MFA pour les administrateurs", "enabled",
            {"includeRoles": [ROLES["Global Administrator"]], "excludeUsers": spared}, ["all"],
            {"builtInControls": ["mfa"]},
        ),
        (
            "Bloquer l'authentification héritée", "enabledForReportingButNotEnforced",
            {"includeUsers": ["All"], "excludeUsers": spared}, ["exchangeActiveSync", "other"],
            {"builtInControls": ["block"]},
        ),
    )  # fmt: skip
    return {policy["id"]: policy for policy in (_policy(company, *row) for row in policies)}


def named_locations(company: Company) -> dict[str, Json]:
    """Key id → ipNamedLocation: the offices."""
    ident = guid(company.seed, "location")
    made = fine(company.start - timedelta(days=300))
    ranges = [
        {"@odata.type": "#microsoft.graph.iPv4CidrRange", "cidrAddress": f"192.0.2.{first}/26"}
        for first in (0, 64, 128, 192)
    ]
    location = {
        "@odata.type": "#microsoft.graph.ipNamedLocation", "id": ident, "deletedDateTime": None,
        "displayName": "Bureaux", "createdDateTime": made, "modifiedDateTime": made, "isTrusted": True,
        "ipRanges": ranges,
    }  # fmt: skip
    return {ident: location}


def role_definitions() -> dict[str, Json]:
    """Key template id → unifiedRoleDefinition."""
    return {
        ident: {
            "id": ident, "displayName": name, "description": name, "isBuiltIn": True, "isEnabled": True,
            "templateId": ident, "resourceScopes": ["/"], "rolePermissions": [], "version": "1",
        }
        for name, ident in ROLES.items()
    }  # fmt: skip


def role_assignments(company: Company) -> dict[str, Json]:
    """Key id → unifiedRoleAssignment."""
    found = {}
    for role, name in HELD:
        ident = guid(company.seed, "assignment", role)
        found[ident] = {
            "id": ident, "principalId": company.role(role).id, "roleDefinitionId": ROLES[name],
            "directoryScopeId": "/", "appScopeId": None, "condition": None,
        }  # fmt: skip
    return found


def _policy(company: Company, name: str, state: str, users: Json, clients: list[str], grant: Json) -> Json:
    made = fine(company.start - timedelta(days=310))
    people: Json = {
        key: []
        for key in ("includeUsers", "excludeUsers", "includeGroups", "excludeGroups", "includeRoles", "excludeRoles")
    }
    applications = {"includeApplications": ["All"], "excludeApplications": [], "includeUserActions": [],
                    "includeAuthenticationContextClassReferences": [], "applicationFilter": None}  # fmt: skip
    return {
        "id": guid(company.seed, "policy", name), "deletedDateTime": None, "templateId": None,
        "displayName": name, "description": None, "createdDateTime": made, "modifiedDateTime": made, "state": state,
        "sessionControls": None,
        "grantControls": {"operator": "OR", "customAuthenticationFactors": [], "termsOfUse": [], **grant},
        "conditions": {
            "userRiskLevels": [], "signInRiskLevels": [], "servicePrincipalRiskLevels": [],
            "clientAppTypes": clients, "platforms": None, "locations": None, "devices": None,
            "clientApplications": None, "authenticationFlows": None, "insiderRiskLevels": None,
            "applications": applications, "users": {**people, **users},
        },
    }  # fmt: skip
