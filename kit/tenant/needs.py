"""What each part of the tenant takes to be read: permission, role, licence. For the hints of errors.

From Microsoft's permission reference and the service's documentation, August 2026 (least-privilege names).
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Need:
    """What reading takes. `instead` says what to do where it is not offered; `service_principal` marks the one API
    that answers 401 until Microsoft's own service principal exists in the tenant."""

    what: str
    permission: str
    role: str = ""
    licence: str = ""
    instead: str = ""
    service_principal: bool = False


READERS = "one of the roles Reports Reader, Security Reader or Global Reader (when signed in as a person)"
SECURITY = "one of the roles Security Reader or Global Reader (when signed in as a person)"
NEEDS: tuple[tuple[str, Need], ...] = (
    (
        r"/auditLogs/signIns",
        Need(
            "Sign-in logs",
            "AuditLog.Read.All",
            READERS,
            "Entra ID P1",
            "Without P1 the audit log's UserLoggedIn records tell sign-ins too.",
        ),
    ),
    (r"/auditLogs/", Need("Directory audits", "AuditLog.Read.All", READERS)),
    (
        r"/security/auditLog/",
        Need(
            "Audit log search",
            "AuditLogsQuery.Read.All",
            "the Purview role View-Only Audit Logs (when signed in as a person)",
            "",
            "Turn auditing on, or import an export from Purview.",
        ),
    ),
    (
        r"/identityProtection/riskyUsers",
        Need("Risky users", "IdentityRiskyUser.Read.All", SECURITY, "Entra ID P2"),
    ),
    (
        r"/identityProtection/",
        Need("Risk detections", "IdentityRiskEvent.Read.All", SECURITY, "Entra ID P1 or P2"),
    ),
    (r"/security/secureScore", Need("Secure Score", "SecurityEvents.Read.All", SECURITY)),
    (
        r"/authentication/",
        Need(
            "Authentication methods",
            "UserAuthenticationMethod.Read.All",
            "one of the roles Global Reader or Authentication Administrator (when signed in as a person)",
        ),
    ),
    (r"/messageRules", Need("Inbox rules", "MailboxSettings.Read")),
    (r"/oauth2PermissionGrants", Need("Permission grants", "Directory.Read.All")),
    (r"/servicePrincipals", Need("Service principals", "Application.Read.All")),
    (r"/policies/", Need("Policies", "Policy.Read.All")),
    (r"/domains", Need("Domains", "Domain.Read.All")),
    (r"/organization", Need("Organisation", "Organization.Read.All")),
    (
        r"/admin/exchange/tracing/",
        Need(
            "Message trace",
            "ExchangeMessageTrace.Read.All",
            instead="An administrator must create the service principal of Microsoft's app "
            "8bd644d1-64a1-4d4b-ae52-2e0cbf64e373; it takes hours to work. Get-MessageTraceV2 is the other way.",
            service_principal=True,
        ),
    ),
    (r"/users", Need("Users", "User.Read.All")),
    (
        r"/adminapi/",
        Need(
            "Exchange cmdlet",
            "Exchange.ManageAsApp (or Exchange.Manage when signed in as a person)",
            "an Exchange role that holds the cmdlet, for instance Security Reader or Exchange Administrator",
        ),
    ),
    (r"/activity/feed/", Need("Management Activity", "ActivityFeed.Read")),
)
OTHER = Need("The request", "its documentation names")


def need_of(url: str) -> Need:
    """What reading this address takes; the first pattern that its path holds."""
    path = url.partition("?")[0]
    return next((need for pattern, need in NEEDS if re.search(pattern, path, re.IGNORECASE)), OTHER)
