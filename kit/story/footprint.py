"""The footprint of some accounts: everything the tables hold that they did, or that was done to them, in one place.

The tables may hold a million rows, so they are narrowed here, by Ibis, to the accounts in question and to the columns
that a story needs; whatever comes after works on small pandas frames. Text of records passes through unchanged.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import pandas as pd

from kit.expressions import worked
from kit.table import IBIS_TYPES, TABLES

EVENTS: Mapping[str, str] = {
    "account": "text",
    "source": "text",
    "event_id": "text",
    "record_id": "text",
    "time": "time",
    "user": "text",
    "is_service": "flag",
    "operation": "text",
    "worked": "flag",
    "target": "text",
    "detail": "json",
    "subject": "text",
    "message_id": "text",
    "ip": "text",
    "asn": "whole",
    "network": "text",
    "network_class": "text",
    "country": "text",
    "user_agent": "text",
    "session_id": "text",
    "token_id": "text",
    "device_id": "text",
    "device_trusted": "flag",
    "app_id": "text",
    "app": "text",
    "correlation_id": "text",
    "event_type": "text",
    "error_code": "whole",
    "requirement": "text",
    "protocol": "text",
    "transfer": "text",
    "client_app": "text",
    "mfa_detail": "text",
}
"""Columns of the events frame. `account` is the one the event counts for, `user` who acted, `source` the table;
`operation` is "sign-in" for sign-ins, else the operation or activity; `detail` an object of parameters or changes."""

SAME: tuple[str, ...] = ("record_id", "time", "ip", "asn", "network", "network_class", "country", "user_agent")
"""Columns that sign-ins, audit records and directory audits share, name and meaning."""

ITEMS = ("ip", "network_class", "session_id", "access", "folder", "message_id", "throttled")
TRACES = ("message_id", "recipient", "subject", "status", "ip")
RULES = (
    "rule_name",
    "subject_words",
    "from_addresses",
    "forward_to",
    "move_to_folder",
    "deletes",
    "marks_read",
    "conditions",
    "actions",
)
"""Columns taken from mail_items, message_traces and rule_changes."""

EXPLAINED = r"InboxRule|^Set-|^Add-|^New-|^Remove-|Permission|Delegat|SearchQuery"
"""Operations whose parameters are worth carrying: the rest of the records would only cost memory."""

RANK: Mapping[str, int] = {"sign_ins": 0, "directory_audits": 1, "audit_records": 2}
"""Where one raw record fills several tables, the first of these is kept."""


@dataclass(frozen=True)
class Footprint:
    """What the tables say of some accounts, in pandas frames; every frame has the column `account`.

    events   see EVENTS, by time             crowd    value, user: who else uses its addresses and applications
    items    mail_items of their mailboxes   traces   message_traces they sent
    rules    rule_changes of their mailboxes domains  domains of the tenant
    """

    events: pd.DataFrame
    crowd: pd.DataFrame
    items: pd.DataFrame
    traces: pd.DataFrame
    rules: pd.DataFrame
    domains: frozenset[str]

    def of(self, account: str) -> Footprint:
        """The same for one account, with the same crowd."""
        one = [frame[frame["account"] == account] for frame in (self.events, self.items, self.traces, self.rules)]
        events, items, traces, rules = (frame.reset_index(drop=True) for frame in one)
        return Footprint(events, self.crowd, items, traces, rules, self.domains)


def footprint(tables: Mapping[str, ir.Table], accounts: Sequence[str]) -> Footprint:
    """Everything about `accounts` (user principal names, case-folded); a table that is missing counts as empty."""
    full = {name: tables[name] if name in tables else _empty(name) for name in NEEDED}
    names = _names(full["users"], accounts)
    events = _events(full, names)
    domains = full["accepted_domains"].select("domain").to_pandas()["domain"].dropna()
    return Footprint(
        events=events,
        crowd=_crowd(full, events),
        items=_owned(full["mail_items"], "mailbox", names, ITEMS),
        traces=_owned(full["message_traces"], "sender", names, TRACES),
        rules=_owned(full["rule_changes"], "mailbox", names, RULES),
        domains=frozenset(domains) or frozenset(name.rpartition("@")[2] for name in names),
    )


NEEDED: tuple[str, ...] = (
    "sign_ins",
    "audit_records",
    "directory_audits",
    "mail_items",
    "message_traces",
    "rule_changes",
    "users",
    "accepted_domains",
)


def _names(users: ir.Table, accounts: Sequence[str]) -> dict[str, str]:
    """Every name an account goes by (user name, primary and other addresses) → the account."""
    names = {account: account for account in accounts}
    known = users.filter(users.user.isin(list(accounts))).select("user", "mail", "addresses").to_pandas()
    for row in known.to_dict("records"):
        others = [] if row["addresses"] is None else list(row["addresses"])
        for name in [row["mail"], *others]:
            if isinstance(name, str):
                names.setdefault(name, row["user"])
    return names


def _events(tables: Mapping[str, ir.Table], names: Mapping[str, str]) -> pd.DataFrame:
    audit, directory = tables["audit_records"], tables["directory_audits"]
    rows = [
        _sign_ins(tables["sign_ins"], names),
        _audit(audit, audit.user, names),
        _audit(audit, audit.mailbox, names),
        _directory(directory, directory.actor, names),
        _directory(directory, directory.target, names),
    ]
    events = ibis.union(*rows, distinct=False).to_pandas()
    events["account"] = events["account"].map(names)
    events = events.iloc[events["source"].map(RANK).argsort(kind="stable")]
    # A record that fills two tables, or was found by two names of one account, is one event.
    repeated = events.duplicated(["account", "record_id"]) & events["record_id"].notna()
    return _by_time(events[~repeated], "event_id")


def _sign_ins(rows: ir.Table, names: Mapping[str, str]) -> ir.Table:
    rows = rows.filter(rows.user.isin(list(names)), rows.time.notnull())
    return _shaped(
        rows,
        account=rows.user,
        source=ibis.literal("sign_ins"),
        event_id=rows.id,
        user=rows.user,
        operation=ibis.literal("sign-in"),
        worked=(rows.error_code == 0).fill_null(False),
        target=rows.resource,
        session_id=rows.session_id,
        token_id=rows.token_id,
        device_id=rows.device_id,
        device_trusted=rows.device_managed.fill_null(False) | rows.device_compliant.fill_null(False),
        app_id=rows.app_id,
        app=rows.app,
        correlation_id=rows.correlation_id,
        event_type=rows.event_type,
        error_code=rows.error_code,
        requirement=rows.authentication_requirement,
        protocol=rows.authentication_protocol,
        transfer=rows.transfer_method,
        client_app=rows.client_app,
        mfa_detail=rows.mfa_detail,
    )


def _audit(rows: ir.Table, account: ir.StringValue, names: Mapping[str, str]) -> ir.Table:
    rows = rows.mutate(account=account)
    rows = rows.filter(rows.account.isin(list(names)), rows.time.notnull())
    explained = rows.operation.re_search(EXPLAINED).fill_null(False)
    return _shaped(
        rows,
        account=rows.account,
        source=ibis.literal("audit_records"),
        event_id=rows.id,
        user=rows.user,
        is_service=rows.is_service,
        operation=rows.operation,
        worked=worked(rows),
        target=ibis.coalesce(rows.file, rows.object_id),
        detail=ibis.ifelse(explained, ibis.coalesce(rows.parameters, rows.modified), ibis.null("string")),
        subject=rows.subject,
        message_id=rows.message_id,
        session_id=rows.session_id,
        token_id=rows.token_id,
        app_id=ibis.coalesce(rows.client_app_id, rows.app_id),
        correlation_id=rows.correlation_id,
    )


def _directory(rows: ir.Table, account: ir.StringValue, names: Mapping[str, str]) -> ir.Table:
    rows = rows.mutate(account=account)
    rows = rows.filter(rows.account.isin(list(names)), rows.time.notnull())
    return _shaped(
        rows,
        account=rows.account,
        source=ibis.literal("directory_audits"),
        event_id=rows.id,
        user=ibis.coalesce(rows.actor, rows.actor_app),
        operation=rows.activity,
        worked=(rows.result != "failure").fill_null(True),
        target=rows.target,
        detail=rows.modified,
        session_id=rows.session_id,
        correlation_id=rows.correlation_id,
    )


def _shaped(rows: ir.Table, **known: ir.Value) -> ir.Table:
    """The rows with exactly the columns of EVENTS; those not `known` and not shared by name are NULL."""
    made = {name: rows[name] for name in SAME} | known
    types = {name: IBIS_TYPES[kind] for name, kind in EVENTS.items()}
    return rows.select(
        **{name: made[name].cast(kind) if name in made else ibis.null(kind) for name, kind in types.items()}
    )


def _crowd(tables: Mapping[str, ir.Table], events: pd.DataFrame) -> pd.DataFrame:
    """Who else works from the addresses and with the applications of `events`: columns value, user."""
    known = pd.concat([events["ip"], events["app_id"]]).dropna().unique()
    values = ibis.memtable(pd.DataFrame({"value": known}, dtype="str"), schema={"value": "string"})
    sign_ins, audit = tables["sign_ins"], tables["audit_records"]
    good, done = sign_ins.filter(sign_ins.error_code == 0), audit.filter(worked(audit))
    rows = ibis.union(
        good.select("user", value=good.ip),
        good.select("user", value=good.app_id),
        done.select("user", value=done.ip),
        done.select("user", value=ibis.coalesce(done.client_app_id, done.app_id)),
        distinct=True,
    )
    return rows.filter(rows.user.notnull()).semi_join(values, "value").to_pandas()


def _owned(rows: ir.Table, column: str, names: Mapping[str, str], also: Sequence[str]) -> pd.DataFrame:
    """The rows whose `column` names one of the accounts, with the columns id, time, record_id and `also`."""
    rows = rows.filter(rows[column].isin(list(names)), rows.time.notnull())
    frame = rows.select("id", "time", "record_id", column, *also).to_pandas()
    return _by_time(frame.assign(account=frame[column].map(names).astype("str")), "id")


def _by_time(frame: pd.DataFrame, identity: str) -> pd.DataFrame:
    return frame.sort_values(["time", "record_id", identity], kind="stable").reset_index(drop=True)


def _empty(name: str) -> ir.Table:
    schema = TABLES[name].schema
    return ibis.memtable(pd.DataFrame(columns=list(schema), dtype="object"), schema=schema)
