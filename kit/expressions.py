"""What detections are written in: small Ibis expressions with one meaning each.

They are portable: they compile to DuckDB and to Spark and mean the same there. Hence no ordered collect, no negative
array index, windows ordered by (time, record_id), and spans of time as whole microseconds.

    evidence(rows), each(rows)       the columns every finding carries, of many rows or of one
    carried(rows)                    passes on what evidence made
    said(rows, "… {user} …")         text with values of the row in it, made safe to stand on one line
    lines(a, b, …)                   several reasons; those that are NULL are left out
    member(json, key)                one value of a JSON object column, as text
    before(json, key), after(…)      the two halves of a modified property
    by_person(rows), worked(rows)    who acted, and whether it took effect
    domain(address), outside(…)      where mail goes
    slots(rows, seconds)             half-overlapping windows of time
"""

from __future__ import annotations

import re
import string
from collections.abc import Sequence
from typing import Any

import ibis
import ibis.expr.types as ir

SECOND = 1_000_000  # spans of time are whole microseconds
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
LONGEST = 200  # characters of one value quoted in a reason: attackers write these values
STRING = r'"((?:[^"\\]|\\.)*)"'  # a JSON string and what is in it


def evidence(rows: ir.Table) -> dict[str, ir.Scalar]:
    """The aggregates every finding carries: when, and which records. For use in `.aggregate(**evidence(t))`."""
    return {
        "first_seen": rows.time.min(),
        "last_seen": rows.time.max(),
        "event_ids": rows.id.collect(),
        "record_ids": rows.record_id.collect(),
    }


def each(rows: ir.Table) -> dict[str, ir.Value]:
    """The same for findings of one row each. For use in `.select(**each(t))`."""
    return {
        "first_seen": rows.time,
        "last_seen": rows.time,
        "event_ids": ibis.array([rows.id]),
        "record_ids": ibis.array([rows.record_id]),
    }


def carried(rows: ir.Table) -> dict[str, ir.Value]:
    """The columns that `evidence` made, for the select after the aggregate. For use in `.select(**carried(t))`."""
    return {name: rows[name] for name in ("first_seen", "last_seen", "event_ids", "record_ids")}


def one_of(column: ir.Value, values: Sequence[Any]) -> ir.BooleanValue:
    """`column` is one of `values`; false, not NULL, where the column is NULL."""
    return column.isin(list(values)).fill_null(False)


def matches(column: ir.StringValue, pattern: str) -> ir.BooleanValue:
    """`column` holds the regular expression, whatever the case; false, not NULL, where the column is NULL."""
    return column.lower().re_search(pattern).fill_null(False)


def words(column: ir.ArrayValue) -> ir.StringValue:
    """A list of text as one lower-case text, parted by blanks; "" for NULL or an empty list."""
    return column.join(" ").lower().fill_null("")


def said(rows: ir.Table, template: str) -> ir.StringValue:
    """`template` with `{column}` replaced by the row's value ("unknown" for NULL, "(empty)" for nothing but blanks).

    Line breaks inside a value become blanks and long values are cut, so that no value can pose as a reason of its own.
    """
    text = ibis.literal("")
    for literal, column, _, _ in string.Formatter().parse(template):
        text = text + ibis.literal(literal)
        if column:
            value = rows[column].cast("string").fill_null("unknown")
            value = ibis.ifelse(value.strip() == "", "(empty)", value)
            text = text + value.re_replace(r"[\r\n]+", " ").substr(0, LONGEST)
    return text


def lines(*parts: ir.StringValue) -> ir.StringValue:
    """The parts that are not NULL, one a line; "" when all are NULL."""
    text = ibis.literal("")
    for part in parts:
        text = text + (part + "\n").fill_null("")
    return text


def when(condition: ir.BooleanValue, text: Any) -> ir.StringValue:
    """`text` where the condition holds, else NULL. For use in `lines`."""
    return ibis.ifelse(condition.fill_null(False), text, ibis.null("string"))


def listed(values: ir.ArrayValue, most: int = 5) -> ir.StringValue:
    """The first `most` of a collected list in alphabetical order, with commas. Use it one step after the aggregate."""
    return values.unique().sort()[:most].join(", ")


