"""A world small enough to know by heart: four people, three days, a few events of each log."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from kit.simulator.world import Json, World

TENANT = "5a1d8a5e-7b3c-4d7e-9f5b-0c6f2f1e4a10"
DOMAIN = "nordlicht.example"
ANA, BEN, ADMIN, SYNCED = (f"{n}0000000-0000-4000-8000-00000000000{n}" for n in (1, 2, 3, 4))
APP = "a0000000-0000-4000-8000-00000000000a"
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
NAMES = {ANA: "Ana O'Brien", BEN: "Ben Weiß", ADMIN: "Ida Admin", SYNCED: "Sam Synced"}


def upn(user_id: str) -> str:
    """The user's sign-in name."""
    return f"{NAMES[user_id].split()[0].lower()}@{DOMAIN}"


def small_world() -> World:
    """A new world, safe to change."""
    logs = {
        "signIns": _sign_ins(),
        "directoryAudits": [_directory_audit(i) for i in range(5)],
        "auditRecords": [_audit_record(i) for i in range(30)],
        "messageTraces": [_trace(i) for i in range(12)],
    }

    def events(log: str, day: date) -> list[Json]:
        times = {"signIns": "createdDateTime", "directoryAudits": "activityDateTime", "auditRecords": "CreationTime"}
        key = times.get(log, "receivedDateTime")
        found = [record for record in logs[log] if record[key].startswith(day.isoformat())]
        return sorted(found, key=lambda record: str(record[key]))

    start = NOW - timedelta(days=3)
    return World(7, TENANT, "Nordlicht GmbH", DOMAIN, start, NOW, events, list, _state())


def _stamp(days: float, seconds: float = 0) -> str:
    moment = NOW - timedelta(days=days, seconds=seconds)
    return f"{moment:%Y-%m-%dT%H:%M:%S.%f}7Z"


def _sign_ins() -> list[Json]:
    kinds = ["interactiveUser", "nonInteractiveUser", "nonInteractiveUser", "servicePrincipal"]
    return [_sign_in(i, kinds[i % 4], (ANA, BEN)[i % 3 == 0]) for i in range(40)]


def _sign_in(number: int, kind: str, user_id: str) -> Json:
    person = kind != "servicePrincipal"
    return {
        "id": f"66ea54eb-0000-4000-8000-{number:012d}",
        "createdDateTime": _stamp(number / 16),
        "userDisplayName": NAMES[user_id] if person else None,
        "userPrincipalName": upn(user_id) if person else None,
        "userId": user_id if person else "",
        "appId": APP,
        "appDisplayName": "Outlook",
        "ipAddress": f"192.0.2.{number + 1}",
        "clientAppUsed": "Browser",
        "userAgent": "Mozilla/5.0",
        "correlationId": f"d79f5bee-0000-4000-8000-{number:012d}",
        "conditionalAccessStatus": "notApplied",
        "isInteractive": kind == "interactiveUser",
        "signInEventTypes": [kind],
        "sessionId": f"session-{number // 4}",
        "uniqueTokenIdentifier": f"token-{number}",
        "autonomousSystemNumber": 64500,
        "riskDetail": "none",
        "riskLevelAggregated": "none",
        "riskLevelDuringSignIn": "none",
        "riskState": "none",
        "riskEventTypes_v2": [],
        "resourceDisplayName": "Office 365 Exchange Online",
        "resourceId": "00000002-0000-0ff1-ce00-000000000000",
        "authenticationRequirement": "singleFactorAuthentication",
        "status": {"errorCode": 50126 if number % 10 == 0 else 0, "failureReason": None, "additionalDetails": None},
        "deviceDetail": {
            "deviceId": "",
            "displayName": None,
            "operatingSystem": "Windows10",
            "browser": "Edge 131",
            "browserId": None,
            "isCompliant": None,
            "isManaged": None,
            "trustType": None,
        },
        "location": {
            "city": "Lyon",
            "state": "Rhône",
            "countryOrRegion": "FR",
            "geoCoordinates": {"altitude": None, "latitude": 45.7, "longitude": 4.8},
        },
        "appliedConditionalAccessPolicies": [],
        "authenticationDetails": [],
    }


