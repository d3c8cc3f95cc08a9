"""The host guard: which addresses a request may go to, decided on the address that is really connected to.

A bearer token sent to the wrong host is a tenant lost. Links come from answers (nextLink, Location, contentUri,
NextPageUri) and answers can lie, so the prepared URL is read with urllib3's parser, the one that connects: another
parser may see another host in `https://evil.example\\@graph.microsoft.com/`. Scheme, host and port must equal the
cloud's table; the path must begin as that service's paths do. What is ambiguous is refused, not repaired.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote, unquote

from urllib3.exceptions import LocationParseError
from urllib3.util import Url, parse_url

from kit.errors import RequestRefused
from kit.tenant.clouds import Cloud, Service

PREFIXES: Mapping[Service, tuple[str, ...]] = {
    "login": ("/",),
    "graph": ("/v1.0/", "/beta/"),
    "exchange": ("/adminapi/beta/",),
    "manage": ("/api/v1.0/",),
}


def service_of(url: str, cloud: Cloud) -> Service:
    """The service of this cloud that the address belongs to; RequestRefused for every other address."""
    parts = _parsed(url)
    service = cloud.hosts.get(parts.host or "")
    if parts.scheme != "https" or service is None:
        raise _refused(f"it leads outside the {cloud.name} cloud", url)
    authority, path = _as_written(url)
    if authority.lower() not in (parts.host, f"{parts.host}:443") or parts.fragment is not None:
        raise _refused("it is not written plainly: a user name, a port, an encoding or a fragment", url)
    if _has_dots(path) or not path.startswith(PREFIXES[service]):
        raise _refused(f"its path is none of the {service} service's", url)
    return service


def segment(value: str) -> str:
    """An id or name as one segment of a path, quoted; RequestRefused for what no id is or changes the path."""
    if value in ("", ".", "..") or not value.isprintable():
        raise RequestRefused(f"{value!a} cannot be an object's id.", "Look the object up again.")
    return quote(value, safe="")


def literal(value: str) -> str:
    """A text as an OData string literal: in single quotes, those inside doubled."""
    return "'" + value.replace("'", "''") + "'"


def _parsed(url: str) -> Url:
    if any(not "!" <= char <= "~" or char == "\\" for char in url):
        raise _refused("it holds a blank, control, non-ASCII or backslash character", url)
    try:
        return parse_url(url)
    except LocationParseError:
        raise _refused("it is no address", url) from None


def _as_written(url: str) -> tuple[str, str]:
    """Authority and path before any normalisation: parse_url resolves dot segments and encodings."""
    rest = url.partition("://")[2]
    end = min((rest.index(mark) for mark in "/?#" if mark in rest), default=len(rest))
    path = rest[end:].partition("?")[0].partition("#")[0]
    return rest[:end], path or "/"


def _has_dots(path: str) -> bool:
    """Whether any decoding of the path has a "." or ".." segment."""
    seen = ""
    while path != seen:
        if any(part in (".", "..") for part in path.replace("\\", "/").split("/")):
            return True
        seen, path = path, unquote(path)
    return False


def _refused(why: str, url: str) -> RequestRefused:
    return RequestRefused(
        f"A request was not sent because {why}: {url[:120]!a}.",
        "If this address came from the tenant's answer, treat that answer as hostile and say so in the report.",
    )
