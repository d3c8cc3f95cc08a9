"""Interactive sign-ins."""

from __future__ import annotations

from collections.abc import Iterator

from kit.source import Fetched, Scope, by_user, fetched, source, stamp
from kit.tenant.client import Tenant


@source(
    record="sign_in",
    tables=("sign_ins",),
    permissions=("AuditLog.Read.All",),
    licence="Entra ID P1",
    days=30,
)
def sign_ins(tenant: Tenant, scope: Scope) -> Iterator[Fetched]:
    """Interactive sign-ins.

    For: who typed a password or answered a prompt, from where, with which client and with what result.
    Limits: read from Graph's beta version, because v1.0 has neither session nor token ids, networks or the transfer
    method. Without P1 the service refuses; the audit log's UserLoggedIn records then tell sign-ins, with less detail.
    Five requests in ten seconds: a day is one request or more. Kept 30 days (7 without P1). Applied Conditional Access
    policies are only told to readers of policies. Records arrive minutes to hours after the event.
    """
    for user in scope.users or ("",):
        for start, end in scope.spans(30 if user else 1):
            window = f"createdDateTime ge {stamp(start)} and createdDateTime le {stamp(end)}"
            who = f" and {by_user(user, id_field='userId', name_field='userPrincipalName')}" if user else ""
            yield from fetched(tenant.pages("/beta/auditLogs/signIns", filter=window + who, top=1000))
