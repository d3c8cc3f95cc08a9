"""Small cases for the tests of verdict and story: rows by the vocabulary, in a DuckDB of their own, and findings.

Rows name only the columns that matter. Every case is one account of contoso.example with a month of ordinary work
before the incident, unless it says otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from kit.finding import Finding, finding_id
from kit.story.footprint import NEEDED
from kit.table import TABLES

Row = dict[str, Any]
Rows = dict[str, list[Row]]

ANA = "ana@contoso.example"
HOME = {"ip": "203.0.113.9", "asn": 3215, "network": "Orange", "network_class": "eyeball", "country": "FR"}
RELAY = {"ip": "198.18.66.7", "asn": 9009, "network": "M247", "network_class": "hosting", "country": "NL"}
SERVER = {"ip": "198.18.71.9", "asn": 20473, "network": "Vultr", "network_class": "hosting", "country": "US"}
START = datetime(2026, 10, 1, 8, tzinfo=UTC)
T0 = datetime(2026, 11, 2, 8, 3, 11, tzinfo=UTC)
EDGE, CHROME = "Mozilla/5.0 (Windows NT 10.0) Edg/131.0", "Mozilla/5.0 (X11; Linux x86_64) Chrome/131.0"


def at(minutes: float, start: datetime = T0) -> datetime:
    """So many minutes after `start`, which is T0 of the case unless given."""
    return start + timedelta(minutes=minutes)


def tables_of(rows: Mapping[str, Sequence[Row]]) -> dict[str, ir.Table]:
    """The tables a story needs in a fresh DuckDB, holding the rows given; those without rows are empty."""
    connection = ibis.duckdb.connect()
    tables = {}
    for name in (*NEEDED, *set(rows).difference(NEEDED)):
        table = TABLES[name]
        schema = ibis.schema(table.schema).to_pyarrow()
        full = [table.complete({key: _naive(value) for key, value in row.items()}) for row in rows.get(name, ())]
        connection.con.register(name, pa.Table.from_pylist(full, schema=schema))
        tables[name] = connection.table(name)
    return tables


def _naive(value: Any) -> Any:
    return value.replace(tzinfo=None) if isinstance(value, datetime) else value


def numbered(rows: Iterable[Row], prefix: str, file: int) -> list[Row]:
    """The rows with `id` and `record_id`, where they have none."""
    return [{"id": f"{prefix}{n}", "record_id": f"{file:04}:{n}"} | row for n, row in enumerate(rows, start=1)]


def ordinary(user: str = ANA, days: int = 32, place: Mapping[str, Any] = HOME) -> Rows:
    """`days` of ordinary work before T0: two sign-ins and one access to mail a day, at home, with one device."""
    client = {"user": user, "user_agent": EDGE, "device_id": f"pc-of-{user}", "app": "Outlook", **place}
    short = user.partition("@")[0]
    since = T0 - timedelta(days=days)
    sign_ins, audit, items = [], [], []
    for day in range(days):
        morning = since + timedelta(days=day)
        session = f"owner-{short}-{day // 7}"
        good = {"error_code": 0, "event_type": "interactiveUser", "session_id": session, **client}
        sign_ins += [good | {"time": morning}, good | {"time": morning + timedelta(hours=4)}]
        access = {"operation": "MailItemsAccessed", "workload": "Exchange", "user": user, "mailbox": user}
        audit.append(access | {"time": morning + timedelta(minutes=5), "session_id": session, **place})
    sign_ins = numbered(sign_ins, f"s-{short}-", 1)
    audit = numbered(audit, f"a-{short}-", 2)
    for row in sign_ins + audit:
        row["record_id"] += f"-{short}"
    items = [item(row, f"<own-{row['id']}>") for row in audit]
    return {"sign_ins": sign_ins, "audit_records": audit, "mail_items": items}


def item(record: Row, message: str | None, folder: str = "\\Inbox", access: str = "Bind") -> Row:
    """A row of mail_items that one access record names."""
    kept = ("id", "record_id", "time", "mailbox", "user", "session_id", *HOME)
    same = {name: record[name] for name in kept if name in record}
    return same | {"folder": folder, "message_id": message, "access": access, "throttled": False}


def merged(*cases: Rows) -> Rows:
    """All rows of several cases."""
    return {name: [row for case in cases for row in case.get(name, [])] for name in {n for c in cases for n in c}}


def finding(name: str, family: str, severity: str, rows: Sequence[Row], subject: str = ANA, **more: Any) -> Finding:
    """A finding about `subject` that points at the rows."""
    events = tuple(sorted(row["id"] for row in rows))
    known: dict[str, Any] = {
        "id": finding_id(name, subject, events),
        "detection": name,
        "title": name.replace("_", " "),
        "severity": severity,
        "claimed": severity,
        "family": family,
        "attack": (),
        "subject": subject,
        "first_seen": min((row["time"] for row in rows), default=None),
        "last_seen": max((row["time"] for row in rows), default=None),
        "event_ids": events,
        "record_ids": tuple(sorted(row["record_id"] for row in rows)),
        "reasons": ("because",),
        "against": (),
        "next_step": "look",
    }
    return Finding(**(known | more))


def relayed() -> tuple[Rows, list[Finding]]:
    """AiTM: relay sign-in, session used from a server, mail read, rule, method, deletion, fraud mail, containment."""
    relay = {"user": ANA, "user_agent": "axios/1.7.9", "app": "OfficeHome", "session_id": "s1", **RELAY}
    relay |= {"app_id": "4765445b-32c6-49b0-83e6-1d93765276ca", "correlation_id": "c1", "event_type": "interactiveUser"}
    web = {"user": ANA, "session_id": "s1", "token_id": "t1", **SERVER}
    sign_ins = [relay | {"time": at(n / 60), "error_code": code} for n, code in enumerate((50074, 50140, 0))]
    sign_ins.append({"user": ANA, "user_agent": EDGE, "error_code": 0, "time": at(0.2), "session_id": "s1", **HOME})
    replay = web | {"user_agent": CHROME, "app": "Outlook Web", "event_type": "nonInteractiveUser", "error_code": 0}
    sign_ins += [replay | {"time": at(38 + n)} for n in range(4)]
    exchange = web | {"workload": "Exchange", "mailbox": ANA}
    reads = [exchange | {"operation": "MailItemsAccessed", "time": at(45 + n)} for n in range(38)]
    # One more carries the token and no session, through Microsoft's own front end.
    through = {"ip": "20.190.1.2", "asn": 8075, "network_class": "microsoft", "session_id": None}
    reads.append(exchange | {"operation": "MailItemsAccessed", "time": at(84)} | through)
    rule = exchange | {"operation": "New-InboxRule", "time": at(81), "token_id": None}
    gone = exchange | {"operation": "HardDelete", "time": at(90), "subject": "Security info was added"}
    send = exchange | {"operation": "Send", "time": at(2999), "message_id": "<re-1>", "session_id": "s2"}
    audit = numbered([*reads, rule, gone, send], "u", 12)
    method = {"activity": "User registered security info", "actor": ANA, "target": ANA, "time": at(88), **SERVER}
    reset = {"activity": "Disable account", "actor": "it@contoso.example", "target": ANA, "time": at(6000), **HOME}
    traces = [
        {"sender": ANA, "recipient": f"p{n}@customer.example", "message_id": "<re-1>", "subject": "Re: invoice",
         "status": "delivered", "ip": SERVER["ip"], "time": at(3000), "outbound": True}
        for n in range(3)
    ]  # fmt: skip
    rows: Rows = {
        "sign_ins": numbered(sign_ins, "i", 11),
        "audit_records": audit,
        "directory_audits": numbered([method, reset], "d", 13),
        "message_traces": numbered(traces, "m", 14),
        "accepted_domains": [{"domain": "contoso.example", "record_id": "0015:1"}],
        "mail_items": [item(row, f"<m{n}-{k}>") for n, row in enumerate(audit[:39]) for k in range(10)],
        "rule_changes": [
            {key: audit[39][key] for key in ("id", "record_id", "time", "mailbox", "user", "ip", "operation")}
            | {"rule_name": "..", "subject_words": ["invoice"], "move_to_folder": "RSS Feeds", "marks_read": True}
        ],
    }
    signed = rows["sign_ins"]
    found = [
        finding("session_replay", "session", "high", [signed[2], signed[3], signed[4]]),
        finding("suspicious_inbox_rule", "mailbox", "high", [audit[39]]),
        finding("new_authentication_method", "persistence", "medium", rows["directory_audits"][:1]),
    ]
    return merged(ordinary(), rows), found


def spammed() -> tuple[Rows, list[Finding]]:
    """A spam run: one sign-in from a new country without a second factor, forwarding set, 480 recipients."""
    place = {"ip": "198.18.40.1", "asn": 37148, "network": "Globacom", "network_class": "mobile", "country": "NG"}
    sign_in = {"user": ANA, "error_code": 0, "event_type": "interactiveUser", "time": at(0), "session_id": "n1"}
    sign_in |= {"authentication_requirement": "singleFactorAuthentication", "user_agent": CHROME, **place}
    forward = {"operation": "Set-Mailbox", "user": ANA, "mailbox": ANA, "time": at(2), **place}
    forward |= {"parameters": '{"ForwardingSmtpAddress": "smtp:x@evil.example"}'}
    spam = {"sender": ANA, "subject": "Payment advice", "ip": place["ip"]}
    traces = [
        spam
        | {"time": at(10 + n / 12), "message_id": f"<spam-{n // 40}>", "recipient": f"p{n}@x{n % 7}.example"}
        | {"status": "failed" if n % 3 == 0 else "delivered"}
        for n in range(480)
    ]
    rows: Rows = {
        "sign_ins": numbered([sign_in], "i", 21),
        "audit_records": numbered([forward], "u", 22),
        "message_traces": numbered(traces, "m", 23),
    }
    found = [
        finding("external_forwarding", "mailbox", "high", rows["audit_records"]),
        finding("mass_mail", "outbound", "high", rows["message_traces"]),
    ]
    return merged(ordinary(), rows), found
