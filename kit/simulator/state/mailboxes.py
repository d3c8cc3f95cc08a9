"""Exchange's side of the tenant, in the shape of the cmdlets' answers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from kit.simulator.company import OTHER_DOMAIN, Company
from kit.simulator.people import Person
from kit.simulator.shapes.stamps import graph

Json = dict[str, Any]

# The default actions (Microsoft's mailbox auditing page, 2026-06-19).
COMMON = ("ApplyRecord", "AttachmentAccess", "Create", "HardDelete", "MailItemsAccessed", "MoveToDeletedItems",
          "SoftDelete", "Update", "UpdateFolderPermissions", "UpdateInboxRules")  # fmt: skip
OWNER = [*COMMON, "Send", "UpdateCalendarDelegation"]
DELEGATE = [*COMMON, "SendAs", "SendOnBehalf"]
ADMIN = [*COMMON, "Send", "SendAs", "SendOnBehalf", "UpdateCalendarDelegation"]
# One mailbox's owner actions were set by hand years ago and never got the newer defaults.
CUSTOMISED, CUSTOM_ACTIONS = "hr", ["HardDelete", "MailboxLogin", "SoftDelete", "UpdateInboxRules"]
# Accounting's searches are audited too, which is off by default; adding it took the mailbox out of the default set.
SEARCHES = ("accounts_payable", "finance2")
BYPASSED = "scanner"


def exchange(company: Company) -> dict[str, dict[str, Any]]:
    """The Exchange collections of the world."""
    assistant, ceo = company.role("assistant"), company.role("ceo")
    boxes = {person.id: mailbox(company, person) for person in company.mailboxes}
    permissions = {person.id: [_self(person)] for person in company.mailboxes}
    permissions[ceo.id].append(permission(ceo, assistant.upn, ["FullAccess"]))
    trustees: dict[str, list[Json]] = {person.id: [] for person in company.mailboxes}
    for person in company.mailboxes:
        if person.kind == "shared":
            clerk = company.role("accounts_payable") if person.role == "facturation" else company.role("assistant")
            permissions[person.id].append(permission(person, clerk.upn, ["FullAccess"]))
            trustees[person.id].append(send_as(person, clerk.upn))
    return {
        "mailboxes": boxes,
        "hiddenRules": {person.id: [] for person in company.mailboxes},
        "mailboxPermissions": dict(permissions),
        "recipientPermissions": dict(trustees),
        "auditBypass": {person.id: audit_bypass(person) for person in company.people if person.kind != "guest"},
        "blockedSenders": {},
        "acceptedDomains": _accepted(company),
        "organizationConfig": {"0": _organization(company)},
        "adminAuditLogConfig": {"0": _audit_config(company)},
        "messageTraceDetails": {},
    }


def mailbox(company: Company, person: Person) -> Json:
    """An answer of Get-Mailbox (the properties an investigation asks for)."""
    owner = (
        CUSTOM_ACTIONS
        if person.role == CUSTOMISED
        else [*OWNER, "SearchQueryInitiated"]
        if person.role in SEARCHES
        else OWNER
    )
    local = person.upn.partition("@")[0]
    return {
        "Identity": person.name, "Id": person.name, "Guid": person.mailbox, "ExchangeGuid": person.mailbox,
        "ExternalDirectoryObjectId": person.id, "UserPrincipalName": person.upn, "PrimarySmtpAddress": person.upn,
        "WindowsEmailAddress": person.upn, "DisplayName": person.name, "Name": local, "Alias": local,
        "EmailAddresses": [f"SMTP:{person.upn}", f"smtp:{local}@{company.initial_domain}"],
        "DistinguishedName": f"CN={local},OU={company.initial_domain},OU=Microsoft Exchange Hosted Organizations",
        "RecipientType": "UserMailbox",
        "RecipientTypeDetails": "SharedMailbox" if person.kind == "shared" else "UserMailbox",
        "IsShared": person.kind == "shared", "IsDirSynced": person.synced,
        "AccountDisabled": person.kind == "shared", "ForwardingAddress": None, "ForwardingSmtpAddress": None,
        "DeliverToMailboxAndForward": False, "GrantSendOnBehalfTo": [], "HiddenFromAddressListsEnabled": False,
        "MessageCopyForSentAsEnabled": False, "AuditEnabled": True, "AuditLogAgeLimit": "90.00:00:00",
        "AuditOwner": list(owner), "AuditDelegate": list(DELEGATE), "AuditAdmin": list(ADMIN),
        "DefaultAuditSet": ["Admin", "Delegate", "Owner"] if owner is OWNER else ["Admin", "Delegate"],
        "LitigationHoldEnabled": False, "LitigationHoldDate": None, "LitigationHoldOwner": "",
        "LitigationHoldDuration": "Unlimited", "InPlaceHolds": [], "RetentionPolicy": "Default MRM Policy",
        "RetainDeletedItemsFor": "14.00:00:00", "SingleItemRecoveryEnabled": True, "ArchiveStatus": "None",
        "WhenMailboxCreated": graph(company.start - timedelta(days=400)),
        "WhenCreatedUTC": graph(company.start - timedelta(days=400)), "IsValid": True, "ObjectState": "Unchanged",
    }  # fmt: skip


def permission(owner: Person, user: str, rights: list[str]) -> Json:
    """An answer of Get-MailboxPermission."""
    return {
        "Identity": owner.name, "User": user, "AccessRights": rights, "IsInherited": False, "Deny": False,
        "InheritanceType": "All", "IsValid": True, "ObjectState": "Unchanged",
    }  # fmt: skip


def _self(owner: Person) -> Json:
    return permission(owner, "NT AUTHORITY\\SELF", ["FullAccess", "ReadPermission"])


def send_as(owner: Person, trustee: str) -> Json:
    """An answer of Get-RecipientPermission."""
    return {
        "Identity": owner.name, "Trustee": trustee, "AccessControlType": "Allow", "AccessRights": ["SendAs"],
        "IsInherited": False, "InheritanceType": "None", "IsValid": True,
    }  # fmt: skip


def audit_bypass(person: Person) -> Json:
    """An answer of Get-MailboxAuditBypassAssociation."""
    return {
        "Identity": person.name, "Name": person.upn.partition("@")[0], "ObjectId": person.id,
        "AuditBypassEnabled": person.role == BYPASSED, "IsValid": True, "ObjectState": "Unchanged",
    }  # fmt: skip


def _accepted(company: Company) -> dict[str, Json]:
    names = (company.domain, company.initial_domain, OTHER_DOMAIN)
    return {
        name: {
            "Identity": name, "Name": name, "DomainName": name, "DomainType": "Authoritative", "MatchSubDomains": False,
            "Default": name == company.domain, "InitialDomain": name == company.initial_domain, "IsValid": True,
        }
        for name in names
    }  # fmt: skip


def _organization(company: Company) -> Json:
    return {
        "Identity": company.initial_domain, "Name": company.initial_domain, "DisplayName": company.name,
        "Guid": company.tenant_id, "AuditDisabled": False, "IsDehydrated": False,
        "OAuth2ClientProfileEnabled": True, "SmtpActionableMessagesEnabled": True, "RejectDirectSend": False,
        "AutoForwardingMode": None, "DefaultAuthenticationPolicy": None,
        "MailTipsExternalRecipientsTipsEnabled": False, "IsValid": True,
    }  # fmt: skip


def _audit_config(company: Company) -> Json:
    return {
        "Identity": "Admin Audit Log Settings", "Name": "Admin Audit Log Settings",
        "UnifiedAuditLogIngestionEnabled": True,
        "UnifiedAuditLogFirstOptInDate": graph(company.start - timedelta(days=700)), "AdminAuditLogEnabled": True,
        "AdminAuditLogAgeLimit": "90.00:00:00", "LogLevel": "None", "IsValid": True, "ObjectState": "Unchanged",
    }  # fmt: skip