def member(objects: ir.StringValue, key: str) -> ir.StringValue:
    """The text under `key` of a JSON object column; NULL when it is absent, empty or not text.

    A regular expression, not a JSON function: it never fails on a cut-off object, keys may hold dots, and it means the
    same on every engine. A key inside another value cannot match, since quotes are escaped there.
    """
    return _plain(objects.re_extract(f'"{re.escape(key)}"' + r"\s*:\s*" + STRING, 1))


def before(modified: ir.StringValue, key: str) -> ir.StringValue:
    """The old value of a modified property (an object name → [old, new]); NULL when there was none."""
    return _plain(modified.re_extract(f'"{re.escape(key)}"' + r"\s*:\s*\[\s*" + STRING, 1))


def after(modified: ir.StringValue, key: str) -> ir.StringValue:
    """The new value of a modified property (an object name → [old, new]); NULL when there is none."""
    pattern = f'"{re.escape(key)}"' + r"\s*:\s*\[\s*(?:null|" + STRING + r")\s*,\s*" + STRING
    return _plain(modified.re_extract(pattern, 2))


def by_person(rows: ir.Table) -> ir.BooleanValue:
    """A person or an application acted, not Microsoft's own service.

    Of 1,562 Set-Mailbox records in public captures 1,551 were the service's (facts: domain.md §2.2).
    """
    service = rows.is_service.fill_null(False) | rows.user.startswith("nt authority").fill_null(False)
    return ~service


def worked(rows: ir.Table) -> ir.BooleanValue:
    """It took effect, or the record does not say that it failed."""
    return rows.result.fill_null("success") != "failure"


def domain(address: ir.StringValue) -> ir.StringValue:
    """The domain of a mail address or user name, also out of "smtp:a@b" and "Name <a@b>"; NULL when there is none."""
    return address.lower().re_extract(r"@([a-z0-9_.-]*[a-z0-9])[^@]*$", 1).nullif("")


def outside(place: ir.StringValue, *homes: ir.StringValue) -> ir.BooleanValue:
    """The domain `place` is none of `homes` nor below one of them. A domain that only looks alike is outside."""
    inside = ibis.literal(False)
    for home in homes:
        inside = inside | ((place == home) | place.endswith(ibis.literal(".") + home)).fill_null(False)
    return place.notnull() & ~inside


def with_accepted(rows: ir.Table, accepted_domains: ir.Table) -> ir.Table:
    """The rows with `accepted`: every accepted domain of the organisation, none where they were not collected."""
    return rows.cross_join(accepted_domains.aggregate(accepted=accepted_domains.domain.collect()))


def abroad(accepted: ir.ArrayValue, place: ir.StringValue, *homes: ir.StringValue) -> ir.BooleanValue:
    """The domain `place` is outside the organisation, by its accepted domains or, unknown, by `homes`."""
    within = accepted.filter(lambda home: ~outside(place, home)).length().fill_null(0) > 0
    return ibis.ifelse(are_known(accepted), ~within, outside(place, *homes))


def are_known(accepted: ir.ArrayValue) -> ir.BooleanValue:
    """Whether the accepted domains of the organisation were collected."""
    return accepted.length().fill_null(0) > 0


def owner(rows: ir.Table) -> ir.StringValue:
    """The mailbox where it is told as an address, else who acted: Exchange often names mailboxes by id or path."""
    return ibis.ifelse(rows.mailbox.contains("@").fill_null(False), rows.mailbox, rows.user.fill_null(rows.mailbox))


def slots(rows: ir.Table, seconds: int) -> ir.Table:
    """Every row twice, with `slot`: the half-overlapping windows of `seconds` that it lies in.

    A burst no longer than half a window always lies whole within one slot.
    """
    half = seconds // 2
    slot = (rows.time.epoch_seconds() // half).cast("int64")
    return rows.mutate(slot=ibis.array([slot - 1, slot]).unnest())


def key_of(rows: ir.Table) -> ir.StringValue:
    """A key for counting events once: the record's own id or, where it has none, its place in the evidence."""
    return rows.id.fill_null(rows.record_id)


def _plain(text: ir.StringValue) -> ir.StringValue:
    """A JSON string's content without its escapes, NULL when empty. (Other escapes than these stay as they are.)"""
    return text.replace(r"\"", '"').replace(r"\/", "/").replace("\\\\", "\\").nullif("")
