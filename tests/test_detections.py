"""The laws every detection keeps, and the runner that asks them. Examples inside the detections are run here."""

from __future__ import annotations

import functools
import itertools
import random
import re
from datetime import UTC, datetime
from typing import Any

import ibis
import ibis.expr.types as ir
import pandas as pd
import pyarrow as pa
import pytest

from kit.baseline import with_news
from kit.detection import DETECTIONS, FAMILIES, SECTIONS, SEVERITIES, Detection, Example, Refined, detection
from kit.errors import InputError, SchemaError
from kit.expressions import after, before, domain, each, lines, member, outside, said
from kit.finding import Finding, Findings, ask, finding_id, findings_of, readiness, run
from kit.table import TABLES

NAMES = list(DETECTIONS)
EXAMPLES = [(name, number) for name in NAMES for number in range(len(DETECTIONS[name].examples))]
HITS = [(name, number) for name, number in EXAMPLES if DETECTIONS[name].examples[number].kind == "hit"]


def label(case: Any) -> str:
    name, number = case
    return f"{name}-{number + 1}-{DETECTIONS[name].examples[number].kind}"


@pytest.fixture(scope="module")
def engine():
    connection = ibis.duckdb.connect()
    yield connection
    connection.disconnect()


@functools.cache
def question(name: str) -> tuple[ir.Table, str]:
    """What the detection asks over tables named as in the vocabulary, also as SQL: compiled once, asked often."""
    item = DETECTIONS[name]
    answer = item({table: ibis.table(TABLES[table].schema, name=table) for table in item.tables})
    return answer, ibis.to_sql(expression(answer), dialect="duckdb")


def expression(answer: ir.Table | Refined) -> ir.Table:
    return answer.narrowed if isinstance(answer, Refined) else answer


@pytest.fixture
def asked(engine):
    """A function: the findings of a detection over Arrow tables; tables not given are empty."""

    def ask_it(item: Detection, arrow: dict[str, pa.Table]) -> list[Finding]:
        answer, sql = question(item.name)
        for name in item.tables:
            engine.con.register(name, arrow.get(name, empty(name)))
        rows = engine.con.sql(sql).to_arrow_table()
        if isinstance(answer, Refined):
            return findings_of(item, answer.step(rows.to_pandas()).to_dict("records"))
        return findings_of(item, rows.to_pylist())

    return ask_it


def empty(name: str) -> pa.Table:
    return ibis.schema(TABLES[name].schema).to_pyarrow().empty_table()


def loaded(engine, arrow: dict[str, pa.Table]) -> dict[str, Any]:
    """The Arrow tables as Ibis tables of the engine, under their own names."""
    for name, rows in arrow.items():
        engine.con.register(name, rows)
    return {name: engine.table(name) for name in arrow}


@pytest.mark.parametrize("case", EXAMPLES, ids=label)
def test_an_example_finds_what_it_says(asked, case):
    item = DETECTIONS[case[0]]
    example = item.examples[case[1]]
    arrow = example.arrow()
    found = asked(item, arrow)
    assert len(found) == example.finds, [finding.title for finding in found]
    assert (example.kind == "hit") == (example.finds > 0)
    for finding in found:
        assert example.severity in ("", finding.severity)
        assert_rests_on(finding, arrow)


def assert_rests_on(finding, arrow):
    """The evidence a finding names is among the rows it was asked of, and so are its times."""
    rows = [row for table in arrow.values() for row in table.to_pylist()]
    assert finding.record_ids
    assert set(finding.record_ids) <= {row["record_id"] for row in rows}
    assert set(finding.event_ids) <= {row.get("id") for row in rows}
    times = [value.replace(tzinfo=UTC) for row in rows for value in row.values() if isinstance(value, datetime)]
    if finding.first_seen:
        assert min(times) <= finding.first_seen <= finding.last_seen <= max(times)
    assert finding.subject
    assert finding.reasons
    assert finding.severity in SEVERITIES
    assert "\n" not in finding.title


@pytest.mark.parametrize("name", NAMES)
def test_a_detection_shows_a_hit_a_miss_and_a_look_alike(name):
    assert {example.kind for example in DETECTIONS[name].examples} == {"hit", "miss", "look-alike"}


