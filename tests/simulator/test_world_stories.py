"""The stories: every line of the scenario list is in the logs, and the tenant is left as the story leaves it."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from kit.simulator.build import build
from kit.simulator.network import network_of
from kit.simulator.story import STORIES
from tests.simulator.worlds import NOW, records, told, world


def _one(log: str, story: str, **wanted: Any) -> Any:
    found = [record for record in told(log, story) if all(record.get(key) == value for key, value in wanted.items())]
    assert len(found) == 1, f"{len(found)} records of {story} with {wanted}"
    return found[0]


def _parameters(record: Any) -> dict[str, str]:
    return {item["Name"]: item["Value"] for item in record["Parameters"]}


def _clock(stamp: str) -> str:
    return stamp[11:19]


def _user(upn: str) -> str:
    return next(key for key, user in world().state["users"].items() if user["userPrincipalName"] == upn.casefold())


@pytest.fixture(scope="module")
def theft() -> list[Any]:
    """The attacker's sign-ins of A1, in order."""
    return told("signIns", "A1", "attacker")


def test_a1_phish_reaches_six_people() -> None:
    rows = [trace for trace in told("messageTraces", "A1") if trace["senderAddress"].endswith("@newdomain.example")]
    assert len(rows) == 6
    assert {row["subject"] for row in rows} == {"Completed: Invoice 88213.pdf"}
    assert {(row["status"], _clock(row["receivedDateTime"])) for row in rows} == {("delivered", "07:52:00")}


def test_a1_proxy_signs_in_in_three_steps(theft: list[Any]) -> None:
    steps = [record for record in theft if record["isInteractive"]]
    assert [record["status"]["errorCode"] for record in steps] == [50074, 50140, 0]
    assert _clock(steps[0]["createdDateTime"]) == "08:03:11"
    for record in steps:
        assert (record["ipAddress"], record["autonomousSystemNumber"]) == ("198.18.66.7", 9009)
        assert record["appId"] == "4765445b-32c6-49b0-83e6-1d93765276ca"
        assert record["userAgent"] == "axios/1.7.9"
        assert record["deviceDetail"]["deviceId"] == ""
    assert len({record["correlationId"] for record in steps}) == 1
    assert steps[2]["authenticationRequirement"] == "multiFactorAuthentication"
    assert "MFA" in steps[2]["authenticationDetails"][0]["authenticationStepResultDetail"]


def test_a1_victim_arrives_from_home_eight_seconds_later() -> None:
    own = _one("signIns", "A1", isInteractive=True, ipAddress=told("signIns", "A1", "owner")[0]["ipAddress"])
    assert _clock(own["createdDateTime"]) == "08:03:19"
    assert own["autonomousSystemNumber"] == 3215
    assert "Edg/" in own["userAgent"] or "Safari" in own["userAgent"]
    home = {
        r["ipAddress"]
        for r in records("signIns")
        if r["userId"] == own["userId"] and r["createdDateTime"] < own["createdDateTime"]
    }
    assert own["ipAddress"] in home, "a network she has long used"


def test_a1_session_is_replayed_from_another_network_with_one_token(theft: list[Any]) -> None:
    session = theft[0]["sessionId"]
    replay = [record for record in theft if not record["isInteractive"] and record["sessionId"] == session]
    assert len(replay) == 7
    assert {(record["ipAddress"], record["autonomousSystemNumber"]) for record in replay} == {("198.18.71.9", 20473)}
    assert {record["deviceDetail"]["operatingSystem"] for record in replay} == {"Linux"}
    assert len({record["uniqueTokenIdentifier"] for record in replay}) == 1
    assert {record["resourceDisplayName"] for record in replay[1:]} == {
        "Microsoft Graph", "Office 365 SharePoint Online", "M365ChatClient"}  # fmt: skip


