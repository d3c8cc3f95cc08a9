"""The world: the same for the same seed, true to the contract, in order, and of the size that was promised."""

from __future__ import annotations

import ipaddress
import json
import os
import re
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from kit.errors import InputError
from kit.simulator.build import LOGS, build
from kit.simulator.dice import token_id
from kit.simulator.network import network_of
from tests.simulator.worlds import NOW, SAMPLE, by_day, digest, problems, records, world

ROOT = Path(__file__).resolve().parents[2]
EVENT_TYPES = {
    "signIns": "beta.microsoft.graph.signIn",
    "directoryAudits": "v1.microsoft.graph.directoryAudit",
    "messageTraces": "v1.microsoft.graph.exchangeMessageTrace",
}
PRINT_DIGEST = """
from tests.simulator.worlds import digest, world
print(digest(world(users=20), (3, 86)))
"""


@pytest.mark.parametrize("hash_seed", ["1", "2"])
def test_another_process_builds_the_same_world(hash_seed: str) -> None:
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT)}
    run = subprocess.run(
        [sys.executable, "-c", PRINT_DIGEST], env=environment, cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == digest(world(users=20), (3, 86))


def test_another_seed_builds_another_world() -> None:
    one, other = world(users=20), world(seed=8, users=20)
    assert one.tenant_id != other.tenant_id
    assert not set(one.state["users"]) & set(other.state["users"])
    day = one.start.date() + timedelta(days=40)
    assert one.events("signIns", day) != other.events("signIns", day)


def test_asking_twice_or_in_another_order_changes_nothing() -> None:
    fresh = build(7, 20, (), NOW)
    day = fresh.start.date() + timedelta(days=30)
    later = fresh.events("auditRecords", day + timedelta(days=9))
    assert fresh.events("auditRecords", day) == fresh.events("auditRecords", day)
    assert fresh.events("auditRecords", day + timedelta(days=9)) == later


@pytest.mark.parametrize("log", EVENT_TYPES)
def test_events_are_what_the_contract_says(log: str, contract: SimpleNamespace) -> None:
    for day in (world().start.date() + timedelta(days=n) for n in SAMPLE):
        for record in by_day(log)[day][:: 1 if log == "directoryAudits" else 9]:
            assert not list(problems(contract.graph, EVENT_TYPES[log], record))


def test_audit_records_fit_the_graph_answer(contract: SimpleNamespace) -> None:
    for record in records("auditRecords")[::97]:
        answer = {"id": record["Id"], "auditData": record, "operation": record["Operation"]}
        assert not list(problems(contract.graph, "beta.microsoft.graph.security.auditLogRecord", answer))
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", record["CreationTime"])


@pytest.mark.parametrize("log", LOGS)
def test_every_day_is_in_order_and_within_its_day(log: str) -> None:
    for day, found in by_day(log).items():
        stamps = [record[LOGS[log]] for record in found]
        assert stamps == sorted(stamps)
        assert all(stamp.startswith(day.isoformat()) for stamp in stamps)


def test_nothing_happens_before_the_start_or_after_now() -> None:
    moment = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
    built = build(7, 20, (), moment)
    assert built.start == datetime(2026, 8, 27, tzinfo=UTC)
    assert built.events("signIns", built.start.date() - timedelta(days=1)) == []
    assert built.events("signIns", moment.date() + timedelta(days=1)) == []
    today = [record["createdDateTime"] for record in built.events("signIns", moment.date())]
    assert today
    assert max(today) <= "2026-11-24T09:30:00Z"


def test_ids_are_unique_but_for_some_audit_records_told_twice() -> None:
    for log in ("signIns", "directoryAudits"):
        assert max(Counter(record["id"] for record in records(log)).values()) == 1
    rows = Counter((trace["id"], trace["recipientAddress"]) for trace in records("messageTraces"))
    assert max(rows.values()) == 1
    told: dict[str, set[str]] = {}
    for record in records("auditRecords"):
        told.setdefault(record["Id"], set()).add(json.dumps(record))
    assert all(len(texts) == 1 for texts in told.values()), "a record told twice is told the same way"
    assert 100 < len(records("auditRecords")) - len(told) < 1000


def test_the_default_tenant_has_the_promised_size() -> None:
    assert 40_000 < len(records("signIns")) <= 70_000
    assert 40_000 < len(records("auditRecords")) <= 70_000
    kinds = Counter(record["signInEventTypes"][0] for record in records("signIns"))
    assert kinds["nonInteractiveUser"] > 1.5 * kinds["interactiveUser"] > 0
    assert kinds["servicePrincipal"] == 90
    people = [user for user in world().state["users"].values() if user["userType"] == "Member" and user["givenName"]]
    assert len(people) == 45


def test_a_weekday_is_busy_and_a_sunday_is_not() -> None:
    counts = {day: len(found) for day, found in list(by_day("signIns").items())[:28]}
    assert max(n for day, n in counts.items() if day.weekday() == 6) * 4 < min(
        n for day, n in counts.items() if day.weekday() < 5
    )


def test_every_address_is_reserved_and_has_the_network_that_is_told() -> None:
    kept = ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "198.18.0.0/15", "2001:db8::/32")
    reserved = [ipaddress.ip_network(text) for text in kept]
    for record in records("signIns"):
        address = ipaddress.ip_address(record["ipAddress"])
        assert any(address in network for network in reserved)
    for record in records("signIns")[::50]:
        network = network_of(record["ipAddress"])
        assert (network.asn, network.country) == (
            record["autonomousSystemNumber"],
            record["location"]["countryOrRegion"],
        )


