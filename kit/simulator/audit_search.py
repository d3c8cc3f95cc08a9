"""Searching the unified audit log: the conditions both of its interfaces have, and the names of its numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from kit.simulator.log import Log, Row
from kit.simulator.message import dump
from kit.simulator.values import DAY
from kit.simulator.world import Json

# AuditLogRecordType of the Management Activity API schema (office-365-management-api, 2026-06), as far as it is played.
RECORD_TYPES = {
    1: "ExchangeAdmin", 2: "ExchangeItem", 3: "ExchangeItemGroup", 4: "SharePoint", 6: "SharePointFileOperation",
    7: "OneDrive", 8: "AzureActiveDirectory", 9: "AzureActiveDirectoryAccountLogon", 10: "DataCenterSecurityCmdlet",
    11: "ComplianceDLPSharePoint", 13: "ComplianceDLPExchange", 14: "SharePointSharingOperation",
    15: "AzureActiveDirectoryStsLogon", 18: "SecurityComplianceCenterEOPCmdlet", 19: "ExchangeAggregatedOperation",
    20: "PowerBIAudit", 24: "Discovery", 25: "MicrosoftTeams", 28: "ThreatIntelligence", 29: "MailSubmission",
    30: "MicrosoftFlow", 36: "SharePointListOperation", 37: "SharePointCommentOperation", 38: "DataGovernance",
    40: "SecurityComplianceAlerts", 41: "ThreatIntelligenceUrl", 44: "WorkplaceAnalytics",
    47: "ThreatIntelligenceAtpContent", 49: "TeamsHealthcare", 50: "ExchangeItemAggregated", 51: "HygieneEvent",
    52: "DataInsightsRestApiAudit", 55: "SharePointContentTypeOperation", 56: "SharePointFieldOperation",
    62: "Campaign", 64: "AirInvestigation", 68: "AirManualInvestigation", 78: "MDATPAudit", 90: "Search",
}  # fmt: skip
USER_TYPES = (
    "Regular", "Reserved", "Admin", "DcAdmin", "System", "Application", "ServicePrincipal", "CustomPolicy",
    "SystemPolicy", "PartnerTechnician", "Guest",
)  # fmt: skip


@dataclass(frozen=True)
class Search:
    """Conditions, each satisfied by any of its values (none: no condition); compared without case.

    `start` and `end` are ticks, a half-open window. `keyword` is looked for in the whole record.
    """

    start: int
    end: int
    record_types: frozenset[str] = frozenset()
    operations: frozenset[str] = frozenset()
    users: frozenset[str] = frozenset()
    addresses: frozenset[str] = frozenset()
    objects: frozenset[str] = frozenset()
    services: frozenset[str] = frozenset()
    keyword: str = ""

    def find(self, log: Log) -> Iterator[Row]:
        """The matching rows, newest first."""
        last = date.fromordinal(max(1, (self.end - 1) // DAY))
        for _, row in log.newest_first(date.fromordinal(max(1, self.start // DAY)), last):
            if self.start <= row.ticks < self.end and self.matches(row.record):
                yield row

    def matches(self, record: Json) -> bool:
        """The record satisfies every condition."""
        held = (
            (self.record_types, record_type(record)),
            (self.operations, record.get("Operation")),
            (self.users, record.get("UserId")),
            (self.addresses, record.get("ClientIP") or record.get("ClientIPAddress")),
            (self.objects, record.get("ObjectId")),
            (self.services, record.get("Workload")),
        )
        if any(wanted and str(value).casefold() not in wanted for wanted, value in held):
            return False
        return not self.keyword or self.keyword in dump(record).decode().casefold()


def folded(values: Iterable[str] | None) -> frozenset[str]:
    """The values as a condition."""
    return frozenset(value.casefold() for value in values or ())


def record_type(record: Json) -> str:
    """The record type's name; a number nobody named here stays a number."""
    number = record.get("RecordType")
    return RECORD_TYPES.get(number, str(number)) if isinstance(number, int) else str(number)


def user_type(record: Json) -> str:
    """The user type's name."""
    number = record.get("UserType")
    return USER_TYPES[number] if isinstance(number, int) and 0 <= number < len(USER_TYPES) else "Regular"
