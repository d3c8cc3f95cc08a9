"""The organisation: its name, domains and subscriptions."""

from __future__ import annotations

from kit.simulator.message import Answer, Call
from kit.simulator.paging import Shape, list_state
from kit.simulator.router import Family

family = Family("graph")

SHAPES = {
    "organization": Shape("organization", "v1.microsoft.graph.organization"),
    "domains": Shape("domains", "v1.microsoft.graph.domain"),
    "subscribedSkus": Shape("subscribedSkus", "v1.microsoft.graph.subscribedSku"),
}


@family.route("GET", *(f"/v1.0/{name}" for name in SHAPES))
def read(call: Call) -> Answer:
    """The organisation, its domains or its subscriptions."""
    name = call.template.rpartition("/")[2]
    return list_state(call, SHAPES[name], call.tenancy.collection(name).values())
