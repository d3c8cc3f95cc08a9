"""Every state record: its samples mean what they say, and no shape of any field loses a row or fails."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kit import macros
from kit.record import RECORDS, Record, Sample
from kit.table import TABLES

STATE = [
    "accepted_domain",
    "audit_bypass",
    "authentication_method",
    "blocked_sender",
    "control_profile",
    "inbox_rule",
    "mailbox",
    "mailbox_permission",
    "message_trace",
    "oauth_grant",
    "risk_detection",
    "risky_user",
    "secure_score",
    "service_principal",
    "tenant_setting",
    "user",
]
SAMPLES = [
    pytest.param(RECORDS[name], sample, id=f"{name}: {sample.says}")
    for name in STATE
    for sample in RECORDS[name].samples
]


@pytest.fixture(scope="module")
def engine() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    macros.install(connection)
    return connection


def rows_of(
    engine: duckdb.DuckDBPyConnection, record: Record, raw: Sequence[tuple[str, Mapping[str, Any] | None]]
) -> dict[str, list[dict[str, Any]]]:
    engine.execute("CREATE OR REPLACE TEMP TABLE raw (record_id VARCHAR, record VARCHAR, context VARCHAR)")
    for number, (text, context) in enumerate(raw, 1):
        shown = None if context is None else json.dumps(context)
        engine.execute("INSERT INTO raw VALUES (?, ?, ?)", [f"0001:{number}", text, shown])
    found = {}
    for table, select in record.selects.items():
        TABLES[table].check(column for column in engine.sql(select).columns)
        found[table] = engine.sql(select).to_arrow_table().to_pylist()
    return found


def typed(engine: duckdb.DuckDBPyConnection, record: Record) -> list[tuple[str, str, str]]:
    """Columns whose type is not the vocabulary's."""
    return [
        (table, column, str(kind))
        for table, select in record.selects.items()
        for column, kind in zip(engine.sql(select).columns, engine.sql(select).types, strict=True)
        if str(kind) != TABLES[table].duckdb[column]
    ]


@pytest.mark.parametrize(("record", "sample"), SAMPLES)
def test_sample(engine: duckdb.DuckDBPyConnection, record: Record, sample: Sample) -> None:
    found = rows_of(engine, record, [(sample.record, sample.context)])
    for table, expected in sample.rows.items():
        named = [{name: row[name] for name in want} for row, want in zip(found[table], expected, strict=False)]
        assert len(found[table]) == len(expected)
        assert named == [dict(want) for want in expected]
        assert all(row["record_id"] == "0001:1" for row in found[table])
    assert typed(engine, record) == []


@pytest.mark.parametrize("name", STATE)
def test_has_samples_of_both_kinds(name: str) -> None:
    assert len(RECORDS[name].samples) >= 2
    assert RECORDS[name].name == name


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=12)
    | st.sampled_from(
        ["", "[SMTP:", "\\", "smtp:a@b", "1.2.3", "$.x", '"', "@odata.type", "2026-13-45", "/Date(x)/", "a,b;c"]
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=4,
)


@pytest.mark.parametrize("name", STATE)
def test_any_shape_of_any_field_gives_the_same_rows(engine: duckdb.DuckDBPyConnection, name: str) -> None:
    """A field may hold anything: the selects do not fail, and a row is not lost by what is not its id."""
    record = RECORDS[name]
    sample = record.samples[0]
    whole = json.loads(sample.record)
    kept = {"id", "RuleIdentity", "SenderAddress", "User", "AccessRights", "ExternalDirectoryObjectId"}

    @settings(max_examples=40, deadline=None)
    @given(
        st.fixed_dictionaries({key: VALUES for key in whole if key not in kept}),
        st.none()
        | st.dictionaries(
            st.sampled_from(["user", "mailbox", "folders", "visible", "apps", "users", "domains"]), VALUES
        ),
    )
    def holds(changes: dict[str, Any], context: dict[str, Any] | None) -> None:
        text = json.dumps(whole | changes)
        found = rows_of(engine, record, [(text, context)])
        if name not in ("accepted_domain", "tenant_setting", "audit_bypass"):
            assert len(next(iter(found.values()))) == 1

    holds()


@pytest.mark.parametrize("name", STATE)
def test_what_is_no_record_gives_no_row(engine: duckdb.DuckDBPyConnection, name: str) -> None:
    nothing = ["{}", "[]", "null", "7", '"x"', "{", "", '{"id":null}']
    found = rows_of(engine, RECORDS[name], [(text, None) for text in nothing])
    assert found == {table: [] for table in RECORDS[name].selects}
