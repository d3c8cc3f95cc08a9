"""app_credentials_added: an application got a new secret or certificate."""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.types as ir

from kit.baseline import is_rented, place, with_news
from kit.detection import Example, detection
from kit.expressions import each, lines, matches, one_of, said, when, worked

ADDED = ("Update application - Certificates and secrets management", "Add service principal credentials")


def _added(**more: Any) -> dict[str, Any]:
    row = {"time": "2026-03-02T02:15:00", "activity": ADDED[0], "result": "success", "ip": "203.0.113.9"}
    changed = r'{"KeyDescription":["[]","[\"[KeyIdentifier=59ae,KeyType=Password,KeyUsage=Verify,DisplayName=x]\"]"]}'
    return (
        row | {"actor": "admin@contoso.example", "target": "mail sync", "target_id": "a1", "modified": changed} | more
    )


@detection(
    severity="medium",
    family="persistence",
    attack=("T1098.001",),
    examples=(
        Example("hit", "a secret is added", {"directory_audits": [_added()]}, finds=1, severity="medium"),
        Example(
            "hit", "from a rented server", {"directory_audits": [_added(network_class="vpn")]}, finds=1, severity="high"
        ),
        Example(
            "hit",
            "by an automation: rotation, most of the time",
            {"directory_audits": [_added(actor=None, actor_app="key rotation", activity=ADDED[1])]},
            finds=1,
            severity="low",
        ),
        Example("miss", "it failed", {"directory_audits": [_added(result="failure")]}),
        Example(
            "miss",
            "the last secret is removed",
            {"directory_audits": [_added(modified='{"KeyDescription":["[[KeyIdentifier=59ae]]","[]"]}')]},
        ),
        Example(
            "look-alike",
            "an application is made, without a secret",
            {"directory_audits": [_added(activity="Add service principal")]},
        ),
    ),
)
def app_credentials_added(directory_audits: ir.Table, sign_ins: ir.Table = None) -> ir.Table:
    """An application got a new secret or certificate.

    Why: whoever holds the secret acts as the application, with its permissions, without any user.
    False positives: rotation by the owner or by automation (low).
    Limits: what the application may do is not in the record: look it up. A secret replaced in one step looks like one
        added.
    Next: find out which permissions the application has, who holds the secret, and whether it has signed in since.
    """
    told = one_of(directory_audits.activity, ADDED) & ~matches(
        directory_audits.modified, r'keydescription":\s*\[[^\]]*\]+",\s*"\[\]"'
    )
    rows = directory_audits.filter(told, worked(directory_audits))
    rows = with_news(rows.mutate(user=rows.actor, where=place(rows)), sign_ins)
    odd = is_rented(rows) | rows.new_network.fill_null(False)
    person = rows.actor.contains("@").fill_null(False)
    rows = rows.mutate(who=ibis.coalesce(rows.actor, rows.actor_app), app=rows.target.fill_null(rows.target_id))
    return rows.select(
        subject=rows.who.fill_null(rows.app),
        title=said(rows, "{who} added a secret or certificate to the application {app}"),
        severity=ibis.cases((odd, "high"), (person, "medium"), else_="low"),
        reason=lines(said(rows, "{activity} from {where}"), when(odd, "The network is rented, or new for the account")),
        against=lines(when(~person, "An application did it, as rotation does")),
        **each(rows),
    )
