"""mfa_method_added: a way to prove who one is was added to an account."""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.types as ir

from kit.baseline import is_rented, place, with_news
from kit.detection import Example, detection
from kit.expressions import MINUTE, carried, evidence, lines, listed, matches, one_of, said, when, worked

ADDED = (
    "User registered security info",
    "User registered all required security info",
    "User changed default security info",
    "Admin registered security info",
    "Admin registered temporary access pass",
)
HOME = [
    {"time": f"2026-02-{day:02}T08:00:00", "user": "ana@contoso.example", "ip": "203.0.113.9", "error_code": 0}
    for day in range(1, 25)
]


def _added(**more: Any) -> dict[str, Any]:
    row = {"time": "2026-03-02T09:31:00", "activity": "User registered security info", "result": "success"}
    return row | {"actor": "ana@contoso.example", "target": "ana@contoso.example", "ip": "203.0.113.9"} | more


@detection(
    severity="high",
    family="persistence",
    attack=("T1556.006",),
    examples=(
        Example(
            "hit",
            "from a rented server",
            {"directory_audits": [_added(ip="198.18.66.7", network_class="hosting")]},
            finds=1,
            severity="critical",
        ),
        Example(
            "hit",
            "two records of one act are one finding",
            {
                "directory_audits": [
                    _added(),
                    _added(actor=None, activity="Update user", modified='{"StrongAuthenticationMethod":["[]","[{}]"]}'),
                ]
            },
            finds=1,
            severity="medium",
        ),
        Example(
            "hit",
            "from a network new for the account",
            {"directory_audits": [_added(ip="192.0.2.77")], "sign_ins": HOME},
            finds=1,
            severity="high",
        ),
        Example(
            "hit",
            "half an hour after a sign-in that Microsoft calls risky",
            {
                "directory_audits": [_added()],
                "sign_ins": [
                    *HOME,
                    HOME[0] | {"time": "2026-03-02T09:00:00", "risk_level": "high", "ip": "192.0.2.77"},
                ],
            },
            finds=1,
            severity="high",
        ),
        Example(
            "hit",
            "a new telephone at home: to be known, no more",
            {"directory_audits": [_added()], "sign_ins": HOME},
            finds=1,
            severity="low",
        ),
        Example("miss", "it failed", {"directory_audits": [_added(result="failure")]}),
        Example(
            "miss", "a method was looked at", {"directory_audits": [_added(activity="User reviewed security info")]}
        ),
        Example(
            "look-alike",
            "the office telephone of the directory changes",
            {"directory_audits": [_added(activity="Update user", modified='{"TelephoneNumber":["1","2"]}')]},
        ),
    ),
)
def mfa_method_added(directory_audits: ir.Table, sign_ins: ir.Table = None, *, minutes: int = 60) -> ir.Table:
    """A way to prove who one is (an authenticator, a number, a pass) was added to an account.

    Why: with a method of their own attackers come back after the password was changed.
    False positives: every new telephone. From a network the account knows, and with nothing risky before, it is low.
    Limits: entries of the unified audit log carry no address; then only what happened before counts. "Before" is
        `minutes` (60, as in facts/detections.tsv DA-01). "New network" needs a week of sign-ins.
    Next: list the account's methods with the owner; remove what the owner does not know, after revoking the sessions.
    """
    app = matches(directory_audits.modified, "strongauthentication(phoneappdetail|method|userdetails)")
    told = one_of(directory_audits.activity, ADDED) | ((directory_audits.activity == "Update user") & app).fill_null(
        False
    )
    rows = directory_audits.filter(told, worked(directory_audits))
    named = ibis.ifelse(rows.target.contains("@").fill_null(False), rows.target, rows.actor)
    rows = with_news(rows.mutate(user=named, where=place(rows), rented=is_rented(rows)), sign_ins)
    rows = _with_risk(rows, sign_ins, minutes)
    grave = rows.new_network.fill_null(False) | rows.risky
    known = (rows.new_network == ibis.literal(False)).fill_null(False) & ~rows.risky
    rows = rows.mutate(act=said(rows, "{activity} by {actor} from {where}"), grave=grave, known=known)
    found = rows.group_by("user", day=rows.time.truncate("D")).aggregate(
        rented=rows.rented.any(),
        grave=rows.grave.any(),
        known=rows.known.all(),
        risky=rows.risky.any(),
        new=rows.new_network.any(),
        acts=rows.act.collect(),
        told=rows.result_reason.collect(),
        **evidence(rows),
    )
    found = found.mutate(acts=listed(found.acts), told=listed(found.told).nullif(""))
    return found.select(
        subject=found.user,
        title=said(found, "A sign-in method was added for {user}"),
        severity=ibis.cases((found.rented, "critical"), (found.grave, "high"), (found.known, "low"), else_="medium"),
        reason=lines(
            said(found, "{acts}"),
            when(found.told.notnull(), said(found, "As told: {told}")),
            when(found.rented, "The address is a rented server or VPN"),
            when(found.new, "The network is new for the account"),
            when(found.risky, f"Within {minutes} minutes before, the account had a risky sign-in"),
        ),
        against=lines(when(found.known, "The network is one the account has used before")),
        **carried(found),
    )


def _with_risk(rows: ir.Table, sign_ins: ir.Table, minutes: int) -> ir.Table:
    """Add `risky`: shortly before, a successful sign-in was rated medium or high or came from a rented network."""
    rated = sign_ins.risk_level.isin(["medium", "high"]).fill_null(False) | is_rented(sign_ins)
    bad = sign_ins.filter(sign_ins.error_code == 0, rated).select("user", bad_time=lambda t: t.time)
    pairs = rows.inner_join(bad, "user")
    gap = pairs.time.delta(pairs.bad_time, unit="microsecond")
    near = pairs.filter(gap >= 0, gap <= minutes * MINUTE).select(risky_record=lambda t: t.record_id).distinct()
    rows = rows.left_join(near, rows.record_id == near.risky_record)
    return rows.mutate(risky=rows.risky_record.notnull())
