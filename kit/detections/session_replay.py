"""session_replay: a session or token is used on another network and by another client than it was made for."""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.types as ir

from kit.baseline import is_microsoft, is_rented, network, place
from kit.detection import Example, detection
from kit.expressions import carried, evidence, lines, listed, said, when


def _use(minute: int, ip: str, browser: str | None, os: str | None, **more: Any) -> dict[str, Any]:
    row = {"time": f"2026-03-02T08:{minute:02}:00", "user": "ana@contoso.example", "ip": ip, "error_code": 0}
    where = (
        {"asn": 20473, "country": "US", "network_class": "hosting"}
        if ip.startswith("198.18.")
        else {"asn": 3215, "country": "FR"}
    )
    return row | where | {"browser": browser, "os": os, "session_id": "s1"} | more


@detection(
    severity="high",
    family="session",
    attack=("T1550.004", "T1539"),
    columns={"sign_ins": ("session_id",)},
    examples=(
        Example(
            "hit",
            "made at home in Edge, used from a hosting firm in Chrome on Linux",
            {"sign_ins": [_use(3, "203.0.113.9", "Edge", "Windows"), _use(41, "198.18.71.9", "Chrome", "Linux")]},
            finds=1,
            severity="critical",
        ),
        Example(
            "hit",
            "a token used elsewhere in the same country is high",
            {
                "sign_ins": [
                    _use(3, "203.0.113.9", "Edge", "Windows", session_id=None, token_id="t1"),
                    _use(5, "192.0.2.9", "Chrome", "Windows", session_id=None, token_id="t1", asn=12322),
                ]
            },
            finds=1,
            severity="high",
        ),
        Example(
            "hit",
            "the records came in the wrong order: the rented server is still the second",
            {
                "sign_ins": [
                    _use(41, "198.18.71.9", "Chrome", "Linux", country="FR"),
                    _use(3, "203.0.113.9", "Edge", "Windows"),
                ]
            },
            finds=1,
            severity="critical",
        ),
        Example(
            "hit",
            "made by a kit's library, then used in a browser elsewhere",
            {
                "sign_ins": [
                    _use(3, "192.0.2.9", None, None, user_agent="axios/1.7.9"),
                    _use(41, "198.18.71.9", "Chrome", "Linux"),
                ]
            },
            finds=1,
            severity="critical",
        ),
        Example(
            "miss",
            "another network, the same client",
            {"sign_ins": [_use(3, "203.0.113.9", "Edge", "Windows"), _use(41, "198.18.71.9", "Edge", "Windows")]},
        ),
        Example(
            "miss",
            "two clients on one network",
            {"sign_ins": [_use(3, "203.0.113.9", "Edge", "Windows"), _use(9, "203.0.113.9", "Rich Client", "Windows")]},
        ),
        Example(
            "look-alike",
            "a VPN user's browser and its helper, on one registered device",
            {
                "sign_ins": [
                    _use(3, "203.0.113.9", "Edge", "Windows", device_id="d1"),
                    _use(9, "198.18.71.9", "Rich Client", "Windows", device_id="d1"),
                ]
            },
        ),
        Example(
            "look-alike",
            "Microsoft's own front end continues the session",
            {
                "sign_ins": [
                    _use(3, "203.0.113.9", "Edge", "Windows"),
                    _use(4, "20.190.1.1", "Chrome", "Linux", asn=8075),
                ]
            },
        ),
    ),
)
def session_replay(sign_ins: ir.Table) -> ir.Table:
    """A session or token was used on another network and by another client than it was made for.

    Why: a stolen cookie or token needs neither password nor second factor; that it moved to another client is what
        shows the theft.
    False positives: an unregistered laptop that changes network while browser and Office program share a session.
    Limits: needs session ids (beta sign-ins or the audit log) and a client that is told; a thief who copies the
        owner's browser and system is not seen. What counts as the owner's is the first use in the data: where the logs
        begin after the theft, owner and thief change places.
    Next: revoke the sessions; read what the mailbox records show under this session id.
    """
    good = sign_ins.filter(sign_ins.error_code == 0, sign_ins.user.notnull(), ~is_microsoft(sign_ins))
    told = (good.browser.fill_null("") + " on " + good.os.fill_null("")).nullif(" on ")
    program = good.user_agent.re_extract(r"^([^/ (]+)", 1).nullif("").nullif("Mozilla")  # no browser: axios, Outlook …
    client = told.fill_null(program)
    good = good.mutate(net=network(good), client=client, where=place(good), rented=is_rented(good))
    good = good.filter(good.net.notnull(), good.client.notnull())
    rows = _by(good, "session_id", "session").union(_by(good, "token_id", "token"), distinct=False)
    owned = (
        rows.group_by("kind", "key", "user")
        .order_by("time", "record_id")
        .mutate(
            net_first=rows.net.first(),
            client_first=rows.client.first(),
            place_first=rows.where.first(),
            country_first=rows.country.first(),
            device_first=rows.device_id.first(),
        )
    )
    moved = (owned.net != owned.net_first) & (owned.client != owned.client_first)
    odd = owned.filter(moved, ~(owned.device_id == owned.device_first).fill_null(False))
    odd = odd.mutate(far=odd.rented | (odd.country != odd.country_first).fill_null(False))
    groups = odd.group_by("kind", "key", "user", "client_first", "place_first")
    found = groups.aggregate(
        far=odd.far.any(), places=odd.where.collect(), clients=odd.client.collect(), **evidence(odd)
    )
    found = found.mutate(places=listed(found.places), clients=listed(found.clients))
    return found.select(
        subject=found.user,
        title=said(found, "A {kind} of {user} was used from another network by another client"),
        severity=ibis.ifelse(found.far, "critical", "high"),
        reason=lines(
            said(found, "First used from {place_first} by {client_first}"),
            said(found, "Then from {places} by {clients}"),
            when(found.far, "The second network is a rented server or VPN, or in another country"),
        ),
        **carried(found),
    )


def _by(rows: ir.Table, column: str, kind: str) -> ir.Table:
    """The rows that have the id in `column`, with `kind` and `key`."""
    return rows.filter(rows[column].notnull()).mutate(kind=ibis.literal(kind), key=rows[column])
