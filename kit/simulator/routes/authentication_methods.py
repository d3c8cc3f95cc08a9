"""Authentication methods: what each user can prove themselves with; removing and adding them."""

from __future__ import annotations

import secrets

from kit.simulator.footprint import directory_change
from kit.simulator.message import Answer, Call
from kit.simulator.paging import Shape, list_state
from kit.simulator.problem import GraphProblem, bad_request
from kit.simulator.router import Family
from kit.simulator.tenancy import new_id
from kit.simulator.world import Json

family = Family("graph")

USER = "/users/{user-id}/authentication"
KINDS = {
    "emailMethods": "emailAuthenticationMethod",
    "phoneMethods": "phoneAuthenticationMethod",
    "fido2Methods": "fido2AuthenticationMethod",
    "microsoftAuthenticatorMethods": "microsoftAuthenticatorAuthenticationMethod",
    "softwareOathMethods": "softwareOathAuthenticationMethod",
    "windowsHelloForBusinessMethods": "windowsHelloForBusinessAuthenticationMethod",
    "temporaryAccessPassMethods": "temporaryAccessPassAuthenticationMethod",
    "platformCredentialMethods": "platformCredentialAuthenticationMethod",
    "externalAuthenticationMethods": "externalAuthenticationMethod",
    "passwordMethods": "passwordAuthenticationMethod",
}
BETA_KINDS = {
    "hardwareOathMethods": "hardwareOathAuthenticationMethod",
    "passwordlessMicrosoftAuthenticatorMethods": "passwordlessMicrosoftAuthenticatorAuthenticationMethod",
}
SECOND_FACTORS = ("microsoftAuthenticator", "softwareOath", "phone")
"""Kinds that can be the default second factor; the oldest of a user's is taken for it."""
PHONES = {
    "mobile": "3179e48a-750b-4051-897c-87b9720928f7",
    "alternateMobile": "b6332ec1-7057-4abe-9331-3d72feddfe41",
    "office": "e37fc753-ff3b-4958-9484-eaa9425c82bc",
}
"""The fixed ids of the three telephone numbers a user can have."""


@family.route("GET", f"/v1.0{USER}/methods")
def list_methods(call: Call) -> Answer:
    """Every method of a user, told apart by @odata.type."""
    methods = [dict(method) for method in _methods(call)]
    body = {"@odata.context": call.context(f"users('{call.ids['user-id']}')/authentication/methods"), "value": methods}
    return Answer.of(body)


@family.route("DELETE", f"/v1.0{USER}/methods/{{authenticationMethod-id}}")
def delete_untyped(call: Call) -> Answer:
    """Refused by a service behind Graph, in its own words: methods are deleted through their typed collection."""
    body = {
        "Message": f"No HTTP resource was found that matches the request URI 'https://mface.windowsazure.com/odata/"
        f"users('{call.ids['user-id']}')/authentication/methods('{call.ids['authenticationMethod-id']}')'.",
        "MessageDetail": "No type was found that matches the controller named 'users'.",
    }
    return Answer.of(body, 404)


def list_typed(call: Call) -> Answer:
    """The methods of one kind."""
    segment = call.template.rpartition("/")[2]
    kind = {**KINDS, **BETA_KINDS}[segment]
    shape = Shape(f"users('{call.ids['user-id']}')/authentication/{segment}", f"{_prefix(call)}.microsoft.graph.{kind}")
    found = [
        {name: value for name, value in m.items() if name != "@odata.type"} for m in _methods(call) if _is(m, kind)
    ]
    return list_state(call, shape, found)


def delete_typed(call: Call) -> Answer:
    """Remove a method; the default one only as the last second factor."""
    segment = call.template.split("/")[-2]
    kind, wanted = {**KINDS, **BETA_KINDS}[segment], next(v for k, v in call.ids.items() if k != "user-id")
    with call.tenancy.lock:
        user, methods = call.tenancy.user(call.ids["user-id"]), _methods(call)
        method = next((m for m in methods if m["id"] == wanted and _is(m, kind)), None)
        if method is None:
            raise GraphProblem(404, "resourceNotFound", f"Authentication method of id [{wanted}] was not found.")
        seconds = [m for m in methods if any(_is(m, f"{name}AuthenticationMethod") for name in SECOND_FACTORS)]
        if method is _default(seconds) and len(seconds) > 1:
            raise bad_request(
                f"The requested authentication method id of [{wanted}] matches the user's current default "
                f"authentication method, and cannot be deleted until the default authentication method is changed",
                "badRequest",
            )
        methods.remove(method)
        _tell(call, "User deleted security info", user, kind)
    return Answer.nothing()


