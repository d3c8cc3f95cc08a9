"""Non-interactive sign-ins."""

from __future__ import annotations

from collections.abc import Iterator

from kit.source import Fetched, Scope, by_user, fetched, source, stamp
from kit.tenant.client import Tenant

KIND = "signInEventTypes/any(t: t eq 'nonInteractiveUser')"


@source(
    record="sign_in",
    tables=("sign_ins",),
    permissions=("AuditLog.Read.All",),
    licence="Entra ID P1",
    days=30,
)
def non_interactive_sign_ins(tenant: Tenant, scope: Scope) -> Iterator[Fetched]:
    """Non-interactive sign-ins: tokens renewed or redeemed without a prompt.

    For: a stolen session or refresh token at work. It asks for nothing, so it shows here and not among the interactive
    sign-ins; `token_id` joins what was then done in the mailbox.
    Limits: ten to fifty times as many as the interactive ones; name the accounts under suspicion where you can. Only in
    Graph's beta version, and only when asked for by kind. Kept 30 days (7 without P1).
    """
    for user in scope.users or ("",):
        for start, end in scope.spans(30 if user else 1):
            window = f"createdDateTime ge {stamp(start)} and createdDateTime le {stamp(end)} and {KIND}"
            who = f" and {by_user(user, id_field='userId', name_field='userPrincipalName')}" if user else ""
            yield from fetched(tenant.pages("/beta/auditLogs/signIns", filter=window + who, top=1000))
