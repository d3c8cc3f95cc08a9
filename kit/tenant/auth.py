"""Signing in, through MSAL: with the browser, a device code, a secret or a certificate.

    connect(tenant="contoso.onmicrosoft.com", client_id="…")                     authorisation code + PKCE, the default
    connect(…, how="certificate", certificate=Path("app.pem"))                   unattended
    connect_simulated(info)                                                      the tenant of `python -m kit.simulator`

Most tenants block device codes (a policy managed by Microsoft since 2025), and using one looks like the attack the kit
hunts: it is the fallback for machines without a browser. Tokens live in memory only and are never shown. The
simulated tenant goes through the same code, with an adaptor that reaches nothing but this machine.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal

from kit.errors import InputError, NotAllowed, WrongTenant
from kit.tenant.client import Tenant
from kit.tenant.clouds import SIMULATED, cloud_named
from kit.tenant.connection import reach_loopback
from kit.tenant.identity import Identity, identity_of
from kit.tenant.retry import Patience
from kit.tenant.session import Limits, Session
from kit.tenant.tokens import Application, Method
from kit.tenant.wire import OnRequest, Wire
from kit.tenant.write import Secret

How = Literal["browser", "device_code", "secret", "certificate"]
GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def connect(
    *,
    tenant: str,
    client_id: str,
    cloud: str = "global",
    how: How = "browser",
    secret: str | Secret = "",
    certificate: Path | None = None,
    passphrase: str | Secret = "",
    tell: Callable[[str], None] = print,
    ca_bundle: str = "",
    patience: Patience | None = None,
    on_request: OnRequest | None = None,
) -> Tenant:
    """Sign in to a real tenant and return it.

    `tenant` is its id or one of its verified domains, `client_id` the app registration made for the kit. `tell` is
    given the message of a device code. SignInFailed when no token could be had, WrongTenant when it is another's.
    """
    session = Session(cloud_named(cloud), ca_bundle=ca_bundle)
    credential = _credential(how, _hidden(secret), certificate, _hidden(passphrase))
    application = Application(session, tenant, client_id, Method(how, credential, tell))
    return _tenant(Wire(session, application, patience=patience, on_request=on_request), tenant)


def connect_simulated(
    info: Mapping[str, Any],
    *,
    how: Literal["secret", "device_code"] = "secret",
    account: str = "",
    limits: Limits | None = None,
    patience: Patience | None = None,
    on_request: OnRequest | None = None,
) -> Tenant:
    """Sign in to a simulated tenant; `info` is the JSON line that `python -m kit.simulator` prints.

    "secret" signs in as the application, "device_code" as the tenant's administrator, who approves at once: some writes
    are for people only. `account` is only the name to show as signed in. RequestRefused unless it is local.
    """
    session = Session(SIMULATED, limits=limits)
    reach_loopback(session, str(info["url"]))
    credential = _credential(how, Secret(str(info["client_secret"])), None, Secret(""))
    method = Method(how, credential, lambda message: None)
    application = Application(session, str(info["tenant"]), str(info["client_id"]), method)
    found = _tenant(Wire(session, application, patience=patience, on_request=on_request), str(info["tenant"]))
    found.account = account or found.account
    return found


def _hidden(value: str | Secret) -> Secret:
    return value if isinstance(value, Secret) else Secret(value)


def _credential(how: How, secret: Secret, certificate: Path | None, passphrase: Secret) -> Callable[[], Any] | None:
    """What makes MSAL's client credential when it is needed; None where a person signs in."""
    if how == "secret":
        if not secret.reveal():
            raise InputError("Signing in with a secret needs the secret.", "Read it with getpass.getpass().")
        return secret.reveal
    if how == "certificate":
        if certificate is None or not certificate.is_file():
            raise InputError("Signing in with a certificate needs its file.", "A .pfx, or a .pem with its key.")
        return lambda: _certificate(certificate, passphrase)
    if how not in ("browser", "device_code"):
        raise InputError(f"There is no way to sign in called {how!r}.", "browser, device_code, secret, certificate.")
    return None


def _certificate(file: Path, passphrase: Secret) -> dict[str, Any]:
    """MSAL's certificate dictionary, out of a PKCS 12 file or a PEM file that holds key and certificate."""
    word = passphrase.reveal() or None
    if file.suffix.lower() in (".pfx", ".p12"):
        return {"private_key_pfx_path": str(file), "public_certificate": True, "passphrase": word}
    text = file.read_text(encoding="ascii", errors="replace")
    key = re.search(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.+?-----END [A-Z ]*PRIVATE KEY-----", text, re.DOTALL)
    public = re.findall(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", text, re.DOTALL)
    if not key or not public:
        raise InputError(f"{file.name} does not hold a private key and a certificate.", "Export both as PEM.")
    return {"private_key": key[0], "public_certificate": "\n".join(public), "passphrase": word}


def _tenant(wire: Wire, asked: str) -> Tenant:
    """The tenant that a token opens, after making sure that it is the one asked for."""
    who = identity_of(wire.tokens.token("graph"))
    if GUID.fullmatch(asked) and who.tenant_id.casefold() != asked.casefold():
        raise WrongTenant(
            f"Signed in to tenant {who.tenant_id}, not {asked}.", "Sign in with an account of the tenant in question."
        )
    bare = _made(wire, who, who.tenant_id, "")
    try:
        found = bare.page("/v1.0/organization", select="id,displayName,verifiedDomains").records[0]
    except (NotAllowed, IndexError):
        return bare
    domains = [item for item in found.get("verifiedDomains") or [] if isinstance(item, dict)]
    names = {str(item.get("name")).casefold() for item in domains}
    if not GUID.fullmatch(asked) and names and asked.casefold() not in names:
        raise WrongTenant(f"Signed in to tenant {who.tenant_id}, which has no domain {asked}.", "Check the name.")
    initial = next((str(item.get("name")) for item in domains if item.get("isInitial")), "")
    return _made(wire, who, str(found.get("displayName") or who.tenant_id), initial)


def _made(wire: Wire, who: Identity, name: str, initial: str) -> Tenant:
    return Tenant(
        wire,
        id=who.tenant_id,
        name=name,
        account=who.account,
        permissions=who.permissions,
        initial_domain=initial,
        app_only=who.app_only,
    )
