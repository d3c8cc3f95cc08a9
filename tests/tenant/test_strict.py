"""Strict JSON: what would be lost or changed in silence is an error."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.errors import BadAnswer, TenantError
from kit.tenant import strict
from kit.tenant.client import Tenant
from tests.tenant.conftest import Server, http

BAD = {
    "key twice": b'{"value":[1],"value":[]}',
    "key twice, deep": b'{"value":[{"a":{"b":1,"b":2}}]}',
    "NaN": b'{"value":[{"a":NaN}]}',
    "Infinity": b'{"value":[{"a":-Infinity}]}',
    "too large": b'{"value":[{"a":1e999}]}',
    "no UTF-8": b'{"value":[{"a":"\xff"}]}',
    "Latin-1": '{"value":[{"a":"é"}]}'.encode("latin-1"),
    "UTF-16": '{"value":[]}'.encode("utf-16"),
    "deep": b"[" * 200_000,
    "long number": b'{"value":[{"a":' + b"9" * 5000 + b"}]}",
    "cut off": b'{"value":[',
    "two values": b'{"value":[]}{"value":[]}',
    "empty": b"",
}


@pytest.mark.parametrize("body", BAD.values(), ids=list(BAD))
def test_refused(body: bytes) -> None:
    with pytest.raises(BadAnswer) as caught:
        strict.parse(body)
    assert caught.value.hint


def test_a_byte_order_mark_is_allowed() -> None:
    assert strict.parse(b'\xef\xbb\xbf{"a":1}') == {"a": 1}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)


@given(JSON)
def test_good_json_is_what_json_says_it_is(value: object) -> None:
    assert strict.parse(json.dumps(value).encode()) == value
    assert json.loads(strict.text(value)) == value


def test_large_ids_stay_exact() -> None:
    assert strict.parse(b'{"id":15394007230974001153}') == {"id": 15394007230974001153}
    assert strict.text({"id": 15394007230974001153}) == '{"id": 15394007230974001153}'


def test_a_lone_surrogate_becomes_visible_and_loses_no_record() -> None:
    record = strict.parse(b'{"subject":"a\\ud800b","id":"1"}')
    assert strict.text(record) == '{"subject": "a\ufffdb", "id": "1"}'


@pytest.mark.parametrize("value", [None, "x", 3, {"a": 1}, [1], [None], ["x"]])
def test_a_collection_must_hold_a_list_of_objects(server: Server, tenant: Tenant, value: object) -> None:
    server.answers = [http(200, {"value": value})]
    with pytest.raises(BadAnswer):
        list(tenant.pages("/v1.0/users"))


@pytest.mark.parametrize("body", [{"id": "x"}, [], "x", None, {"error": {"code": "Oops", "message": "m"}, "value": []}])
def test_what_is_no_collection_is_not_taken_for_an_empty_one(server: Server, tenant: Tenant, body: object) -> None:
    server.answers = [http(200, json.dumps(body).encode())]
    if body == []:
        assert [page.records for page in tenant.pages("/v1.0/users")] == [[]]
        return
    with pytest.raises(TenantError):
        list(tenant.pages("/v1.0/users"))


def test_an_error_in_a_success_is_an_error(server: Server, tenant: Tenant) -> None:
    server.answers = [http(200, {"error": {"code": "Request_ResourceNotFound", "message": "no"}})]
    with pytest.raises(TenantError) as caught:
        tenant.get("/v1.0/users/x")
    assert caught.value.code == "Request_ResourceNotFound"
