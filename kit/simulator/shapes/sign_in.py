"""beta signIn objects, with the property set of real ones (interactive, non-interactive, service principal)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from kit.simulator.acts import SignIn
from kit.simulator.apps import App
from kit.simulator.company import Company
from kit.simulator.dice import Dice, token_id
from kit.simulator.network import Address, Place
from kit.simulator.shapes.stamps import graph

# Reason and details as Entra words them, for the errors this world plays.
ERRORS: dict[int, tuple[str | None, str | None]] = {
    0: (None, "MFA requirement satisfied by claim in the token"),
    50053: (
        "The account is locked, you've tried to sign in too many times with an incorrect user ID or password.",
        "The account is locked because of too many sign-in attempts.",
    ),
    50055: ("The password is expired.", "The user's password is expired."),
    50074: ("Strong Authentication is required.", "User needs to perform multi-factor authentication."),
    50076: (
        "Due to a configuration change made by your administrator, or because you moved to a new location, "
        "you must use multi-factor authentication to access the resource.",
        "MFA required in Azure AD",
    ),
    50126: (
        "Error validating credentials due to invalid username or password.",
        "The user didn't enter the right credentials. It's expected to see some number of these errors in your logs.",
    ),
    50140: (
        "This error occurred due to 'Keep me signed in' interrupt when the user was signing-in.",
        "Other details not available.",
    ),
    500121: (
        "Authentication failed during strong authentication request.",
        "The user didn't complete the MFA prompt.",
    ),
}
INTERRUPTS = (50074, 50076, 500121)

# What is the same in every user sign-in of this tenant; the rest is set per record.
FIXED: dict[str, Any] = {
    "agent": {
        "agentSubjectParentId": None, "agentSubjectType": "notAgentic", "agentType": "notAgentic",
        "parentAppId": None,
    },
    "appTokenProtectionStatus": "none", "appliedEventListeners": [], "authenticationAppDeviceDetails": None,
    "authenticationAppPolicyEvaluationDetails": [], "authenticationContextClassReferences": [],
    "authenticationMethodsUsed": [], "azureResourceId": None, "clientCredentialType": "none",
    "conditionalAccessAudiences": [], "crossTenantAccessType": "none", "federatedCredentialId": "",
    "flaggedForReview": False, "globalSecureAccessIpAddress": "", "homeTenantName": "",
    "ipAddressFromResourceProvider": None, "isTenantRestricted": False, "isThroughGlobalSecureAccess": False,
    "managedServiceIdentity": {
        "associatedResourceId": None, "federatedTokenId": None, "federatedTokenIssuer": None, "msiType": "none",
    },
    "mfaDetail": None, "originalTransferMethod": "none",
    "privateLinkDetails": {"policyId": "", "policyName": "", "policyTenantId": "", "resourceId": ""},
    "riskDetail": "none", "riskEventTypes_v2": [], "riskState": "none",
    "rootActorId": "00000000-0000-0000-0000-000000000000", "servicePrincipalCredentialKeyId": None,
    "servicePrincipalCredentialThumbprint": "", "servicePrincipalId": "", "servicePrincipalName": None,
    "signInIdentifierType": None, "signInTokenProtectionStatus": "unbound", "tokenIssuerName": "",
    "tokenIssuerType": "AzureAD",
    "tokenProtectionStatusDetails": {"signInSessionStatus": "unbound", "signInSessionStatusCode": 1002},
}  # fmt: skip
MICROSOFT_TENANT = "f8cdef31-a31e-4b4a-93e4-5f571e91255a"
PROCESSING = [
    {"key": "Legacy TLS (TLS 1.0, 1.1, 3DES)", "value": "False"},
    {"key": "Oauth Scope Info", "value": '["Mail.ReadWrite","User.Read"]'},
    {"key": "Is CAE Token", "value": "True"},
]
CONDITIONAL_ACCESS = {"requirementProvider": "multiConditionalAccess", "detail": "Conditional Access"}
NO_DEVICE = {"deviceId": "", "displayName": "", "isCompliant": False, "isManaged": False, "trustType": ""}


def sign_in(act: SignIn, company: Company) -> dict[str, Any]:
    """The beta signIn of an act."""
    person = act.person
    multi = person.mfa or act.proof == "push"
    return {
        "id": act.id, "createdDateTime": graph(act.at), "userId": person.id, "userDisplayName": person.name,
        "userPrincipalName": person.upn.casefold(), "signInIdentifier": person.upn.casefold(),
        "userType": "guest" if person.kind == "guest" else "member", "appId": act.app.id,
        "appDisplayName": act.app.name, "appOwnerTenantId": MICROSOFT_TENANT, **where(act.address),
        **_resource(act.resource, company), "clientAppUsed": act.client.app_used,
        "userAgent": act.client.user_agent, "deviceDetail": _device(act), "correlationId": act.correlation,
        "originalRequestId": act.id, "sessionId": act.session, "clientSessionId": None,
        "uniqueTokenIdentifier": act.token_id, "homeTenantId": company.tenant_id, "isInteractive": act.interactive,
        "signInEventTypes": ["interactiveUser" if act.interactive else "nonInteractiveUser"],
        "incomingTokenType": _incoming(act),
        "authenticationProtocol": "oAuth2" if act.client.app_used == "Browser" else "none",
        "authenticationRequirement": "multiFactorAuthentication" if multi else "singleFactorAuthentication",
        "authenticationDetails": _steps(act), "authenticationProcessingDetails": PROCESSING,
        "authenticationRequirementPolicies": [CONDITIONAL_ACCESS] if multi else [],
        "conditionalAccessStatus": _verdict(act, multi),
        "appliedConditionalAccessPolicies": [], "sessionLifetimePolicies": [], "status": _status(act, multi),
        "processingTimeInMilliseconds": 40 + int(act.id[:2], 16), "riskLevelAggregated": act.risk,
        "riskLevelDuringSignIn": act.risk, **FIXED,
    }  # fmt: skip


def service_sign_in(
    at: datetime, app: App, principal: str, address: Address, company: Company, draw: Dice
) -> dict[str, Any]:
    """The beta signIn of an application that signs in as itself."""
    request = draw.guid()
    return {
        **FIXED, "id": request, "createdDateTime": graph(at), "userId": "", "userDisplayName": None,
        "userPrincipalName": None, "signInIdentifier": "", "userType": None, "appId": app.id,
        "appDisplayName": app.name, "appOwnerTenantId": company.tenant_id, **where(address),
        "resourceDisplayName": "Microsoft Graph", "resourceId": "00000003-0000-0000-c000-000000000000",
        "resourceTenantId": company.tenant_id, "resourceOwnerTenantId": MICROSOFT_TENANT,
        "resourceServicePrincipalId": None, "clientAppUsed": None, "userAgent": None, "deviceDetail": None,
        "correlationId": draw.guid(), "originalRequestId": request, "sessionId": None, "clientSessionId": None,
        "uniqueTokenIdentifier": token_id(request), "homeTenantId": company.tenant_id, "isInteractive": False,
        "signInEventTypes": ["servicePrincipal"], "incomingTokenType": "none",
        "authenticationProtocol": "clientCredentials", "authenticationRequirement": "singleFactorAuthentication",
        "authenticationDetails": [], "authenticationProcessingDetails": [], "authenticationRequirementPolicies": [],
        "conditionalAccessStatus": "notApplied", "appliedConditionalAccessPolicies": [],
        "sessionLifetimePolicies": [],
        "status": {"errorCode": 0, "failureReason": "Other.", "additionalDetails": None},
        "processingTimeInMilliseconds": 61, "riskLevelAggregated": "none", "riskLevelDuringSignIn": "none",
        "clientCredentialType": "clientSecret", "servicePrincipalId": principal, "servicePrincipalName": app.name,
    }  # fmt: skip


def where(address: Address) -> dict[str, Any]:
    """The properties that say where from."""
    return {
        "ipAddress": address.ip,
        "autonomousSystemNumber": address.network.asn,
        "location": location(address.place),
        "networkLocationDetails": [],
    }


def location(place: Place) -> dict[str, Any]:
    """A signInLocation."""
    return {
        "city": place.city,
        "state": place.state,
        "countryOrRegion": place.country,
        "geoCoordinates": {"altitude": None, "latitude": place.latitude, "longitude": place.longitude},
    }


def _resource(resource: App, company: Company) -> dict[str, Any]:
    return {
        "resourceDisplayName": resource.name, "resourceId": resource.id, "resourceTenantId": company.tenant_id,
        "resourceOwnerTenantId": MICROSOFT_TENANT, "resourceServicePrincipalId": None,
    }  # fmt: skip


def _device(act: SignIn) -> dict[str, Any]:
    client = act.client
    said = {"operatingSystem": client.os, "browser": client.browser, "browserId": None}
    if client.device is None or not client.device.id:
        return {**NO_DEVICE, **said}
    device = client.device
    return {
        "deviceId": device.id, "displayName": device.name, "isCompliant": device.managed,
        "isManaged": device.managed, "trustType": device.trust, **said,
    }  # fmt: skip


def _incoming(act: SignIn) -> str:
    if act.interactive:
        return "none" if act.proof != "token" else "primaryRefreshToken" if act.client.device else "none"
    return "primaryRefreshToken" if act.client.device and act.client.device.managed else "refreshToken"


def _verdict(act: SignIn, multi: bool) -> str:
    """conditionalAccessStatus: the policy asks for a second factor of those with `multi`."""
    if not multi or act.error not in (0, *INTERRUPTS):
        return "notApplied"
    return "failure" if act.error else "success"


def _status(act: SignIn, multi: bool) -> dict[str, Any]:
    reason, details = ERRORS[act.error]
    if act.error == 0:
        details = details if multi and act.proof == "token" else "MFA completed in Azure AD" if multi else None
        return {"errorCode": 0, "failureReason": "Other.", "additionalDetails": details}
    return {"errorCode": act.error, "failureReason": reason, "additionalDetails": details}


def _steps(act: SignIn) -> list[dict[str, Any]]:
    if not act.interactive:
        return []
    if act.error == 50126:
        return [_step(act, "Password", "Password in the cloud", False, "Invalid username or password")]
    if act.proof == "token" and not act.error:
        text = (
            "MFA requirement satisfied by claim in the token"
            if act.person.mfa
            else "First factor requirement satisfied by claim in the token"
        )
        return [_step(act, "Previously satisfied", None, True, text)]
    password = _step(act, "Password", "Password in the cloud", True, "Correct password")
    if act.proof == "password" or act.error == 50140:
        return [password]
    if act.error:
        return [password, _step(act, None, None, False, "MFA required in Azure AD", "Primary authentication")]
    return [
        password,
        _step(act, "Mobile app notification", None, True, "MFA successfully completed", "Multifactor authentication"),
    ]


def _step(
    act: SignIn, method: str | None, detail: str | None, succeeded: bool, result: str,
    requirement: str = "Primary authentication",
) -> dict[str, Any]:  # fmt: skip
    return {
        "authenticationStepDateTime": graph(act.at), "authenticationMethod": method,
        "authenticationMethodDetail": detail, "succeeded": succeeded, "authenticationStepResultDetail": result,
        "authenticationStepRequirement": requirement,
    }  # fmt: skip