@pytest.mark.parametrize("name", NAMES)
def test_a_detection_is_documented(name):
    item = DETECTIONS[name]
    assert item.name == name
    assert item.family in FAMILIES
    assert all(re.fullmatch(r"T\d{4}(\.\d{3})?", technique) for technique in item.attack)
    assert item.attack
    assert all(len(item.prose[section]) > 20 for section in SECTIONS)
    for threshold in item.thresholds:
        assert f"`{threshold}`" in " ".join(item.prose.values()), f"say where {threshold} comes from"


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_found_in_nothing(asked, name):
    item = DETECTIONS[name]
    assert asked(item, {table: empty(table) for table in item.tables}) == []


@pytest.mark.parametrize("case", HITS, ids=label)
def test_order_and_repetition_of_rows_change_nothing(asked, case):
    item = DETECTIONS[case[0]]
    assert_same_in_any_order(asked, item, item.examples[case[1]].arrow(), seed=case[1])


@pytest.mark.parametrize("name", NAMES)
def test_order_and_repetition_change_nothing_among_all_examples_together(asked, name):
    assert_same_in_any_order(asked, DETECTIONS[name], together(DETECTIONS[name]), seed=1)


def assert_same_in_any_order(asked, item, arrow, seed):
    found = asked(item, arrow)
    assert found == sorted(found, key=lambda finding: finding.order)
    for order in (backwards, shuffled):
        assert asked(item, {name: order(table, seed) for name, table in arrow.items()}) == found


def together(item: Detection) -> dict[str, pa.Table]:
    """The rows of all examples as one case; ids are told apart by the example they come from."""
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in item.tables}
    for number, example in enumerate(item.examples):
        for name, table in example.arrow().items():
            for row in table.to_pylist():
                own = {key: f"{number}-{row[key]}" for key in ("id", "record_id") if row.get(key)}
                rows[name].append(row | own)
    return {name: pa.Table.from_pylist(found, schema=empty(name).schema) for name, found in rows.items()}


def backwards(table: pa.Table, _seed: int) -> pa.Table:
    """The last row first: whoever takes the first row gets another one."""
    return table.take(pa.array(range(table.num_rows)[::-1], pa.int64()))


def shuffled(table: pa.Table, seed: int) -> pa.Table:
    """Every row twice, in another order."""
    order = [*range(table.num_rows)] * 2
    random.Random(seed).shuffle(order)
    return table.take(pa.array(order, pa.int64()))


@pytest.mark.parametrize("name", NAMES)
def test_absent_columns_never_break_it(asked, name):
    item = DETECTIONS[name]
    hits = [example for example in item.examples if example.kind == "hit"]
    for seed, example in itertools.product(range(3), hits):
        chance = random.Random(seed)
        arrow = {table: thinned(rows, chance) for table, rows in example.arrow().items()}
        for finding in asked(item, arrow):
            assert finding.record_ids


def thinned(table: pa.Table, chance: random.Random) -> pa.Table:
    """The table with about half of its columns NULL in every row, never the place in the evidence."""
    for column in table.column_names:
        if column != "record_id" and chance.random() < 0.5:
            nothing = pa.nulls(table.num_rows, table.schema.field(column).type)
            table = table.set_column(table.column_names.index(column), table.schema.field(column), nothing)
    return table


class SparkOptions(ibis.config.Config):
    treat_nan_as_null: bool = False


@pytest.mark.parametrize("name", NAMES)
def test_it_is_written_for_spark_too(name, monkeypatch):
    monkeypatch.setattr(ibis.options, "pyspark", SparkOptions())  # set by ibis's Spark backend, absent without pyspark
    answer, _ = question(name)
    assert "SELECT" in ibis.to_sql(expression(answer), dialect="pyspark")


PROSE = """Something happened.

Why: because it matters to someone.
False positives: now and then there are some.
Limits: it cannot see everything.
Next: look at it again.
"""
PARTS = {"severity": "low", "family": "mailbox", "attack": ("T1114",), "examples": ()}


def documented(function):
    function.__doc__ = PROSE
    return function


