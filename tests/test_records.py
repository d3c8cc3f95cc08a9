"""Every record shape: its samples mean what they say, and no shape of any field fails or loses a row."""

from __future__ import annotations

import copy
import functools
import json
import operator
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kit import macros
from kit.record import RECORDS, Record, Sample
from kit.table import TABLES

SAMPLES = [
    pytest.param(RECORDS[name], sample, id=f"{name}: {sample.says}")
    for name in RECORDS
    for sample in RECORDS[name].samples
]
RAW = pa.schema({"record_id": pa.string(), "record": pa.string(), "context": pa.string()})
ODD = (
    *(None, True, 7, -1.5, 2**70),
    *("", "odd", "2026-13-45T25:61", '"', "\\", "$.x", "[SMTP:", "@odata.type", "1.2.3", "/Date(x)/", "a,b;c"),
    *(
        [],
        ["odd", 7, None],
        [[{}]],
        [{"Name": ["odd"], "Value": {"odd": 1}}],
        {},
        {"odd": {"Name": [], "Value": "odd"}},
    ),
)
"""Shapes that mean nothing in any field. `false` is not among them: "isVerified": false rightly costs a row."""


@pytest.fixture(scope="module")
def engine() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    macros.install(connection)
    return connection


def rows_of(
    engine: duckdb.DuckDBPyConnection, record: Record, raw: Sequence[tuple[str, Mapping[str, Any] | None]]
) -> dict[str, list[dict[str, Any]]]:
    """Table → the rows that raw records, given as (record, context), mean; they are numbered from 1."""
    given_ = [
        {"record_id": f"0001:{number}", "record": text, "context": None if context is None else json.dumps(context)}
        for number, (text, context) in enumerate(raw, 1)
    ]
    engine.register("given_", pa.Table.from_pylist(given_, schema=RAW))
    engine.execute("CREATE OR REPLACE TEMP TABLE raw AS SELECT * FROM given_")
    if record.prepare:
        engine.execute(f"CREATE OR REPLACE TEMP TABLE parsed AS {record.prepare}")
    return {table: engine.sql(select).to_arrow_table().to_pylist() for table, select in record.selects.items()}


def kept(rows: Sequence[Mapping[str, Any]], count: int) -> list[int]:
    """How many rows each of the `count` records gave."""
    ids = [row["record_id"] for row in rows]
    return [ids.count(f"0001:{number}") for number in range(1, count + 1)]


@pytest.mark.parametrize(("record", "sample"), SAMPLES)
def test_sample(engine: duckdb.DuckDBPyConnection, record: Record, sample: Sample) -> None:
    found = rows_of(engine, record, [(sample.record, sample.context)])
    for table, expected in sample.rows.items():
        named = [{name: row[name] for name in want} for row, want in zip(found[table], expected, strict=False)]
        assert len(found[table]) == len(expected)
        assert named == [dict(want) for want in expected]
        assert all(row["record_id"] == "0001:1" for row in found[table])


@pytest.mark.parametrize("name", RECORDS)
def test_a_select_gives_columns_of_its_table_and_of_their_types(engine: duckdb.DuckDBPyConnection, name: str) -> None:
    rows_of(engine, RECORDS[name], [])
    for table, select in RECORDS[name].selects.items():
        answer = engine.sql(select)
        TABLES[table].check(answer.columns)
        types = dict(zip(answer.columns, map(str, answer.types), strict=True))
        assert types == {column: TABLES[table].duckdb[column] for column in answer.columns}
        assert "record_id" in types


@pytest.mark.parametrize("name", RECORDS)
def test_a_record_has_a_plain_sample_and_an_odd_one(name: str) -> None:
    assert len(RECORDS[name].samples) >= 2
    assert all(set(sample.rows) <= set(RECORDS[name].selects) for sample in RECORDS[name].samples)


@pytest.mark.parametrize("name", RECORDS)
def test_what_is_no_record_gives_no_row(engine: duckdb.DuckDBPyConnection, name: str) -> None:
    nothing = ["{}", "[]", "null", "7", '"x"', '{"id":null}']  # whole JSON: the intake rejects the rest
    found = rows_of(engine, RECORDS[name], [(text, None) for text in nothing])
    assert found == {table: [] for table in RECORDS[name].selects}


# ── odd shapes ───────────────────────────────────────────────────────────────────────────────────────────────────────


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place inside a JSON value: the keys and positions that lead there."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in members:
        yield (*at, key)
        yield from places(inner, (*at, key))


def altered(whole: Any, place: tuple[Any, ...], *values: Any) -> Any:
    """A copy with another value at a place, or with nothing there."""
    changed = copy.deepcopy(whole)
    holder = functools.reduce(operator.getitem, place[:-1], changed)
    del holder[place[-1]]
    if values and isinstance(holder, list):
        holder.insert(place[-1], values[0])
    elif values:
        holder[place[-1]] = values[0]
    return changed


@pytest.mark.parametrize(("record", "sample"), SAMPLES)
def test_a_wrong_shape_costs_no_row_that_the_absence_would_not(
    engine: duckdb.DuckDBPyConnection, record: Record, sample: Sample
) -> None:
    whole = [json.loads(sample.record), dict(sample.context or {})]
    main = next(iter(record.selects))
    for place in places(whole):
        if len(place) == 1:
            continue
        given_ = [altered(whole, place), *(altered(whole, place, odd) for odd in ODD)]
        found = rows_of(engine, record, [(json.dumps(raw), context) for raw, context in given_])
        absent, *odd = kept(found[main], len(given_))
        assert min(odd) >= absent, (place, ODD[odd.index(min(odd))])


VALUES = st.recursive(
    st.sampled_from(ODD) | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=4,
)


@pytest.mark.parametrize("name", RECORDS)
def test_many_wrong_shapes_at_once_do_not_fail(engine: duckdb.DuckDBPyConnection, name: str) -> None:
    sample = RECORDS[name].samples[0]
    whole, context = json.loads(sample.record), dict(sample.context or {})
    told = st.tuples(
        st.dictionaries(st.sampled_from(sorted(whole)), VALUES),
        st.dictionaries(st.sampled_from(["user", "mailbox", "folders", "visible", "apps", "users", "domains"]), VALUES),
    )

    @settings(max_examples=10, deadline=None)
    @given(st.lists(told, min_size=1, max_size=20))
    def holds(changes: list[tuple[dict[str, Any], dict[str, Any]]]) -> None:
        rows_of(engine, RECORDS[name], [(json.dumps(whole | odd), context | about) for odd, about in changes])

    holds()
