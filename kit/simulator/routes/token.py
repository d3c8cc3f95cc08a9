"""The token endpoint: client credentials, authorization code with PKCE, refresh token, device code."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Mapping

from kit.simulator.identity import Grant
from kit.simulator.message import Answer, Call
from kit.simulator.problem import LoginProblem
from kit.simulator.router import Family
from kit.simulator.signin import app_answer, check_client, check_tenant, form, need, proof, user_answer
from kit.simulator.tokens import encode

family = Family("login")


@family.route("POST", "/{tenant}/oauth2/v2.0/token", open=True)
def token(call: Call) -> Answer:
    """Tokens for one of the grant types this authority knows."""
    check_tenant(call)
    fields = form(call)
    need(fields, "grant_type")
    check_client(call, fields)
    grant = GRANTS.get(fields["grant_type"])
    if grant is None:
        raise LoginProblem(
            "unsupported_grant_type",
            70003,
            f"The app requested an unsupported grant type '{fields['grant_type'][:64]}'.",
        )
    return grant(call, fields)


def client_credentials(call: Call, fields: Mapping[str, str]) -> Answer:
    """A token for the application itself."""
    need(fields, "scope")
    how = proof(call, fields)
    return app_answer(call, call.tenancy.identity.wanted(fields["scope"]), how)


def authorization_code(call: Call, fields: Mapping[str, str]) -> Answer:
    """Tokens for a code from the authorize page, once, to whoever knows its PKCE verifier."""
    need(fields, "code", "redirect_uri", "code_verifier")
    with call.tenancy.identity.lock:
        grant = call.tenancy.identity.codes.pop(fields["code"], None)
    if grant is None or grant.issued < time.time() - 600:
        raise LoginProblem(
            "invalid_grant", 70008, "The provided authorization code or refresh token has expired or was already used."
        )
    if grant.redirect_uri != fields["redirect_uri"]:
        raise LoginProblem(
            "invalid_client", 500112, "The reply address does not match the one of the authorization request."
        )
    challenge = encode(hashlib.sha256(fields["code_verifier"].encode()).digest())
    if not secrets.compare_digest(challenge, grant.challenge):
        raise LoginProblem(
            "invalid_grant",
            501481,
            "The Code_Verifier does not match the code_challenge supplied in the authorization request.",
        )
    return user_answer(call, grant)


def refresh_token(call: Call, fields: Mapping[str, str]) -> Answer:
    """New tokens for a refresh token, unless the user's sessions were revoked after it was given."""
    need(fields, "refresh_token")
    identity = call.tenancy.identity
    grant = identity.grants.get(fields["refresh_token"])
    if grant is None:
        raise LoginProblem(
            "invalid_grant", 9002313, "Invalid request. Request is malformed or invalid.", suberror="bad_token"
        )
    if identity.revoked(grant):
        raise LoginProblem(
            "invalid_grant",
            50173,
            "The provided grant has expired due to it being revoked, a fresh auth token is needed. The user might have "
            "changed or reset their password.",
            suberror="bad_token",
        )
    wanted = identity.wanted(fields["scope"]) if fields.get("scope") else grant.wanted
    return user_answer(call, Grant(grant.user_id, wanted, grant.session_id))


def device_code(call: Call, fields: Mapping[str, str]) -> Answer:
    """Tokens for a device code, once it was approved."""
    need(fields, "device_code")
    settings, identity = call.tenancy.settings, call.tenancy.identity
    with identity.lock:
        device = identity.devices.get(fields["device_code"])
        if device is None:
            raise LoginProblem("invalid_grant", 70000, "Provided grant is invalid or malformed.")
        if device["expires"] < time.time():
            raise LoginProblem(
                "expired_token",
                70020,
                "The provided value for the input parameter 'device_code' is not valid. This device code has expired.",
            )
        if device["polls"] < settings["approve_after"]:
            device["polls"] += 1
            raise LoginProblem(
                "authorization_pending",
                70016,
                "OAuth 2.0 device flow error. Authorization is pending. Continue polling.",
            )
        del identity.devices[fields["device_code"]]
    user = call.tenancy.user(settings["account"])
    return user_answer(call, Grant(user["id"], device["wanted"], secrets.token_hex(16)))


GRANTS = {
    "client_credentials": client_credentials,
    "authorization_code": authorization_code,
    "refresh_token": refresh_token,
    "urn:ietf:params:oauth:grant-type:device_code": device_code,
}
