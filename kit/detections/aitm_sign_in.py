"""aitm_sign_in: a sign-in made by the library of a phishing kit."""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.types as ir

from kit.baseline import place
from kit.detection import Example, detection
from kit.expressions import carried, evidence, lines, listed, one_of, said, when
from kit.known import is_tool, tool

# Second factor asked for, or "stay signed in?" asked: the password was right and the proxy goes on from here.
INTERRUPTED = (50072, 50074, 50076, 50079, 50140, 50158)


def _sign_in(agent: str, **more: Any) -> dict[str, Any]:
    row = {"time": "2026-03-02T08:03:11", "user": "ana@contoso.example", "ip": "198.18.66.7", "error_code": 0}
    return row | {"user_agent": agent, "app": "OfficeHome"} | more


@detection(
    severity="critical",
    family="session",
    attack=("T1557", "T1539"),
    columns={"sign_ins": ("user_agent",)},
    examples=(
        Example("hit", "axios signs in", {"sign_ins": [_sign_in("axios/1.7.9")]}, finds=1, severity="critical"),
        Example(
            "hit",
            "three steps of one sign-in are one finding",
            {"sign_ins": [_sign_in("node", error_code=code) for code in (50074, 50140, 0)]},
            finds=1,
            severity="critical",
        ),
        Example(
            "hit",
            "stopped at the second factor",
            {"sign_ins": [_sign_in("undici", error_code=50074)]},
            finds=1,
            severity="high",
        ),
        Example("miss", "the password was wrong", {"sign_ins": [_sign_in("axios/1.7.9", error_code=50126)]}),
        Example(
            "look-alike",
            "a browser that merely mentions the library",
            {"sign_ins": [_sign_in("Mozilla/5.0 (Nodebook) AppleWebKit/537.36 Chrome/131.0 axios/1.7.9")]},
        ),
        Example("look-alike", "an application, not a user", {"sign_ins": [_sign_in("axios/1.7.9", user=None)]}),
    ),
)
def aitm_sign_in(sign_ins: ir.Table) -> ir.Table:
    """A sign-in was made by the library of a phishing kit.

    Why: adversary-in-the-middle kits pass password and second factor on to Microsoft and keep the session; the
        libraries they are written in sign in under their own names.
    False positives: an in-house Node.js or Go program that signs in as a user.
    Limits: kits that copy the victim's user agent are not seen here; see session_replay and aitm_relay. Needs user
        agents, which some exports leave out. The list is kit/data/user_agents.csv, kind "kit".
    Next: revoke the sessions, then follow the session id into the mailbox.
    """
    rows = sign_ins.filter(sign_ins.user.notnull(), is_tool(sign_ins.user_agent, "kit"))
    rows = rows.filter(one_of(rows.error_code, (0, *INTERRUPTED)))
    rows = rows.mutate(tool=tool(rows.user_agent, "kit"), where=place(rows), app=rows.app.fill_null("an application"))
    found = rows.group_by("user", "tool", "where").aggregate(
        entered=(rows.error_code == 0).any(), apps=rows.app.collect(), agent=rows.user_agent.min(), **evidence(rows)
    )
    found = found.mutate(apps=listed(found.apps))
    return found.select(
        subject=found.user,
        title=said(found, "{user} was signed in by {tool}"),
        severity=ibis.ifelse(found.entered, "critical", "high"),
        reason=lines(
            said(found, "User agent “{agent}”, to {apps}, from {where}"),
            when(found.entered, "The sign-in succeeded"),
            when(~found.entered, "The password was right; the sign-in stopped at the next step"),
        ),
        **carried(found),
    )
