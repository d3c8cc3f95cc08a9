"""aitm_relay: one user signs in from two networks within seconds, one of them rented."""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.types as ir

from kit.baseline import is_microsoft, is_rented, place, with_news
from kit.detection import Example, detection
from kit.expressions import SECOND, lines, said


def _at(second: int, ip: str, **more: Any) -> dict[str, Any]:
    row = {"time": f"2026-03-02T08:03:{second:02}", "user": "ana@contoso.example", "ip": ip, "error_code": 0}
    where = (
        {"asn": 9009, "network_class": "hosting"}
        if ip.startswith("198.18.")
        else {"asn": 3215, "network_class": "eyeball"}
    )
    return row | where | more


@detection(
    severity="high",
    family="network",
    attack=("T1557",),
    columns={"sign_ins": ("network_class", "asn")},
    examples=(
        Example(
            "hit",
            "home and a hosting firm, eight seconds apart",
            {"sign_ins": [_at(11, "198.18.66.7"), _at(19, "203.0.113.9")]},
            finds=1,
            severity="high",
        ),
        Example("miss", "forty seconds apart", {"sign_ins": [_at(11, "198.18.66.7"), _at(51, "203.0.113.9")]}),
        Example("miss", "one network", {"sign_ins": [_at(11, "198.18.66.7"), _at(19, "198.18.66.8")]}),
        Example(
            "look-alike",
            "home and mobile network: a telephone leaving the house",
            {"sign_ins": [_at(11, "203.0.113.9"), _at(19, "192.0.2.5", asn=20810, network_class="mobile")]},
        ),
        Example(
            "look-alike",
            "a VPN switched on: the same registered device",
            {"sign_ins": [_at(11, "198.18.66.7", device_id="d1"), _at(19, "203.0.113.9", device_id="d1")]},
        ),
        Example(
            "look-alike",
            "the firm's own exit in a data centre, in use for weeks",
            {
                "sign_ins": [
                    *(_at(0, "198.18.66.7") | {"time": f"2026-02-{day:02}T08:00:00"} for day in range(1, 20)),
                    _at(11, "198.18.66.7"),
                    _at(19, "203.0.113.9"),
                ]
            },
        ),
    ),
)
def aitm_relay(sign_ins: ir.Table, *, seconds: int = 30) -> ir.Table:
    """One user signed in from two networks within seconds, one of them rented.

    Why: a phishing proxy signs in from its server at the moment when the victim signs in at home.
    False positives: a VPN or cloud PC in first use; dual-stack lines whose two halves belong to two networks.
    Limits: needs the network's class, so addresses nobody could look up are not compared. A rented network that the
        account has used for longer than a week is taken for its own. `seconds` is the figure of a public analysis tool
        (facts/domain.md §2.3).
    Next: compare user agents and session ids of the two; revoke the sessions when the owner knows only one.
    """
    good = sign_ins.filter(
        sign_ins.error_code == 0, sign_ins.user.notnull(), sign_ins.asn.notnull(), ~is_microsoft(sign_ins)
    )
    known = with_news(good, sign_ins)
    rows = known.mutate(odd=is_rented(known) & known.new_network.fill_null(True), where=place(known)).distinct()
    order = ibis.window(group_by=rows.user, order_by=[rows.time, rows.record_id])
    earlier = {f"{name}_before": rows[name].lag().over(order) for name in _COMPARED}
    pairs = rows.mutate(**earlier)
    close = pairs.time.delta(pairs.time_before, unit="microsecond") <= seconds * SECOND
    same_device = (pairs.device_id == pairs.device_id_before).fill_null(False)
    pairs = pairs.filter(close, pairs.asn != pairs.asn_before, pairs.odd | pairs.odd_before, ~same_device)
    pairs = pairs.mutate(rented=ibis.ifelse(pairs.odd, pairs.ip, pairs.ip_before))
    turn = ibis.window(group_by=[pairs.user, pairs.rented], order_by=[pairs.time, pairs.record_id])
    first = pairs.mutate(turn=ibis.row_number().over(turn)).filter(lambda t: t.turn == 0)
    return first.select(
        subject=first.user,
        title=said(first, "{user} signed in from two networks at once"),
        reason=lines(
            said(first, "From {where_before} and within seconds from {where}"),
            said(first, "{rented} is a rented server or VPN"),
        ),
        first_seen=first.time_before,
        last_seen=first.time,
        event_ids=ibis.array([first.id_before, first.id]),
        record_ids=ibis.array([first.record_id_before, first.record_id]),
    )


_COMPARED = ("time", "id", "record_id", "asn", "ip", "where", "odd", "device_id")
