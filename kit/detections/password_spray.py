"""password_spray: one source tries a few passwords on many accounts."""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.types as ir

from kit.detection import Example, detection
from kit.expressions import carried, evidence, key_of, lines, listed, one_of, said, slots, when

FAILED = (50126, 50053, 50055, 50056, 50034)  # wrong password, locked, expired, none set, no such user
# The password was right, whatever stopped the sign-in after it: second factor, policy, expiry, disabled account.
PASSWORD_RIGHT = (
    0,
    50055,
    50057,
    50072,
    50074,
    50076,
    50079,
    50105,
    50133,
    50140,
    50144,
    50158,
    53000,
    53001,
    53003,
    530032,
)


def _tries(count: int, ip: str = "198.18.80.1", **more: Any) -> list[dict[str, Any]]:
    rows = [
        {"time": f"2026-03-02T01:00:{n:02}", "user": f"u{n}@contoso.example", "ip": ip, "error_code": 50126}
        for n in range(count)
    ]
    return [row | more for row in rows]


@detection(
    severity="high",
    family="credential",
    attack=("T1110.003",),
    examples=(
        Example("hit", "seven accounts fail in seconds", {"sign_ins": _tries(7)}, finds=1, severity="medium"),
        Example(
            "hit",
            "one of them opens",
            {
                "sign_ins": [
                    *_tries(7),
                    {
                        "time": "2026-03-02T01:02:00",
                        "user": "u9@contoso.example",
                        "ip": "198.18.80.1",
                        "error_code": 50076,
                    },
                ]
            },
            finds=2,
        ),
        Example(
            "hit",
            "three tries on each of six accounts, the most that is still a spray",
            {"sign_ins": _tries(6) * 3},
            finds=1,
        ),
        Example("miss", "four tries on each of six accounts: guessing", {"sign_ins": _tries(6) * 4}),
        Example("miss", "four accounts only", {"sign_ins": _tries(4)}),
        Example(
            "miss",
            "seven accounts, one an hour",
            {"sign_ins": [row | {"time": f"2026-03-02T{n:02}:00:00"} for n, row in enumerate(_tries(7))]},
        ),
        Example(
            "look-alike",
            "the office's address on the morning after passwords expired: more get in than fail",
            {
                "sign_ins": [
                    *_tries(6, ip="203.0.113.9"),
                    *(
                        row | {"user": f"v{n}@contoso.example", "error_code": 0}
                        for n, row in enumerate(_tries(8, ip="203.0.113.9"))
                    ),
                ]
            },
        ),
        Example(
            "look-alike",
            "a telephone with an old password: one account, many tries",
            {"sign_ins": _tries(40, user="ana@contoso.example")},
        ),
    ),
)
def password_spray(sign_ins: ir.Table, *, users: int = 5, minutes: int = 30, tries: float = 3.0) -> ir.Table:
    """One source tries a few passwords on many accounts.

    Why: it stays below every lock-out and only needs one weak password. An account that opened, or was stopped only
        after its password, is a finding of its own.
    False positives: an office or VPN address on the day after passwords expired (left out when more accounts get in
        than fail); penetration tests.
    Limits: a spray spread over many addresses stays below `users` per address. `users` and `minutes` are in the range
        of the vendors' rules (facts/domain.md §2.3: 5 to 15 accounts in 20 to 30 minutes), `tries` per account is ours.
    Next: reset the password of every account that opened or was stopped after its password; block the source.
    """
    known = sign_ins.filter(sign_ins.ip.notnull(), sign_ins.user.notnull())
    known = known.mutate(failed=one_of(known.error_code, FAILED), right=one_of(known.error_code, PASSWORD_RIGHT))
    sources = _sources(known, users, minutes, tries)
    rows = known.inner_join(sources, "ip")
    inside = (rows.time >= rows.starts) & (rows.time <= rows.ends)
    failed = rows.filter(rows.failed, inside)
    sprayed = failed.group_by("ip").aggregate(
        accounts=failed.user.nunique(), names=failed.user.collect(), **evidence(failed)
    )
    sprayed = sprayed.mutate(some=listed(sprayed.names))
    late = rows.ends + ibis.interval(minutes=minutes)
    opened = rows.filter(rows.right, (rows.time >= rows.starts) & (rows.time <= late))
    opened = opened.group_by("ip", "user").aggregate(entered=(opened.error_code == 0).any(), **evidence(opened))
    return _attempts(sprayed).union(_entries(opened), distinct=False)


def _sources(known: ir.Table, users: int, minutes: int, tries: float) -> ir.Table:
    """Addresses that sprayed, with when their spraying slots start and end."""
    failed = slots(known.filter(known.failed), minutes * 60)
    each_slot = failed.group_by("ip", "slot").aggregate(
        accounts=failed.user.nunique(),
        events=key_of(failed).nunique(),
        starts=failed.time.min(),
        ends=failed.time.max(),
    )
    dense = each_slot.filter(each_slot.accounts >= users, each_slot.events <= each_slot.accounts * tries)
    good = known.filter(known.error_code == 0).group_by("ip").aggregate(fine=lambda t: t.user.nunique())
    found = dense.group_by("ip").aggregate(starts=dense.starts.min(), ends=dense.ends.max(), most=dense.accounts.max())
    found = found.left_join(good, "ip").drop("ip_right")
    return found.filter(found.fine.fill_null(0) < found.most).select("ip", "starts", "ends")


def _attempts(rows: ir.Table) -> ir.Table:
    return rows.select(
        subject=rows.ip,
        title=said(rows, "{ip} tried passwords on {accounts} accounts"),
        severity=ibis.literal("medium"),
        reason=lines(said(rows, "{accounts} accounts failed from this one address: {some} …")),
        **carried(rows),
    )


def _entries(rows: ir.Table) -> ir.Table:
    return rows.select(
        subject=rows.user,
        title=said(rows, "The password of {user} was right in a spray from {ip}"),
        severity=ibis.literal("high"),
        reason=lines(
            when(rows.entered, "The sign-in succeeded"),
            when(~rows.entered, "The password was right; a second factor, policy or lock stopped the sign-in"),
        ),
        **carried(rows),
    )
