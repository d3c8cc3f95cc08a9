"""conditional_access_weakened: a policy that guarded sign-ins was turned off, or has new holes."""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.types as ir

from kit.baseline import place
from kit.detection import Example, detection
from kit.expressions import after, before, each, lines, matches, said, worked

POLICY = "ConditionalAccessPolicy"


def _policy(state: str = "enabled", excluded: str = "", control: str = '"mfa"') -> str:
    users, controls = f'{{"excludeUsers":[{excluded}]}}', f'{{"builtInControls":[{control}]}}'
    text = f'{{"state":"{state}","conditions":{{"users":{users}}},"grantControls":{controls}}}'
    return text.replace('"', r"\"")


def _change(old: str, new: str, **more: Any) -> dict[str, Any]:
    row = {"time": "2026-03-02T02:10:00", "activity": "Update conditional access policy", "result": "success"}
    changed = f'{{"{POLICY}":["{old}","{new}"]}}'
    return (
        row
        | {"actor": "admin@contoso.example", "target": "require mfa", "modified": changed, "ip": "203.0.113.9"}
        | more
    )


@detection(
    severity="high",
    family="tamper",
    attack=("T1556.009",),
    examples=(
        Example("hit", "turned off", {"directory_audits": [_change(_policy(), _policy("disabled"))]}, finds=1),
        Example(
            "hit", "no second factor any more", {"directory_audits": [_change(_policy(), _policy(control=""))]}, finds=1
        ),
        Example(
            "hit",
            "one more account is left out",
            {"directory_audits": [_change(_policy(), _policy(excluded='"u1"'))]},
            finds=1,
        ),
        Example(
            "hit",
            "deleted",
            {"directory_audits": [_change("", "", activity="Delete conditional access policy")]},
            finds=1,
        ),
        Example(
            "hit",
            "security defaults",
            {"directory_audits": [_change("", "", activity="Disable security defaults")]},
            finds=1,
        ),
        Example("miss", "turned on", {"directory_audits": [_change(_policy("disabled"), _policy())]}),
        Example("miss", "it failed", {"directory_audits": [_change(_policy(), _policy("disabled"), result="failure")]}),
        Example(
            "look-alike", "an exclusion ends", {"directory_audits": [_change(_policy(excluded='"u1"'), _policy())]}
        ),
    ),
)
def conditional_access_weakened(directory_audits: ir.Table) -> ir.Table:
    """A policy that guarded sign-ins was turned off, deleted, or has new holes.

    Why: with the policy gone, stolen passwords and tokens work from anywhere.
    False positives: planned changes; moving from security defaults to policies.
    Limits: reads state, exclusions and the second factor; other conditions that were loosened are not compared. The
        classic "Update policy" record of the same change is not read, so that one change is one finding.
    Next: compare the policy before and after, put it back, ask who changed it.
    """
    old, new = before(directory_audits.modified, POLICY), after(directory_audits.modified, POLICY)
    gone = matches(directory_audits.activity, "^(delete conditional access policy|disable security defaults)$")
    off = _state(old).isin(["enabled"]) & (_state(new) != "enabled")
    bare = matches(old, r'builtincontrols"[^\]]*"mfa"') & ~matches(new, r'builtincontrols"[^\]]*"mfa"') & new.notnull()
    holes = ibis.literal(False)
    for name in ("excludeUsers", "excludeGroups", "excludeRoles", "excludeApplications", "excludeLocations"):
        holes = holes | (_list(new, name).length() > _list(old, name).length()).fill_null(False)
    what = ibis.cases(
        (gone, "removed"),
        (off.fill_null(False), "turned off"),
        (bare.fill_null(False), "freed from the second factor"),
        (holes, "given new exceptions"),
        else_=ibis.null("string"),
    )
    rows = directory_audits.mutate(what=what, where=place(directory_audits))
    rows = rows.filter(rows.what.notnull(), worked(rows))
    return rows.select(
        subject=rows.actor.fill_null(rows.target),
        title=said(rows, "The policy “{target}” was {what}"),
        reason=lines(said(rows, "{activity} by {actor} from {where}")),
        **each(rows),
    )


def _state(policy: ir.StringValue) -> ir.StringValue:
    return policy.re_extract(r'"state"\s*:\s*"(\w+)"', 1).nullif("")


def _list(policy: ir.StringValue, name: str) -> ir.StringValue:
    """What stands between the brackets of the list `name`; the longer, the more is left out."""
    return policy.re_extract(rf'"{name}"\s*:\s*\[([^\]]*)\]', 1)
