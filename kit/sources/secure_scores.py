"""Secure Score."""

from __future__ import annotations

from collections.abc import Iterator

from kit.source import Fetched, Scope, fetched, source
from kit.tenant.client import Tenant


@source(
    record="secure_score",
    tables=("secure_scores", "secure_score_controls"),
    permissions=("SecurityEvents.Read.All",),
    days=90,
)
def secure_scores(tenant: Tenant, scope: Scope) -> Iterator[Fetched]:
    """Secure Score, one a day, with what each control earned.

    For: what was switched off and when, and what would have stopped this.
    Limits: ninety days are kept and all are read. A control that disappears was retired by Microsoft, not lost by the
    tenant. What a control is worth is in the control profiles.
    """
    yield from fetched(tenant.pages("/v1.0/security/secureScores", top=90))
