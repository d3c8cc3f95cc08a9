"""password_guessing: many passwords tried on one account."""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.types as ir

from kit.baseline import place, with_news
from kit.detection import Example, detection
from kit.expressions import HOUR, carried, evidence, key_of, lines, listed, one_of, said, slots, when

WRONG = (50126, 50053, 50056)
HOME = [
    {"time": f"2026-02-{day:02}T08:00:00", "user": "ana@contoso.example", "ip": "203.0.113.9", "error_code": 0}
    for day in range(1, 25)
]


def _tries(count: int, ip: str = "198.18.80.1", **more: Any) -> list[dict[str, Any]]:
    rows = [
        {
            "time": f"2026-03-02T01:00:{n:02}",
            "id": f"try{n}",
            "user": "ana@contoso.example",
            "ip": ip,
            "error_code": 50126,
        }
        for n in range(count)
    ]
    return [row | more for row in rows]


@detection(
    severity="medium",
    family="credential",
    attack=("T1110.001",),
    examples=(
        Example("hit", "thirty tries", {"sign_ins": _tries(30)}, finds=1, severity="medium"),
        Example(
            "hit",
            "and then it opens, from the same network",
            {"sign_ins": [*_tries(30), *_tries(1, id="in", time="2026-03-02T02:00:00", error_code=0)]},
            finds=1,
            severity="high",
        ),
        Example(
            "hit",
            "a telephone at home with the old password: low",
            {"sign_ins": [*HOME, *_tries(40, ip="203.0.113.9")]},
            finds=1,
            severity="low",
        ),
        Example("miss", "ten tries", {"sign_ins": _tries(10)}),
        Example(
            "look-alike",
            "thirty tries in a month",
            {"sign_ins": [row | {"time": f"2026-03-{n + 1:02}T08:00:00"} for n, row in enumerate(_tries(30))]},
        ),
    ),
)
def password_guessing(sign_ins: ir.Table, *, tries: int = 20, minutes: int = 10, hours: int = 24) -> ir.Table:
    """Many passwords were tried on one account.

    Why: guessing that goes on until it opens is a break-in; guessing that does not shows who is wanted.
    False positives: a program with an old password, after a change; from a network the account knows it is low.
    Limits: `tries` in `minutes` are those of facts/detections.tsv SI-03; slower guessing is not seen. A success counts
        when it comes within `hours` from one of the guessing addresses.
    Next: after a success, reset the password and revoke the sessions; else block the source.
    """
    rows = sign_ins.filter(one_of(sign_ins.error_code, WRONG), sign_ins.user.notnull())
    bursts = slots(rows, minutes * 60)
    dense = (
        bursts.group_by("user", "slot").aggregate(count=key_of(bursts).nunique()).filter(lambda t: t["count"] >= tries)
    )
    loud = bursts.semi_join(dense, ["user", "slot"]).select("record_id").distinct()
    rows = with_news(rows.semi_join(loud, "record_id"), sign_ins)
    rows = rows.mutate(
        where=place(rows), known=(rows.new_network == ibis.literal(False)).fill_null(False), key=key_of(rows)
    )
    opened = _opened(rows, sign_ins, hours)
    found = rows.group_by("user").aggregate(
        tries=rows.key.nunique(), places=rows.where.collect(), known=rows.known.all(), **evidence(rows)
    )
    found = found.left_join(opened, "user").mutate(
        places=lambda t: listed(t.places), entered=lambda t: t.opened.fill_null(False)
    )
    return found.select(
        subject=found.user,
        title=said(found, "{tries} wrong passwords were tried on {user}"),
        severity=ibis.cases((found.known, "low"), (found.entered, "high"), else_="medium"),
        reason=lines(
            said(found, "From {places}"), when(found.entered & ~found.known, "Then a sign-in from there succeeded")
        ),
        against=lines(when(found.known, "They came from a network the account has used before")),
        **carried(found),
    )


def _opened(tried: ir.Table, sign_ins: ir.Table, hours: int) -> ir.Table:
    """Users whose account was opened from a guessing address within `hours` after a try."""
    tries = (
        tried.filter(tried.ip.notnull())
        .group_by("user", "ip")
        .aggregate(since=lambda t: t.time.min(), until=lambda t: t.time.max())
    )
    good = sign_ins.filter(sign_ins.error_code == 0).select("user", "ip", "time")
    pairs = tries.inner_join(good, ["user", "ip"])
    late = pairs.time.delta(pairs.until, unit="microsecond") <= hours * HOUR
    return pairs.filter(pairs.time >= pairs.since, late).select("user").distinct().mutate(opened=ibis.literal(True))
