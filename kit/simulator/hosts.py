"""Which service a request is for, and under which name the service speaks of itself.

Plain http on loopback: the first path segment names the service ({url}/graph/v1.0/…), and the service answers with
its simulated name (https://graph.simulated.invalid/…), which the kit's loopback adaptor maps back. With `direct`
links point to the address the request came to, for clients that know no adaptor. Under TLS the real host names are
served, told apart by the Host header, and links carry the name that was asked.
"""

from __future__ import annotations

from dataclasses import dataclass

SERVICES = ("login", "graph", "exchange", "manage", "admin")
SIMULATED = {
    "login": "login.simulated.invalid",
    "graph": "graph.simulated.invalid",
    "exchange": "outlook.simulated.invalid",
    "manage": "manage.simulated.invalid",
}
REAL = {
    "login.microsoftonline.com": "login",
    "login.microsoft.com": "login",
    "login.windows.net": "login",
    "sts.windows.net": "login",
    "graph.microsoft.com": "graph",
    "outlook.office365.com": "exchange",
    "outlook.office.com": "exchange",
    "manage.office.com": "manage",
}
LOOPBACK = frozenset({"127.0.0.1", "localhost"})


@dataclass(frozen=True)
class Place:
    """The service a request is for, the path within it, and the beginning of the service's own links."""

    service: str
    path: str
    base: str


def place(host: str, path: str, *, tls: bool, direct: bool) -> Place | None:
    """Where a request goes; None when the Host header is none of ours (a page that rebinds a name to loopback)."""
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
    name = name.lower()
    if name in REAL and tls:
        return Place(REAL[name], path, f"https://{name}")
    if name in LOOPBACK:
        service, _, rest = path.lstrip("/").partition("/")
        if service not in SERVICES:
            return Place("", path, "")
        own = f"{'https' if tls else 'http'}://{host}/{service}"
        return Place(service, f"/{rest}", own if direct or service == "admin" else f"https://{SIMULATED[service]}")
    for service, known in SIMULATED.items():
        if name == known:
            return Place(service, path, f"https://{known}")
    return None
