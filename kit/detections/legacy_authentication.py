"""legacy_authentication: a password alone opened the account, by an old protocol."""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.types as ir

from kit.baseline import is_rented, place, with_news
from kit.detection import Example, detection
from kit.expressions import DAY, carried, evidence, lines, listed, one_of, said, when
from kit.known import is_tool

PROTOCOLS = (
    "Authenticated SMTP",
    "Autodiscover",
    "Exchange ActiveSync",
    "Exchange Online PowerShell",
    "Exchange Web Services",
    "IMAP4",
    "MAPI Over HTTP",
    "Offline Address Book",
    "Other clients",
    "POP3",
    "Reporting Web Services",
)


def _sign_in(**more: Any) -> dict[str, Any]:
    row = {"time": "2026-03-02T03:12:00", "user": "reception@contoso.example", "ip": "203.0.113.9", "error_code": 0}
    return row | {"client_app": "IMAP4"} | more


@detection(
    severity="medium",
    family="credential",
    attack=("T1078.004",),
    examples=(
        Example("hit", "IMAP", {"sign_ins": [_sign_in()]}, finds=1, severity="medium"),
        Example(
            "hit", "from a rented server", {"sign_ins": [_sign_in(network_class="hosting")]}, finds=1, severity="high"
        ),
        Example(
            "hit",
            "only the user agent tells it",
            {"sign_ins": [_sign_in(client_app=None, user_agent="BAV2ROPC")]},
            finds=1,
        ),
        Example(
            "hit",
            "the scanner in the office, every day: low",
            {
                "sign_ins": [
                    _sign_in(time=f"2026-02-{day:02}T08:00:00", client_app="Authenticated SMTP") for day in range(1, 15)
                ]
            },
            finds=1,
            severity="low",
        ),
        Example("miss", "refused", {"sign_ins": [_sign_in(error_code=50126)]}),
        Example("miss", "an application's own sign-in", {"sign_ins": [_sign_in(user=None)]}),
        Example(
            "look-alike",
            "Outlook on a computer",
            {"sign_ins": [_sign_in(client_app="Mobile Apps and Desktop clients")]},
        ),
    ),
)
def legacy_authentication(sign_ins: ir.Table, *, habit_days: int = 7) -> ir.Table:
    """A password alone opened the account, by an old protocol.

    Why: old protocols know no second factor: a sprayed or guessed password is enough.
    False positives: scanners and old programs; used for `habit_days` (7, our choice) from one address it is low.
    Limits: client names are as Entra tells them; the audit log tells only the user agent.
    Next: reset the password; block old protocols for the account and, after checking who needs them, for all.
    """
    old = one_of(sign_ins.client_app, PROTOCOLS) | is_tool(sign_ins.user_agent, "legacy")
    rows = sign_ins.filter(sign_ins.error_code == 0, sign_ins.user.notnull(), old)
    rows = with_news(rows, sign_ins)
    rows = rows.mutate(odd=is_rented(rows) | rows.new_network.fill_null(False), where=place(rows))
    rows = rows.mutate(client=rows.client_app.fill_null(rows.user_agent))
    found = rows.group_by("user", "where").aggregate(
        odd=rows.odd.any(), clients=rows.client.collect(), **evidence(rows)
    )
    habit = found.last_seen.delta(found.first_seen, unit="microsecond") >= habit_days * DAY
    found = found.mutate(clients=listed(found.clients), habit=habit & ~found.odd)
    return found.select(
        subject=found.user,
        title=said(found, "{user} was opened with a password alone, by {clients}"),
        severity=ibis.cases((found.odd, "high"), (found.habit, "low"), else_="medium"),
        reason=lines(said(found, "From {where}"), when(found.odd, "The network is rented, or new for the account")),
        against=lines(when(found.habit, "The same place has done so for a week or more")),
        **carried(found),
    )
