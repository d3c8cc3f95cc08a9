"""Audit records (the AuditData objects of the unified audit log) of Entra, SharePoint and the compliance centre."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from kit.simulator.acts import SignIn
from kit.simulator.company import Company
from kit.simulator.dice import Dice
from kit.simulator.people import Person
from kit.simulator.shapes.stamps import audit

LOGON_ERRORS = {
    50053: "IdsLocked", 50055: "InvalidPasswordExpiredPassword",
    50074: "UserStrongAuthClientAuthNRequiredInterrupt", 50076: "UserStrongAuthClientAuthNRequired",
    50126: "InvalidUserNameOrPassword", 50140: "KmsiInterrupt", 500121: "AuthenticationFailedSasError",
}  # fmt: skip
SITE = "https://ateliernord.sharepoint.example"


def base(company: Company, at: datetime, ident: str, operation: str, record_type: int, workload: str) -> dict[str, Any]:
    """What every audit record starts with."""
    return {
        "CreationTime": audit(at), "Id": ident, "Operation": operation, "OrganizationId": company.tenant_id,
        "RecordType": record_type, "Version": 1, "Workload": workload,
    }  # fmt: skip


def token_context(act: SignIn) -> dict[str, Any]:
    """AppAccessContext of work done with the token of a sign-in."""
    return {
        "AADSessionId": act.session, "ClientAppId": act.app.id, "CorrelationId": act.correlation,
        "IssuedAtTime": audit(act.at), "UniqueTokenId": act.token_id,
    }  # fmt: skip


def logged_in(act: SignIn, company: Company) -> dict[str, Any]:
    """UserLoggedIn or UserLoginFailed: the mirror of an interactive sign-in.

    The real log says ResultStatus "Success" of failed ones too; the truth is in LogonError.
    """
    failed = act.error in (50053, 50126, 50055)
    person = act.person
    extended = [
        {"Name": "ResultStatusDetail", "Value": "Success" if not failed else "UserError"},
        {"Name": "UserAgent", "Value": act.client.user_agent},
        {"Name": "RequestType", "Value": "OAuth2:Authorize" if act.client.app_used == "Browser" else "OAuth2:Token"},
    ]
    record = {
        **base(company, act.at, act.id, "UserLoginFailed" if failed else "UserLoggedIn", 15, "AzureActiveDirectory"),
        "ResultStatus": "Success", "UserKey": person.id, "UserType": 0, "ClientIP": act.address.ip,
        "ObjectId": act.resource.id, "UserId": person.upn.casefold(), "AzureActiveDirectoryEventType": 1,
        "ExtendedProperties": extended, "ModifiedProperties": [],
        "Actor": [{"ID": person.id, "Type": 0}, {"ID": person.upn, "Type": 5}], "ActorContextId": company.tenant_id,
        "ActorIpAddress": act.address.ip, "InterSystemsId": act.correlation, "IntraSystemId": act.id,
        "SupportTicketId": "", "Target": [{"ID": act.resource.id, "Type": 0}], "TargetContextId": company.tenant_id,
        "ApplicationId": act.app.id, "DeviceProperties": _device(act), "ErrorNumber": str(act.error),
    }  # fmt: skip
    if act.error:
        record["LogonError"] = LOGON_ERRORS[act.error]
    return record


def _device(act: SignIn) -> list[dict[str, str]]:
    device = act.client.device
    known = (
        [{"Name": "Id", "Value": device.id}, {"Name": "DisplayName", "Value": device.name}]
        if device and device.id
        else []
    )
    return [
        *known,
        {"Name": "OS", "Value": act.client.os},
        {"Name": "BrowserType", "Value": act.client.browser.partition(" ")[0]},
        {"Name": "IsCompliantAndManaged", "Value": str(bool(device and device.managed))},
        {"Name": "SessionId", "Value": act.session},
    ]


def file_record(
    act: SignIn, at: datetime, company: Company, draw: Dice, operation: str, file: str, folder: str
) -> dict[str, Any]:
    """A SharePoint file operation: FileAccessed, FileDownloaded, FileModified …"""
    person, name = act.person, f"{SITE}/sites/{folder}"
    return {
        **base(company, at, draw.guid(), operation, 6, "SharePoint"),
        "UserKey": f"i:0h.f|membership|{person.puid.casefold()}@live.com", "UserType": 0,
        "ClientIP": act.address.ip, "UserId": person.upn.casefold(),
        "ObjectId": f"{name}/Documents partages/{file}", "CorrelationId": draw.guid(), "EventSource": "SharePoint",
        "ItemType": "File", "ListItemUniqueId": draw.guid(), "Site": draw.guid(), "SiteUrl": f"{name}/",
        "SourceFileExtension": file.rpartition(".")[2], "SourceFileName": file,
        "SourceRelativeUrl": "Documents partages", "UserAgent": act.client.user_agent, "ApplicationId": act.app.id,
        "ApplicationDisplayName": act.app.name, "Platform": "WinDesktop",
        "IsManagedDevice": bool(act.client.device and act.client.device.managed),
        "AppAccessContext": {**token_context(act), "ClientAppName": act.app.name},
        "HighPriorityMediaProcessing": False, "DoNotDistributeEvent": True, "FromApp": False,
    }  # fmt: skip


def directory_change(
    at: datetime, company: Company, draw: Dice, operation: str, actor: str, subject: Person
) -> dict[str, Any]:
    """An Entra change as the unified audit log repeats it: its operation ends with a dot."""
    return {
        **base(company, at, draw.guid(), operation, 8, "AzureActiveDirectory"), "ResultStatus": "Success",
        "UserKey": actor, "UserType": 4, "ObjectId": subject.upn, "UserId": actor,
        "AzureActiveDirectoryEventType": 1,
        "ExtendedProperties": [{"Name": "extendedAuditEventCategory", "Value": "User"}], "ModifiedProperties": [],
        "Actor": [{"ID": actor, "Type": 1}], "ActorContextId": company.tenant_id, "InterSystemsId": draw.guid(),
        "IntraSystemId": draw.guid(), "SupportTicketId": "",
        "Target": [{"ID": f"User_{subject.id}", "Type": 2}, {"ID": subject.upn, "Type": 5}],
        "TargetContextId": company.tenant_id,
    }  # fmt: skip


def alert(
    at: datetime, company: Company, draw: Dice, operation: str, name: str, severity: str, subject: Person
) -> dict[str, Any]:
    """An alert of the compliance centre: AlertTriggered or AlertEntityGenerated about a user."""
    data = {"etype": "User", "eid": subject.upn, "tid": company.tenant_id, "ts": audit(at), "te": audit(at),
            "op": "CompromisedAccount", "tdc": "1", "suid": subject.upn, "an": name, "sev": severity}  # fmt: skip
    return {
        **base(company, at, draw.guid(), operation, 40, "SecurityComplianceCenter"), "ResultStatus": "Succeeded",
        "UserKey": "SecurityComplianceAlerts", "UserType": 4, "UserId": "SecurityComplianceAlerts",
        "ObjectId": subject.upn, "AlertId": draw.guid(), "AlertType": "System", "Name": name,
        "PolicyId": draw.guid(), "Status": "Active", "Severity": severity, "Category": "ThreatManagement",
        "Source": "Office 365 Security & Compliance", "Comments": "New alert", "EntityType": "User",
        "AlertEntityId": subject.upn, "AlertLinks": [{"AlertLinkHref": ""}], "Data": json.dumps(data),
    }  # fmt: skip
