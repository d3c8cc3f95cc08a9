"""Message trace."""

from __future__ import annotations

from collections.abc import Iterator

from kit.source import Fetched, Scope, accounts, fetched, source, stamp
from kit.tenant.client import Tenant, literal

PATH = "/v1.0/admin/exchange/tracing/messageTraces"


@source(
    record="message_trace",
    tables=("message_traces",),
    permissions=("ExchangeMessageTrace.Read.All",),
    days=90,
)
def message_traces(tenant: Tenant, scope: Scope) -> Iterator[Fetched]:
    """Message trace: mail that passed through, one record a recipient.

    For: what was sent from a taken account and to whom, also when the sent items were deleted; what came in before.
    Limits: only in the global cloud, and only once Microsoft's own service principal for it exists in the tenant. Ten
    days a question, 90 days back, 100 requests in five minutes for the whole tenant. Subjects are written by senders.
    """
    names = [account.user for account in accounts(tenant, scope)] if scope.users else []
    conditions = [
        f" and {field} eq {literal(name)}" for name in names for field in ("senderAddress", "recipientAddress")
    ]
    for start, end in scope.spans(10):
        window = f"receivedDateTime ge {stamp(start)} and receivedDateTime le {stamp(end)}"
        for condition in conditions or [""]:
            yield from fetched(tenant.pages(PATH, filter=window + condition, top=1000))