def test_a1_mailbox_is_searched_and_read(theft: list[Any]) -> None:
    searched = [r for r in told("auditRecords", "A1") if r["Operation"] == "SearchQueryInitiatedExchange"]
    assert [record["QueryText"] for record in searched] == ["invoice", "virement", "IBAN", "wire", "payment terms"]
    read = [record for record in told("auditRecords", "A1") if record["Operation"] == "MailItemsAccessed"]
    assert len(read) == 38
    assert sum(record["OperationCount"] for record in read) == 412
    assert all(2 <= record["OperationCount"] <= 60 for record in read)
    assert all("08:47" <= _clock(record["CreationTime"]) <= "09:20:00" for record in read)
    assert {record["SessionId"] for record in read} == {theft[0]["sessionId"]}
    ids = [item["InternetMessageId"] for r in read for folder in r["Folders"] for item in folder["FolderItems"]]
    assert len(set(ids)) == 412
    traced = {trace["messageId"] for trace in records("messageTraces")}
    assert len(traced & set(ids)) > 300, "what was read had arrived before"


def test_a1_rules_hide_mail_one_of_them_from_graph_too() -> None:
    rule = _one("auditRecords", "A1", Operation="New-InboxRule")
    assert _parameters(rule) == {
        "AlwaysDeleteOutlookRulesBlob": "False", "Force": "False", "Name": "..", "MarkAsRead": "True",
        "SubjectContainsWords": "invoice;payment;wire", "MoveToFolder": "RSS Feeds", "StopProcessingRules": "True",
    }  # fmt: skip
    assert rule["ResultStatus"] == "True"
    assert rule["ClientIP"].startswith("198.18.71.9:")
    hidden = _one("auditRecords", "A1", Operation="UpdateInboxRules")
    said = {item["Name"]: item["Value"] for item in hidden["OperationProperties"]}
    assert (said["RuleOperation"], said["RuleName"], said["RuleProvider"]) == ("AddMailboxRule", "", "RuleOrganizer")
    assert said["RuleActions"] == '[{"ActionType": "Delete"}]'
    victim = _user(rule["UserId"])
    assert ".." in [rule["displayName"] for rule in world().state["messageRules"][victim]]
    assert [rule["RuleIdentity"] for rule in world().state["hiddenRules"][victim]] == [said["RuleId"]]
    assert said["RuleId"] not in str(world().state["messageRules"][victim])


def test_a1_method_is_added_and_the_notice_about_it_deleted() -> None:
    added = _one("directoryAudits", "A1", activityDisplayName="User registered security info")
    assert added["initiatedBy"]["user"]["ipAddress"] == "198.18.71.9"
    assert "iPhone 11" in str(added["additionalDetails"])
    methods = world().state["authenticationMethods"][added["targetResources"][0]["id"]]
    assert "iPhone 11" in [method.get("displayName") for method in methods]
    gone = [record for record in told("auditRecords", "A1") if "AffectedItems" in record]
    assert [record["Operation"] for record in gone] == ["MoveToDeletedItems", "HardDelete"]
    assert {r["AffectedItems"][0]["Subject"] for r in gone} == {"Security info was added to your account"}
    assert _clock(gone[0]["CreationTime"]) > _clock(added["activityDateTime"])


def test_a1_fraud_continues_an_old_thread() -> None:
    fraud = [
        r for r in told("auditRecords", "A1", "attacker") if r["Operation"] == "Send" and "Attachments" in r["Item"]
    ]
    assert len(fraud) == 1
    assert fraud[0]["Item"]["Attachments"].startswith("RIB_2026.pdf")
    sent = _one("messageTraces", "A1", messageId=fraud[0]["Item"]["InternetMessageId"])
    assert not sent["recipientAddress"].endswith("@atelier-nord.example")
    thread = sent["subject"].removeprefix("Re: ")
    asked = _one("messageTraces", "A1", subject=thread)
    gap = datetime.fromisoformat(sent["receivedDateTime"]) - datetime.fromisoformat(asked["receivedDateTime"])
    assert gap >= timedelta(days=9)
    twin = [row for row in told("messageTraces", "A1") if row["senderAddress"].endswith("@atelier-nrod.example")]
    assert [row["subject"] for row in twin] == [sent["subject"]]


def test_a1_colleagues_get_bait_within_nine_minutes() -> None:
    rows = [trace for trace in told("messageTraces", "A1") if trace["subject"] == "Shared document"]
    assert len({row["recipientAddress"] for row in rows}) == len(rows) == 46
    stamps = [datetime.fromisoformat(row["receivedDateTime"]) for row in rows]
    assert max(stamps) - min(stamps) <= timedelta(minutes=9)


