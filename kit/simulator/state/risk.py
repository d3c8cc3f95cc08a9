"""Identity Protection: risk detections and the risky users they make."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from kit.simulator.network import Address
from kit.simulator.shapes.sign_in import location
from kit.simulator.shapes.stamps import fine

if TYPE_CHECKING:
    from kit.simulator.story import Stage


def detected(stage: Stage, kind: str, level: str, activity: datetime, found: datetime, where: Address) -> None:
    """A detection about the story's victim, found later than the activity, and the user at risk because of it."""
    victim, draw = stage.victim, stage.draw
    ident = draw.guid()
    stage.state["riskDetections"][ident] = {
        "id": ident, "requestId": draw.guid(), "correlationId": draw.guid(), "riskEventType": kind,
        "riskState": "atRisk", "riskLevel": level, "riskDetail": "none", "source": "IdentityProtection",
        "detectionTimingType": "offline", "activity": "signin", "tokenIssuerType": "AzureAD", "ipAddress": where.ip,
        "location": location(where.place), "activityDateTime": fine(activity), "detectedDateTime": fine(found),
        "lastUpdatedDateTime": fine(found), "userId": victim.id, "userDisplayName": victim.name,
        "userPrincipalName": victim.upn, "additionalInfo": "[]",
    }  # fmt: skip
    stage.state["riskyUsers"][victim.id] = {
        "id": victim.id, "isDeleted": False, "isProcessing": False, "riskLevel": level, "riskState": "atRisk",
        "riskDetail": "none", "riskLastUpdatedDateTime": fine(found), "userDisplayName": victim.name,
        "userPrincipalName": victim.upn,
    }  # fmt: skip
