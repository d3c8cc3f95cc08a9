"""The state of the world: every collection as the contract has it, and the quirks that real tenants have."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from kit.simulator.people import people
from kit.simulator.state.rules import rule_identity
from tests.simulator.worlds import problems, records, world

TYPES = {
    "users": "user", "devices": "device", "groups": "group", "messageRules": "messageRule", "riskyUsers": "riskyUser",
    "userRegistrationDetails": "userRegistrationDetails", "riskDetections": "riskDetection", "domains": "domain",
    "servicePrincipals": "servicePrincipal", "oauth2PermissionGrants": "oAuth2PermissionGrant",
    "organization": "organization", "subscribedSkus": "subscribedSku", "secureScores": "secureScore",
    "secureScoreControlProfiles": "secureScoreControlProfile", "namedLocations": "ipNamedLocation",
    "conditionalAccessPolicies": "conditionalAccessPolicy", "roleAssignments": "unifiedRoleAssignment",
    "securityDefaults": "identitySecurityDefaultsEnforcementPolicy", "roleDefinitions": "unifiedRoleDefinition",
    "messageTraceDetails": "exchangeMessageTraceDetail",
}  # fmt: skip
EXCHANGE = {"mailboxes", "hiddenRules", "mailboxPermissions", "recipientPermissions", "auditBypass", "blockedSenders",
            "acceptedDomains", "organizationConfig", "adminAuditLogConfig"}  # fmt: skip


def _objects(name: str) -> list[Any]:
    values = world().state[name].values()
    return [item for value in values for item in (value if isinstance(value, list) else [value])]


@pytest.mark.parametrize("collection", TYPES)
def test_collections_are_what_the_contract_says(collection: str, contract: SimpleNamespace) -> None:
    found = _objects(collection)
    assert found
    for item in found:
        assert not list(problems(contract.graph, f"v1.microsoft.graph.{TYPES[collection]}", item))


def test_authentication_methods_are_what_the_contract_says(contract: SimpleNamespace) -> None:
    for method in _objects("authenticationMethods"):
        schema = f"v1.microsoft.graph.{method['@odata.type'].removeprefix('#microsoft.graph.')}"
        assert not list(problems(contract.graph, schema, method))


def test_no_collection_is_missing_or_unknown() -> None:
    assert set(world().state) == {*TYPES, *EXCHANGE, "authenticationMethods"}


def test_keys_are_the_ids_of_what_they_hold() -> None:
    state = world().state
    for name in (
        "users",
        "devices",
        "groups",
        "servicePrincipals",
        "secureScores",
        "roleAssignments",
        "subscribedSkus",
    ):
        assert all(key == value["id"] for key, value in state[name].items())
    for name in ("messageRules", "mailboxes", "authenticationMethods", "hiddenRules", "auditBypass"):
        assert set(state[name]) <= set(state["users"])


def test_accounts_are_of_every_kind() -> None:
    users = list(world().state["users"].values())
    assert {user["userType"] for user in users} == {"Member", "Guest"}
    assert {user["onPremisesSyncEnabled"] for user in users} == {True, None}
    assert len({tuple(sku["skuId"] for sku in user["assignedLicenses"]) for user in users}) == 4, "E3, E5, F3, none"
    assert {user["preferredLanguage"] for user in users} == {"fr-FR", "en-GB"}
    assert all("#EXT#" in user["userPrincipalName"] for user in users if user["userType"] == "Guest")
    assert sum(box["RecipientTypeDetails"] == "SharedMailbox" for box in _objects("mailboxes")) == 5


def test_a_large_company_has_no_two_people_of_one_name() -> None:
    accounts = people(7, 1000)
    assert len({account.upn for account in accounts}) == len({account.id for account in accounts}) == len(accounts)
    assert all(account.upn.isascii() for account in accounts)


def test_break_glass_has_a_key_and_a_role_and_is_left_out_of_policies() -> None:
    state = world().state
    account = next(user for user in state["users"].values() if user["userPrincipalName"].startswith("urgence01@"))
    assert {method["@odata.type"].rpartition(".")[2] for method in state["authenticationMethods"][account["id"]]} == {
        "passwordAuthenticationMethod", "fido2AuthenticationMethod"}  # fmt: skip
    assert account["id"] in {assignment["principalId"] for assignment in state["roleAssignments"].values()}
    for policy in state["conditionalAccessPolicies"].values():
        assert account["id"] in policy["conditions"]["users"]["excludeUsers"]


def test_thirty_rules_and_more_are_harmless() -> None:
    benign = [rule for rules in world(()).state["messageRules"].values() for rule in rules]
    assert len(benign) >= 30
    stories = {line["event_id"] for line in world().truth()}
    made = [r for r in records("auditRecords") if r["Operation"] == "New-InboxRule" and r["Id"] not in stories]
    assert 5 <= len({record["Id"] for record in made}) < len(benign), "older rules have no record"
    assert all(record["UserId"].count("@") == 1 for record in made), "people made them"
    assert not any(rules for rules in world(()).state["hiddenRules"].values())


def test_rules_of_a_mailbox_have_an_order() -> None:
    for rules in world().state["messageRules"].values():
        assert [rule["sequence"] for rule in rules] == list(range(1, len(rules) + 1))


def test_exchange_shows_the_same_rule_as_a_number_too_big_for_a_float() -> None:
    assert rule_identity("AQAAAASAotU=") == 15394007230974001153  # a pair of real ids
    rule = _objects("messageRules")[0]
    assert rule_identity(rule["id"]) > 2**31


def test_scores_cover_ninety_days_and_follow_from_their_controls() -> None:
    state = world().state
    scores = list(state["secureScores"].values())
    assert len(scores) == 90
    assert [score["createdDateTime"] for score in scores] == sorted(score["createdDateTime"] for score in scores)
    assert scores[-1]["createdDateTime"].startswith("2026-11-24")
    for score in scores:
        assert score["currentScore"] == pytest.approx(
            sum(control["score"] for control in score["controlScores"]), abs=0.01
        )
        assert {control["controlName"] for control in score["controlScores"]} == set(
            state["secureScoreControlProfiles"]
        )
    assert len({score["currentScore"] for score in scores}) > 3, "it changes over time"


def test_scores_have_the_quirks_of_live_ones() -> None:
    score = list(world().state["secureScores"].values())[-1]
    assert score["licensedUserCount"] == 0
    counts = [control.get("count") for control in score["controlScores"]]
    assert None in counts
    assert any(isinstance(count, str) for count in counts)
    assert isinstance(score["averageComparativeScores"][1]["SeatSizeRangeLowerValue"], str)
    profiles = world().state["secureScoreControlProfiles"]
    assert len(profiles) >= 40
    assert all(profile["remediation"].startswith("<p>") for profile in profiles.values())


def test_controls_of_every_root_cause_are_there() -> None:
    wanted = {
        "aad_phishing_MFA_strength", "MFARegistrationV2", "AdminMFAV2", "SigninRiskPolicy", "BlockLegacyAuthentication",
        "IntegratedApps", "aad_admin_consent_workflow", "mdo_safelinksforemail", "mdo_zapphish", "OneAdmin",
        "mdo_thresholdreachedaction", "mip_search_auditlog", "exo_mailboxaudit", "spo_external_sharing_managed",
    }  # fmt: skip
    assert wanted <= set(world().state["secureScoreControlProfiles"])


def test_auditing_is_on_with_one_bypass_and_one_mailbox_cut_short() -> None:
    state = world().state
    assert state["organizationConfig"]["0"]["AuditDisabled"] is False
    assert state["adminAuditLogConfig"]["0"]["UnifiedAuditLogIngestionEnabled"] is True
    assert sum(entry["AuditBypassEnabled"] for entry in state["auditBypass"].values()) == 1
    cut = [box for box in state["mailboxes"].values() if "MailItemsAccessed" not in box["AuditOwner"]]
    assert len(cut) == 1
    assert "Owner" not in cut[0]["DefaultAuditSet"]