for _segment in KINDS:
    family.route("GET", f"/v1.0{USER}/{_segment}")(list_typed)
for _segment, _kind in {**KINDS, **BETA_KINDS}.items():
    _version = "v1.0" if _segment in KINDS else "beta"
    if _segment in BETA_KINDS:
        family.route("GET", f"/beta{USER}/{_segment}")(list_typed)
    if _segment != "passwordMethods":
        family.route("DELETE", f"/{_version}{USER}/{_segment}/{{{_kind}-id}}")(delete_typed)


@family.route("POST", f"/v1.0{USER}/phoneMethods")
def add_phone(call: Call) -> Answer:
    """Register a telephone number; a user has one of each kind."""
    body = call.json()
    kind = body.get("phoneType")
    if kind not in PHONES or not body.get("phoneNumber"):
        raise bad_request("phoneNumber and phoneType are required.", "badRequest")
    if any(method["id"] == PHONES[kind] for method in _methods(call)):
        raise bad_request("The phone method already exists for the user.", "badRequest")
    given = {"phoneNumber": body["phoneNumber"], "phoneType": kind, "smsSignInState": "notAllowedByPolicy"}
    return _add(call, "phoneMethods", {"id": PHONES[kind], **given})


@family.route("POST", f"/v1.0{USER}/emailMethods")
def add_email(call: Call) -> Answer:
    """Register the address for self-service password reset."""
    body = call.json()
    if not body.get("emailAddress"):
        raise bad_request("emailAddress is required.", "badRequest")
    return _add(
        call, "emailMethods", {"id": "3ddfcfc8-9383-446f-83cc-3ab9be4be18f", "emailAddress": body["emailAddress"]}
    )


@family.route("POST", f"/v1.0{USER}/temporaryAccessPassMethods")
def add_pass(call: Call) -> Answer:
    """Issue a Temporary Access Pass. It replaces an earlier one, and its value is told this once."""
    body = call.json()
    minutes = body.get("lifetimeInMinutes") or 60
    if not 10 <= minutes <= 43200:
        raise bad_request("lifetimeInMinutes must be between 10 and 43200.", "badRequest")
    methods = _methods(call)
    methods[:] = [m for m in methods if not _is(m, "temporaryAccessPassAuthenticationMethod")]
    given = {
        "isUsable": True,
        "isUsableOnce": bool(body.get("isUsableOnce", False)),
        "lifetimeInMinutes": minutes,
        "methodUsabilityReason": "EnabledByPolicy",
        "startDateTime": body.get("startDateTime") or call.tenancy.stamp(),
    }
    answer = _add(call, "temporaryAccessPassMethods", {"id": new_id(), **given, "temporaryAccessPass": None})
    return Answer.of(answer.json() | {"temporaryAccessPass": secrets.token_urlsafe(8)}, 201)


def _add(call: Call, segment: str, method: Json) -> Answer:
    created = {"@odata.type": f"#microsoft.graph.{KINDS[segment]}", **method, "createdDateTime": call.tenancy.stamp()}
    with call.tenancy.lock:
        user = call.tenancy.user(call.ids["user-id"])
        _methods(call).append(created)
        _tell(call, "User registered security info", user, KINDS[segment])
    entity = f"users('{call.ids['user-id']}')/authentication/{segment}/$entity"
    return Answer.of({"@odata.context": call.context(entity), **created}, 201)


def _methods(call: Call) -> list[Json]:
    user = call.tenancy.user(call.ids["user-id"])
    found: list[Json] = call.tenancy.collection("authenticationMethods").setdefault(user["id"], [])
    return found


def _is(method: Json, kind: str) -> bool:
    return bool(method["@odata.type"] == f"#microsoft.graph.{kind}")


def _default(seconds: list[Json]) -> Json | None:
    return min(seconds, key=lambda method: str(method.get("createdDateTime") or ""), default=None)


def _prefix(call: Call) -> str:
    return "beta" if call.template.startswith("/beta") else "v1"


def _tell(call: Call, activity: str, user: Json, kind: str) -> None:
    directory_change(call, activity, "UserManagement", user, {"StrongAuthenticationMethod": (None, kind)})
