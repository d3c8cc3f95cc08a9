"""Tokens by MSAL: one application object, made when first needed, cached in memory only."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import msal

from kit.errors import SignInFailed
from kit.tenant.clouds import Service
from kit.tenant.session import Session
from kit.tenant.write import Secret

# What the numbers of Microsoft Entra's sign-in errors ask the analyst to do.
ADVICE = {
    50034: "The account does not exist in this tenant.",
    50076: "The tenant asks for a second factor: sign in with the browser.",
    50079: "The account must register a second factor first.",
    50105: "The account is not assigned to the application.",
    50173: "The session was revoked: sign in again.",
    53003: "Conditional Access blocks this way of signing in; most tenants block device codes. Use the browser.",
    65001: "Nobody has consented to the application's permissions: an administrator must.",
    90002: "There is no such tenant in this cloud: check the name and the cloud.",
    700016: "The application is not registered in this tenant: check the client id.",
    700027: "The certificate is not registered with the application.",
    7000215: "The client secret is wrong (its id is not its value).",
    7000222: "The client secret has expired.",
}


@dataclass(frozen=True)
class Method:
    """How to sign in. `credential` gives MSAL's client credential; None signs in a person. `tell` is given the
    message of a device code; `seconds` is how long the browser is waited for."""

    how: Literal["browser", "device_code", "secret", "certificate"]
    credential: Callable[[], Any] | None = None
    tell: Callable[[str], None] = print
    seconds: int = 300


class Application:
    """The registered application, signed in by one method. Threads may share it."""

    def __init__(self, session: Session, tenant: str, client_id: str, method: Method) -> None:
        self._session = session
        self._authority = f"https://{session.cloud.login}/{tenant}"
        self._client_id = client_id
        self._method = method
        self._made: Any = None
        self._lock = threading.RLock()

    def token(self, service: Service, *, claims: str = "", renew: bool = False) -> Secret:
        """A token for the service; SignInFailed with what to do when none can be had.

        `claims` answers a claims challenge, `renew` asks for a new token though the cached one looks valid.
        """
        scopes = [self._session.cloud.scope(service)]
        with self._lock:
            try:
                result = self._acquire(self._application(), scopes, claims or None, renew)
            except (ValueError, RuntimeError, msal.exceptions.MsalError) as error:
                said = _first_line(str(error))
                raise SignInFailed(f"Signing in failed: {said}", "Check the tenant's name and the cloud.") from None
        token = result.get("access_token") if isinstance(result, dict) else None
        if not isinstance(token, str):
            raise _failed(result if isinstance(result, dict) else {})
        return Secret(token)

    def _acquire(self, app: Any, scopes: list[str], claims: str | None, renew: bool) -> Any:
        if self._method.credential:
            if renew and not claims:
                app.remove_tokens_for_client()
            return app.acquire_token_for_client(scopes, claims_challenge=claims)
        for account in app.get_accounts():
            result = app.acquire_token_silent(scopes, account, claims_challenge=claims, force_refresh=renew)
            if result:
                return result
        if self._method.how == "device_code":
            flow = app.initiate_device_flow(scopes, claims_challenge=claims)
            if "message" not in flow:
                return flow
            self._method.tell(flow["message"])
            return app.acquire_token_by_device_flow(flow, claims_challenge=claims)
        return app.acquire_token_interactive(scopes, claims_challenge=claims, timeout=self._method.seconds)

    def _application(self) -> Any:
        """The MSAL application. Making it reads the authority's metadata, so it is made when first needed.

        Discovery of other authorities is off: the host comes from our own table and the guard allows no other.
        """
        if self._made is None:
            options: dict[str, Any] = {
                "authority": self._authority,
                "http_client": self._session,
                "instance_discovery": False,
                "client_capabilities": ["CP1"],
            }
            credential = self._method.credential
            self._made = (
                msal.ConfidentialClientApplication(self._client_id, client_credential=credential(), **options)
                if credential
                else msal.PublicClientApplication(self._client_id, **options)
            )
        return self._made


def _failed(result: dict[str, Any]) -> SignInFailed:
    """The error of a sign-in, by its number; the server's words only where no number is known."""
    codes = [code for code in result.get("error_codes") or [] if isinstance(code, int)]
    advice = next((ADVICE[code] for code in codes if code in ADVICE), "")
    said = str(result.get("error") or "no answer")
    number = f", AADSTS{codes[0]}" if codes else ""
    hint = advice or _first_line(str(result.get("error_description") or "Sign in again."))
    return SignInFailed(
        f"Signing in failed ({_first_line(said)}{number}).", hint, code=str(codes[0]) if codes else said
    )


def _first_line(text: str) -> str:
    return ascii(text.splitlines()[0][:200])[1:-1] if text.strip() else ""
