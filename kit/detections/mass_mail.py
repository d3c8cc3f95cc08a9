"""mass_mail: an account mails far more people in an hour than it ever does."""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.types as ir

from kit.detection import Example, detection
from kit.expressions import carried, evidence, lines, said, when


def _burst(count: int, time: str = "2026-03-02T04:2", **more: Any) -> list[dict[str, Any]]:
    return [
        {
            "time": f"{time}{n % 10}:00",
            "id": f"m{time}{n}",
            "sender": "ana@contoso.example",
            "recipient": f"r{n}@mail.example",
        }
        | {"subject": "Payment advice", "outbound": True, "status": "delivered"}
        | more
        for n in range(count)
    ]


def _usual(count: int, days: int = 12, hour: int = 9) -> list[dict[str, Any]]:
    return [row for day in range(days) for row in _burst(count, f"2026-02-{day + 1:02}T{hour:02}:0")]


@detection(
    severity="high",
    family="outbound",
    attack=("T1534",),
    examples=(
        Example(
            "hit",
            "six hundred in ten minutes, after weeks of four",
            {"message_traces": [*_usual(4), *_burst(600)]},
            finds=1,
            severity="high",
        ),
        Example(
            "hit",
            "a hundred and fifty in one hour, nothing before",
            {"message_traces": _burst(150)},
            finds=1,
            severity="medium",
        ),
        Example("miss", "forty colleagues", {"message_traces": _burst(40)}),
        Example("miss", "six hundred come in", {"message_traces": _burst(600, outbound=False)}),
        Example(
            "hit",
            "the newsletter of an account that did so on two days before: low",
            {"message_traces": [*_usual(80, days=2), *_usual(4, hour=11), *_burst(600)]},
            finds=1,
            severity="low",
        ),
        Example(
            "look-alike",
            "a newsletter sender's usual day: ninety, as every day",
            {"message_traces": _usual(90)},
        ),
    ),
)
def mass_mail(
    message_traces: ir.Table,
    *,
    many: int = 100,
    flood: int = 500,
    score: float = 4.5,
    high_score: float = 6.0,
    hours: int = 8,
) -> ir.Table:
    """An account mails far more people in an hour than it ever does.

    Why: a stolen mailbox is used to phish its contacts or to send spam until the service blocks it.
    False positives: newsletters, invitations, mail merges; on accounts that did the same on two earlier days it is low.
    Limits: an hour is a clock hour. `score` and `high_score` are robust z-scores of log(1 + recipients) over the
        account's own active hours (facts/domain.md §3.7: with `many` = 100 flags 0.008 % of benign hours); with fewer
        than `hours` active hours there is no history and only the number counts. `flood` recipients an hour are high
        in any case. The audit log's Send records name no recipients: without a message trace nobody is counted.
    Next: stop the account from sending, collect the message trace, warn the recipients.
    """
    sent = _sent(message_traces)
    reach = sent.group_by("sender", "hour").aggregate(reach=sent.recipient.nunique())
    judged = _judged(reach, many)
    judged = judged.mutate(earlier=_earlier_days(judged), known=judged.active >= hours)
    loud = (judged.reach >= many) & (~judged.known | (judged.z >= score))
    flooding = (judged.reach >= flood) | (judged.known & (judged.z >= high_score) & (judged.reach >= many))
    loud_hours = judged.mutate(flooding=flooding).filter(loud | flooding)
    rows = sent.inner_join(loud_hours, ["sender", "hour"])
    found = _by_day(rows)
    low = found.earlier >= 2
    return found.select(
        subject=found.sender,
        title=said(found, "{sender} mailed {reach} people in a burst"),
        severity=ibis.cases((low, "low"), (found.flooding, "high"), else_="medium"),
        reason=lines(
            said(found, "Up to {most} recipients within an hour; one of the subjects: {line}"),
            when(found.known, said(found, "In a usual hour of its own it mails about {usual}")),
        ),
        against=lines(
            when(low, said(found, "It did the like on {earlier} earlier days")),
            when(~found.known, "The logs hold too little of the account to know what is usual"),
        ),
        **carried(found),
    )


def _by_day(rows: ir.Table) -> ir.Table:
    """One row for the loud hours of a sender in one day."""
    return rows.group_by("sender", "day").aggregate(
        reach=rows.recipient.nunique(),
        most=rows.reach.max(),
        usual=rows.usual.max(),
        known=rows.known.any(),
        flooding=rows.flooding.any(),
        earlier=rows.earlier.max(),
        line=rows.subject.min(),
        **evidence(rows),
    )


def _sent(traces: ir.Table) -> ir.Table:
    """One row a recipient: sender, recipient, hour, subject, time, id, record_id."""
    rows = traces.filter(traces.outbound.fill_null(False), traces.sender.notnull())
    rows = rows.select("sender", "recipient", "subject", "time", "id", "record_id")
    return rows.mutate(hour=rows.time.truncate("h"))


def _judged(reach: ir.Table, many: int) -> ir.Table:
    """Add active (hours), usual (recipients in the median hour), z, day and bulk to every hour of a sender."""
    rows = reach.mutate(level=(reach.reach + 1).ln(), day=reach.hour.truncate("D"), bulk=reach.reach >= many // 2)
    middle = rows.group_by("sender").aggregate(middle=rows.level.median(), active=rows.count())
    rows = rows.inner_join(middle, "sender")
    spread = rows.group_by("sender").aggregate(spread=(rows.level - rows.middle).abs().median())
    rows = rows.inner_join(spread, "sender")
    z = 0.6745 * (rows.level - rows.middle) / ibis.greatest(rows.spread, 0.2)
    return rows.mutate(z=z, usual=(rows.middle.exp() - 1).round(0).cast("int64"))


def _earlier_days(rows: ir.Table) -> ir.IntegerValue:
    """On how many earlier days the sender reached at least half of `many`."""
    before = ibis.window(group_by=rows.sender, order_by=[rows.hour], preceding=(None, 1))
    bulk_days = ibis.ifelse(rows.bulk, rows.day, ibis.null("timestamp(6)"))
    return bulk_days.collect(distinct=True).over(before).length().fill_null(0)