def _directory_audit(number: int) -> Json:
    return {
        "id": f"Directory_{number}",
        "activityDateTime": _stamp(number / 2),
        "activityDisplayName": ("Consent to application", "Update user")[number % 2],
        "additionalDetails": [],
        "category": "ApplicationManagement",
        "correlationId": f"{number}",
        "initiatedBy": {"user": {"id": ANA, "displayName": NAMES[ANA], "userPrincipalName": upn(ANA)}, "app": None},
        "loggedByService": "Core Directory",
        "operationType": "Assign",
        "result": "success",
        "resultReason": "",
        "targetResources": [{"id": APP, "displayName": "Evil", "type": "ServicePrincipal", "modifiedProperties": []}],
    }


def _audit_record(number: int) -> Json:
    operation = ("MailItemsAccessed", "New-InboxRule", "Send")[number % 3]
    return {
        "CreationTime": _stamp(number / 12)[:19],
        "Id": f"b0000000-0000-4000-8000-{number:012d}",
        "Operation": operation,
        "OrganizationId": TENANT,
        "RecordType": {"MailItemsAccessed": 50, "New-InboxRule": 1, "Send": 2}[operation],
        "ResultStatus": "Succeeded",
        "UserKey": "10032001A5B2C3D4",
        "UserType": 0,
        "Version": 1,
        "Workload": "Exchange",
        "ClientIP": f"198.51.100.{number}",
        "ObjectId": f"item {number}",
        "UserId": upn(ANA if number % 2 else BEN).title(),
    }


def _trace(number: int) -> Json:
    return {
        "id": f"c0000000-0000-4000-8000-{number:012d}",
        "senderAddress": upn(ANA),
        "recipientAddress": f"payer{number}@customer.example",
        "messageId": f"<{number}@{DOMAIN}>",
        "receivedDateTime": _stamp(number / 6),
        "subject": f"Rechnung {number}",
        "size": 4096 + number,
        "fromIP": "192.0.2.9",
        "toIP": None,
        "status": "delivered",
    }


def _user(user_id: str) -> Json:
    given, _, family = NAMES[user_id].partition(" ")
    return {
        "id": user_id,
        "accountEnabled": True,
        "businessPhones": [],
        "createdDateTime": "2024-01-10T08:00:00Z",
        "department": "Finance",
        "displayName": NAMES[user_id],
        "givenName": given,
        "jobTitle": None,
        "lastPasswordChangeDateTime": "2026-01-10T08:00:00Z",
        "mail": upn(user_id),
        "mobilePhone": None,
        "officeLocation": None,
        "onPremisesSyncEnabled": True if user_id == SYNCED else None,
        "otherMails": [],
        "preferredLanguage": "de-DE",
        "proxyAddresses": [f"SMTP:{upn(user_id)}"],
        "signInSessionsValidFromDateTime": "2026-01-10T08:00:00Z",
        "surname": family,
        "userPrincipalName": upn(user_id),
        "userType": "Member",
    }


def _methods() -> list[Json]:
    phone = {"phoneNumber": "+49 1520000000", "phoneType": "mobile", "smsSignInState": "notAllowedByPolicy"}
    return [
        _method("passwordAuthenticationMethod", "28c10230-6103-485e-b985-444c60001490", password=None),
        _method("phoneAuthenticationMethod", "3179e48a-750b-4051-897c-87b9720928f7", **phone),
        _method("microsoftAuthenticatorAuthenticationMethod", "d0000000-0000-4000-8000-000000000001",
                displayName="Pixel 9", deviceTag="SoftwareTokenActivated", phoneAppVersion="6.2410.1"),
        _method("softwareOathAuthenticationMethod", "d0000000-0000-4000-8000-000000000002", secretKey=None),
    ]  # fmt: skip


def _method(kind: str, method_id: str, **values: Any) -> Json:
    created = {"createdDateTime": "2026-01-10T08:00:00Z"}
    return {"@odata.type": f"#microsoft.graph.{kind}", "id": method_id, **created, **values}


def _rule(number: int, name: str, **values: Any) -> Json:
    return {
        "id": f"AQAAA{number}",
        "displayName": name,
        "sequence": number,
        "isEnabled": True,
        "hasError": False,
        "isReadOnly": False,
        "conditions": {"subjectContains": ["Rechnung"]},
        "actions": {"delete": True, "stopProcessingRules": True},
        "exceptions": None,
        **values,
    }


