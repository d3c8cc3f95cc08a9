"""Message trace."""

from __future__ import annotations

from collections.abc import Iterator

from kit.errors import NotAllowed
from kit.source import Fetched, Scope, accounts, fetched, source, stamp
from kit.tenant.client import Tenant, literal

PATH = "/v1.0/admin/exchange/tracing/messageTraces"


@source(
    record="message_trace",
    tables=("message_traces",),
    permissions=("ExchangeMessageTrace.Read.All", "Domain.Read.All"),
    days=90,
)
def message_traces(tenant: Tenant, scope: Scope) -> Iterator[Fetched]:
    """Message trace: mail that passed through, one record a recipient.

    For: what was sent from a taken account and to whom, also when the sent items were deleted; what came in before.
    Limits: only in the global cloud, and only once Microsoft's own service principal for it exists in the tenant. Ten
    days a question, 90 days back, 100 requests in five minutes for the whole tenant. Subjects are written by senders.
    """
    domains = _domains(tenant)
    names = [account.user for account in accounts(tenant, scope)] if scope.users else []
    conditions = [
        f" and {field} eq {literal(name)}" for name in names for field in ("senderAddress", "recipientAddress")
    ]
    for start, end in scope.spans(10):
        window = f"receivedDateTime ge {stamp(start)} and receivedDateTime le {stamp(end)}"
        for condition in conditions or [""]:
            yield from fetched(tenant.pages(PATH, filter=window + condition, top=1000), **domains)


def _domains(tenant: Tenant) -> dict[str, list[str]]:
    """The tenant's own domains, by which outgoing mail is known; {} where they may not be read."""
    try:
        pages = tenant.pages("/v1.0/domains", select="id")
        return {"domains": [str(domain.get("id")).casefold() for page in pages for domain in page.records]}
    except NotAllowed:
        return {}
