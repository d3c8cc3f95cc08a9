"""The one session that every byte to and from a tenant passes, MSAL's sign-in requests included.

What it adds to `requests.Session`:
- every prepared address is checked by `kit.tenant.guard` just before it is sent;
- no redirect is followed: the answer is returned as it is;
- a .netrc cannot put its password in place of the bearer (every request has an auth object);
- a CA bundle given by the analyst is not overridden by REQUESTS_CA_BUNDLE, and checking certificates cannot be turned
  off; without one, the environment's proxies and bundle are kept, as networks that inspect TLS need them;
- an answer must begin, and be complete, within a deadline, and its decoded size is capped (slow drips, gzip bombs);
- errors are `kit.errors`, raised without requests' frames, whose locals hold the bearer.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import quote

import requests
import urllib3
from requests import PreparedRequest, Response
from requests.auth import AuthBase

from kit.errors import BadAnswer, RequestRefused, Unreachable
from kit.tenant.clouds import Cloud
from kit.tenant.connection import PunctualAdapter
from kit.tenant.guard import service_of
from kit.tenant.write import Secret

CHUNK = 65_536
AGENT = "mailbox-investigation-kit"


@dataclass(frozen=True)
class Limits:
    """How long and how large an answer may be: seconds to connect, of silence, in all; decoded bytes.

    300 s in all because Graph is known to stall sign-in reads that long instead of answering 504.
    """

    connect: float = 10.0
    silence: float = 100.0
    total: float = 300.0
    size: int = 64 * 1024 * 1024


class NotSent(Unreachable):
    """The connection failed before the request left: nothing can have happened at the other end."""


class TooLarge(BadAnswer):
    """An answer beyond the size limit: asking again would bring the same."""


class Bearer(AuthBase):
    """Puts the token on a request, and only on one to the service it was issued for."""

    def __init__(self, token: Secret, cloud: Cloud, service: str) -> None:
        self.token = token
        self.cloud = cloud
        self.service = service

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """Add the Authorization header; RequestRefused when the address is another service's."""
        if service_of(request.url or "", self.cloud) != self.service:
            raise RequestRefused(f"A {self.service} token was not sent to another service's host.")
        request.headers["Authorization"] = f"Bearer {self.token.reveal()}"
        return request


class NoAuth(AuthBase):
    """An auth object that adds nothing, so that requests does not look for a .netrc."""

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """The request as it is."""
        return request


class Session(requests.Session):
    """A hardened session for one cloud. `ca_bundle` is a PEM file to trust instead of the usual authorities."""

    def __init__(self, cloud: Cloud, *, limits: Limits | None = None, ca_bundle: str = "") -> None:
        super().__init__()
        self.cloud = cloud
        self.limits = limits or Limits()
        self.auth = NoAuth()
        self.verify = ca_bundle or True
        self.trust_env = not cloud.simulated
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self.headers.update({"Accept-Encoding": "gzip", "User-Agent": AGENT})
        self.adapters.clear()
        self.mount("https://", PunctualAdapter())

    def merge_environment_settings(self, url: Any, proxies: Any, stream: Any, verify: Any, cert: Any) -> Any:
        """The environment's settings, without its CA bundle where the analyst gave one."""
        settings = super().merge_environment_settings(url, proxies, stream, verify, cert)
        if isinstance(self.verify, str):
            settings["verify"] = self.verify
        return settings

    def send(self, request: PreparedRequest, **kwargs: Any) -> Response:
        """Send one prepared request and read its whole answer within the limits.

        NotSent or Unreachable when no whole answer came, BadAnswer when it is too large or not what its encoding
        says, RequestRefused when the address is not the cloud's.
        """
        service_of(request.url or "", self.cloud)
        if kwargs.get("verify") is False:
            raise RequestRefused("Certificates are always checked.", "Give the CA bundle of your proxy instead.")
        kwargs |= {"allow_redirects": False, "stream": True, "timeout": (self.limits.connect, self.limits.silence)}
        deadline = time.monotonic() + self.limits.total
        trouble: Exception
        try:
            response = super().send(request, **kwargs)
            self._read(response, deadline)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            trouble = _spoken(error)
        else:
            return response
        raise trouble from None

    def get_redirect_target(self, resp: Response) -> None:
        """None: a redirect is an answer like any other, and requests would read its body without a limit."""

    def _read(self, response: Response, deadline: float) -> None:
        """Read the decoded body. `read1` gives what has arrived, so that a drip cannot hold us past the deadline."""
        chunks, size = [], 0
        try:
            while chunk := response.raw.read1(CHUNK, decode_content=True):
                chunks.append(chunk)
                size += len(chunk)
                if size > self.limits.size:
                    raise TooLarge(
                        f"An answer is larger than {self.limits.size} bytes.", "Ask for smaller pages or windows."
                    )
                if time.monotonic() > deadline:
                    raise Unreachable(f"An answer was not complete after {self.limits.total:g} seconds.")
            vars(response).update(_content=b"".join(chunks), _content_consumed=True)
        finally:
            response.close()  # gives the connection back when all was read, ends it otherwise


def address(host: str, path: str, query: Mapping[str, str]) -> str:
    """An https address; query values are quoted, keys are taken as they are ("$filter")."""
    pairs = "&".join(f"{key}={quote(value, safe='(),:')}" for key, value in query.items())
    return f"https://{host}{path}" + (f"?{pairs}" if pairs else "")


def _spoken(error: Exception) -> Exception:
    """The error in the kit's words. It never quotes the original, which may hold the request."""
    if isinstance(error, urllib3.exceptions.DecodeError | requests.exceptions.ContentDecodingError):
        return BadAnswer("An answer is damaged: it cannot be decompressed.")
    reason = getattr(error.args[0] if error.args else None, "reason", None)
    unsent = (requests.ConnectTimeout, requests.exceptions.SSLError, requests.exceptions.ProxyError)
    if isinstance(error, unsent) or isinstance(reason, urllib3.exceptions.NewConnectionError):
        kind = type(reason or error).__name__
        return NotSent(f"No connection could be made ({kind}).", "Check the network, the proxy and its CA bundle.")
    return Unreachable(f"The connection broke before a whole answer came ({type(error).__name__}).", "Try again.")
