"""many_user_agents: one account signs in as many kinds of device within minutes."""

from __future__ import annotations

from typing import Any

import ibis.expr.types as ir

from kit.detection import Example, detection
from kit.expressions import carried, evidence, lines, listed, said, slots

DEVICES = (
    "Windows NT 10.0; Win64",
    "X11; Ubuntu",
    "Linux; Android 6.0",
    "Macintosh; Intel Mac OS X",
    "iPhone; CPU iPhone OS 17_0",
)


def _as(*devices: str, **more: Any) -> list[dict[str, Any]]:
    row = {"user": "lidia@contoso.example", "ip": "198.18.66.7", "error_code": 0} | more
    return [
        row | {"time": f"2026-03-02T12:02:{n:02}", "user_agent": f"Mozilla/5.0 ({name})"}
        for n, name in enumerate(devices)
    ]


@detection(
    severity="medium",
    family="network",
    attack=("T1078.004",),
    columns={"sign_ins": ("user_agent",)},
    examples=(
        Example("hit", "five kinds of device in five seconds", {"sign_ins": _as(*DEVICES)}, finds=1),
        Example("miss", "three kinds", {"sign_ins": _as(*DEVICES[:3])}),
        Example(
            "miss",
            "five kinds over a day",
            {"sign_ins": [r | {"time": f"2026-03-02T{n + 8:02}:00:00"} for n, r in enumerate(_as(*DEVICES))]},
        ),
        Example(
            "look-alike",
            "one computer, many programs and versions",
            {"sign_ins": _as(*(f"Windows NT 10.0; Win64) Chrome/{n}" for n in range(9)))},
        ),
    ),
)
def many_user_agents(sign_ins: ir.Table, *, kinds: int = 4, minutes: int = 10) -> ir.Table:
    """One account signed in as many kinds of device within minutes, from one address.

    Why: tools that look for a way past the second factor try the account as Windows, Mac, Linux, Android and iPhone.
    False positives: a test of conditional access; rarely a household on one account.
    Limits: only browsers' user agents are told apart. `kinds` and `minutes` are ours, after a public capture of such
        a tool (five kinds in eleven seconds) and the vendors' more than five user agents in five minutes.
    Next: treat the password as known; look at which of the attempts succeeded without a second factor.
    """
    kind = sign_ins.user_agent.lower().re_extract(r"^mozilla/[0-9.]+ \(([^;)]*)", 1).nullif("")
    rows = sign_ins.mutate(kind=kind)
    rows = rows.filter(rows.kind.notnull(), rows.user.notnull(), rows.ip.notnull())
    bursts = slots(rows, minutes * 60)
    dense = (
        bursts.group_by("user", "ip", "slot").aggregate(kinds=bursts.kind.nunique()).filter(lambda t: t.kinds >= kinds)
    )
    loud = bursts.semi_join(dense, ["user", "ip", "slot"]).select("record_id").distinct()
    rows = rows.semi_join(loud, "record_id")
    found = rows.group_by("user", "ip").aggregate(many=rows.kind.nunique(), names=rows.kind.collect(), **evidence(rows))
    found = found.mutate(names=listed(found.names, 8))
    return found.select(
        subject=found.user,
        title=said(found, "{user} signed in as {many} kinds of device within minutes"),
        reason=lines(said(found, "From {ip}, as {names}")),
        **carried(found),
    )
