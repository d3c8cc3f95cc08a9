"""directoryAudit objects."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from kit.simulator.dice import Dice
from kit.simulator.people import Person
from kit.simulator.shapes.stamps import fine


def by_user(person: Person, ip: str) -> dict[str, Any]:
    """initiatedBy: a person, from an address."""
    user = {"id": person.id, "displayName": None, "userPrincipalName": person.upn, "ipAddress": ip}
    return {"app": None, "user": user}


def by_app(name: str, principal: str | None = None) -> dict[str, Any]:
    """initiatedBy: a service."""
    app = {"appId": None, "displayName": name, "servicePrincipalId": principal, "servicePrincipalName": None}
    return {"app": app, "user": None}


def user_target(person: Person, *changes: tuple[str, str | None, str | None]) -> dict[str, Any]:
    """targetResources: a user, with (name, old, new) changes."""
    return target("User", person.id, person.name, *changes, upn=person.upn)


def target(
    kind: str, ident: str, name: str | None, *changes: tuple[str, str | None, str | None], upn: str | None = None
) -> dict[str, Any]:
    """targetResources: anything."""
    return {
        "id": ident,
        "displayName": name,
        "type": kind,
        "userPrincipalName": upn,
        "groupType": "azureAD" if kind == "Group" else None,
        "modifiedProperties": [{"displayName": n, "oldValue": old, "newValue": new} for n, old, new in changes],
    }


def directory_audit(
    at: datetime, draw: Dice, activity: str, actor: dict[str, Any], targets: list[dict[str, Any]], *,
    category: str = "UserManagement", service: str = "Core Directory", kind: str = "Update", reason: str = "",
    details: tuple[tuple[str, str], ...] = (),
) -> dict[str, Any]:  # fmt: skip
    """One directory audit. `kind` is Add, Update, Delete or Assign; `reason` the service's words."""
    correlation = draw.guid()
    prefix = "IAMUX" if service == "Authentication Methods" else "Directory"
    return {
        "id": f"{prefix}_{correlation}_{draw.getrandbits(24):06X}_{draw.randrange(10**8, 10**9)}",
        "activityDateTime": fine(at), "activityDisplayName": activity, "category": category,
        "correlationId": correlation, "loggedByService": service, "operationType": kind, "result": "success",
        "resultReason": reason, "initiatedBy": actor, "targetResources": targets,
        "additionalDetails": [{"key": key, "value": value} for key, value in details],
    }  # fmt: skip
