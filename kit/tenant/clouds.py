"""The clouds Microsoft 365 is offered in, and the hosts that serve each. Nothing is ever sent to another host.

Hosts are those of Microsoft's national-cloud documentation as of August 2026. The simulated cloud's names end in
`.invalid`, which no resolver answers (RFC 6761): only the loopback adaptor can reach them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from kit.errors import InputError

Service = Literal["login", "graph", "exchange", "manage"]


@dataclass(frozen=True)
class Cloud:
    """One cloud: the host of each service. `manage` is "" where the Management Activity API is not offered."""

    name: str
    login: str
    graph: str
    exchange: str
    manage: str
    simulated: bool = False

    def host(self, service: Service) -> str:
        """The host of a service, "" when this cloud has none."""
        return str(getattr(self, service))

    def scope(self, service: Service) -> str:
        """What a token for the service is asked with: everything consented to."""
        return f"https://{self.host(service)}/.default"

    @property
    def hosts(self) -> Mapping[str, Service]:
        """Host → service, for those this cloud has."""
        services: tuple[Service, ...] = ("login", "graph", "exchange", "manage")
        return {self.host(service): service for service in services if self.host(service)}


SIMULATED = Cloud(
    "simulated",
    "login.simulated.invalid",
    "graph.simulated.invalid",
    "outlook.simulated.invalid",
    "manage.simulated.invalid",
    simulated=True,
)
CLOUDS: Mapping[str, Cloud] = {
    cloud.name: cloud
    for cloud in (
        Cloud(
            "global", "login.microsoftonline.com", "graph.microsoft.com", "outlook.office365.com", "manage.office.com"
        ),
        Cloud(
            "gcc",
            "login.microsoftonline.com",
            "graph.microsoft.com",
            "outlook.office365.com",
            "manage-gcc.office.com",
        ),
        Cloud(
            "gcc_high",
            "login.microsoftonline.us",
            "graph.microsoft.us",
            "outlook.office365.us",
            "manage.office365.us",
        ),
        Cloud(
            "dod",
            "login.microsoftonline.us",
            "dod-graph.microsoft.us",
            "outlook-dod.office365.us",
            "manage.protection.apps.mil",
        ),
        Cloud(
            "china",
            "login.partner.microsoftonline.cn",
            "microsoftgraph.chinacloudapi.cn",
            "outlook.office365.cn",
            "",
        ),
    )
}


def cloud_named(name: str) -> Cloud:
    """The cloud of that name; InputError lists the names when there is none."""
    if name not in CLOUDS:
        raise InputError(f"There is no cloud {name!r}.", f"Choose one of {', '.join(CLOUDS)}.")
    return CLOUDS[name]