def test_a1_starts_within_five_minutes_of_what_the_data_show(theft: list[Any]) -> None:
    """The first event of a session, network and client that the victim never had is the first theft itself."""
    victim, first = theft[0]["userId"], theft[0]["createdDateTime"]
    before = [r for r in records("signIns") if r["userId"] == victim and r["createdDateTime"] < first]
    known = {record["autonomousSystemNumber"] for record in before}
    assert 9009 not in known
    assert datetime.fromisoformat(first) - world().start >= timedelta(days=60)
    unknown = [
        r["createdDateTime"]
        for r in records("signIns")
        if r["userId"] == victim and r["autonomousSystemNumber"] not in known
    ]
    assert unknown[0] == first


def test_a8_enters_without_a_second_factor_and_hides() -> None:
    entry = _one("signIns", "A8", isInteractive=True)
    assert (entry["location"]["countryOrRegion"], network_of(entry["ipAddress"]).kind) == ("NG", "mobile")
    assert entry["authenticationRequirement"] == "singleFactorAuthentication"
    forward = _parameters(_one("auditRecords", "A8", Operation="Set-Mailbox"))
    mailbox = world().state["mailboxes"][entry["userId"]]
    assert mailbox["ForwardingSmtpAddress"] == forward["ForwardingSmtpAddress"] != ""
    assert mailbox["DeliverToMailboxAndForward"] is False
    rule = _parameters(_one("auditRecords", "A8", Operation="New-InboxRule"))
    assert (rule["FromAddressContainsWords"], rule["DeleteMessage"]) == ("mailer-daemon;postmaster", "True")


def test_a8_sends_4800_mails_until_it_is_stopped() -> None:
    rows = [trace for trace in told("messageTraces", "A8") if trace["subject"] == "Payment advice"]
    run = [row for row in rows if _clock(row["receivedDateTime"]) <= "05:05:00"]
    assert len(run) == 4800
    minutes = Counter(row["receivedDateTime"][:16] for row in {row["messageId"]: row for row in run}.values())
    assert set(minutes.values()) == {28}
    assert 0.33 < sum(row["status"] == "failed" for row in run) / len(run) < 0.41
    after = [row for row in rows if _clock(row["receivedDateTime"]) > "05:06:30"]
    assert after
    assert {row["status"] for row in after} == {"failed"}
    details = world().state["messageTraceDetails"]
    assert all("550 5.1.8" in details[row["id"]][0]["description"] for row in after)


def test_a8_raises_alerts_and_restricts_the_sender() -> None:
    alerts = [record for record in told("auditRecords", "A8") if record["Operation"] == "AlertEntityGenerated"]
    assert [record["Name"] for record in alerts] == [
        "Suspicious email sending patterns detected", "User restricted from sending email"]  # fmt: skip
    upn = alerts[0]["AlertEntityId"]
    assert list(world().state["blockedSenders"]) == [upn]
    assert world().state["riskyUsers"][_user(upn)]["riskLevel"] == "high"
    stopped = alerts[1]["CreationTime"]
    later = [
        trace
        for trace in records("messageTraces")
        if trace["senderAddress"] == upn and trace["receivedDateTime"] > stopped
    ]
    outside = [trace for trace in later if not trace["recipientAddress"].endswith("@atelier-nord.example")]
    assert outside
    assert all(trace["status"] == "failed" for trace in outside), "the owner's own mail does not leave either"


def test_b1_travels_with_what_is_known_and_at_no_impossible_speed() -> None:
    trip = told("signIns", "B1")
    assert len(trip) == 20
    abroad = [record for record in trip if record["location"]["countryOrRegion"] == "SG"]
    assert {network_of(record["ipAddress"]).kind for record in abroad} == {"eyeball", "mobile"}
    user, first, last = trip[0]["userId"], abroad[0]["createdDateTime"], abroad[-1]["createdDateTime"]
    before = [r for r in records("signIns") if r["userId"] == user and r["createdDateTime"] < first]
    assert {r["deviceDetail"]["deviceId"] for r in trip} <= {r["deviceDetail"]["deviceId"] for r in before}
    gap = datetime.fromisoformat(first) - datetime.fromisoformat(before[-1]["createdDateTime"])
    assert gap >= timedelta(hours=11)
    meanwhile = [r for r in records("signIns") if r["userId"] == user and first <= r["createdDateTime"] <= last]
    assert len(meanwhile) == len(trip), "the background does not go on at home"