def _hidden_rule(mailbox: str) -> Json:
    return {
        "Name": "Junk",
        "Identity": f"{mailbox}\\15394007230974001153",
        "RuleIdentity": "15394007230974001153",
        "Enabled": True,
        "Priority": 1,
        "ForwardTo": ['"Eve" [SMTP:eve@attacker.example]'],
        "DeleteMessage": True,
        "IsHidden": True,
    }


def _mailbox(user_id: str) -> Json:
    return {
        "Identity": NAMES[user_id],
        "ExternalDirectoryObjectId": user_id,
        "UserPrincipalName": upn(user_id),
        "PrimarySmtpAddress": upn(user_id),
        "Alias": upn(user_id).partition("@")[0],
        "DisplayName": NAMES[user_id],
        "RecipientTypeDetails": "UserMailbox",
        "ForwardingAddress": None,
        "ForwardingSmtpAddress": "smtp:eve@attacker.example" if user_id == ANA else None,
        "DeliverToMailboxAndForward": user_id == ANA,
        "AuditEnabled": True,
        "AuditOwner": ["Update", "MoveToDeletedItems"],
        "AuditDelegate": ["Update"],
        "AuditAdmin": ["Update"],
        "DefaultAuditSet": ["Admin", "Delegate", "Owner"],
        "AuditLogAgeLimit": "90.00:00:00",
        "LitigationHoldEnabled": False,
        "LitigationHoldDuration": "Unlimited",
    }


def _permission(user_id: str, trustee: str, rights: Sequence[str]) -> Json:
    return {
        "Identity": NAMES[user_id],
        "User": trustee,
        "AccessRights": list(rights),
        "IsInherited": False,
        "Deny": False,
        "InheritanceType": "All",
    }


def _state() -> dict[str, dict[str, Any]]:
    users = {user_id: _user(user_id) for user_id in NAMES}
    return {
        "users": users,
        "authenticationMethods": {user_id: _methods() for user_id in NAMES},
        "messageRules": {ANA: [_rule(1, "."), _rule(2, "Newsletter", isReadOnly=True)], BEN: []},
        "servicePrincipals": {APP: _service_principal()},
        "oauth2PermissionGrants": {"grant1": _grant()},
        "riskyUsers": {ANA: _risky_user()},
        "riskDetections": {"risk1": _risk_detection()},
        "secureScores": {f"{TENANT}_2026-11-{day}": _secure_score(day) for day in (22, 23, 24)},
        "secureScoreControlProfiles": {"AdminMFAV2": _control()},
        "organization": {TENANT: _organization()},
        "domains": {DOMAIN: {"id": DOMAIN, "authenticationType": "Managed", "isDefault": True, "isVerified": True}},
        "subscribedSkus": {"sku1": _sku()},
        "conditionalAccessPolicies": {},
        "securityDefaults": {"0": _security_defaults()},
        "userRegistrationDetails": {user_id: _registration(user_id) for user_id in NAMES},
        "roleDefinitions": {"62e90394-69f5-4237-9190-012177145e10": _role()},
        "roleAssignments": {"ra1": _assignment()},
        "mailboxes": {user_id: _mailbox(user_id) for user_id in NAMES},
        "hiddenRules": {ANA: [_hidden_rule(NAMES[ANA])]},
        "mailboxPermissions": {ANA: [_permission(ANA, upn(BEN), ["FullAccess"])]},
        "recipientPermissions": {ANA: [{"Identity": NAMES[ANA], "Trustee": upn(BEN), "AccessControlType": "Allow",
                                        "AccessRights": ["SendAs"], "IsInherited": False}]},
        "auditBypass": {ANA: {"Identity": NAMES[ANA], "Name": NAMES[ANA], "AuditBypassEnabled": True}},
        "blockedSenders": {upn(ANA): {"SenderAddress": upn(ANA), "Reason": "ExceedingLimitType=ExternalRecipient",
                                      "CreatedDatetime": "2026-11-24T08:00:00Z", "TemporaryBlock": False}},
        "acceptedDomains": {DOMAIN: {"DomainName": DOMAIN, "DomainType": "Authoritative", "Default": True}},
        "organizationConfig": {"0": {"Name": DOMAIN, "AuditDisabled": False, "IsDehydrated": False}},
        "adminAuditLogConfig": {"0": {"UnifiedAuditLogIngestionEnabled": True, "AdminAuditLogEnabled": True}},
    }  # fmt: skip


