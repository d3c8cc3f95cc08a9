"""Baselines: what is new for an account, told from the tables themselves.

A network is an autonomous system or, where that is not known, the address's block (/24, or the first four groups of an
IPv6 address). It is **new** for an account when the account first used it at least `learn` days after its own history
begins and at most `fresh` days before the event. So nothing is new in the first days of the logs: where history is
short, a detection that asks for new networks stays silent, or says less, and never guesses.

Microsoft's own unfamiliar-sign-in model learns for at least five days (facts: domain.md §1.7); LEARN is a whole week,
so that the places of a weekend are among the known ones.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from kit.expressions import DAY

LEARN = 7  # days of history before anything can be new
FRESH = 7  # days for which a network counts as new after its first use


def network(rows: ir.Table) -> ir.StringValue:
    """The network an event came from, as a key; NULL when neither system nor address is known."""
    return ibis.coalesce(_system(rows), _block(rows))


def place(rows: ir.Table) -> ir.StringValue:
    """Where an event came from, in words: address, network and country as far as they are known."""
    return (
        rows.ip.fill_null("an unknown address")
        + (" (" + rows.network + ")").fill_null("")
        + (", " + rows.country).fill_null("")
    )


def is_microsoft(rows: ir.Table) -> ir.BooleanValue:
    """Microsoft's own network (AS 8075 and 2603:1000::/20-like ranges): its front ends, not a client."""
    ours = (rows.network_class == "microsoft").fill_null(False) | (rows.asn == 8075).fill_null(False)
    return ours | rows.ip.startswith("2603:10").fill_null(False)


def is_rented(rows: ir.Table) -> ir.BooleanValue:
    """A hosting provider, VPN or Tor: where servers stand, not people."""
    return rows.network_class.isin(["hosting", "vpn", "tor"]).fill_null(False)


def with_news(rows: ir.Table, sign_ins: ir.Table, *, learn: int = LEARN, fresh: int = FRESH) -> ir.Table:
    """The rows with one more column, `new_network`, by the successful sign-ins of the row's `user`.

    True when the network is new for the user, false when it is known, NULL when history is too short or the place
    unknown.
    """
    good = sign_ins.filter(sign_ins.error_code == 0, sign_ins.user.notnull())
    good = good.select("user", "time", system=_system(good), block=_block(good))
    starts = good.group_by("user").aggregate(start=good.time.min())
    asked = rows.select("record_id", "user", "time", system=_system(rows), block=_block(rows)).distinct()
    asked = asked.left_join(starts, "user").drop("user_right")
    asked = _since(_since(asked, good, "system"), good, "block")
    first = ibis.coalesce(ibis.least(asked.system_since, asked.block_since), asked.time)
    learned = first.delta(asked.start, unit="microsecond") >= learn * DAY
    recent = asked.time.delta(first, unit="microsecond") <= fresh * DAY
    enough = asked.time.delta(asked.start, unit="microsecond") >= learn * DAY
    told = enough.fill_null(False) & ibis.coalesce(asked.system, asked.block).notnull()
    news = asked.select("record_id", new_network=ibis.ifelse(told, learned & recent, ibis.null("boolean")))
    return rows.left_join(news, "record_id").drop("record_id_right")


def _system(rows: ir.Table) -> ir.StringValue:
    return "AS" + rows.asn.cast("string")


def _block(rows: ir.Table) -> ir.StringValue:
    return ibis.coalesce(
        rows.ip.re_extract(r"^(\d+\.\d+\.\d+)\.\d+$", 1).nullif(""),
        rows.ip.re_extract(r"^([0-9a-f]*(?::[0-9a-f]*){3})", 1).nullif(""),
    )


def _since(asked: ir.Table, good: ir.Table, key: str) -> ir.Table:
    """Add `<key>_since`: when the row's user first used the row's system or block."""
    uses = good.filter(good[key].notnull()).group_by("user", key).aggregate(**{f"{key}_since": good.time.min()})
    return asked.left_join(uses, ["user", key]).drop("user_right", f"{key}_right")
