"""Who a token says it is for. Read to show and to compare, never to grant: its signature is the service's to check."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any

from kit.errors import SignInFailed
from kit.tenant.write import Secret


@dataclass(frozen=True)
class Identity:
    """The claims the kit uses: tenant, who is signed in, scopes and roles, and whether an application acts alone."""

    tenant_id: str
    account: str
    permissions: frozenset[str]
    app_only: bool


def identity_of(token: Secret) -> Identity:
    """The identity in a JSON Web Token; SignInFailed when it is none or names no tenant."""
    claims = _claims(token)
    tenant = claims.get("tid")
    if not isinstance(tenant, str) or not tenant:
        raise SignInFailed("The token does not say which tenant it is for.", "Sign in again.")
    scopes, roles = claims.get("scp"), claims.get("roles")
    permissions = scopes.split() if isinstance(scopes, str) else []
    permissions += [str(role) for role in roles] if isinstance(roles, list) else []
    names = (claims.get(key) for key in ("upn", "preferred_username", "app_displayname", "appid"))
    account = next((name for name in names if isinstance(name, str) and name), "")
    app_only = claims.get("idtyp") == "app" or not isinstance(scopes, str)
    return Identity(tenant, account, frozenset(permissions), app_only)


def _claims(token: Secret) -> dict[str, Any]:
    parts = token.reveal().split(".")
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "==="))
    except (IndexError, binascii.Error, ValueError):
        claims = None
    if not isinstance(claims, dict):
        raise SignInFailed("The token cannot be read.", "Sign in again.")
    return claims
