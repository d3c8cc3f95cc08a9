"""attack_tool: a user agent that names an attack tool or a script."""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.types as ir

from kit.baseline import place
from kit.detection import Example, detection
from kit.expressions import carried, evidence, lines, listed, said, when
from kit.known import is_tool, tool


def _sign_in(agent: str, **more: Any) -> dict[str, Any]:
    row = {"time": "2026-03-02T12:26:59", "user": "lidia@contoso.example", "ip": "198.18.66.7", "error_code": 0}
    return row | {"user_agent": agent} | more


@detection(
    severity="high",
    family="network",
    attack=("T1087.004",),
    columns={"sign_ins": ("user_agent",)},
    examples=(
        Example(
            "hit",
            "AzureHound reads the directory",
            {"sign_ins": [_sign_in("azurehound/v2.0.4")]},
            finds=1,
            severity="high",
        ),
        Example(
            "hit",
            "a Python script signs in",
            {"sign_ins": [_sign_in("python-requests/2.28.0")]},
            finds=1,
            severity="low",
        ),
        Example("miss", "the tool was refused", {"sign_ins": [_sign_in("azurehound/v2.0.4", error_code=50126)]}),
        Example("miss", "an application's own sign-in", {"sign_ins": [_sign_in("python-requests/2.28.0", user=None)]}),
        Example(
            "look-alike",
            "a browser on a machine of that name",
            {"sign_ins": [_sign_in("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/131.0 Pythonista")]},
        ),
    ),
)
def attack_tool(sign_ins: ir.Table) -> ir.Table:
    """A sign-in's user agent names an attack tool or a script.

    Why: tools that map a tenant announce themselves unless told not to; scripts seldom sign in as a person.
    False positives: penetration tests; administrators and developers with scripts of their own (low).
    Limits: a user agent is whatever the client says. The list is kit/data/user_agents.csv, kinds "attack", "script".
    Next: ask whether a test was agreed on; if not, the account is in somebody else's hands.
    """
    rows = sign_ins.filter(
        sign_ins.error_code == 0, sign_ins.user.notnull(), is_tool(sign_ins.user_agent, "attack", "script")
    )
    rows = rows.mutate(
        attack=tool(rows.user_agent, "attack"), script=tool(rows.user_agent, "script"), where=place(rows)
    )
    rows = rows.mutate(tool=rows.attack.fill_null(rows.script), grave=rows.attack.notnull())
    groups = rows.group_by("user", "tool", "grave")
    found = groups.aggregate(places=rows.where.collect(), agent=rows.user_agent.min(), **evidence(rows))
    found = found.mutate(places=listed(found.places))
    return found.select(
        subject=found.user,
        title=said(found, "{user} signed in with {tool}"),
        severity=ibis.ifelse(found.grave, "high", "low"),
        reason=lines(said(found, "User agent “{agent}” from {places}")),
        against=lines(when(~found.grave, "Scripts of one's own look the same")),
        **carried(found),
    )