def test_every_mail_domain_is_reserved() -> None:
    domains = {trace[side].rpartition("@")[2] for trace in records("messageTraces")[::5]
               for side in ("senderAddress", "recipientAddress")}  # fmt: skip
    assert domains
    assert all(domain.endswith(".example") for domain in domains)


def test_a_token_ties_mail_access_to_the_sign_in_that_got_it() -> None:
    sign_ins = {record["uniqueTokenIdentifier"]: record for record in records("signIns")}
    access = [record for record in records("auditRecords") if record["Operation"] == "MailItemsAccessed"]
    tied = [record for record in access if "SessionId" in record]
    assert 0.70 < 1 - len(tied) / len(access) < 0.80, "three in four records carry no session, as measured"
    for record in tied:
        sign_in = sign_ins[record["AppAccessContext"]["UniqueTokenId"]]
        assert sign_in["sessionId"] == record["SessionId"] == record["AppAccessContext"]["AADSessionId"]
        assert sign_in["userPrincipalName"] == record["UserId"].casefold()
        assert sign_in["createdDateTime"][:19] <= record["CreationTime"]


def test_the_token_id_is_the_request_id_in_base64() -> None:
    assert token_id("22608a25-1d9b-44b5-b0f2-cb94f06b2d00") == "JYpgIpsdtUSw8suU8GstAA"  # a real sign-in's pair


def test_interactive_sign_ins_are_mirrored_in_the_audit_log() -> None:
    mirror = {record["Id"]: record for record in records("auditRecords") if record["RecordType"] == 15}
    interactive = [record for record in records("signIns") if record["isInteractive"]]
    assert {record["id"] for record in interactive} == set(mirror)
    for record in interactive[::40]:
        assert mirror[record["id"]]["ErrorNumber"] == str(record["status"]["errorCode"])
    assert all(record["ResultStatus"] == "Success" for record in mirror.values()), (
        "as the real log says of failures too"
    )


def test_service_noise_outnumbers_people_where_it_does_in_real_tenants() -> None:
    set_mailbox = [record for record in records("auditRecords") if record["Operation"] == "Set-Mailbox"]
    system = [record for record in set_mailbox if record["UserId"].startswith("NT AUTHORITY\\SYSTEM")]
    assert len(system) > 300
    assert len(set_mailbox) - len(system) < 5
    rest = [record for record in records("auditRecords") if "RESTSystem" in record.get("ClientInfoString", "")]
    assert {network_of(record["ClientIPAddress"]).kind for record in rest} == {"microsoft"}


def test_french_mailboxes_have_french_folders() -> None:
    paths = {
        folder["Path"]
        for record in records("auditRecords")
        if record["Operation"] == "MailItemsAccessed"
        for folder in record["Folders"]
    }
    assert {"\\Boîte de réception", "\\Éléments envoyés", "\\Inbox", "\\Sent Items"} <= paths


def test_what_is_not_licensed_is_not_logged() -> None:
    kiosk = {user["userPrincipalName"] for user in world().state["users"].values()
             if {"66b55226-6b4f-492c-910c-a3b7a3c9d993"} == {x["skuId"] for x in user["assignedLicenses"]}}  # fmt: skip
    assert kiosk
    silent = {
        record["UserId"].casefold()
        for record in records("auditRecords")
        if record["Operation"] in ("Send", "MailItemsAccessed")
    }
    assert not kiosk & silent
    assert kiosk & {trace["senderAddress"] for trace in records("messageTraces")}, "they do send"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"stories": ["A1", "Z9"]}, "no story Z9"),
        ({"users": 3}, "too few"),
        ({"now": datetime(2026, 11, 24)}, "no zone"),  # noqa: DTZ001 - the point
    ],
)
def test_impossible_worlds_are_refused_with_a_reason(arguments: dict[str, object], says: str) -> None:
    with pytest.raises(InputError, match=says):
        build(**arguments)  # type: ignore[arg-type]


def test_a_log_that_does_not_exist_is_refused() -> None:
    with pytest.raises(InputError, match="no log 'signins'"):
        world().events("signins", NOW.date())
