"""Users, groups and devices, as Graph shows them."""

from __future__ import annotations

from base64 import b64encode
from datetime import timedelta
from typing import Any

from kit.simulator.clients import Device
from kit.simulator.company import Company
from kit.simulator.dice import dice
from kit.simulator.people import Person
from kit.simulator.shapes.stamps import graph
from kit.simulator.state.licences import SKUS, assigned_plans

Json = dict[str, Any]


def users(company: Company) -> dict[str, Json]:
    """Key object id → user, every property set."""
    return {person.id: _user(company, person) for person in company.people}


def groups(company: Company) -> dict[str, Json]:
    """Key object id → security group, one for each department."""
    found: dict[str, Json] = {}
    for name in sorted({person.department for person in company.members}):
        draw = dice(company.seed, "group", name)
        ident = draw.guid()
        found[ident] = {
            "id": ident, "deletedDateTime": None, "classification": None,
            "createdDateTime": graph(company.start - timedelta(days=800)), "description": None, "displayName": name,
            "groupTypes": [], "isAssignableToRole": None, "mail": None, "mailEnabled": False,
            "mailNickname": f"g{draw.randrange(10**6)}", "membershipRule": None, "onPremisesSyncEnabled": None,
            "onPremisesProvisioningErrors": [], "proxyAddresses": [], "securityEnabled": True,
            "securityIdentifier": f"S-1-12-1-{draw.getrandbits(32)}-{draw.getrandbits(32)}", "visibility": None,
        }  # fmt: skip
    return found


def devices(company: Company) -> dict[str, Json]:
    """Key object id → device: the laptop and the phone of every licensed member."""
    found = {}
    for person in company.members:
        if person.licence:
            for device in (person.laptop, person.phone):
                found[device.object_id] = _device(company, person, device)
    return found


def _device(company: Company, person: Person, device: Device) -> Json:
    made = company.start - timedelta(days=dice(company.seed, "device", device.id).randrange(20, 600))
    trust = {"Hybrid Azure AD joined": "ServerAd"}.get(device.trust, "Workplace")
    return {
        "id": device.object_id, "deletedDateTime": None, "accountEnabled": True, "deviceId": device.id,
        "displayName": device.name, "operatingSystem": device.os, "operatingSystemVersion": device.version,
        "isCompliant": device.managed, "isManaged": device.managed, "trustType": trust,
        "profileType": "RegisteredDevice", "registrationDateTime": graph(made),
        "approximateLastSignInDateTime": graph(company.now - timedelta(hours=9)),
        "deviceOwnership": "Company" if device.managed else "Personal", "deviceVersion": 2, "manufacturer": None,
        "model": None, "alternativeSecurityIds": [], "physicalIds": [f"[USER-GID]:{person.id}:1"],
        "systemLabels": [], "onPremisesSyncEnabled": trust == "ServerAd" or None,
    }  # fmt: skip


