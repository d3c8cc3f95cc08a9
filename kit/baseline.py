"""Baselines: what is new for an account, told from the tables themselves.

A network is an autonomous system or, where that is not known, the address's block (/24, or the first four groups of an
IPv6 address). It is **new** for an account when the account first used it at least `learn` days after its own history
begins and at most `fresh` days before the event. So nothing is new in the first days of the logs: where history is
short, a detection that asks for new networks stays silent, or says less, and never guesses.

Microsoft's own unfamiliar-sign-in model learns for at least five days (facts: domain.md §1.7); hence LEARN.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from kit.expressions import DAY

LEARN = 5  # days of history before anything can be new
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
    """The rows with two more columns: `new_network` and `history_days`.

    `new_network` is true when the row's network is new for its `user`, by the successful sign-ins of `sign_ins`, false
    when it is known, NULL when history is too short or the place unknown. `history_days` are the days of sign-ins
    that lie before the row (NULL: none).
    """
    good = sign_ins.filter(sign_ins.error_code == 0, sign_ins.user.notnull())
    starts = good.group_by("user").aggregate(history_start=good.time.min())
    joined = rows.mutate(system_key=_system(rows), block_key=_block(rows))
    joined = joined.left_join(starts, "user").drop("user_right")
    joined = _since(_since(joined, good, "system_key"), good, "block_key")
    first = ibis.coalesce(ibis.least(joined.system_key_since, joined.block_key_since), joined.time)
    history = joined.time.delta(joined.history_start, unit="microsecond")
    learned = first.delta(joined.history_start, unit="microsecond") >= learn * DAY
    recent = joined.time.delta(first, unit="microsecond") <= fresh * DAY
    told = (history >= learn * DAY) & ibis.coalesce(joined.system_key, joined.block_key).notnull()
    return joined.mutate(
        new_network=ibis.ifelse(told.fill_null(False), learned & recent, ibis.null("boolean")),
        history_days=history // DAY,
    ).drop("history_start", "system_key", "block_key", "system_key_since", "block_key_since")


def _system(rows: ir.Table) -> ir.StringValue:
    return "AS" + rows.asn.cast("string")


def _block(rows: ir.Table) -> ir.StringValue:
    return ibis.coalesce(
        rows.ip.re_extract(r"^(\d+\.\d+\.\d+)\.\d+$", 1).nullif(""),
        rows.ip.re_extract(r"^([0-9a-f]*(?::[0-9a-f]*){3})", 1).nullif(""),
    )


def _since(rows: ir.Table, good: ir.Table, key: str) -> ir.Table:
    """Add `<key>_since`: when the row's user first used the row's `key` (system_key or block_key)."""
    value = _system(good) if key == "system_key" else _block(good)
    uses = good.select("user", "time", **{key: value}).filter(value.notnull())
    uses = uses.group_by("user", key).aggregate(**{f"{key}_since": uses.time.min()})
    return rows.left_join(uses, ["user", key]).drop("user_right", f"{key}_right")
