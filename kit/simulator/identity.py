"""Identity: the registered application, what it was granted, and the tokens the authority issues.

Times here are the real clock's seconds, not the world's: MSAL judges tokens by the computer's own clock.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from kit.simulator.message import Caller
from kit.simulator.problem import LoginProblem, denied, unauthorized
from kit.simulator.registration import RESOURCES, registered
from kit.simulator.tokens import Signer
from kit.simulator.world import Json

LIFETIME = 3900
"""Seconds an access token lives; Entra draws 60 to 90 minutes."""

RESERVED = frozenset({"openid", "profile", "email", "offline_access"})


@dataclass(frozen=True)
class Wanted:
    """The scopes of a token request, sorted: the resource, names without prefix, the prefix, what else was asked."""

    resource: str
    names: frozenset[str]
    prefix: str
    reserved: frozenset[str]

    @property
    def everything(self) -> bool:
        """ ".default": all that was consented to."""
        return ".default" in self.names


@dataclass(frozen=True)
class Grant:
    """What a refresh token or an authorization code stands for."""

    user_id: str
    wanted: Wanted
    session_id: str
    issued: float = field(default_factory=time.time)
    nonce: str = ""
    challenge: str = ""
    redirect_uri: str = ""


class Identity:
    """The authority of one tenant."""

    def __init__(self, tenant_id: str, *, seed: int, permissions: Iterable[str] | None = None) -> None:
        self.tenant_id = tenant_id
        self.signer = Signer()
        self.application = registered(seed, permissions)
        self.grants: dict[str, Grant] = {}
        self.codes: dict[str, Grant] = {}
        self.devices: dict[str, Json] = {}
        self.lock = threading.Lock()
        self._valid_from: dict[str, float] = {}

    def revoke(self, user_id: str) -> None:
        """Refresh tokens of the user issued until now are good no longer."""
        self._valid_from[user_id] = time.time()

    def revoked(self, grant: Grant) -> bool:
        """The grant was given before the user's sessions were revoked."""
        return grant.issued <= self._valid_from.get(grant.user_id, 0)

    def forget_revocations(self) -> None:
        """As if no session had been revoked."""
        self._valid_from.clear()

    def wanted(self, scope: str) -> Wanted:
        """The requested scopes, sorted; LoginProblem when they name no resource of this tenant or two of them."""
        names, prefixes, reserved = set(), set(), set()
        for item in scope.split():
            prefix, _, name = item.rpartition("/")
            if not prefix and name in RESERVED:
                reserved.add(name)
            else:
                prefixes.add(prefix.rstrip("/"))
                names.add(name)
        if len(prefixes) > 1:
            raise LoginProblem("invalid_request", 28000, "Scopes of more than one resource were requested.")
        prefix = prefixes.pop() if prefixes else ""
        return Wanted(_resource(prefix), frozenset(names), prefix, frozenset(reserved))

    def consented(self, wanted: Wanted) -> frozenset[str]:
        """The delegated scopes a token gets; LoginProblem 65001 when one of them was not consented to."""
        granted = self.application.scopes[wanted.resource]
        asked = wanted.names - {".default"}
        if not asked <= granted:
            raise LoginProblem(
                "invalid_grant",
                65001,
                f"The user or administrator has not consented to use the application with ID "
                f"'{self.application.client_id}' named '{self.application.name}'. Send an interactive "
                f"authorization request for this user and resource.",
                suberror="consent_required",
            )
        return granted if wanted.everything or not asked else asked

    def app_token(self, wanted: Wanted, proof: str) -> str:
        """A token for the application itself; `proof` "1" secret, "2" certificate."""
        app, roles = self.application, self.application.roles[wanted.resource]
        return self.signer.sign(
            self._claims(wanted)
            | {
                "appidacr": proof,
                "idtyp": "app",
                "oid": app.principal_id,
                "sub": app.principal_id,
                "roles": sorted(roles),
                "wids": ["0997a1d0-0d1d-4acb-b408-d5ca73121e90"],
            }
        )

    def user_token(self, user: Json, grant: Grant, roles: Sequence[str]) -> str:
        """A token for a signed-in person; `roles` are the template ids of the person's directory roles."""
        return self.signer.sign(
            self._claims(grant.wanted)
            | {
                "acr": "1",
                "amr": ["pwd", "mfa"],
                "appidacr": "0",
                "idtyp": "user",
                "ipaddr": "127.0.0.1",
                "name": user["displayName"],
                "oid": user["id"],
                "scp": " ".join(sorted(self.consented(grant.wanted))),
                "sid": grant.session_id,
                "sub": _digest(user["id"], self.application.client_id),
                "unique_name": user["userPrincipalName"],
                "upn": user["userPrincipalName"],
                "wids": list(roles),
            }
        )

    def id_token(self, user: Json, grant: Grant, issuer: str) -> str:
        """The id token that goes with it."""
        now = int(time.time())
        claims = {
            "aud": self.application.client_id,
            "iss": issuer,
            "iat": now,
            "nbf": now,
            "exp": now + LIFETIME,
            "name": user["displayName"],
            "oid": user["id"],
            "preferred_username": user["userPrincipalName"],
            "sid": grant.session_id,
            "sub": _digest(user["id"], self.application.client_id),
            "tid": self.tenant_id,
            "uti": _unique(),
            "ver": "2.0",
        }
        return self.signer.sign(claims | ({"nonce": grant.nonce} if grant.nonce else {}))

    def caller(self, authorization: str, resource: str, address: str) -> Caller:
        """Who the bearer token speaks for; Problem 401 when it is missing, foreign, expired or for another API."""
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise unauthorized("Access token is empty.")
        claims = self.signer.verify(token.strip())
        if claims is None:
            raise unauthorized("Signature is invalid.")
        if claims["exp"] < time.time():
            raise unauthorized("Lifetime validation failed, the token is expired.")
        if claims["aud"] != RESOURCES[resource].audience:
            raise unauthorized("Access token validation failure. Invalid audience.")
        text = claims.get("scp", "")
        return Caller(
            app_id=claims["appid"],
            app_name=claims["app_displayname"],
            principal_id=self.application.principal_id,
            permissions=frozenset(text.split() if text else claims.get("roles", ())),
            user_id=claims["oid"] if text else "",
            upn=claims.get("upn", ""),
            name=claims.get("name", ""),
            address=address,
        )

    def _claims(self, wanted: Wanted) -> Json:
        now = int(time.time())
        return {
            "aud": RESOURCES[wanted.resource].audience,
            "iss": f"https://sts.windows.net/{self.tenant_id}/",
            "iat": now,
            "nbf": now,
            "exp": now + LIFETIME,
            "app_displayname": self.application.name,
            "appid": self.application.client_id,
            "tid": self.tenant_id,
            "uti": _unique(),
            "ver": "1.0",
        }


def allowed(caller: Caller, delegated: Sequence[str], application: Sequence[str]) -> None:
    """Problem 403 when the caller holds none of the permissions an operation needs."""
    needed = delegated if caller.delegated else application
    if (delegated or application) and not caller.may(*needed):
        raise denied()


def _resource(prefix: str) -> str:
    for name, resource in RESOURCES.items():
        if prefix.removeprefix("https://") in {resource.app_id, *resource.hosts}:
            return name
    if not prefix:
        return "graph"
    raise LoginProblem("invalid_resource", 500011, f"The resource principal named {prefix} was not found.")


def _digest(*parts: str) -> str:
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:43]


def _unique() -> str:
    return secrets.token_urlsafe(16)
