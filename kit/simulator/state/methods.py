"""Authentication methods of every account, and the registration report made from them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from kit.simulator.company import Company
from kit.simulator.dice import Dice, dice
from kit.simulator.people import Person
from kit.simulator.shapes.stamps import graph

Json = dict[str, Any]
PASSWORD = "28c10230-6103-485e-b985-444c60001490"
MOBILE = "3179e48a-750b-4051-897c-87b9720928f7"
# Numbers kept for fiction by the French, North American and British regulators: prefix, digits that follow.
NUMBERS = {"FR": ("+33 63998", 4), "CA": ("+1 51455501", 2), "GB": ("+44 7700900", 3)}
REGISTERED = {
    "phone": "mobilePhone", "microsoftAuthenticator": "microsoftAuthenticatorPush", "fido2": "fido2SecurityKey",
    "windowsHelloForBusiness": "windowsHelloForBusiness", "softwareOath": "softwareOneTimePasscode",
}  # fmt: skip


def authentication_methods(company: Company) -> dict[str, list[Json]]:
    """Key user id → methods, typed by @odata.type."""
    return {person.id: _methods(company, person) for person in company.people}


def authenticator(draw: Dice, device: str, created: datetime) -> Json:
    """The Authenticator app on a phone."""
    return _method("microsoftAuthenticator", draw.guid(), created, displayName=device,
                   deviceTag="SoftwareTokenActivated", phoneAppVersion="6.8.24")  # fmt: skip


def _method(kind: str, ident: str, created: datetime | None, **said: Any) -> Json:
    stamp = graph(created) if created else None
    return {
        "@odata.type": f"#microsoft.graph.{kind}AuthenticationMethod",
        "id": ident,
        "createdDateTime": stamp,
        **said,
    }


def _methods(company: Company, person: Person) -> list[Json]:
    draw = dice(company.seed, "methods", person.id)
    made = company.start - timedelta(days=draw.randrange(30, 700), seconds=draw.randrange(86_400))
    found = [_method("password", PASSWORD, made, password=None)]
    if person.kind == "break_glass":
        return [*found, _method("fido2", draw.guid(), made, displayName="Coffre - cle 1",
            aaGuid="2fc0579f-8113-47ea-b116-bb5a8db9202a",
                                model="YubiKey 5 Series", attestationCertificates=[], attestationLevel="attested",
                                passkeyType="deviceBound", publicKeyCredential=None)]  # fmt: skip
    if not person.mfa:
        return found
    prefix, digits = NUMBERS[person.site.place.country]
    number = f"{prefix}{draw.randrange(10**digits):0{digits}d}"
    if draw.chance(0.75):
        found.append(
            _method("phone", MOBILE, made, phoneNumber=number, phoneType="mobile", smsSignInState="notAllowedByPolicy")
        )
    if draw.chance(0.9) or len(found) == 1:
        found.append(authenticator(draw, person.phone.name, made + timedelta(minutes=6)))
    if person.laptop.os == "Windows" and draw.chance(0.5):
        found.append(
            _method("windowsHelloForBusiness", draw.guid(), made, displayName=person.laptop.name, keyStrength="normal")
        )
    return found


def registration_details(company: Company, methods: dict[str, list[Json]]) -> dict[str, Json]:
    """Key user id → userRegistrationDetails."""
    return {person.id: _details(company, person, methods[person.id]) for person in company.people}


def _details(company: Company, person: Person, methods: list[Json]) -> Json:
    kinds = [m["@odata.type"].removeprefix("#microsoft.graph.").removesuffix("AuthenticationMethod") for m in methods]
    names = [REGISTERED[kind] for kind in kinds if kind in REGISTERED]
    push = "microsoftAuthenticatorPush" in names
    strong, preferred = bool(names), "push" if push else "sms" if "mobilePhone" in names else "none"
    return {
        "id": person.id, "userPrincipalName": person.upn, "userDisplayName": person.name,
        "userType": "guest" if person.kind == "guest" else "member",
        "isAdmin": person.role in ("it_admin", "helpdesk") or person.kind == "break_glass",
        "isSsprRegistered": strong, "isSsprEnabled": person.kind == "member",
        "isSsprCapable": strong and person.kind == "member", "isMfaRegistered": strong, "isMfaCapable": strong,
        "isPasswordlessCapable": "fido2SecurityKey" in names or "windowsHelloForBusiness" in names,
        "lastUpdatedDateTime": graph(company.now - timedelta(hours=13)), "methodsRegistered": names,
        "isSystemPreferredAuthenticationMethodEnabled": True,
        "systemPreferredAuthenticationMethods": ["push"] if push else [],
        "userPreferredMethodForSecondaryAuthentication": preferred,
    }  # fmt: skip
