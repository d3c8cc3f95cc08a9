"""Importers: every format by content, an account that adds up, and one clear error for what is no export."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kit.case import Case
from kit.commands import investigate
from kit.coverage import Line
from kit.errors import InputError
from kit.importer import IMPORTERS
from kit.reader.objects import objects

RULE = {
    "CreationTime": "2026-11-20T09:24:01",
    "Id": "7d0c0f0e-0000-4000-8000-000000000001",
    "Operation": "New-InboxRule",
    "RecordType": 1,
    "ResultStatus": "True",
    "UserKey": "1003",
    "UserType": 2,
    "Workload": "Exchange",
    "ClientIP": "198.18.71.9:61034",
    "UserId": "ana@contoso.example",
    "ObjectId": "ana@contoso.example\\..",
    "OrganizationName": "contoso.example",
    "SessionId": "s1",
    "Parameters": [
        {"Name": "Name", "Value": ".."},
        {"Name": "SubjectContainsWords", "Value": "invoice;payment"},
        {"Name": "MoveToFolder", "Value": "RSS Feeds"},
    ],
}


def add(folder: Path, content: str | bytes, name: str = "export") -> tuple[Case, Line]:
    """A new case with one file in it."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    case = Case.open(folder / f"case-{name}")
    return case, case.add([path])[0]


def rows_of(*rows: list[str]) -> str:
    """CSV text, every cell quoted."""
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows(rows)
    return text.getvalue()


def adds_up(line: Line) -> bool:
    """Whether nothing was lost without being said."""
    counts = line.counts or {}
    return counts["read"] == counts["kept"] + counts["repeated"] + counts["rejected"]


FORMATS = {
    "purview": rows_of(
        ["RecordId", "CreationDate", "RecordType", "Operation", "UserId", "AuditData"],
        ["r", "2026-11-20T09:24:01.0000000Z", "1", "New-InboxRule", "ana@contoso.example", json.dumps(RULE)],
    ),
    "search csv": rows_of(
        ["RecordType", "CreationDate", "UserIds", "Operations", "AuditData", "ResultIndex", "Identity"],
        ["ExchangeAdmin", "11/20/2026 9:24:01 AM", "ana@contoso.example", "New-InboxRule", json.dumps(RULE), "1", "r"],
    ),
    "doubly encoded": rows_of(
        ["RecordType", "CreationDate", "UserIds", "Operations", "AuditData"],
        [
            "ExchangeAdmin",
            "11/20/2026 9:24:01 AM",
            "ana@contoso.example",
            "New-InboxRule",
            json.dumps(json.dumps(RULE)),
        ],
    ),
    "search json": json.dumps(
        [
            {
                "CreationDate": "/Date(1795000000000)/",
                "Operations": "New-InboxRule",
                "UserIds": "ana@contoso.example",
                "AuditData": json.dumps(RULE),
            }
        ]
    ),
    "lines": json.dumps(RULE) + "\n",
    "array": json.dumps([RULE], indent=2),
    "one object": json.dumps(RULE, indent=2),
    "folded keys": json.dumps({key.lower(): value for key, value in RULE.items()}),
    "events wrapper": json.dumps({"events": [{"o365audit": RULE}]}),
    "graph page": json.dumps(
        {
            "@odata.context": "x",
            "@odata.nextLink": "y",
            "value": [
                {
                    "id": RULE["Id"],
                    "createdDateTime": "2026-11-20T09:24:01Z",
                    "auditLogRecordType": "exchangeAdmin",
                    "operation": "New-InboxRule",
                    "userId": "1003",
                    "userPrincipalName": "ana@contoso.example",
                    "clientIp": None,
                    "auditData": RULE,
                }
            ],
        }
    ),
    "office activity": rows_of(
        [
            "RecordType",
            "Operation",
            "OfficeWorkload",
            "UserId",
            "UserKey",
            "UserType",
            "ClientIP",
            "OfficeId",
            "ElevationTime [UTC]",
            "Parameters",
            "OfficeObjectId",
            "ResultStatus",
            "OrganizationName",
            "SessionId",
        ],
        [
            "1",
            "New-InboxRule",
            "Exchange",
            "ana@contoso.example",
            "1003",
            "2",
            "198.18.71.9:61034",
            str(RULE["Id"]),
            "11/20/2026, 9:24:01.000 AM",
            json.dumps(RULE["Parameters"]),
            str(RULE["ObjectId"]),
            "True",
            "contoso.example",
            "s1",
        ],
    ),
}
SAME = [
    "id",
    "time",
    "operation",
    "workload",
    "user",
    "user_key",
    "user_type",
    "mailbox",
    "object_id",
    "ip",
    "network",
    "country",
    "result",
    "session_id",
    "organization",
    "parameters",
]


