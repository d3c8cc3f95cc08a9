"""The footprint: the records a real tenant would write about what is done to it here.

A change of the directory leaves a directory audit and its twin in the unified audit log; a cmdlet leaves an Exchange
admin record; a change of an inbox rule through Graph a mailbox record. The actor is the caller, the time is now.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kit.simulator.message import Call, dump
from kit.simulator.tenancy import new_id
from kit.simulator.world import Json

Changes = Mapping[str, tuple[Any, Any]]


def directory_change(
    call: Call, activity: str, category: str, target: Json, changes: Changes, kind: str = "User"
) -> None:
    """Record a change of a directory object: property → (old value, new value)."""
    modified = [
        {"displayName": name, "oldValue": _text([old]), "newValue": _text([new])}
        for name, (old, new) in changes.items()
    ]
    record = {
        "id": f"Directory_{new_id()}_{call.request_id[:5].upper()}",
        "activityDateTime": call.tenancy.stamp(),
        "activityDisplayName": activity,
        "additionalDetails": [{"key": "User-Agent", "value": call.headers.get("User-Agent") or ""}],
        "category": category,
        "correlationId": call.request_id,
        "initiatedBy": _initiator(call),
        "loggedByService": "Core Directory",
        "operationType": "Update",
        "result": "success",
        "resultReason": "",
        "targetResources": [
            {
                "id": target["id"],
                "displayName": target.get("displayName"),
                "type": kind,
                "userPrincipalName": target.get("userPrincipalName"),
                "groupType": None,
                "modifiedProperties": modified,
            }
        ],
    }
    call.tenancy.logs["directoryAudits"].add(record)
    call.tenancy.logs["auditRecords"].add(_entra_record(call, activity, target, changes))


def cmdlet_record(call: Call, cmdlet: str, parameters: Json, object_id: str) -> None:
    """Record a cmdlet that changed something: Exchange admin audit, record type 1."""
    record = _record(call, cmdlet, 1, "Exchange", object_id) | {
        "AppId": call.who.app_id,
        "ClientAppId": "",
        "ExternalAccess": False,
        "OrganizationName": call.tenancy.world.domain,
        "OriginatingServer": "SIMULATED (15.20.0000.000)",
        "Parameters": [{"Name": name, "Value": _plain(value)} for name, value in parameters.items()],
        "SessionId": "",
    }
    call.tenancy.logs["auditRecords"].add(record)


def rule_record(call: Call, operation: str, mailbox: Json, rule: Json) -> None:
    """Record a change of an inbox rule through Graph: UpdateInboxRules, record type 2."""
    details = {
        "RuleOperation": operation,
        "RuleId": rule["id"],
        "RuleState": "Enabled" if rule.get("isEnabled") else "Disabled",
        "RuleName": rule.get("displayName") or "",
        "RuleProvider": "ExchangeMailboxRules",
        "RuleActions": _text(rule.get("actions") or {}),
        "RuleCondition": _text(rule.get("conditions") or {}),
    }
    record = _record(call, "UpdateInboxRules", 2, "Exchange", "") | {
        "ClientInfoString": "Client=REST;Client=RESTSystem;;",
        "ClientIPAddress": call.who.address,
        "ExternalAccess": False,
        "InternalLogonType": 0,
        "LogonType": 0 if call.who.user_id == mailbox["id"] else 2,
        "MailboxOwnerUPN": mailbox["userPrincipalName"],
        "OperationProperties": [{"Name": name, "Value": value} for name, value in details.items()],
        "OrganizationName": call.tenancy.world.domain,
        "OriginatingServer": "SIMULATED (15.20.0000.000)",
    }
    call.tenancy.logs["auditRecords"].add(record)


def _entra_record(call: Call, activity: str, target: Json, changes: Changes) -> Json:
    name = target.get("userPrincipalName") or target.get("displayName") or target["id"]
    record = _record(call, f"{activity}.", 8, "AzureActiveDirectory", name)
    return record | {
        "AzureActiveDirectoryEventType": 1,
        "Actor": [{"ID": record["UserId"], "Type": 5}, {"ID": call.who.user_id or call.who.principal_id, "Type": 2}],
        "ActorContextId": call.tenancy.world.tenant_id,
        "InterSystemsId": call.request_id,
        "ModifiedProperties": [
            {"Name": name, "OldValue": _text([old]), "NewValue": _text([new])} for name, (old, new) in changes.items()
        ],
        "Target": [{"ID": target["id"], "Type": 2}, {"ID": name, "Type": 5}],
        "TargetContextId": call.tenancy.world.tenant_id,
    }


def _record(call: Call, operation: str, record_type: int, workload: str, object_id: str) -> Json:
    """The fields every unified audit record has."""
    who = call.who
    return {
        "CreationTime": f"{call.tenancy.now():%Y-%m-%dT%H:%M:%S}",
        "Id": new_id(),
        "Operation": operation,
        "OrganizationId": call.tenancy.world.tenant_id,
        "RecordType": record_type,
        "ResultStatus": "True" if record_type == 1 else "Success",
        "UserKey": who.user_id or who.principal_id,
        "UserType": 2 if who.delegated else 5,
        "Version": 1,
        "Workload": workload,
        "ClientIP": who.address,
        "ObjectId": object_id,
        "UserId": who.upn or f"ServicePrincipal_{who.principal_id}",
    }


def _initiator(call: Call) -> Json:
    who = call.who
    if who.delegated:
        user = {
            "id": who.user_id,
            "displayName": who.name,
            "userPrincipalName": who.upn,
            "ipAddress": who.address,
            "userType": None,
            "homeTenantId": None,
            "homeTenantName": None,
        }
        return {"user": user, "app": None}
    app = {
        "appId": who.app_id,
        "displayName": who.app_name,
        "servicePrincipalId": who.principal_id,
        "servicePrincipalName": None,
    }
    return {"user": None, "app": app}


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return ";".join(map(_plain, value))
    return "" if value is None else str(value)


def _text(value: Any) -> str:
    return dump(value).decode()