def test_a_wrong_definition_is_refused():
    @documented
    def unheard_of(no_such_table):
        return no_such_table

    @documented
    def fine(audit_records):
        return audit_records

    def silent(audit_records):
        """Something happened."""
        return audit_records

    for function, parts, says in [
        (unheard_of, {}, "no_such_table"),
        (fine, {"columns": {"audit_records": ("no_such_column",)}}, "no_such_column"),
        (fine, {"family": "weather"}, "weather"),
        (fine, {"severity": "awful"}, "awful"),
        (silent, {}, "Why"),
    ]:
        with pytest.raises(SchemaError, match=says):
            detection(**(PARTS | parts))(function)


@pytest.fixture
def simple():
    @detection(**(PARTS | {"columns": {"audit_records": ("session_id",)}}))
    @documented
    def simple(audit_records, accepted_domains=None, *, operation: str = "Send"):
        rows = audit_records.filter(audit_records.operation == operation)
        return rows.select(
            subject=rows.user, title=said(rows, "{user} sent {subject}"), reason=rows.subject, **each(rows)
        )

    return simple


@pytest.fixture
def broken():
    @detection(**PARTS)
    @documented
    def broken(audit_records):
        raise ZeroDivisionError

    return broken


def records(engine, *rows):
    return loaded(engine, Example("hit", "", {"audit_records": list(rows)}).arrow())


SENT = {"time": "2026-03-01T00:00:00", "operation": "Send", "user": "ana", "session_id": "s", "subject": "hi"}


def test_readiness_says_why_not(engine, simple):
    assert readiness(simple, records(engine, SENT)) == ""
    assert readiness(simple, records(engine)) == ""
    assert "audit_records" in readiness(simple, loaded(engine, {"accepted_domains": empty("accepted_domains")}))
    assert "session_id" in readiness(simple, records(engine, SENT | {"session_id": None}))


def test_thresholds_are_named(engine, simple):
    tables = records(engine, SENT)
    assert len(run(simple, tables)) == 1
    assert run(simple, tables, operation="Other") == []
    with pytest.raises(InputError, match="no threshold many"):
        run(simple, tables, many=3)


def test_one_that_breaks_does_not_stop_the_rest(engine, simple, broken):
    answer = ask([broken, simple], records(engine, SENT))
    assert [finding.detection for finding in answer.findings] == ["simple"]
    assert list(answer.failed) == ["broken"]
    idle = ask([simple], {})
    assert list(idle.not_run) == ["simple"]
    assert len(idle.findings) == 0


def test_a_pandas_step_may_refine_an_expression(engine):
    @detection(**PARTS)
    @documented
    def refined(audit_records):
        def last(frame: pd.DataFrame) -> pd.DataFrame:
            return frame.sort_values("first_seen").tail(1)

        rows = audit_records.select(subject=audit_records.user, reason=audit_records.subject, **each(audit_records))
        return Refined(rows, last)

    found = run(refined, records(engine, SENT, SENT | {"time": "2026-03-02T00:00:00", "user": "bob"}))
    assert [(finding.subject, finding.first_seen.isoformat()) for finding in found] == [
        ("bob", "2026-03-02T00:00:00+00:00")
    ]


def test_a_value_cannot_pose_as_another_reason(engine, simple):
    found = run(simple, records(engine, SENT | {"user": "ana\nbob"}))
    assert "\n" not in found[0].title


def test_findings_are_ordered_framed_and_named_by_what_they_rest_on(engine, simple):
    later = SENT | {"time": "2026-03-05T00:00:00", "id": "later"}
    found = Findings(reversed(run(simple, records(engine, SENT, later))))
    assert [finding.event_ids for finding in found] == [("e1",), ("later",)]
    assert found[0].id == finding_id("simple", "ana", ["e1"])
    assert isinstance(found[:1], Findings)
    frame = found.frame()
    assert list(frame["subject"]) == ["ana", "ana"]
    assert str(frame["first_seen"].dtype) == "datetime64[us, UTC]"
    assert found[0].as_json()["first_seen"] == "2026-03-01T00:00:00Z"
    assert len(Findings().frame()) == 0


