"""admin_role_granted: somebody became an administrator."""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.types as ir

from kit.baseline import is_rented, place, with_news
from kit.detection import Example, detection
from kit.expressions import each, lines, matches, said, when, worked
from kit.known import PRIVILEGED_ROLES

# "Add member to role", "Add eligible member to role", and both "… in PIM completed (permanent)" or "(timebound)":
# an act, not a request for it.
GIVEN = r"^add (eligible )?member to role( (in pim )?completed.*)?$"
POWERFUL = "|".join((*PRIVILEGED_ROLES, "tenantadmins", "62e90394-69f5-4237-9190-012177145e10"))


def _given(role: str, **more: Any) -> dict[str, Any]:
    row = {"time": "2026-03-02T02:12:00", "activity": "Add member to role", "result": "success", "ip": "203.0.113.9"}
    changed = f'{{"Role.DisplayName":[null,"{role}"]}}'
    return row | {"actor": "admin@contoso.example", "target": "svc-backup@contoso.example", "modified": changed} | more


@detection(
    severity="high",
    family="persistence",
    attack=("T1098.003",),
    examples=(
        Example(
            "hit", "the highest role", {"directory_audits": [_given("Company Administrator")]}, finds=1, severity="high"
        ),
        Example(
            "hit",
            "from a rented server",
            {"directory_audits": [_given("Exchange Administrator", network_class="hosting")]},
            finds=1,
            severity="critical",
        ),
        Example(
            "hit",
            "through privileged identity management: the role is the target",
            {
                "directory_audits": [
                    _given(
                        "",
                        activity="Add member to role in PIM completed (permanent)",
                        targets='[{"name":"Application Administrator"}]',
                    )
                ]
            },
            finds=1,
            severity="high",
        ),
        Example(
            "hit",
            "a role without power over others",
            {"directory_audits": [_given("Message Center Reader")]},
            finds=1,
            severity="low",
        ),
        Example("miss", "it failed", {"directory_audits": [_given("Global Administrator", result="failure")]}),
        Example(
            "look-alike",
            "a role is only asked for",
            {
                "directory_audits": [
                    _given("Global Administrator", activity="Add member to role in PIM requested (permanent)")
                ]
            },
        ),
        Example(
            "look-alike",
            "a member of a group",
            {"directory_audits": [_given("Global Administrator", activity="Add member to group")]},
        ),
    ),
)
def admin_role_granted(directory_audits: ir.Table, sign_ins: ir.Table = None) -> ir.Table:
    """Somebody was given an administrator's role.

    Why: with a role the attacker no longer needs the stolen account, and can undo what is done against it.
    False positives: planned changes; roles taken for an hour through privileged identity management.
    Limits: groups that carry a role, and roles in Azure subscriptions, are not read here. The roles that count as
        powerful are listed in kit/known.py.
    Next: ask who asked for it; take the role away before anything else is cleaned; look at what it was used for.
    """
    rows = directory_audits.filter(matches(directory_audits.activity, GIVEN), worked(directory_audits))
    rows = with_news(rows.mutate(user=rows.actor, where=place(rows)), sign_ins)
    told = rows.modified.fill_null("") + rows.targets.fill_null("") + rows.target.fill_null("")
    rows = rows.mutate(role=told.lower().re_extract(f"({POWERFUL})", 1).nullif(""), rented=is_rented(rows))
    powerful = rows["role"].notnull()
    return rows.select(
        subject=rows.actor.fill_null(rows.target),
        title=ibis.ifelse(
            powerful,
            said(rows, "{actor} gave {target} the role {role}"),
            said(rows, "{actor} gave {target} a directory role"),
        ),
        severity=ibis.cases((powerful & rows.rented, "critical"), (powerful, "high"), else_="low"),
        reason=lines(
            said(rows, "{activity} from {where}"),
            when(powerful, "The role leads to every mailbox of the tenant"),
            when(rows.rented, "The address is a rented server or VPN"),
            when(rows.new_network, "The network is new for who granted it"),
        ),
        **each(rows),
    )
