"""The wire: one request with a token, asked again where that is right, its answer a page or an error."""

from __future__ import annotations

import base64
import binascii
import json
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import requests

from kit.errors import RequestRefused
from kit.tenant.clouds import Cloud, Service
from kit.tenant.guard import service_of
from kit.tenant.page import Page
from kit.tenant.problem import problem
from kit.tenant.retry import Patience, persist
from kit.tenant.session import Bearer, Session
from kit.tenant.write import Secret, revealed, shown


@dataclass(frozen=True)
class Call:
    """One request before it is sent. `body` is JSON and may hold `Secret` values; `write` forbids careless retries."""

    service: Service
    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None
    write: bool = False


class Tokens(Protocol):
    """Where tokens come from. `claims` answers a claims challenge; `renew` bypasses the cache."""

    def token(self, service: Service, *, claims: str = "", renew: bool = False) -> Secret:
        """A token for the service; SignInFailed when none can be had."""


OnRequest = Callable[[Call, Page], None]


class Wire:
    """Sends calls. `on_request` sees every call and its answer, also those that are asked again: for the journal."""

    def __init__(
        self,
        session: Session,
        tokens: Tokens,
        *,
        patience: Patience | None = None,
        on_request: OnRequest | None = None,
    ) -> None:
        self.session = session
        self.tokens = tokens
        self.patience = patience or Patience()
        self.on_request = on_request

    @property
    def cloud(self) -> Cloud:
        """The cloud whose hosts may be spoken to."""
        return self.session.cloud

    def send(self, call: Call) -> Page:
        """Send a call and return its answer; any `TenantError` when there is none or it is an error."""
        if service_of(call.url, self.cloud) != call.service:
            raise RequestRefused(f"A {call.service} request was not sent to another service's host.")
        page = persist(lambda: self._authorised(call), self.patience, write=call.write)
        if page.failed:
            raise problem(page)
        return page

    def _authorised(self, call: Call) -> Page:
        """One try; after a 401, which means "not executed", one more with a token made anew."""
        page = self._once(call, self.tokens.token(call.service))
        if page.status != 401:
            return page
        claims = challenge(page.headers.get("www-authenticate", ""))
        return self._once(call, self.tokens.token(call.service, claims=claims, renew=True))

    def _once(self, call: Call, token: Secret) -> Page:
        own_id = str(uuid.uuid4())
        prepared = self.session.prepare_request(
            requests.Request(
                call.method,
                call.url,
                headers={"Accept": "application/json", **call.headers, "client-request-id": own_id} | _typed(call),
                data=None if call.body is None else json.dumps(revealed(call.body)).encode(),
                auth=Bearer(token, self.cloud, call.service),
            )
        )
        settings = self.session.merge_environment_settings(prepared.url, {}, True, None, None)
        response = self.session.send(prepared, **settings)
        page = Page(
            url=call.url,
            method=call.method,
            status=response.status_code,
            body=response.content or b"",
            received=self.patience.now(),
            headers={name.lower(): value for name, value in response.headers.items()},
            client_request_id=own_id,
            asked=shown(call.body),
            write=call.write,
        )
        if self.on_request:
            self.on_request(call, page)
        return page


def challenge(header: str) -> str:
    """The claims that a WWW-Authenticate header asks for (continuous access evaluation), as JSON text, or ""."""
    found = re.search(r'claims="([^"]{1,8192})"', header)
    if not found or "insufficient_claims" not in header:
        return ""
    try:
        text = base64.b64decode(found[1].translate(str.maketrans("-_", "+/")) + "==").decode()
        return text if isinstance(json.loads(text), dict) else ""
    except (binascii.Error, ValueError):
        return ""


def _typed(call: Call) -> dict[str, str]:
    return {} if call.body is None else {"Content-Type": "application/json"}