def test_values_are_read_out_of_json_text(engine):
    text = r'{"A.b":"say \"A.c\": \"no\"","A.c":"yes","E":"","M":["old","new"],"N":[null,"fresh"]}'
    row = records(engine, SENT | {"parameters": text})["audit_records"]
    shown = row.select(
        dotted=member(row.parameters, "A.b"),
        plain=member(row.parameters, "A.c"),
        hollow=member(row.parameters, "E"),
        absent=member(row.parameters, "Z"),
        old=before(row.parameters, "M"),
        new=after(row.parameters, "M"),
        none=before(row.parameters, "N"),
        fresh=after(row.parameters, "N"),
    )
    assert shown.to_pyarrow().to_pylist() == [
        {"dotted": 'say "A.c": "no"', "plain": "yes", "hollow": None, "absent": None}
        | {"old": "old", "new": "new", "none": None, "fresh": "fresh"}
    ]


@pytest.mark.parametrize(
    ("address", "place", "away"),
    [
        ("smtp:x@contoso.example", "contoso.example", False),
        ("X <x@HQ.contoso.example>", "hq.contoso.example", False),
        ("x@contoso2.example", "contoso2.example", True),
        ("x@contoso.example.evil.example", "contoso.example.evil.example", True),
        ("x@notcontoso.example", "notcontoso.example", True),
        ("a@contoso.example@evil.example", "evil.example", True),
        ("Bob Miller", None, False),
    ],
)
def test_a_domain_that_looks_alike_is_outside(engine, address, place, away):
    row = records(engine, SENT | {"subject": address})["audit_records"]
    told = row.select(d=domain(row.subject), o=outside(domain(row.subject), ibis.literal("contoso.example")))
    assert told.to_pyarrow().to_pylist() == [{"d": place, "o": away}]


HISTORY = [(day, "203.0.113.9", None) for day in range(1, 28)]


@pytest.mark.parametrize(
    ("says", "history", "day", "ip", "asn", "new"),
    [
        ("a known block", HISTORY, 28, "203.0.113.200", None, False),
        ("a new block", HISTORY, 28, "198.51.100.1", None, True),
        (
            "the same system by another address",
            [(d, ip, 3215) for d, ip, _ in HISTORY],
            28,
            "198.51.100.1",
            3215,
            False,
        ),
        ("known by block though the log now knows the system", HISTORY, 28, "203.0.113.9", 3215, False),
        ("new for a few days already", [*HISTORY, (25, "198.51.100.1", None)], 28, "198.51.100.2", None, True),
        ("new some weeks ago", [*HISTORY, (12, "198.51.100.1", None)], 28, "198.51.100.2", None, False),
        ("used since the first days", [*HISTORY[:9], (3, "198.51.100.1", None)], 9, "198.51.100.2", None, False),
        ("history too short to say", HISTORY[:3], 4, "198.51.100.1", None, None),
        ("no place told", HISTORY, 28, None, None, None),
        ("an IPv6 block", [(d, "2001:db8:5:6::1", None) for d, _, _ in HISTORY], 28, "2001:db8:5:6:7::9", None, False),
    ],
)
def test_a_network_is_new_only_against_a_history(engine, says, history, day, ip, asn, new):
    past = [{"user": "ana", "time": f"2026-02-{d:02}", "ip": i, "asn": a, "error_code": 0} for d, i, a in history]
    now = {"user": "ana", "time": f"2026-02-{day:02}T12:00:00", "ip": ip, "asn": asn}
    tables = loaded(
        engine, Example("hit", says, {"sign_ins": past, "directory_audits": [{"time": now["time"]}]}).arrow()
    )
    row = tables["directory_audits"].mutate(
        user=ibis.literal("ana"), ip=ibis.literal(ip, "string"), asn=ibis.literal(asn, "int64")
    )
    assert with_news(row, tables["sign_ins"]).to_pyarrow().to_pylist()[0]["new_network"] is new


def test_lines_leave_out_what_is_null(engine):
    row = records(engine, SENT)["audit_records"]
    text = row.select(t=lines(row.subject, row.ip, row.user)).to_pyarrow().to_pylist()
    assert text == [{"t": "hi\nana\n"}]
