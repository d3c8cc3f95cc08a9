"""Message trace: mail that passed through, a record for each recipient, ninety days back."""

from __future__ import annotations

from kit.simulator.message import Answer, Call
from kit.simulator.odata import fields
from kit.simulator.paging import Shape, filtering, list_log
from kit.simulator.problem import bad_request
from kit.simulator.router import Family
from kit.simulator.values import DAY, ticks

family = Family("graph")

SHAPE = Shape(
    "admin/exchange/tracing/messageTraces",
    "v1.microsoft.graph.exchangeMessageTrace",
    fields(
        """
        id(eq) messageId(eq) status(eq) recipientAddress(eq) senderAddress(eq) fromIP(eq) toIP(eq)
        subject(contains,startsWith) receivedDateTime(ge,le)
        """,
        fold=True,
    ),
    page=1000,
    most=5000,
)
KEPT = 90 * DAY
DEFAULT = 2 * DAY
"""Without a filter the last 48 hours are given."""


@family.route("GET", "/v1.0/admin/exchange/tracing/messageTraces")
def list_traces(call: Call) -> Answer:
    """The traces of a window that must be given with both ends when anything is filtered."""
    now = ticks(call.tenancy.stamp())
    limits = {operator: instant for _, operator, instant in filtering(call, SHAPE.fields).limits}
    if "$filter" in call.query and set(limits) != {"ge", "le"}:
        raise bad_request("The filter must give receivedDateTime with both 'ge' and 'le'.")
    if limits and (limits["ge"] > limits["le"] or limits["ge"] < now - KEPT - DAY):
        raise bad_request("receivedDateTime must be a window within the last 90 days.")
    earliest = limits.get("ge", now - DEFAULT)
    return list_log(
        call, SHAPE, call.tenancy.logs["messageTraces"], lambda record: ticks(record["receivedDateTime"]) >= earliest
    )