@pytest.mark.parametrize("name", list(IMPORTERS))
def test_the_example_of_each_importer_is_recognised_and_read(tmp_path: Path, name: str) -> None:
    importer = IMPORTERS[name]
    case, line = add(tmp_path, importer.example.text, name)
    (entry,) = case.journal.read("imported")
    assert set(entry["formats"]) == {name}
    assert (line.status, line.rows) == ("complete", importer.example.records)
    assert adds_up(line)


def test_one_event_gives_one_row_whatever_it_came_in(tmp_path: Path) -> None:
    """Every format of the same event, all into one case: the first is kept, the others repeat it."""
    case = Case.open(tmp_path / "case")
    seen: list[dict[str, Any]] = []
    for name, text in FORMATS.items():
        alone, line = add(tmp_path, text, name.replace(" ", "-"))
        assert (line.status, line.rows) == ("complete", 1), (name, line)
        seen.append(
            alone["audit_records"][SAME].iloc[0].to_dict()
            | alone["rule_changes"].iloc[0][["rule_name", "move_to_folder"]].to_dict()
        )
        path = tmp_path / name.replace(" ", "-")
        case.add([path])
    for name, row in zip(FORMATS, seen, strict=True):
        assert row == seen[0], name
    assert len(case["audit_records"]) == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_every_encoding_reads_the_same(tmp_path: Path, encoding: str) -> None:
    text = FORMATS["purview"].replace("invoice", "facture d'été 請求書")
    case, line = add(tmp_path, text.encode(encoding), encoding)
    assert line.rows == 1
    assert case["rule_changes"]["subject_words"][0][0] == "facture d'été 請求書"


def test_a_semicolon_export_with_line_breaks_in_cells(tmp_path: Path) -> None:
    pretty = json.dumps(RULE, indent=2).replace('"', '""').replace("\n", "\r\n")
    case, line = add(
        tmp_path,
        f'CreationDate;Operation;UserId;AuditData\r\n2026-11-20;New-InboxRule;ana@contoso.example;"{pretty}"\r\n',
    )
    assert (line.rows, case["audit_records"]["user"][0]) == (1, "ana@contoso.example")


def test_rows_that_cannot_be_read_are_kept_aside_with_place_and_reason(tmp_path: Path) -> None:
    good = FORMATS["purview"]
    case, line = add(tmp_path, good + '"only","two"\r\n' + good.split("\n", 1)[1].replace("000001", "000002"))
    assert line.counts == {"read": 3, "kept": 2, "repeated": 0, "rejected": 1, "thin": 0}
    (rejects,) = (case.folder / "rejected").iterdir()
    reject = json.loads(rejects.read_text())
    assert (reject["record"], "2 cells instead of 6 (line 3)" in reject["reason"]) == (2, True)


def test_a_torn_line_among_lines_is_rejected_and_the_rest_kept(tmp_path: Path) -> None:
    case, line = add(tmp_path, json.dumps(RULE) + '\n{"Id": "x", "Operation": "Se')
    assert line.counts == {"read": 2, "kept": 1, "repeated": 0, "rejected": 1, "thin": 0}
    assert len(case["audit_records"]) == 1


def test_a_row_whose_audit_data_is_cut_off_stands_on_its_columns(tmp_path: Path) -> None:
    text = rows_of(
        ["CreationDate", "UserIds", "Operations", "AuditData"],
        ["5/18/2021 9:13:33 PM", "Ana@x.example", "Add user.", '{"Id": "c'],
    )
    case, line = add(tmp_path, text)
    row = case["audit_records"].iloc[0]
    assert (row["operation"], row["user"], str(row["time"])) == ("Add user", "ana@x.example", "2021-05-18 21:13:33")
    assert "columns" in line.why


def test_ids_keep_every_digit_and_empty_or_redacted_ones_are_no_key(tmp_path: Path) -> None:
    odd = [RULE | {"Id": ident, "ObjectId": "15394007230974001153"} for ident in ("*REDACTED*", "*REDACTED*", "", None)]
    case, line = add(tmp_path, "\n".join(map(json.dumps, odd)))
    assert (line.rows, set(case["audit_records"]["object_id"])) == (4, {"15394007230974001153"})


