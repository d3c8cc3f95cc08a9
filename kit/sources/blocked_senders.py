"""Restricted senders."""

from __future__ import annotations

from collections.abc import Iterator

from kit.source import Fetched, Scope, fetched, source
from kit.tenant.client import Tenant


@source(record="blocked_sender", tables=("blocked_senders",), permissions=("Exchange: Security Reader",))
def blocked_senders(tenant: Tenant, scope: Scope) -> Iterator[Fetched]:
    """Restricted senders: accounts Exchange Online stopped from sending.

    For: an account that sent too much, which is how many takeovers are first noticed.
    Limits: always the whole tenant; only the restriction in force. How often an account may be freed is limited, so
    free it last, after password, methods and rules.
    """
    yield from fetched(tenant.cmdlet_pages("Get-BlockedSenderAddress"))
