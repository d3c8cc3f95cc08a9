"""risky_consent: an application was allowed to read mail or files."""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.types as ir

from kit.baseline import is_rented, place, with_news
from kit.detection import Example, detection
from kit.expressions import carried, evidence, key_of, lines, listed, matches, one_of, said, when, worked
from kit.known import DATA_SCOPES, TENANT_SCOPES, abused_apps

CONSENTS = (
    "Consent to application",
    "Add delegated permission grant",
    "Add app role assignment to service principal",
)


def _consent(scopes: str, *, everyone: bool = False, **more: Any) -> dict[str, Any]:
    kind = "AllPrincipals" if everyone else "Principal"
    granted = f"[] => [[ConsentType: {kind}, Scope: {scopes}]]"
    changes = f'{{"ConsentContext.IsAdminConsent":[null,"{everyone}"],"ConsentAction.Permissions":[null,"{granted}"]}}'
    row = {
        "time": "2026-03-02T14:26:03",
        "activity": "Consent to application",
        "result": "success",
        "modified": changes,
    }
    return row | {"actor": "ana@contoso.example", "target": "handy tool", "ip": "203.0.113.9"} | more


@detection(
    severity="high",
    family="persistence",
    attack=("T1528",),
    examples=(
        Example(
            "hit",
            "an application known from takeovers, by id",
            {
                "directory_audits": [
                    _consent(
                        "User.Read",
                        targets='[{"id":"ff8d92dc-3d82-41d6-bcbd-b9174d163620","name":"PERFECTDATA SOFTWARE"}]',
                    )
                ]
            },
            finds=1,
            severity="critical",
        ),
        Example(
            "hit",
            "mail and offline access for one user",
            {"directory_audits": [_consent("offline_access Mail.Read User.Read")]},
            finds=1,
            severity="medium",
        ),
        Example(
            "hit",
            "the same from a rented server",
            {"directory_audits": [_consent("offline_access Mail.Read", network_class="hosting")]},
            finds=1,
            severity="high",
        ),
        Example(
            "hit",
            "mail of the whole tenant, told twice: one finding",
            {
                "directory_audits": [
                    _consent("Mail.ReadWrite", everyone=True, correlation_id="c1"),
                    _consent(
                        "Mail.ReadWrite", everyone=True, correlation_id="c1", activity="Add delegated permission grant"
                    ),
                ]
            },
            finds=1,
            severity="high",
        ),
        Example("miss", "mail without offline access", {"directory_audits": [_consent("Mail.Read")]}),
        Example("miss", "refused", {"directory_audits": [_consent("offline_access Mail.Read", result="failure")]}),
        Example(
            "look-alike",
            "sign-in with one's name only",
            {"directory_audits": [_consent("openid profile offline_access User.Read")]},
        ),
        Example("look-alike", "subject lines only", {"directory_audits": [_consent("offline_access Mail.ReadBasic")]}),
    ),
)
def risky_consent(directory_audits: ir.Table, sign_ins: ir.Table = None) -> ir.Table:
    """An application was allowed to read mail, files or contacts.

    Why: a consent survives a new password and needs no sign-in: the application reads on by itself.
    False positives: wanted add-ins; migration, backup and archive products (by administrators).
    Limits: consents given before the logs begin are not here: read the grants too. Whether a publisher is verified is
        not told in the record. Scope families are those of Microsoft's app-consent playbook; see kit/known.py.
    Next: ask who needs the application; disable it (deleted, it could be consented to again); revoke the grant.
    """
    rows = directory_audits.filter(one_of(directory_audits.activity, CONSENTS), worked(directory_audits))
    rows = with_news(_marked(rows), sign_ins)
    odd = is_rented(rows) | rows.new_network.fill_null(False)
    rank = ibis.cases(
        (rows.abused, 4),
        (rows.everyone & (rows.data | rows.tenant), 3),
        (rows.reads_on & odd, 3),
        (rows.reads_on | rows.watched, 2),
        else_=0,
    )
    rows = rows.mutate(rank=rank, odd=odd, act=rows.correlation_id.fill_null(key_of(rows)), where=place(rows)).filter(
        rank > 0
    )
    found = rows.group_by("act", "subject").aggregate(
        rank=rows.rank.max(),
        abused=rows.abused.any(),
        everyone=rows.everyone.any(),
        odd=rows.odd.any(),
        scopes=rows.scope.collect(),
        apps=rows.target.collect(),
        places=rows.where.collect(),
        **evidence(rows),
    )
    found = found.mutate(scopes=listed(found.scopes), apps=listed(found.apps), places=listed(found.places))
    return found.select(
        subject=found.subject,
        title=said(found, "{subject} let an application in: {apps}"),
        severity=ibis.cases((found["rank"] == 4, "critical"), (found["rank"] == 3, "high"), else_="medium"),
        reason=lines(
            when(found.abused, "The application is known from account takeovers"),
            when(found.everyone, "It was allowed for every user of the tenant"),
            when(found.scopes != "", said(found, "It may use {scopes}")),
            said(found, "Allowed from {places}"),
            when(found.odd, "The network is rented, or new for the account"),
        ),
        **carried(found),
    )


def _marked(rows: ir.Table) -> ir.Table:
    """Add what the consent gives: abused, watched (applications), data, tenant, reads_on (scopes), everyone, scope."""
    told = (rows.modified.fill_null("") + rows.extended.fill_null("")).lower()
    who = (rows.targets.fill_null("") + rows.target.fill_null("") + told).lower()
    data = told.re_search(DATA_SCOPES)
    reads_on = data & told.contains("offline_access")
    return rows.mutate(
        user=rows.actor,
        subject=rows.actor.fill_null(rows.target),
        abused=who.re_search(_any(abused_apps("high"))),
        watched=who.re_search("|".join(abused_apps("watch"))),
        data=data,
        tenant=told.re_search(TENANT_SCOPES) & (rows.activity == CONSENTS[2]).fill_null(False),
        reads_on=reads_on,
        everyone=matches(told, r'isadminconsent":\s*\[[^\]]*true|onbehalfofall":\s*\[[^\]]*true|allprincipals')
        | (rows.activity == CONSENTS[2]).fill_null(False),
        scope=told.re_extract(r"scope\W+([a-z0-9_. ]+)", 1).strip().nullif(""),
    )


def _any(apps: dict[str, str]) -> str:
    """Ids, and names long enough not to be somebody else's."""
    return "|".join([*apps, *(name.lower() for name in apps.values() if len(name) > 8)])
