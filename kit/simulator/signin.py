"""Signing in: who may, with what proof, and the token answer. The login routes are thin faces of this."""

from __future__ import annotations

import base64
import json
import secrets
import time
from collections.abc import Mapping
from urllib.parse import parse_qsl

from kit.simulator.identity import LIFETIME, Grant, Wanted
from kit.simulator.message import Answer, Call
from kit.simulator.problem import GraphProblem, LoginProblem
from kit.simulator.tokens import read, signed_by
from kit.simulator.world import Json

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ALIASES = frozenset({"organizations", "common"})


def check_tenant(call: Call) -> None:
    """LoginProblem 90002 unless the path names this tenant (id or domain) or one of the multi-tenant aliases."""
    world = call.tenancy.world
    named = call.ids["tenant"].lower()
    if named not in {world.tenant_id, world.domain.lower(), *ALIASES}:
        raise LoginProblem(
            "invalid_request",
            90002,
            f"Tenant '{call.ids['tenant']}' not found. Check to make sure you have the correct tenant ID and are "
            f"signing into the correct cloud.",
        )


def form(call: Call) -> dict[str, str]:
    """The fields of a form body."""
    return dict(parse_qsl(call.body.decode("utf-8", "replace"), keep_blank_values=True))


def need(fields: Mapping[str, str], *names: str) -> None:
    """LoginProblem 900144 for the first field that is missing."""
    for name in names:
        if not fields.get(name):
            raise LoginProblem(
                "invalid_request", 900144, f"The request body must contain the following parameter: '{name}'."
            )


def check_client(call: Call, fields: Mapping[str, str]) -> None:
    """LoginProblem 700016 unless the client is the registered application."""
    need(fields, "client_id")
    if fields["client_id"] != call.tenancy.identity.application.client_id:
        raise LoginProblem(
            "unauthorized_client",
            700016,
            f"Application with identifier '{fields['client_id'][:64]}' was not found in the directory "
            f"'{call.tenancy.world.name}'.",
        )


def proof(call: Call, fields: Mapping[str, str]) -> str:
    """How a confidential client proves itself: "1" by secret, "2" by certificate; LoginProblem when it does not."""
    app = call.tenancy.identity.application
    if fields.get("client_assertion_type") == ASSERTION:
        _check_assertion(call, fields.get("client_assertion", ""))
        return "2"
    if not fields.get("client_secret"):
        raise LoginProblem(
            "invalid_client",
            7000218,
            "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
            status=401,
        )
    if not secrets.compare_digest(fields["client_secret"].encode(), app.secret.encode()):
        raise LoginProblem(
            "invalid_client",
            7000215,
            "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, "
            f"not the client secret ID, for a secret added to app '{app.client_id}'.",
            status=401,
        )
    return "1"


def _check_assertion(call: Call, assertion: str) -> None:
    app, parts = call.tenancy.identity.application, read(assertion)
    if parts is None:
        raise LoginProblem("invalid_client", 50027, "JWT token is invalid or malformed.", status=401)
    claims, now = parts[1], time.time()
    if not any(signed_by(assertion, certificate) for certificate in app.certificates):
        raise LoginProblem(
            "invalid_client",
            700027,
            "The certificate with identifier used to sign the client assertion is not registered on application.",
            status=401,
        )
    if claims.get("iss") != app.client_id or claims.get("sub") != app.client_id:
        raise LoginProblem(
            "invalid_client",
            700021,
            "Client assertion application identifier doesn't match 'client_id' parameter.",
            status=401,
        )
    if not str(claims.get("aud", "")).endswith(f"/{call.ids['tenant']}/oauth2/v2.0/token"):
        raise LoginProblem(
            "invalid_client", 700023, "Client assertion audience claim does not match Realm issuer.", status=401
        )
    if not (claims.get("nbf", now) - 300 <= now <= claims.get("exp", 0)):
        raise LoginProblem("invalid_client", 700024, "Client assertion is not within its valid time range.", status=401)


def enabled_user(call: Call, key: str) -> Json:
    """The user who signs in; LoginProblem 50034 when unknown, 50057 when disabled."""
    try:
        user = call.tenancy.user(key)
    except GraphProblem:
        raise LoginProblem(
            "invalid_grant", 50034, f"The user account does not exist in the {call.tenancy.world.name} directory."
        ) from None
    if not user["accountEnabled"]:
        raise LoginProblem("invalid_grant", 50057, "The user account is disabled.")
    return user


def user_answer(call: Call, grant: Grant) -> Answer:
    """The tokens of a signed-in user: access, refresh and id token, as asked for."""
    identity, user = call.tenancy.identity, enabled_user(call, grant.user_id)
    granted = identity.consented(grant.wanted)
    spelt = [f"{grant.wanted.prefix}/{name}" if grant.wanted.prefix else name for name in sorted(granted)]
    if grant.wanted.everything:
        spelt.append(f"{grant.wanted.prefix}/.default")
    body = _bearer(identity.user_token(user, grant, directory_roles(call, user)))
    body["scope"] = " ".join([*spelt, *sorted(grant.wanted.reserved)])
    if "offline_access" in grant.wanted.reserved:
        refresh = secrets.token_urlsafe(48)
        identity.grants[refresh] = Grant(grant.user_id, grant.wanted, grant.session_id)
        body["refresh_token"] = refresh
    if "openid" in grant.wanted.reserved:
        body["id_token"] = identity.id_token(user, grant, f"{call.base}/{identity.tenant_id}/v2.0")
    info = json.dumps({"uid": user["id"], "utid": identity.tenant_id}).encode()
    body["client_info"] = base64.urlsafe_b64encode(info).rstrip(b"=").decode()
    return Answer.of(body, Cache_Control="no-store", Pragma="no-cache")


def app_answer(call: Call, wanted: Wanted, how: str) -> Answer:
    """The token of the application itself: no refresh token, no client_info, as MSAL's cache expects."""
    if wanted.names != {".default"}:
        raise LoginProblem(
            "invalid_scope",
            1002012,
            "The provided value for scope is not valid. Client credential flows must have a scope value with "
            "/.default suffixed to the resource identifier.",
        )
    return Answer.of(_bearer(call.tenancy.identity.app_token(wanted, how)), Cache_Control="no-store", Pragma="no-cache")


def directory_roles(call: Call, user: Json) -> list[str]:
    """Template ids of the directory roles a user holds, and the one every member has."""
    held = [
        assignment["roleDefinitionId"]
        for assignment in call.tenancy.collection("roleAssignments").values()
        if assignment["principalId"] == user["id"]
    ]
    return [*held, "b79fbf4d-3ef9-4689-8143-76b194e85509"]


def _bearer(token: str) -> Json:
    return {"token_type": "Bearer", "expires_in": LIFETIME - 1, "ext_expires_in": LIFETIME - 1, "access_token": token}