def _service_principal() -> Json:
    return {
        "id": APP,
        "appId": "e0000000-0000-4000-8000-00000000000e",
        "displayName": "Evil",
        "accountEnabled": True,
        "servicePrincipalType": "Application",
        "appOwnerOrganizationId": "f0000000-0000-4000-8000-00000000000f",
        "tags": [],
    }


def _grant() -> Json:
    return {
        "id": "grant1",
        "clientId": APP,
        "consentType": "Principal",
        "principalId": ANA,
        "resourceId": "90000000-0000-4000-8000-000000000009",
        "scope": "Mail.Read offline_access",
    }


def _risky_user() -> Json:
    return {
        "id": ANA,
        "isDeleted": False,
        "isProcessing": False,
        "riskDetail": "none",
        "riskLastUpdatedDateTime": "2026-11-23T10:00:00Z",
        "riskLevel": "medium",
        "riskState": "atRisk",
        "userDisplayName": NAMES[ANA],
        "userPrincipalName": upn(ANA),
    }


def _risk_detection() -> Json:
    return {
        "id": "risk1",
        "activity": "signin",
        "activityDateTime": "2026-11-23T10:00:00Z",
        "detectedDateTime": "2026-11-23T10:00:00Z",
        "ipAddress": "192.0.2.1",
        "riskEventType": "anonymizedIPAddress",
        "riskLevel": "medium",
        "riskState": "atRisk",
        "userId": ANA,
        "userPrincipalName": upn(ANA),
    }


def _secure_score(day: int) -> Json:
    return {
        "id": f"{TENANT}_2026-11-{day}",
        "azureTenantId": TENANT,
        "createdDateTime": f"2026-11-{day}T00:00:00Z",
        "currentScore": 20.0 + day,
        "maxScore": 100.0,
        "activeUserCount": 4,
        "licensedUserCount": 0,
        "enabledServices": ["HasExchange"],
        "averageComparativeScores": [],
        "controlScores": [
            {"controlCategory": "Identity", "controlName": "AdminMFAV2", "description": "", "score": 0.0}
        ],
        "vendorInformation": {
            "provider": "SecureScore",
            "providerVersion": None,
            "subProvider": None,
            "vendor": "Microsoft",
        },
    }


def _control() -> Json:
    return {
        "id": "AdminMFAV2",
        "azureTenantId": TENANT,
        "controlCategory": "Identity",
        "maxScore": 10.0,
        "rank": 1,
        "remediation": "<p>Require MFA</p>",
        "service": "AzureAD",
        "title": "Require MFA for administrative roles",
        "threats": ["Password Cracking"],
        "tier": "Core",
        "userImpact": "Low",
        "deprecated": False,
    }


def _organization() -> Json:
    return {
        "id": TENANT,
        "displayName": "Nordlicht GmbH",
        "verifiedDomains": [
            {"capabilities": "Email", "isDefault": True, "isInitial": True, "name": DOMAIN, "type": "Managed"}
        ],
    }


def _sku() -> Json:
    plan = {"servicePlanId": "41781fb2-bc02-4b7c-bd55-b576c07bb09d", "servicePlanName": "AAD_PREMIUM_P2"}
    return {
        "id": "sku1",
        "skuId": "05e9a617-0261-4cee-bb44-138d3ef5d965",
        "skuPartNumber": "SPE_E3",
        "capabilityStatus": "Enabled",
        "consumedUnits": 4,
        "servicePlans": [plan | {"provisioningStatus": "Success", "appliesTo": "User"}],
    }


def _security_defaults() -> Json:
    return {
        "id": "00000000-0000-0000-0000-000000000005",
        "displayName": "Security Defaults",
        "description": "",
        "isEnabled": False,
    }


def _registration(user_id: str) -> Json:
    return {
        "id": user_id,
        "userPrincipalName": upn(user_id),
        "userDisplayName": NAMES[user_id],
        "isAdmin": user_id == ADMIN,
        "isMfaRegistered": True,
        "methodsRegistered": ["mobilePhone"],
        "lastUpdatedDateTime": "2026-11-20T08:00:00Z",
    }


def _role() -> Json:
    role = "62e90394-69f5-4237-9190-012177145e10"
    return {"id": role, "displayName": "Global Administrator", "isBuiltIn": True, "isEnabled": True, "templateId": role}


def _assignment() -> Json:
    return {
        "id": "ra1",
        "principalId": ADMIN,
        "roleDefinitionId": "62e90394-69f5-4237-9190-012177145e10",
        "directoryScopeId": "/",
    }
