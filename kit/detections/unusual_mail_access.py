"""unusual_mail_access: mail is read by a client, application or place the mailbox does not know."""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.types as ir

from kit.baseline import LEARN, is_microsoft, is_rented, place, with_news
from kit.detection import Example, detection
from kit.expressions import DAY, carried, evidence, lines, listed, matches, one_of, said, when
from kit.known import MAIL_APPS

HOME = [
    {"time": f"2026-02-{day:02}T08:00:00", "user": "ana@contoso.example", "ip": "203.0.113.9", "error_code": 0}
    for day in range(1, 25)
]


def _read(**more: Any) -> dict[str, Any]:
    row = {
        "time": "2026-03-02T08:47:00",
        "mailbox": "ana@contoso.example",
        "user": "ana@contoso.example",
        "access": "Bind",
    }
    return (
        row
        | {"ip": "203.0.113.9", "client_info": "Client=OWA;Action=ViaProxy", "folder": "\\Inbox", "message_id": "<1@x>"}
        | more
    )


@detection(
    severity="high",
    family="collection",
    attack=("T1114.002",),
    examples=(
        Example(
            "hit",
            "opened from a rented server",
            {"mail_items": [_read(network_class="hosting", ip="198.18.71.9")]},
            finds=1,
            severity="high",
        ),
        Example(
            "hit",
            "a whole folder goes to a place new for the owner",
            {"mail_items": [_read(access="Sync", ip="192.0.2.77", message_id=None)], "sign_ins": HOME},
            finds=1,
            severity="high",
        ),
        Example(
            "hit",
            "an application that is not Microsoft's reads by Graph",
            {"mail_items": [_read(client_info="Client=REST;;", app_id="5a95e683-08ad-424e-a441-1d1aec52c02c")]},
            finds=1,
            severity="medium",
        ),
        Example(
            "hit",
            "a traveller's telephone opens mail abroad: low",
            {"mail_items": [_read(ip="192.0.2.77")], "sign_ins": HOME},
            finds=1,
            severity="low",
        ),
        Example("miss", "at home in the browser", {"mail_items": [_read()], "sign_ins": HOME}),
        Example(
            "miss", "a first Sync at home: a new computer", {"mail_items": [_read(access="Sync")], "sign_ins": HOME}
        ),
        Example(
            "look-alike",
            "Microsoft's own background reading",
            {
                "mail_items": [
                    _read(ip="2603:10a6:20b:6a::5", client_info="Client=REST;Client=RESTSystem;;", app_id="x")
                ]
            },
        ),
        Example(
            "look-alike",
            "an archive product that has read for a month",
            {
                "mail_items": [
                    _read(
                        time=f"2026-02-{day:02}T02:00:00",
                        client_info="Client=WebServices;ExchangeWebServices",
                        app_id="archive",
                    )
                    for day in range(1, 28)
                ]
            },
        ),
    ),
)
def unusual_mail_access(
    mail_items: ir.Table, sign_ins: ir.Table = None, *, habit_days: int = 14, burst: int = 100
) -> ir.Table:
    """Mail was read by an application, or from a place, that the mailbox does not know.

    Why: reading is what the account was taken for; it also sets what must be reported as exposed.
    False positives: travel (low), a new computer in a new place, a new add-in, migration and backup products.
    Limits: records show access by a session, never that somebody read. Absent records prove nothing: licences differ
        and busy mailboxes are throttled. An application that reads from the beginning of the records on, for
        `habit_days` (14, as in the vendors' rules), is taken for a habit; `burst` (100 items, ditto) only adds a
        reason. "New place" needs a week of sign-ins.
    Next: list what this session opened; treat a synchronised folder as taken whole.
    """
    person = mail_items.filter(~matches(mail_items.client_info, "restsystem"), ~is_microsoft(mail_items))
    rows = with_news(person.mutate(where=place(person), rented=is_rented(person)), sign_ins)
    rows = _with_clients(rows).mutate(new=rows.new_network.fill_null(False))
    rows = rows.mutate(
        alien=rows.foreign & ~_habitual(rows, habit_days), whole=(rows.access == "Sync").fill_null(False)
    )
    rows = rows.filter(rows.rented | rows.new | rows.alien, rows.mailbox.notnull())
    found = _by_place(rows)
    grave = found.taken | found.rented
    return found.select(
        subject=found.mailbox,
        title=said(found, "Mail of {mailbox} was accessed in an unusual way"),
        severity=ibis.cases((grave, "high"), (found.alien, "medium"), else_="low"),
        reason=lines(
            said(found, "{messages} messages in {folders}, from {where}, by {clients}"),
            when(found.rented, "The address is a rented server or VPN"),
            when(found.new, "The network is new for the account"),
            when(
                found.alien,
                said(found, "The application {app} is not one of Microsoft's mail clients, and is new here"),
            ),
            when(found.whole, "Whole folders were synchronised: everything in them counts as taken"),
            when(found.messages >= burst, f"At least {burst} messages"),
            when(found.throttled, "Records are missing: the service stopped recording for a while"),
        ),
        **carried(found),
    )


def _by_place(rows: ir.Table) -> ir.Table:
    """One row for all that was opened in a mailbox from one place (and by one application, where it is strange)."""
    rows = rows.mutate(app=ibis.ifelse(rows.alien, rows.app, ibis.null("string")))
    found = rows.group_by("mailbox", "where", "app").aggregate(
        clients=rows.client.collect(),
        rented=rows.rented.any(),
        new=rows.new.any(),
        alien=rows.alien.any(),
        whole=rows.whole.any(),
        throttled=rows.throttled.any(),
        messages=rows.message_id.nunique(),
        folders=rows.folder.collect(),
        **evidence(rows),
    )
    return found.mutate(
        folders=listed(found.folders), clients=listed(found.clients), taken=found.whole & (found.rented | found.new)
    )


def _with_clients(rows: ir.Table) -> ir.Table:
    """Add client, app, `foreign` (a named application that is not a mail client of Microsoft's) and when it came."""
    reads_by_api = matches(rows.client_info, "client=(rest|webservices|graph)")
    rows = rows.mutate(
        client=rows.client_info.re_extract(r"^(?:Client=)?([^;]*)", 1).nullif("").fill_null("an unknown client"),
        app=rows.app_id.fill_null("none named"),
        foreign=rows.app_id.notnull() & reads_by_api & ~one_of(rows.app_id, list(MAIL_APPS)),
    )
    first = rows.group_by("mailbox").aggregate(mailbox_first=rows.time.min())
    uses = rows.group_by("mailbox", "app").aggregate(app_first=rows.time.min(), app_last=rows.time.max())
    rows = rows.left_join(first, "mailbox").drop("mailbox_right")
    return rows.left_join(uses, ["mailbox", "app"]).drop("mailbox_right", "app_right")


def _habitual(rows: ir.Table, habit_days: int) -> ir.BooleanValue:
    """The application was there when the mailbox's records begin, and stayed: one that came later is new for good."""
    from_start = rows.app_first.delta(rows.mailbox_first, unit="microsecond") < LEARN * DAY
    return (from_start & (rows.app_last.delta(rows.app_first, unit="microsecond") >= habit_days * DAY)).fill_null(False)