def test_b6_makes_one_rule_from_a_known_place() -> None:
    rule = _one("auditRecords", "B6", Operation="New-InboxRule")
    said = _parameters(rule)
    assert (said["Name"], said["From"], said["DeleteMessage"]) == ("KFC Spam", "marketing@kfc.example", "True")
    user = _user(rule["UserId"])
    used = {
        r["ipAddress"]
        for r in records("signIns")
        if r["userId"] == user and r["createdDateTime"][:19] < rule["CreationTime"]
    }
    assert rule["ClientIP"].rpartition(":")[0].strip("[]") in used
    assert "KFC Spam" in [rule["displayName"] for rule in world().state["messageRules"][user]]


def test_truth_names_events_that_exist_once() -> None:
    lines = world().truth()
    there = {log: {r["Id" if log == "auditRecords" else "id"] for r in records(log)} for log in
             ("signIns", "auditRecords", "directoryAudits", "messageTraces")}  # fmt: skip
    assert all(line["event_id"] in there[line["log"]] for line in lines)
    assert len({(line["log"], line["event_id"]) for line in lines}) == len(lines)
    assert {line["role"] for line in lines} == {"attacker", "owner", "noise"}
    assert {line["story"] for line in lines if line["role"] == "attacker"} == {"A1", "A8"}


def test_without_stories_nothing_is_wrong() -> None:
    quiet = world(())
    assert quiet.truth() == []
    assert not quiet.state["riskyUsers"]
    assert not quiet.state["blockedSenders"]
    told_ids = {line["event_id"] for line in world().truth()}
    ordinary = [record for record in records("signIns") if record["userId"] and record["id"] not in told_ids]
    assert {network_of(record["ipAddress"]).kind for record in ordinary[::3]} == {"eyeball", "mobile"}


def test_a_story_leaves_the_others_as_they_are() -> None:
    alone, together = world(("B6",)), world()
    mine = [line for line in together.truth() if line["story"] == "B6"]
    assert [line for line in alone.truth() if line["story"] == "B6"] == mine


def test_files_are_named_after_their_stories() -> None:
    for name in STORIES:
        assert name.startswith(f"{STORIES[name].id.lower()}_")


@pytest.mark.parametrize("days", range(7))
def test_every_weekday_of_the_present_leaves_sixty_days_before_an_attack(days: int) -> None:
    built = build(7, 20, ("A1",), NOW + timedelta(days=days))
    line = next(line for line in built.truth() if line["log"] == "signIns")
    assert line["role"] == "attacker"
    start = built.start.date()
    first = next(
        day for day in range(90)
        if any(record["id"] == line["event_id"] for record in built.events("signIns", start + timedelta(days=day)))
    )  # fmt: skip
    assert 60 <= first <= 85


def test_every_line_of_the_scenario_list_is_played(shelf: Callable[..., Path]) -> None:
    """The list's operations and activities, one by one, for the stories that exist."""
    with shelf("facts", "scenarios.tsv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file, delimiter="\t", quotechar='"'))
    have = {STORIES[name].id for name in STORIES}
    wanted = [row for row in lines if row["scenario"].split()[0] in have and row["log"].startswith("UAL Exchange")]
    assert len(wanted) >= 6
    for row in wanted:
        story = row["scenario"].split()[0]
        played = {record["Operation"] for record in told("auditRecords", story)}
        named = {word.strip(";") for word in row["operation"].split() if word.strip(";") in ALL_OPERATIONS}
        assert named, row["operation"]
        assert named <= played, f"{story}: {row['operation']}"


ALL_OPERATIONS = {"SearchQueryInitiatedExchange", "MailItemsAccessed", "New-InboxRule", "UpdateInboxRules",
                  "MoveToDeletedItems", "HardDelete", "Set-Mailbox"}  # fmt: skip
