"""What is changed is seen in the next read, in the write log, and in the tenant's own audit logs."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.simulator.client import Client
from tests.simulator.small_world import ADMIN, ANA, APP, BEN, DOMAIN, upn

RULES = f"/v1.0/users/{ANA}/mailFolders/inbox/messageRules"
METHODS = f"/v1.0/users/{ANA}/authentication"
PHONE = "3179e48a-750b-4051-897c-87b9720928f7"
SECRET = "S3cret-of-ana"


def activities(client: Client) -> list[str]:
    """The directory audits made since the server started, oldest first."""
    found = client.get("/v1.0/auditLogs/directoryAudits", filter="activityDateTime ge 2026-11-24T12:00:00Z")["value"]
    return [item["activityDisplayName"] for item in reversed(found) if item["id"] != "Directory_0"]


def searched(client: Client, operation: str) -> list[dict[str, Any]]:
    """AuditData of the records of one operation in the unified audit log."""
    window = {"StartDate": "2026-11-24T12:00:00Z", "EndDate": "2026-11-25T00:00:00Z"}
    rows = client.rows("Search-UnifiedAuditLog", **window, Operations=[operation])
    return [json.loads(row["AuditData"]) for row in rows]


def test_an_account_is_disabled_and_enabled(client: Client) -> None:
    for state in (False, True):
        assert client.send("PATCH", f"/v1.0/users/{ANA}", {"accountEnabled": state}).status_code == 204
        assert client.get(f"/v1.0/users/{ANA}", select="accountEnabled")["accountEnabled"] is state
    assert activities(client) == ["Disable account", "Update user", "Enable account", "Update user"]
    record = searched(client, "Disable account.")[0]
    assert record["ObjectId"] == upn(ANA)
    assert record["UserId"].startswith("ServicePrincipal_")
    assert record["ModifiedProperties"] == [{"Name": "AccountEnabled", "OldValue": "[true]", "NewValue": "[false]"}]


def test_a_password_moves_its_date_and_is_written_nowhere(client: Client) -> None:
    change = {"passwordProfile": {"password": SECRET, "forceChangePasswordNextSignIn": True}}
    assert client.send("PATCH", f"/v1.0/users/{ANA}", change).status_code == 204
    user = client.get(f"/v1.0/users/{ANA}", select="lastPasswordChangeDateTime,signInSessionsValidFromDateTime")
    assert user["lastPasswordChangeDateTime"] > "2026-11-24"
    assert user["signInSessionsValidFromDateTime"] > "2026-11-24"
    assert "Reset user password" in activities(client)
    writes = client.admin("GET", "/writes")
    assert SECRET not in writes.text
    assert writes.json()[0]["body"] == {"passwordProfile": {"password": "…", "forceChangePasswordNextSignIn": True}}
    logs = client.server.tenancy.logs.values()
    records = [row.record for log in logs for _, row in log.newest_first()]
    assert any(record.get("activityDisplayName") == "Reset user password" for record in records)
    assert SECRET not in json.dumps([records, client.server.tenancy.state])


def test_revoking_answers_true_and_moves_the_date(client: Client) -> None:
    answer = client.send("POST", f"/v1.0/users/{ANA}/revokeSignInSessions")
    assert answer.json()["value"] is True
    user = client.get(f"/v1.0/users/{ANA}", select="signInSessionsValidFromDateTime")
    assert user["signInSessionsValidFromDateTime"] > "2026-11-24"
    assert activities(client) == ["Update StsRefreshTokenValidFrom Timestamp"]


def test_a_method_is_removed_but_not_the_default_before_the_others(client: Client) -> None:
    assert client.send("DELETE", f"{METHODS}/phoneMethods/{PHONE}").status_code == 400
    for kind, number in (("microsoftAuthenticatorMethods", 1), ("softwareOathMethods", 2)):
        path = f"{METHODS}/{kind}/d0000000-0000-4000-8000-00000000000{number}"
        assert client.send("DELETE", path).status_code == 204
    assert client.send("DELETE", f"{METHODS}/phoneMethods/{PHONE}").status_code == 204
    left = client.get(f"{METHODS}/methods")["value"]
    assert [method["@odata.type"] for method in left] == ["#microsoft.graph.passwordAuthenticationMethod"]
    assert activities(client) == ["User deleted security info"] * 3


def test_a_rule_is_disabled_deleted_and_made_again(client: Client) -> None:
    changed = client.send("PATCH", f"{RULES}/AQAAA1", {"isEnabled": False}).json()
    assert (changed["isEnabled"], changed["displayName"]) == (False, ".")
    saved = client.get(f"{RULES}/AQAAA1")
    assert client.send("DELETE", f"{RULES}/AQAAA1").status_code == 204
    assert [rule["displayName"] for rule in client.get(RULES)["value"]] == ["Newsletter"]
    again = {name: saved[name] for name in ("displayName", "sequence", "conditions", "actions", "isEnabled")}
    made = client.send("POST", RULES, again).json()
    assert made["id"] != saved["id"]
    assert {name: made[name] for name in again} == again
    operations = [
        next(p["Value"] for p in record["OperationProperties"] if p["Name"] == "RuleOperation")
        for record in reversed(searched(client, "UpdateInboxRules"))
    ]
    assert operations == ["ModifyMailboxRule", "RemoveMailboxRule", "AddMailboxRule"]


def test_a_grant_is_revoked_and_given_again(client: Client) -> None:
    saved = client.get("/v1.0/oauth2PermissionGrants/grant1")
    assert client.send("DELETE", "/v1.0/oauth2PermissionGrants/grant1").status_code == 204
    assert client.send("GET", "/v1.0/oauth2PermissionGrants/grant1").status_code == 404
    body = {name: saved[name] for name in ("clientId", "consentType", "principalId", "resourceId", "scope")}
    made = client.send("POST", "/v1.0/oauth2PermissionGrants", body)
    assert made.status_code == 201
    assert client.send("POST", "/v1.0/oauth2PermissionGrants", body).status_code == 400, "it exists already"
    assert client.get(f"/v1.0/oauth2PermissionGrants/{made.json()['id']}")["scope"] == saved["scope"]
    assert activities(client) == ["Remove delegated permission grant", "Add delegated permission grant"]


def test_an_application_is_disabled(client: Client) -> None:
    assert client.send("PATCH", f"/v1.0/servicePrincipals/{APP}", {"accountEnabled": False}).status_code == 204
    assert client.get(f"/v1.0/servicePrincipals/{APP}")["accountEnabled"] is False
    assert activities(client) == ["Disable service principal", "Update service principal"]


def test_a_verdict_changes_the_risk(client: Client) -> None:
    path = "/v1.0/identityProtection/riskyUsers"
    assert client.send("POST", f"{path}/confirmCompromised", {"userIds": [ANA, BEN]}).status_code == 204
    states = {user["id"]: (user["riskState"], user["riskLevel"]) for user in client.get(path)["value"]}
    assert states == {ANA: ("confirmedCompromised", "high"), BEN: ("confirmedCompromised", "high")}
    assert client.send("POST", f"{path}/dismiss", {"userIds": [BEN]}).status_code == 204
    assert client.get(f"{path}/{BEN}")["riskState"] == "dismissed"


def test_security_defaults_and_enabled_policies_exclude_each_other(client: Client) -> None:
    path = "/v1.0/policies/identitySecurityDefaultsEnforcementPolicy"
    assert client.send("PATCH", path, {"isEnabled": True}).status_code == 204
    assert client.get(path)["isEnabled"] is True
    client.send("PATCH", path, {"isEnabled": False})
    client.server.tenancy.collection("conditionalAccessPolicies")["p"] = {"id": "p", "state": "enabled"}
    assert client.send("PATCH", path, {"isEnabled": True}).status_code == 400
    assert client.get(path)["isEnabled"] is False


def test_the_write_log_has_every_write_whatever_came_of_it(client: Client) -> None:
    client.get("/v1.0/users")
    client.rows("Get-Mailbox")
    client.send("PATCH", f"/v1.0/users/{ANA}", {"nope": 1})
    client.cmdlet("Remove-BlockedSenderAddress", SenderAddress="nobody@x.example")
    client.rows("Set-Mailbox", Identity=upn(ANA), ForwardingSmtpAddress=None)
    client.admin("POST", "/fault", {"kind": "status", "status": 503, "match": "revoke"})
    client.send("POST", f"/v1.0/users/{ANA}/revokeSignInSessions")
    writes = client.admin("GET", "/writes").json()
    assert [(write["service"], write["path"].rpartition("/")[2], write["status"]) for write in writes] == [
        ("graph", ANA, 400),
        ("exchange", "Remove-BlockedSenderAddress", 404),
        ("exchange", "Set-Mailbox", 200),
        ("graph", "revokeSignInSessions", 503),
    ]


def test_reset_brings_the_world_back(client: Client) -> None:
    before = client.get(f"/v1.0/users/{ANA}", select="accountEnabled,signInSessionsValidFromDateTime")
    client.send("PATCH", f"/v1.0/users/{ANA}", {"accountEnabled": False})
    client.send("POST", f"/v1.0/users/{ANA}/revokeSignInSessions")
    client.rows("Remove-InboxRule", Mailbox=upn(ANA), Identity="Junk")
    assert client.admin("POST", "/reset").status_code == 204
    assert client.get(f"/v1.0/users/{ANA}", select="accountEnabled,signInSessionsValidFromDateTime") == before
    assert len(client.rows("Get-InboxRule", Mailbox=upn(ANA), IncludeHidden=True)) == 3
    assert client.admin("GET", "/writes").json() == []
    assert activities(client) == []


@pytest.mark.parametrize("headers", [{}, {"X-Admin-Token": "wrong"}, {"X-Admin-Token": "é"}])
def test_the_admin_routes_want_their_token(client: Client, headers: dict[str, str]) -> None:
    encoded = {name: value.encode("latin-1") for name, value in headers.items()}
    assert client.session.get(f"{client.server.url}/admin/writes", headers=encoded, timeout=10).status_code == 401


# ── Exchange ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_forwarding_is_taken_off_and_put_back(client: Client) -> None:
    saved = client.rows("Get-Mailbox", Identity=ANA)[0]
    cleared = {"ForwardingAddress": None, "ForwardingSmtpAddress": None, "DeliverToMailboxAndForward": False}
    assert client.rows("Set-Mailbox", Identity=ANA, **cleared) == []
    now = client.rows("Get-Mailbox", Identity=upn(ANA).upper())[0]
    assert {name: now[name] for name in cleared} == cleared
    client.rows("Set-Mailbox", Identity=ANA, **{name: saved[name] for name in cleared})
    assert client.rows("Get-Mailbox", Identity=ANA)[0] == saved
    record = searched(client, "Set-Mailbox")[-1]
    assert {"Name": "DeliverToMailboxAndForward", "Value": "False"} in record["Parameters"]
    assert record["RecordType"] == 1


def test_changing_an_audit_set_leaves_the_default_one(client: Client) -> None:
    added = {"@odata.type": "#Exchange.GenericHashTable", "Add": ["MailItemsAccessed", "update"]}
    client.rows("Set-Mailbox", Identity=ANA, AuditOwner=added)
    box = client.rows("Get-Mailbox", Identity=ANA)[0]
    assert box["AuditOwner"] == ["Update", "MoveToDeletedItems", "MailItemsAccessed"]
    assert box["DefaultAuditSet"] == ["Admin", "Delegate"]


def test_hidden_rules_show_only_when_asked_for_and_can_be_disabled(client: Client) -> None:
    assert [rule["Name"] for rule in client.rows("Get-InboxRule", Mailbox=upn(ANA))] == [".", "Newsletter"]
    rules = client.rows("Get-InboxRule", Mailbox=upn(ANA), IncludeHidden=True)
    hidden = rules[-1]
    assert (hidden["Name"], hidden["Enabled"]) == ("Junk", True)
    client.rows("Disable-InboxRule", Mailbox=upn(ANA), Identity=hidden["RuleIdentity"], Confirm=False)
    after = client.rows("Get-InboxRule", Mailbox=upn(ANA), IncludeHidden=True)
    assert after[-1]["Enabled"] is False
    assert [rule["Name"] for rule in after] == [".", "Junk"], "the client-side rule is lost"
    visible = client.rows("Get-InboxRule", Mailbox=upn(ANA))[0]
    assert client.rows("Get-InboxRule", Identity=visible["Identity"]) == [visible]
    client.rows("Disable-InboxRule", Identity=visible["Identity"])
    assert client.get(f"{RULES}/AQAAA1")["isEnabled"] is False
    assert [record["Operation"] for record in searched(client, "Disable-InboxRule")] == ["Disable-InboxRule"] * 2


def test_permissions_are_taken_and_given(client: Client) -> None:
    for noun, who, right in (("MailboxPermission", "User", "FullAccess"), ("RecipientPermission", "Trustee", "SendAs")):
        entry = {"Identity": upn(ANA), who: upn(BEN), "AccessRights": [right]}
        assert [row[who] for row in client.rows(f"Get-{noun}", Identity=ANA)] == [upn(BEN)]
        client.rows(f"Remove-{noun}", **entry, Confirm=False)
        assert client.rows(f"Get-{noun}", Identity=ANA) == []
        assert client.cmdlet(f"Remove-{noun}", **entry, Confirm=False).status_code == 400
        client.rows(f"Add-{noun}", **entry)
        again = client.rows(f"Get-{noun}", Identity=ANA)
        assert [(row[who], row["AccessRights"]) for row in again] == [(upn(BEN), [right])]


def test_auditing_is_turned_off_and_on(client: Client) -> None:
    client.rows("Set-MailboxAuditBypassAssociation", Identity=ANA, AuditBypassEnabled=False)
    assert client.rows("Get-MailboxAuditBypassAssociation", Identity=ANA)[0]["AuditBypassEnabled"] is False
    client.rows("Set-OrganizationConfig", AuditDisabled=True)
    assert client.rows("Get-OrganizationConfig")[0]["AuditDisabled"] is True
    client.rows("Set-AdminAuditLogConfig", UnifiedAuditLogIngestionEnabled=False)
    refused = client.send("POST", "/v1.0/security/auditLog/queries", {
        "filterStartDateTime": "2026-11-23T00:00:00Z", "filterEndDateTime": "2026-11-24T00:00:00Z"})  # fmt: skip
    assert json.loads(refused.json()["error"]["message"]) == {"Status": "AuditingDisabledTenant"}
    client.server.tenancy.collection("organizationConfig")["0"]["IsDehydrated"] = True
    assert client.cmdlet("Set-AdminAuditLogConfig", UnifiedAuditLogIngestionEnabled=True).status_code == 400
    client.rows("Enable-OrganizationCustomization")
    client.rows("Set-AdminAuditLogConfig", UnifiedAuditLogIngestionEnabled=True)
    assert client.rows("Get-AdminAuditLogConfig")[0]["UnifiedAuditLogIngestionEnabled"] is True
    assert [row["DomainName"] for row in client.rows("Get-AcceptedDomain")] == [DOMAIN]


def test_a_sender_is_freed_until_the_limit(client: Client) -> None:
    blocked = client.rows("Get-BlockedSenderAddress", SenderAddress=upn(ANA))[0]
    for _ in range(3):
        client.rows("Remove-BlockedSenderAddress", SenderAddress=upn(ANA))
        assert client.rows("Get-BlockedSenderAddress") == []
        client.server.tenancy.collection("blockedSenders")[upn(ANA)] = blocked
    refused = client.cmdlet("Remove-BlockedSenderAddress", SenderAddress=upn(ANA))
    assert refused.status_code == 400
    assert len(client.rows("Get-BlockedSenderAddress")) == 1


WINDOW = {"StartDate": "11/22/2026", "EndDate": "2026-11-24T12:00:00Z"}


def test_a_search_gives_the_newest_up_to_its_size(client: Client) -> None:
    rows = client.rows("Search-UnifiedAuditLog", **WINDOW, ResultSize=7)
    assert [row["ResultIndex"] for row in rows] == [1, 2, 3, 4, 5, 6, 7]
    assert {row["ResultCount"] for row in rows} == {29}
    assert rows == sorted(rows, key=lambda row: str(row["CreationDate"]), reverse=True)
    only = client.rows("Search-UnifiedAuditLog", **WINDOW, UserIds=upn(BEN), Operations="Send, New-InboxRule")
    assert {(row["UserIds"], row["Operations"]) for row in only} == {
        (upn(BEN).title(), "Send"),
        (upn(BEN).title(), "New-InboxRule"),
    }


@pytest.mark.parametrize("command", ["ReturnLargeSet", "ReturnNextPreviewPage"])
def test_a_session_gives_everything_once_then_nothing(client: Client, command: str) -> None:
    asked = {**WINDOW, "SessionId": "s1", "SessionCommand": command, "ResultSize": 10}
    found = []
    while rows := client.rows("Search-UnifiedAuditLog", **asked):
        found += rows
    assert [row["ResultIndex"] for row in found] == list(range(1, 30))
    assert len({row["Identity"] for row in found}) == 29
    times = [row["CreationDate"] for row in found]
    assert (times == sorted(times, reverse=True)) == (command == "ReturnNextPreviewPage")


def test_a_long_output_comes_in_pages_without_running_again(client: Client) -> None:
    tenant = client.server.tenancy.world.tenant_id
    url = f"{client.server.url}/exchange/adminapi/beta/{tenant}/InvokeCommand"
    body = {"CmdletInput": {"CmdletName": "Get-Mailbox", "Parameters": {"ResultSize": "Unlimited"}}}
    headers = {
        "Authorization": f"Bearer {client.token('outlook.simulated.invalid')}",
        "X-AnchorMailbox": "UPN:x@y.example",
        "Prefer": "odata.maxpagesize=3",
    }
    first = client.session.post(url, json=body, headers=headers, timeout=10).json()
    link = first["@odata.nextLink"].replace("https://outlook.simulated.invalid", f"{client.server.url}/exchange")
    second = client.session.post(link, json=body, headers=headers, timeout=10).json()
    names = [box["UserPrincipalName"] for box in first["value"] + second["value"]]
    assert names == [upn(user) for user in (ANA, BEN, ADMIN, "40000000-0000-4000-8000-000000000004")]
    assert "@odata.nextLink" not in second


@pytest.mark.parametrize(
    ("cmdlet", "parameters", "status", "text"),
    [
        ("Get-Mailboxx", {}, 400, "is not recognized as the name of a cmdlet"),
        ("Get-SweepRule", {"Mailbox": "x"}, 501, "is not simulated"),
        ("Get-Mailbox", {"Identiti": "x"}, 400, "matches parameter name 'Identiti'"),
        ("Get-Mailbox", {"Identity": 5}, 400, "argument transformation on parameter 'Identity'"),
        ("Get-Mailbox", {"Identity": "absent"}, 404, "couldn't be found"),
        ("Set-Mailbox", {"Identity": ANA, "CustomAttribute1": "x"}, 501, "is not simulated"),
        ("Remove-BlockedSenderAddress", {}, 400, "missing mandatory parameters: SenderAddress"),
        ("Search-UnifiedAuditLog", {"StartDate": "2026-11-24"}, 400, "missing mandatory parameters: EndDate"),
        ("Search-UnifiedAuditLog", {"StartDate": "2026-11-24", "EndDate": "2026-11-23"}, 400, "earlier"),
        ("Search-UnifiedAuditLog", WINDOW | {"ResultSize": 5001}, 400, "between 1 and 5000"),
        ("Disable-InboxRule", {"Mailbox": ANA, "Identity": "absent"}, 404, "couldn't be found"),
        ("Add-MailboxPermission", {"Identity": ANA, "User": BEN}, 400, "missing mandatory parameters: AccessRights"),
    ],
)
def test_a_cmdlet_refuses_what_powershell_would(
    client: Client, cmdlet: str, parameters: dict[str, Any], status: int, text: str
) -> None:
    answer = client.cmdlet(cmdlet, **parameters)
    assert answer.status_code == status, answer.text
    assert text in answer.json()["error"]["innererror"]["internalexception"]["message"]


def test_names_of_cmdlets_and_parameters_are_taken_in_any_case(client: Client) -> None:
    assert client.rows("get-mailbox", identity=ANA)[0]["ExternalDirectoryObjectId"] == ANA


def test_a_call_without_an_anchor_is_refused(client: Client) -> None:
    url = f"{client.server.url}/exchange/adminapi/beta/{client.server.tenancy.world.tenant_id}/InvokeCommand"
    headers = {"Authorization": f"Bearer {client.token('outlook.simulated.invalid')}"}
    body = {"CmdletInput": {"CmdletName": "Get-Mailbox", "Parameters": {}}}
    refused = client.session.post(url, json=body, headers=headers, timeout=10)
    assert refused.json()["error"]["code"] == "ErrorIncorrectRoutingHint"
