"""device_code_sign_in: a sign-in completed with a code typed on another device."""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.types as ir

from kit.baseline import place
from kit.detection import Example, detection
from kit.expressions import DAY, carried, evidence, lines, listed, one_of, said, when
from kit.known import BROKER, RESOURCES


def _code(**more: Any) -> dict[str, Any]:
    row = {"time": "2026-03-02T15:49:00", "user": "ana@contoso.example", "ip": "198.18.90.4", "error_code": 0}
    return (
        row
        | {
            "authentication_protocol": "deviceCode",
            "app": "Azure CLI",
            "app_id": "04b07795-8ddb-461a-bbee-02f9e1bf7b46",
        }
        | more
    )


@detection(
    severity="high",
    family="session",
    attack=("T1566.002", "T1528"),
    columns={"sign_ins": ("authentication_protocol",)},
    examples=(
        Example(
            "hit",
            "the broker fetches a token for Graph",
            {"sign_ins": [_code(app_id=BROKER, app="Microsoft Authentication Broker", resource="Microsoft Graph")]},
            finds=1,
            severity="critical",
        ),
        Example(
            "hit",
            "only the transfer method tells it",
            {"sign_ins": [_code(authentication_protocol="oAuth2", transfer_method="deviceCodeFlow")]},
            finds=1,
            severity="medium",
        ),
        Example("miss", "the code was never confirmed", {"sign_ins": [_code(error_code=50199)]}),
        Example(
            "miss", "another flow", {"sign_ins": [_code(authentication_protocol="oAuth2", transfer_method="none")]}
        ),
        Example(
            "look-alike",
            "a registered device signs in by itself: no code was typed",
            {"sign_ins": [_code(authentication_protocol="none")]},
        ),
        Example(
            "hit",
            "the same account and application used codes a month before",
            {"sign_ins": [_code(time="2026-02-01T10:00:00"), _code()]},
            finds=1,
            severity="low",
        ),
    ),
)
def device_code_sign_in(sign_ins: ir.Table, *, habit_days: int = 7) -> ir.Table:
    """A sign-in was completed with a code typed on another device.

    Why: the attacker sends a code; whoever types it on Microsoft's own page signs the attacker in, second factor too.
    False positives: command lines, meeting-room devices, televisions.
    Limits: needs the authentication protocol, which only beta sign-ins and Log Analytics carry. One who has used codes
        with the application for more than `habit_days` (our choice) is taken for a habitual user.
    Next: ask the user who sent the code; revoke the sessions; look for a device registered minutes later.
    """
    marked = (sign_ins.authentication_protocol == "deviceCode").fill_null(False)
    carried_on = (sign_ins.transfer_method == "deviceCodeFlow").fill_null(False)
    rows = sign_ins.filter(marked | carried_on, sign_ins.error_code == 0, sign_ins.user.notnull())
    wanted = one_of(rows.resource_id, list(RESOURCES)) | one_of(rows.resource, list(RESOURCES.values()))
    rows = rows.mutate(
        where=place(rows), grave=one_of(rows.app_id, [BROKER]) & wanted, app=rows.app.fill_null(rows.app_id)
    )
    groups = rows.group_by("user", "app")
    found = groups.aggregate(grave=rows.grave.any(), places=rows.where.collect(), **evidence(rows))
    span = found.last_seen.delta(found.first_seen, unit="microsecond")
    found = found.mutate(places=listed(found.places), habit=span >= habit_days * DAY)
    return found.select(
        subject=found.user,
        title=said(found, "{user} signed in to {app} by device code"),
        severity=ibis.cases((found.grave, "critical"), (found.habit, "low"), else_="medium"),
        reason=lines(
            said(found, "From {places}"),
            when(found.grave, "The authentication broker fetched a token with which a device can be registered"),
        ),
        against=lines(when(found.habit, "This account has used device codes with this application before")),
        **carried(found),
    )
