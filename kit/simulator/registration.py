"""The registered application: what an administrator of the tenant consented to, and the APIs tokens are issued for."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field

from cryptography.x509 import Certificate

GRAPH_READ = [
    "AuditLog.Read.All",
    "AuditLogsQuery.Read.All",
    "AuditLogsQuery-Exchange.Read.All",
    "AuditLogsQuery-Entra.Read.All",
    "AuditLogsQuery-SharePoint.Read.All",
    "AuditLogsQuery-OneDrive.Read.All",
    "Directory.Read.All",
    "User.Read.All",
    "GroupMember.Read.All",
    "Application.Read.All",
    "RoleManagement.Read.Directory",
    "Device.Read.All",
    "Domain.Read.All",
    "Organization.Read.All",
    "UserAuthenticationMethod.Read.All",
    "Policy.Read.All",
    "IdentityRiskyUser.Read.All",
    "IdentityRiskEvent.Read.All",
    "SecurityEvents.Read.All",
    "SecurityAlert.Read.All",
    "SecurityIncident.Read.All",
    "ThreatHunting.Read.All",
    "MailboxSettings.Read",
    "Mail.ReadBasic.All",
    "ExchangeMessageTrace.Read.All",
    "LicenseAssignment.Read.All",
    "Reports.Read.All",
]
GRAPH_WRITE = [
    "User.EnableDisableAccount.All",
    "User-PasswordProfile.ReadWrite.All",
    "User.RevokeSessions.All",
    "User.ReadWrite.All",
    "UserAuthenticationMethod.ReadWrite.All",
    "UserAuthMethod-Passkey.ReadWrite.All",
    "UserAuthMethod-Email.ReadWrite.All",
    "UserAuthMethod-Phone.ReadWrite.All",
    "UserAuthMethod-MicrosoftAuthApp.ReadWrite.All",
    "UserAuthMethod-SoftwareOATH.ReadWrite.All",
    "UserAuthMethod-WindowsHello.ReadWrite.All",
    "UserAuthMethod-TAP.ReadWrite.All",
    "UserAuthMethod-PlatformCred.ReadWrite.All",
    "UserAuthMethod-External.ReadWrite.All",
    "UserAuthMethod-HardwareOATH.ReadWrite.All",
    "Policy.ReadWrite.AuthenticationMethod",
    "Policy.ReadWrite.ConditionalAccess",
    "Policy.ReadWrite.SecurityDefaults",
    "IdentityRiskyUser.ReadWrite.All",
    "MailboxSettings.ReadWrite",
    "DelegatedPermissionGrant.ReadWrite.All",
    "AppRoleAssignment.ReadWrite.All",
    "Application.ReadWrite.All",
    "RoleManagement.ReadWrite.Directory",
    "GroupMember.ReadWrite.All",
    "Device.ReadWrite.All",
]
"""The two scope profiles the kit's documentation asks an administrator to consent to (facts: api.md §5)."""


@dataclass(frozen=True)
class Resource:
    """An API that tokens are issued for: its own app id, audience, the host names scopes may begin with."""

    app_id: str
    audience: str
    hosts: tuple[str, ...]


RESOURCES = {
    "graph": Resource(
        "00000003-0000-0000-c000-000000000000",
        "https://graph.microsoft.com",
        ("graph.microsoft.com", "graph.simulated.invalid"),
    ),
    "exchange": Resource(
        "00000002-0000-0ff1-ce00-000000000000",
        "https://outlook.office365.com",
        ("outlook.office365.com", "outlook.office.com", "outlook.simulated.invalid"),
    ),
    "manage": Resource(
        "c5393580-f805-4401-95e8-94b7a6ef2fc2",
        "https://manage.office.com",
        ("manage.office.com", "manage.simulated.invalid"),
    ),
}


@dataclass
class Application:
    """A registered application. `scopes` and `roles`: resource name → what was consented to."""

    client_id: str
    name: str
    principal_id: str
    secret: str
    scopes: dict[str, frozenset[str]]
    roles: dict[str, frozenset[str]]
    certificates: list[Certificate] = field(default_factory=list)


def registered(seed: int, permissions: Iterable[str] | None) -> Application:
    """The kit's own registration; the same ids for the same seed, a new secret every time.

    `permissions` replaces what was consented to on Graph.
    """
    graph = frozenset(GRAPH_READ + GRAPH_WRITE if permissions is None else permissions)
    manage = frozenset({"ActivityFeed.Read"})
    return Application(
        client_id=_guid(seed, "client"),
        name="Mailbox investigation kit",
        principal_id=_guid(seed, "principal"),
        secret=secrets.token_urlsafe(30),
        scopes={"graph": graph | {"User.Read"}, "exchange": frozenset({"Exchange.Manage"}), "manage": manage},
        roles={"graph": graph, "exchange": frozenset({"Exchange.ManageAsApp"}), "manage": manage},
    )


def _guid(seed: int, what: str) -> str:
    return str(uuid.UUID(bytes=hashlib.sha256(f"kit:{seed}:{what}".encode()).digest()[:16], version=4))
