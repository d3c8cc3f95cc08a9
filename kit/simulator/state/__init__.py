"""How the tenant stands at `now`: Graph and Exchange objects, before stories change them."""

from __future__ import annotations

from typing import Any

from kit.simulator.company import Company
from kit.simulator.state import applications, directory, licences, mailboxes, methods, policies, rules, scores


def standing(company: Company) -> dict[str, dict[str, Any]]:
    """Every collection that kit/simulator/world.py lists."""
    registered = methods.authentication_methods(company)
    return {
        "users": directory.users(company),
        "devices": directory.devices(company),
        "groups": directory.groups(company),
        "authenticationMethods": dict(registered),
        "userRegistrationDetails": methods.registration_details(company, registered),
        "messageRules": rules.message_rules(company),
        "riskDetections": {},
        "riskyUsers": {},
        "servicePrincipals": applications.service_principals(company),
        "oauth2PermissionGrants": applications.grants(company),
        "organization": policies.organization(company),
        "domains": policies.domains(company),
        "subscribedSkus": licences.subscribed(company),
        "securityDefaults": policies.security_defaults(),
        "conditionalAccessPolicies": policies.conditional_access(company),
        "namedLocations": policies.named_locations(company),
        "roleDefinitions": policies.role_definitions(),
        "roleAssignments": policies.role_assignments(company),
        "secureScores": scores.secure_scores(company),
        "secureScoreControlProfiles": scores.control_profiles(company),
        **mailboxes.exchange(company),
    }
