"""Applications in the tenant: Microsoft's own, a few from third parties, and what was consented to."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from kit.simulator import apps
from kit.simulator.apps import App
from kit.simulator.company import Company
from kit.simulator.dice import dice, guid
from kit.simulator.shapes.sign_in import MICROSOFT_TENANT
from kit.simulator.shapes.stamps import graph

Json = dict[str, Any]
BACKUP = "Coffre Sauvegarde 365"
FIRST_PARTY = (apps.EXCHANGE, apps.SHAREPOINT, apps.GRAPH, apps.DIRECTORY, apps.OFFICE_HOME, apps.OUTLOOK_WEB,
    apps.OFFICE,
               apps.TEAMS, apps.OUTLOOK_MOBILE, apps.TEAMS_SERVICES, apps.SHAREPOINT_WEB, apps.ONEDRIVE_SYNC,
               apps.AZURE_PORTAL)  # fmt: skip
# name, verified publisher or "", consent for all or "", delegated scopes
THIRD_PARTY = (
    (BACKUP, "Coffre SAS", "AllPrincipals", "User.Read"),
    ("Signature Pro", "Signature Pro Ltd", "AllPrincipals", "openid profile User.Read"),
    ("Planning Chantier", "Batilog SARL", "Principal", "Calendars.ReadWrite offline_access User.Read"),
    ("Site Photos", "", "Principal", "Files.Read User.Read"),
)


def principal_id(company: Company, name: str) -> str:
    """The object id of a service principal."""
    return guid(company.seed, "principal", name)


def service_principals(company: Company) -> dict[str, Json]:
    """Key object id → servicePrincipal."""
    found = [_principal(company, app, MICROSOFT_TENANT, "Microsoft Services") for app in FIRST_PARTY]
    for name, publisher, _, _ in THIRD_PARTY:
        app = App(guid(company.seed, "app", name), name)
        found.append(_principal(company, app, guid(company.seed, "owner", name), publisher))
    return {principal["id"]: principal for principal in found}


def grants(company: Company) -> dict[str, Json]:
    """Key id → oAuth2PermissionGrant."""
    found = {}
    for number, (name, _, consent, scope) in enumerate(THIRD_PARTY):
        ident = guid(company.seed, "grant", name)
        holder = company.members[number + 6].id if consent == "Principal" else None
        found[ident] = {"id": ident, "clientId": principal_id(company, name), "consentType": consent,
            "principalId": holder,
                        "resourceId": principal_id(company, apps.GRAPH.name), "scope": scope}  # fmt: skip
    return found


def _principal(company: Company, app: App, owner: str, publisher: str) -> Json:
    microsoft = owner == MICROSOFT_TENANT
    verified = publisher if not microsoft else ""
    made = company.start - timedelta(days=dice(company.seed, "made", app.name).randrange(30, 900))
    return {
        "id": principal_id(company, app.name), "deletedDateTime": None, "accountEnabled": True, "addIns": [],
        "alternativeNames": [], "appDescription": None, "appDisplayName": app.name, "appId": app.id,
        "applicationTemplateId": None, "appOwnerOrganizationId": owner, "appRoleAssignmentRequired": False,
        "appRoles": [], "description": None, "disabledByMicrosoftStatus": None, "displayName": app.name,
        "homepage": None,
        "info": {
            "logoUrl": None, "marketingUrl": None, "privacyStatementUrl": None, "supportUrl": None,
            "termsOfServiceUrl": None,
        },
        "keyCredentials": [], "loginUrl": None, "logoutUrl": None, "notes": None, "notificationEmailAddresses": [],
        "oauth2PermissionScopes": [], "passwordCredentials": [], "preferredSingleSignOnMode": None,
        "preferredTokenSigningKeyThumbprint": None, "replyUrls": [], "resourceSpecificApplicationPermissions": [],
        "samlSingleSignOnSettings": None, "servicePrincipalNames": [app.id], "servicePrincipalType": "Application",
        "signInAudience": "AzureADMultipleOrgs",
        "tags": [] if microsoft else ["WindowsAzureActiveDirectoryIntegratedApp"], "tokenEncryptionKeyId": None,
        "createdDateTime": graph(made),
        "verifiedPublisher": {
            "displayName": verified or None,
            "verifiedPublisherId": str(dice(verified).randrange(10**6, 10**7)) if verified else None,
            "addedDateTime": graph(made) if verified else None,
        },
    }  # fmt: skip