def _user(company: Company, person: Person) -> Json:
    draw = dice(company.seed, "user", person.id)
    made = company.start - timedelta(days=draw.randrange(60, 1800), seconds=draw.randrange(86_400))
    changed = company.start - timedelta(days=draw.randrange(0, 200), seconds=draw.randrange(86_400))
    enabled = person.kind not in ("shared",)
    return {
        "id": person.id, "deletedDateTime": None, "accountEnabled": enabled, "ageGroup": None, "businessPhones": [],
        "city": person.site.place.city, "companyName": company.name, "consentProvidedForMinor": None,
        "country": person.site.place.country, "createdDateTime": graph(made),
        "creationType": "Invitation" if person.kind == "guest" else None, "department": person.department or None,
        "displayName": person.name, "employeeId": None, "employeeHireDate": None, "employeeType": None,
        "externalUserState": "Accepted" if person.kind == "guest" else None, "faxNumber": None,
        "givenName": person.given or None, "surname": person.family or None,
        "identities": [
            {"signInType": "userPrincipalName", "issuer": company.initial_domain, "issuerAssignedId": person.upn},
        ],
        "imAddresses": [person.upn] if person.licence else [], "isResourceAccount": None,
        "jobTitle": person.title or None, "lastPasswordChangeDateTime": graph(changed),
        "legalAgeGroupClassification": None, "mail": _mail(person), "mailNickname": person.upn.partition("@")[0],
        "mobilePhone": None, "officeLocation": person.site.place.city, **_on_premises(company, person),
        "otherMails": [_home_address(person)] if person.kind == "guest" else [], "passwordPolicies": None,
        "passwordProfile": None, "postalCode": None, "preferredDataLocation": None,
        "preferredLanguage": "fr-FR" if person.language == "fr" else "en-GB",
        "proxyAddresses": _proxies(company, person),
        "securityIdentifier": f"S-1-12-1-{draw.getrandbits(32)}-{draw.getrandbits(32)}-{draw.getrandbits(32)}",
        "showInAddressList": None, "signInSessionsValidFromDateTime": graph(changed),
        "state": person.site.place.state or None, "streetAddress": None, "usageLocation": person.site.place.country,
        "userPrincipalName": person.upn,
        "userType": "Guest" if person.kind == "guest" else "Member", **_licences(person, graph(made)),
    }  # fmt: skip


def _licences(person: Person, since: str) -> Json:
    sku = SKUS.get(person.licence)
    if sku is None:
        return {"assignedLicenses": [], "assignedPlans": [], "provisionedPlans": [], "licenseAssignmentStates": []}
    state: Json = {"skuId": sku.id, "assignedByGroup": None, "state": "Active", "error": "None", "disabledPlans": [],
             "lastUpdatedDateTime": since}  # fmt: skip
    return {
        "assignedLicenses": [{"skuId": sku.id, "disabledPlans": []}],
        "assignedPlans": assigned_plans(sku, since),
        "provisionedPlans": [{"capabilityStatus": "Enabled", "provisioningStatus": "Success", "service": "exchange"}],
        "licenseAssignmentStates": [state],
    }


def _on_premises(company: Company, person: Person) -> Json:
    if not person.synced:
        return {
            "onPremisesSyncEnabled": None, "onPremisesImmutableId": None, "onPremisesSamAccountName": None,
            "onPremisesDistinguishedName": None, "onPremisesDomainName": None, "onPremisesLastSyncDateTime": None,
            "onPremisesSecurityIdentifier": None, "onPremisesUserPrincipalName": None,
            "onPremisesProvisioningErrors": [],
        }  # fmt: skip
    return {
        "onPremisesSyncEnabled": True,
        "onPremisesImmutableId": b64encode(bytes.fromhex(person.mailbox.replace("-", ""))).decode(),
        "onPremisesSamAccountName": person.upn.partition("@")[0][:20],
        "onPremisesDistinguishedName": f"CN={person.name},OU={person.department},DC=corp,DC=atelier-nord,DC=example",
        "onPremisesDomainName": f"corp.{company.domain}",
        "onPremisesLastSyncDateTime": graph(company.now - timedelta(minutes=23)),
        "onPremisesSecurityIdentifier": person.sid, "onPremisesUserPrincipalName": person.upn,
        "onPremisesProvisioningErrors": [],
    }  # fmt: skip


def _mail(person: Person) -> str | None:
    if person.kind == "guest":
        return _home_address(person)
    return person.upn if person.has_mailbox else None


def _home_address(person: Person) -> str:
    """A guest's address at home: name_domain#EXT# is name@domain."""
    name, _, domain = person.upn.partition("#EXT#")[0].rpartition("_")
    return f"{name}@{domain}"


def _proxies(company: Company, person: Person) -> list[str]:
    if not person.has_mailbox:
        return []
    local = person.upn.partition("@")[0]
    return [f"SMTP:{person.upn}", f"smtp:{local}@{company.initial_domain}"]
