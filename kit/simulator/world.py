"""The world: everything the simulated tenant knows, as plain JSON objects in the shapes of Microsoft's contract.

State (what a remediation changes) lives in `state`: collection name → object id → JSON object. Events (what happened)
come from `events`, one UTC day at a time, made when first asked for and the same for the same seed, so that ninety days
need not be held. Truth (which event belongs to which story) is kept apart and never served.

Collections of `state` (keys are ids; every object has the full property set of its Graph type, beta where it is
richer; open types such as controlScore also carry the undeclared properties that live answers have):
    users · authenticationMethods (key user id → list) · messageRules (key user id → list; visible ones) ·
    servicePrincipals · oauth2PermissionGrants · riskyUsers · riskDetections · secureScores (oldest first) ·
    secureScoreControlProfiles · organization · domains · subscribedSkus · conditionalAccessPolicies · namedLocations ·
    securityDefaults · groups · devices · userRegistrationDetails · roleDefinitions · roleAssignments ·
    messageTraceDetails (key trace id → list; only of messages whose failure says more than "no such address")
Exchange objects, in the shape of the cmdlets' answers, key user id unless said:
    mailboxes (Get-Mailbox) · hiddenRules (list; what Get-InboxRule -IncludeHidden shows beyond messageRules) ·
    mailboxPermissions (list) · recipientPermissions (list) · auditBypass · blockedSenders (key SMTP address) ·
    acceptedDomains (key domain) · organizationConfig (one object, key "0") · adminAuditLogConfig (key "0")
A messageRule's id is the base64 of the eight bytes, little-endian, of the RuleIdentity that Exchange shows: see
kit/simulator/state/rules.py, whose exchange_rule gives Exchange's face of a rule.
Logs of `events`: "signIns" (beta signIn) · "directoryAudits" · "auditRecords" (raw AuditData objects) ·
"messageTraces" (one a recipient; the rows of one message share their id, as the service's do).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

Json = dict[str, Any]


@dataclass
class World:
    """One simulated tenant. `start`/`now` bound the ninety days of history (aware, UTC); `events(log, day)` returns the
    day's records sorted by time; `truth()` lists {"event_id", "log", "story", "role"} for every event of a story, with
    role "attacker", "owner", "responder" or "noise"."""

    seed: int
    tenant_id: str
    name: str
    domain: str
    start: datetime
    now: datetime
    events: Callable[[str, date], list[Json]]
    truth: Callable[[], list[Json]]
    state: dict[str, dict[str, Any]] = field(default_factory=dict)