def test_a_file_may_hold_several_kinds(tmp_path: Path) -> None:
    """Every kind goes its own way, also when the same kind comes again after another one."""
    sign_in = {"id": "s1", "createdDateTime": "2026-11-20T08:00:00Z", "appId": "a", "status": {"errorCode": 0}}
    change = {
        "id": "d1",
        "activityDateTime": "2026-11-20T08:00:00Z",
        "activityDisplayName": "Add device",
        "initiatedBy": {},
    }
    records = [RULE, sign_in, change, RULE | {"Id": "r2"}, {"colour": "blue"}, RULE]
    case, line = add(tmp_path, "\n".join(map(json.dumps, records)))
    assert line.counts == {"read": 6, "kept": 4, "repeated": 1, "rejected": 1, "thin": 0}
    assert [len(case[name]) for name in ("audit_records", "sign_ins", "directory_audits")] == [2, 1, 1]


def test_half_a_surrogate_pair_costs_nothing_but_the_character(tmp_path: Path) -> None:
    case, line = add(tmp_path, json.dumps(RULE).replace("RSS Feeds", "x\\ud83d"))
    assert (line.rows, case["rule_changes"]["move_to_folder"][0][0]) == (1, "x")


def test_the_same_file_twice_changes_nothing(tmp_path: Path) -> None:
    case, _ = add(tmp_path, FORMATS["lines"])
    (line,) = case.add([tmp_path / "export"])
    assert "taken before" in line.why
    assert (len(case.evidence), len(case["audit_records"])) == (1, 1)


def test_a_row_leads_back_to_its_record(tmp_path: Path) -> None:
    case, _ = add(tmp_path, FORMATS["graph page"])
    record_id = case["audit_records"]["record_id"][0]
    assert json.loads(case.record(record_id))["auditData"] == RULE
    with pytest.raises(InputError, match="no record"):
        case.record("0001:99")


BAD = {
    "empty": b"",
    "zeros": b"\x00" * 64,
    "binary": bytes(range(256)) * 40,
    "truncated array": json.dumps([RULE, RULE])[:-40].encode(),
    "truncated object": json.dumps(RULE)[:-10].encode(),
    "other columns": b"name,colour\r\nana,blue\r\n",
    "other objects": b'[{"name": "ana"}]',
    "prose": b"Dear colleague\nplease find nothing attached\n",
    "blank": b" \r\n \r\n",
}


@pytest.mark.parametrize("kind", [*BAD, "folder", "absent"])
def test_bad_input_is_one_clear_error_and_leaves_nothing(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "bad"
    if kind == "folder":
        path.mkdir()
    elif kind in BAD:
        path.write_bytes(BAD[kind])
    with pytest.raises(InputError) as caught:
        investigate.run([str(path), "--case", str(tmp_path / "case")])
    assert caught.value.hint
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "case").exists()


def test_one_bad_file_among_good_ones_is_said_and_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "good").write_text(FORMATS["lines"])
    (tmp_path / "bad").write_bytes(BAD["binary"])
    case = Case.open(tmp_path / "case")
    good, bad = case.add([tmp_path / "bad", tmp_path / "good"])
    assert (good.status, bad.status) == ("complete", "failed")
    assert "binary" in bad.why
    assert len(case.evidence) == 1
    assert [line.name for line in case.coverage() if line.status == "failed"] == ["bad"]


def test_hostile_headers_are_only_names(tmp_path: Path) -> None:
    header = 'CreationDate,AuditData,"x\'); DROP TABLE raw; --","a""b",<script>'
    row = ",".join(["2026-11-20", '"' + json.dumps(RULE).replace('"', '""') + '"', "1", "2", "3"])
    _, line = add(tmp_path, f"{header}\r\n{row}\r\n2026-11-20,broken,1,2,3\r\n")
    assert adds_up(line)
    assert line.rows >= 1


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(RULE)), JSON), st.integers(0, 3))
def test_no_shape_of_any_field_fails_or_loses_the_row(
    tmp_path_factory: pytest.TempPathFactory, odd: dict[str, Any], copies: int
) -> None:
    folder = tmp_path_factory.mktemp("odd")
    records = [RULE] + [RULE | odd | {"Operation": "New-InboxRule", "Id": str(n)} for n in range(copies)]
    _, line = add(folder, "\n".join(map(json.dumps, records)))
    assert adds_up(line)
    assert line.rows == len(records)


@given(st.lists(st.dictionaries(st.text(max_size=5), JSON, max_size=4), max_size=5))
def test_objects_come_out_of_every_packing(values: list[dict[str, Any]]) -> None:
    for text in (
        json.dumps(values),
        "\n".join(map(json.dumps, values)),
        json.dumps({"a": 1, "value": values, "z": [1]}, indent=1),
    ):
        found = [json.loads(item) for item in objects(text)]
        assert found == values or any(
            key in value for value in values for key in ("event", "o365audit", "_raw", "value")
        )
