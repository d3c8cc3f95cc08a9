"""$filter: what it means, what it refuses, and that no text whatever makes it fail in another way."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.simulator.odata import fields, parse
from kit.simulator.problem import GraphProblem
from kit.simulator.values import DAY, ticks

ALL = "eq,ne,gt,ge,lt,le,in,startsWith,endsWith,contains"
FIELDS = fields(
    f"name({ALL}) size({ALL}) at({ALL}) on(eq,ne) status/code({ALL}) tags/any({ALL}) parts/any/id({ALL}) "
    f"parts/any/size({ALL})"
)
RECORD: dict[str, Any] = {
    "name": "O'Brien Ltd (old)",
    "size": 5,
    "at": "2026-11-24T10:00:00.1234567Z",
    "on": True,
    "none": None,
    "status": {"code": 50126},
    "tags": ["red", "blue"],
    "parts": [{"id": "a", "size": 1}, {"id": "b", "size": 9}],
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("name eq 'O''Brien Ltd (old)'", True),
        ("name eq 'o''brien ltd (old)'", False),
        ("startswith(name,'O''B') and ENDSWITH(name, '(old)')", True),
        ("startsWith(name,'O') eq false", False),
        ("contains(name,'Ltd')", True),
        ("size gt 4 and size le 5", True),
        ("size gt 4 AND size lt 5", False),
        ("size eq 5.0", True),
        ("size eq 'five'", False),
        ("size ne 'five'", True),
        ("status/code eq 50126", True),
        ("status/code in (0, 50126)", True),
        ("name in ('a','b')", False),
        ("on eq true and not (size eq 6)", True),
        ("not(on eq true)", False),
        ("not on eq true or size eq 5", True),
        ("size eq 1 or size eq 5 and on eq false", False),
        ("(size eq 1 or size eq 5) and on eq true", True),
        ("tags/any(t: t eq 'red')", True),
        ("tags/any(t:t eq 'green' or t eq 'blue')", True),
        ("tags/all(t: t ne 'green')", True),
        ("parts/any(p: p/id eq 'b' and p/size gt 5)", True),
        ("parts/any(p: p/id eq 'a' and p/size gt 5)", False),
        ("parts/all(p: p/size ge 1)", True),
        ("at eq 2026-11-24T10:00:00.1234567Z", True),
        ("at gt 2026-11-24T10:00:00.1234566Z", True),
        ("at lt 2026-11-24T10:00:00.1234568Z", True),
        ("at eq 2026-11-24T12:00:00.1234567+02:00", True),
        ("at ge 2026-11-24", True),
        ("at ge 2026-11-24T10:01Z", False),
        ("at le '2026-11-24T10:01:00Z'", True),
        ("name eq null", False),
        ("NAME eq 'x' or Size EQ 5 ", True),
    ],
)
def test_a_filter_means_what_odata_says(text: str, expected: bool) -> None:
    assert parse(text, FIELDS)(RECORD) is expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "name",
        "name eq",
        "name eq 'a",
        "name eq a",
        "name = 'a'",
        "name eq 'a' and",
        "name eq 'a' or or size eq 1",
        "(name eq 'a'",
        "name eq 'a')",
        "unknown eq 1",
        "on gt true",
        "on contains 'x'",
        "contains(name)",
        "contains(name,5)",
        "length(name) eq 3",
        "name/any(t: t eq 'x')",
        "tags/any(t eq 'x')",
        "tags/any(t: u eq 'x')",
        "tags/any(t: t eq 'x'",
        "name in 'a'",
        "name in ()",
        "'a' eq name",
        "name eq 'a' size eq 1",
        "not " * 100 + "on eq true",
        "(" * 20_000,
    ],
)
def test_what_is_no_filter_is_refused(text: str) -> None:
    with pytest.raises(GraphProblem) as refused:
        parse(text, FIELDS)
    assert refused.value.status == 400


def test_folding_resources_compare_without_case() -> None:
    folding = fields("name(eq,in,startsWith)", fold=True)
    for text in ("name eq 'STRASSE'", "name in ('x','straße')", "startsWith(NAME,'sTr')"):
        assert parse(text, folding)({"name": "Straße"})


@given(st.text(alphabet="()',:/ abteqornin5.Z-and'name'size", max_size=60))
def test_no_text_fails_in_another_way(text: str) -> None:
    with suppress(GraphProblem):
        parse(text, FIELDS)(RECORD)


@given(st.integers(-9, 9), st.integers(-9, 9), st.sampled_from(["eq", "ne", "gt", "ge", "lt", "le"]))
def test_negation_and_swapped_or_agree_with_plain_logic(size: int, wanted: int, operator: str) -> None:
    plain = parse(f"size {operator} {wanted}", FIELDS)({"size": size})
    assert parse(f"not (size {operator} {wanted})", FIELDS)({"size": size}) is not plain
    both = (f"size {operator} {wanted} or size eq 0", f"size eq 0 or size {operator} {wanted}")
    assert parse(both[0], FIELDS)({"size": size}) is parse(both[1], FIELDS)({"size": size})


@given(st.integers(-631152000, 3786912000), st.integers(0, 999_999), st.integers(-14 * 60, 14 * 60))
def test_instants_are_ordered_as_instants_whatever_their_offset(second: int, micro: int, minutes: int) -> None:
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=second, microseconds=micro)
    local = moment.astimezone(timezone(timedelta(minutes=minutes)))
    text = f"{moment:%Y-%m-%dT%H:%M:%S.%f}"
    assert ticks(f"{text}Z") == ticks(f"{text}0Z") == ticks(text) == ticks(local.isoformat())
    assert ticks(f"{text}1Z") == ticks(f"{text}Z") + 1
    assert ticks(text) // DAY == moment.toordinal()


def test_only_conjunctions_limit_the_days_that_are_read() -> None:
    bounded = "at ge 2026-11-23T00:00:00Z and size eq 5 and at le 2026-11-24T00:00:00Z"
    assert [(path, operator) for path, operator, _ in parse(bounded, FIELDS).limits] == [("at", "ge"), ("at", "le")]
    for open_ended in (f"{bounded} or size eq 6", f"size eq 6 or {bounded}", "not at ge 2026-11-23T00:00:00Z"):
        assert parse(open_ended, FIELDS).limits == ()
