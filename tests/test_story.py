"""The story: whose events are whose, how the account was entered, what was read, sent and changed."""

from __future__ import annotations

import random
import re
from datetime import timedelta
from typing import Any

import pandas as pd
import pytest

from kit.finding import Finding
from kit.story import Story, stories
from kit.verdict import weigh
from tests.cases import (
    ANA,
    CHROME,
    EDGE,
    HOME,
    RELAY,
    SERVER,
    T0,
    Row,
    Rows,
    at,
    finding,
    item,
    merged,
    numbered,
    ordinary,
    relayed,
    spammed,
    tables_of,
)

HOTEL = {"ip": "198.18.20.5", "asn": 3758, "network": "SingTel", "network_class": "eyeball", "country": "SG"}


def told(rows: Rows, findings: list[Finding]) -> Story:
    (story,) = stories(tables_of(rows), weigh(findings))
    return story


def attackers(story: Story, kind: str) -> list[str]:
    rows = story.indicators
    return list(rows.loc[(rows["label"] == "attacker") & (rows["kind"] == kind), "value"])


def label(story: Story, value: str) -> str:
    return story.indicators.set_index("value")["label"][value]


def suspected(rows: list[Row]) -> list[Finding]:
    """Two families of findings that point at the rows: enough for a full story."""
    return [finding("odd_session", "session", "high", rows), finding("odd_act", "collection", "high", rows)]


@pytest.fixture(scope="module")
def aitm() -> Story:
    return told(*relayed())


@pytest.fixture(scope="module")
def spam() -> Story:
    return told(*spammed())


# ── a relayed sign-in ────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_first_sentence_names_when_how_by_whom_and_from_where(aitm: Story) -> None:
    assert aitm.sentences["entered"].startswith(
        "ana@contoso.example was entered at 2026-11-02 08:03:13 UTC: records show access by sessions “s1” and “s2” "
        "from 198.18.66.7 (M247, NL), 198.18.71.9 (Vultr, US) and 20.190.1.2 (Vultr, US). "
        "The way in was adversary-in-the-middle phishing. The sign-in was made by axios/1.7.9"
    )


def test_what_is_only_under_review_is_not_called_an_entry() -> None:
    rows, found = relayed()
    story = told(rows, found[:1])
    assert story.verdict.band == "review"
    assert story.sentences["entered"].startswith("If this was an attack at all, ana@contoso.example was entered")


def test_aitm_is_named_with_its_first_moment(aitm: Story) -> None:
    assert aitm.entry.how == "adversary-in-the-middle phishing"
    assert aitm.entry.when is not None
    assert abs(aitm.entry.when - T0) < timedelta(minutes=1)
    assert aitm.entry.confidence == "certain"
    assert any(text.startswith("device code phishing: no ") for text in aitm.entry.rejected)


def test_a_session_that_victim_and_attacker_share_is_told_apart_by_address(aitm: Story) -> None:
    assert attackers(aitm, "address") == ["198.18.66.7", "198.18.71.9"]
    assert attackers(aitm, "session") == ["s1", "s2"]
    assert attackers(aitm, "token") == ["t1"]
    assert label(aitm, HOME["ip"]) == "owner"
    reason = aitm.indicators.set_index("value")["reason"]["s1"]
    assert "the owner's events are in it too" in reason


def test_clients_are_the_attackers_only_where_the_owner_does_not_use_them(aitm: Story) -> None:
    assert attackers(aitm, "user agent") == ["axios/1.7.9", CHROME]
    assert label(aitm, EDGE) == "owner"


def test_an_application_that_others_use_too_is_no_indicator() -> None:
    rows, found = relayed()
    for row in rows["sign_ins"]:
        row["app_id"] = row.get("app_id", f"id of {row.get('app')}")
    others = [sign_in(n, user=f"user{n}@contoso.example", app_id="id of Outlook Web", **HOTEL) for n in range(3)]
    story = told(merged(rows, {"sign_ins": numbered(others, "o", 63)}), found)
    assert label(story, "Outlook Web") == "unknown"
    assert label(story, "OfficeHome") == "attacker"


def test_mail_is_counted_by_message_also_where_only_the_token_tells(aitm: Story) -> None:
    assert aitm.read["message_id"].nunique() == 390
    assert set(aitm.read["certainty"]) == {"accessed"}
    assert (
        "39 records show access to 390 messages by session “s1” from 198.18.71.9 (Vultr, US)" in aitm.sentences["read"]
    )
    assert not re.search(r"\bread\b", aitm.sentences["read"])


def test_mail_sent_is_told_once_though_audit_and_trace_both_hold_it(aitm: Story) -> None:
    assert list(aitm.sent["recipient"]) == [f"p{n}@customer.example" for n in range(3)]
    assert "1 message was sent" in aitm.sentences["sent"]
    assert "3 recipients (3 outside the organisation)" in aitm.sentences["sent"]


def test_changes_are_listed_with_what_they_do(aitm: Story) -> None:
    assert list(aitm.changed["what"]) == ["Inbox rule made", "User registered security info", "Deleted mail"]
    assert aitm.changed["detail"].iloc[0] == "rule ..; words invoice; moves to RSS Feeds; marks as read"
    assert aitm.sentences["changed"].startswith(
        "3 changes were made in the attacker's contexts between 2026-11-02 09:24"
    )


def test_the_timeline_is_numbered_short_and_in_order(aitm: Story) -> None:
    steps = aitm.timeline
    assert list(steps["number"]) == list(range(1, 11))
    assert steps["time"].is_monotonic_increasing
    assert list(steps["phase"].drop_duplicates()) == [
        "initial access", "collection", "persistence", "defence evasion", "fraud/outbound", "response",
    ]  # fmt: skip
    assert steps["what"].iloc[-1] == "Disable account by it@contoso.example"
    assert "38 access records, 380 messages, until 2026-11-02 09:25" in steps["what"].iloc[3]


def test_every_step_leads_to_a_record(aitm: Story, spam: Story) -> None:
    assert pd.concat([aitm.timeline, spam.timeline])["record_id"].notna().all()


def test_the_owners_events_are_in_no_step(aitm: Story) -> None:
    rows, _ = relayed()
    own = {row["record_id"] for name in ("sign_ins", "audit_records") for row in rows[name] if row["ip"] == HOME["ip"]}
    assert own.isdisjoint(aitm.timeline["record_id"])
    assert own.isdisjoint(aitm.read["record_id"])


# ── a spam run ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_spam_run_is_counted(spam: Story) -> None:
    assert len(spam.sent) == 480
    assert set(spam.sent["certainty"]) == {"sent"}
    assert "12 messages were sent between 2026-11-02 08:13:11 UTC and" in spam.sentences["sent"]
    assert "480 recipients (480 outside the organisation)" in spam.sentences["sent"]
    assert "160 deliveries failed" in spam.sentences["sent"]
    assert len(spam.timeline) == 3


def test_forwarding_is_named_with_where_it_goes(spam: Story) -> None:
    assert list(spam.changed["what"]) == ["Forwarding of the mailbox changed"]
    assert list(spam.changed["detail"]) == ["ForwardingSmtpAddress = smtp:x@evil.example"]


def test_a_password_that_was_right_at_once_was_known(spam: Story) -> None:
    assert spam.entry.how == "known password"
    assert spam.entry.when == T0
    assert "no second factor was asked for" in spam.entry.reasons[0]


def test_without_access_records_nothing_is_claimed_about_reading(spam: Story) -> None:
    assert spam.read.empty
    assert spam.sentences["read"].startswith("Whether mail was accessed is not known")


def test_access_by_the_owner_alone_is_said_as_what_it_rests_on() -> None:
    rows, found = spammed()
    audit = numbered(
        [{"operation": "MailItemsAccessed", "user": ANA, "mailbox": ANA, "time": at(60), **HOME}], "late", 31
    )
    story = told(merged(rows, {"audit_records": audit, "mail_items": [item(audit[0], "<x>")]}), found)
    assert story.read.empty
    assert "No record shows access to mail by the attacker" in story.sentences["read"]
    assert "rests on 1 record of access" in story.sentences["read"]


# ── look-alikes ──────────────────────────────────────────────────────────────────────────────────────────────────────


def travelling() -> Rows:
    trip = {
        "user": ANA,
        "user_agent": EDGE,
        "device_id": f"pc-of-{ANA}",
        "error_code": 0,
        "session_id": "trip",
        **HOTEL,
    }
    return merged(ordinary(), {"sign_ins": numbered([trip | {"time": at(n * 300)} for n in range(6)], "t", 41)})


def test_a_traveller_has_a_verdict_and_no_story() -> None:
    rows = travelling()
    story = told(rows, [finding("new_country", "network", "low", rows["sign_ins"][-6:])])
    assert (story.verdict.band, story.entry.how) == ("noise", "not examined")
    assert story.timeline.empty
    assert "scores 10 of 100" in story.sentences["entered"]


def test_a_traveller_who_is_examined_is_not_called_an_attacker() -> None:
    rows = travelling()
    story = told(rows, [finding("new_country", "network", "medium", rows["sign_ins"][-6:])])
    assert story.verdict.band == "review"
    assert story.entry.when is None
    assert "attacker" not in set(story.indicators["label"])
    assert label(story, HOTEL["ip"]) == "owner"
    assert "places the account is used to" in story.sentences["entered"]


def test_a_rule_the_owner_made_at_home_is_no_attack() -> None:
    rows = ordinary()
    rule = {
        "operation": "New-InboxRule",
        "user": ANA,
        "mailbox": ANA,
        "time": at(0),
        "session_id": "owner-ana-4",
        **HOME,
    }
    rows["audit_records"] += numbered([rule], "r", 42)
    story = told(rows, [finding("suspicious_inbox_rule", "mailbox", "high", rows["audit_records"][-1:])])
    assert story.verdict.band == "review"
    assert story.findings[0].severity == "medium"
    assert label(story, "owner-ana-4") == "owner"
    assert list(story.timeline["what"]) == ["Finding: suspicious inbox rule"]
    assert story.changed.empty


# ── where the logs begin too late ────────────────────────────────────────────────────────────────────────────────────


def test_when_the_log_begins_with_the_attacker_t0_is_a_lower_bound() -> None:
    rows, found = relayed()
    late = {name: [row for row in part if row.get("time", T0) >= at(30)] for name, part in rows.items()}
    story = told(late, found)
    assert story.entry.confidence == "lower bound"
    assert story.entry.when == at(38)
    assert "at the latest" in story.sentences["entered"]


@pytest.mark.parametrize(("days", "confidence"), [(0.5, "lower bound"), (3, "likely"), (8, "certain")])
def test_confidence_grows_with_the_log_before(days: float, confidence: str) -> None:
    rows, found = relayed()
    rows["sign_ins"] = [row for row in rows["sign_ins"] if row["time"] >= T0 - timedelta(days=days)]
    assert told(rows, found).entry.confidence == confidence


def test_without_any_sign_in_log_the_first_act_is_t0_and_only_likely() -> None:
    rows, found = relayed()
    rows["sign_ins"] = []
    story = told(rows, found[1:])
    assert (story.entry.when, story.entry.confidence) == (at(45), "likely")
    assert "no sign-in of the attacker is seen" in story.entry.reasons[1]


def test_no_tables_and_no_findings_give_no_stories() -> None:
    assert stories({}, []) == []
    assert stories(tables_of({}), []) == []


def test_findings_whose_events_are_in_no_table_are_still_told() -> None:
    _, found = relayed()
    (story,) = stories({}, found)
    assert story.entry.when is None
    assert len(story.timeline) == 3
    assert "The tables hold none of the events" in story.sentences["entered"]


# ── the other ways in ────────────────────────────────────────────────────────────────────────────────────────────────


def sign_in(minutes: float, **more: Any) -> Row:
    plain = {"user": ANA, "user_agent": CHROME, "error_code": 0, "session_id": "x1", "event_type": "interactiveUser"}
    return {"time": at(minutes)} | plain | SERVER | more


def way(rows: list[Row], *, directory: list[Row] | None = None, start: int = 0) -> Story:
    signed = numbered(rows, "w", 51)
    acts = numbered(directory or [], "y", 52)
    return told(merged(ordinary(), {"sign_ins": signed, "directory_audits": acts}), suspected(signed[start:] + acts))


def test_device_code() -> None:
    story = way([sign_in(0, authentication_protocol="deviceCode"), sign_in(6, transfer_method="deviceCodeFlow")])
    assert story.entry.how == "device code phishing"
    assert story.entry.reasons[0].startswith("2 sign-ins")


def test_mfa_fatigue() -> None:
    tries = [sign_in(n, error_code=500121, session_id=None) for n in range(-14, 0)]
    story = way([*tries, sign_in(0)])
    assert story.entry.how == "MFA fatigue"
    assert story.entry.when == T0
    assert "refused or unanswered 14 times" in story.entry.reasons[0]


def test_password_spray() -> None:
    tries = [sign_in(-60 + n, error_code=50126, session_id=None, user_agent="BAV2ROPC") for n in range(8)]
    entered = sign_in(0, client_app="IMAP4", authentication_requirement="singleFactorAuthentication")
    story = way([*tries, entered])
    assert story.entry.how == "password spray"
    assert story.entry.when == T0
    assert "asks for no second factor" in story.entry.reasons[0]


def test_attempts_that_all_failed_are_no_entry() -> None:
    story = way([sign_in(n, error_code=50126) for n in range(8)])
    assert story.entry.when is None
    assert "attempts that failed" in story.sentences["entered"]


def test_a_session_of_the_owner_that_moves_is_stolen() -> None:
    story = way([sign_in(0, session_id="owner-ana-4", event_type="nonInteractiveUser")])
    assert story.entry.how == "stolen session or token"
    assert story.entry.when == T0


def test_consent_starts_the_story_though_the_owner_gave_it_at_home() -> None:
    consent = {"activity": "Consent to application", "actor": ANA, "target": "perfectdata", "time": at(0), **HOME}
    access = {
        "operation": "MailItemsAccessed",
        "user": ANA,
        "mailbox": ANA,
        "time": at(14),
        "client_app_id": "ff8d",
        **SERVER,
    }
    audit = numbered([access], "z", 53)
    acts = numbered([consent], "y", 52)
    rows = merged(ordinary(), {"audit_records": audit, "directory_audits": acts})
    story = told(rows, [finding("risky_consent", "persistence", "high", acts), *suspected(audit)])
    assert (story.entry.how, story.entry.when) == ("consent phishing", T0)
    assert "perfectdata" in story.entry.reasons[0]


def test_a_delegate_is_named_and_only_the_delegate_is_meant() -> None:
    boss = "boss@contoso.example"
    reads = [
        {"operation": "MailItemsAccessed", "user": ANA, "mailbox": boss, "logon_type": 2, "time": at(n * 1440), **HOME}
        for n in range(5)
    ]
    audit = numbered(reads, "z", 53)
    rows = merged(
        ordinary(boss), {"audit_records": audit, "mail_items": [item(row, f"<{row['id']}>") for row in audit]}
    )
    found = [
        finding("delegate_reads", "collection", "high", audit[1:3], subject=boss),
        finding("permission_granted", "mailbox", "high", audit[1:3], subject=boss),
    ]
    story = told(rows, found)
    assert story.entry.how == "delegate access"
    assert attackers(story, "account") == [ANA]
    assert len(story.read) == 5


# ── shared places ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_address_that_many_work_from_is_not_the_attackers() -> None:
    office = {"ip": "192.0.2.1", "asn": 64500, "network": "Office", "network_class": "eyeball", "country": "FR"}
    others = merged(*(ordinary(f"user{n}@contoso.example", place=office) for n in range(3)))
    rows, found = relayed()
    via_office = numbered([sign_in(70, session_id="s1", **office), sign_in(75, session_id="own", **office)], "o", 61)
    story = told(merged(rows, others, {"sign_ins": via_office}), found)
    assert "192.0.2.1" not in attackers(story, "address")
    assert label(story, "own") == "owner"


def test_an_attacker_at_two_victims_is_not_taken_for_a_shared_place() -> None:
    rows, found = relayed()
    victims = [f"user{n}@contoso.example" for n in range(6)]
    hit = numbered([sign_in(10 + n, user=user, **RELAY) for n, user in enumerate(victims)], "v", 62)
    more = [finding("relay", "session", "critical", [row], subject=row["user"]) for row in hit]
    every = stories(tables_of(merged(rows, {"sign_ins": hit})), weigh([*found, *more]))
    assert all("198.18.66.7" in attackers(story, "address") for story in every)
    assert len(every) == 7


# ── certainty of what was accessed ───────────────────────────────────────────────────────────────────────────────────


def test_a_folder_synchronised_whole_and_a_throttled_record_are_said() -> None:
    access = {"operation": "MailItemsAccessed", "user": ANA, "mailbox": ANA, "session_id": "x1", **SERVER}
    audit = numbered([access | {"time": at(1)}, access | {"time": at(2)}], "z", 53)
    items = [item(audit[0], None, "\\Sent Items", "Sync"), item(audit[1], "<a>") | {"throttled": True}]
    story = told(merged(ordinary(), {"audit_records": audit, "mail_items": items}), suspected(audit))
    assert list(story.read["certainty"]) == ["possibly accessed", "accessed"]
    assert "2 records show access to 1 message" in story.sentences["read"]
    assert "1 folder was synchronised whole" in story.sentences["read"]
    assert "throttled" in story.sentences["read"]


def test_without_a_certain_record_no_access_is_counted() -> None:
    strange = {"operation": "MailItemsAccessed", "user": ANA, "mailbox": ANA, "time": at(30), **HOTEL}
    audit = numbered([strange], "z", 53)
    entered = numbered([sign_in(0), sign_in(60)], "w", 51)
    rows = {"sign_ins": entered, "audit_records": audit, "mail_items": [item(audit[0], "<q>")]}
    story = told(merged(ordinary(), rows), suspected(entered))
    assert story.sentences["read"] == (
        "No record of access is certainly the attacker's since 2026-11-02 08:03:11 UTC. 1 more message is possibly "
        "accessed: the records cannot be told to be the owner's."
    )


def test_access_records_without_an_id_of_their_own_are_known_by_their_place() -> None:
    access = {"operation": "MailItemsAccessed", "user": ANA, "mailbox": ANA, "session_id": "x1", **SERVER}
    audit = numbered([access | {"time": at(n), "id": None} for n in range(3)], "z", 53)
    items = [item(row, f"<{row['record_id']}>") for row in audit]
    entered = numbered([sign_in(-1)], "w", 51)
    story = told(
        merged(ordinary(), {"sign_ins": entered, "audit_records": audit, "mail_items": items}), suspected(entered)
    )
    assert list(story.read["certainty"]) == ["accessed"] * 3
    assert story.sentences["read"].startswith("3 records show access to 3 messages")


def test_access_that_nothing_ties_to_anybody_is_possible_while_the_attacker_is_in() -> None:
    rows, found = relayed()
    strange = {"operation": "MailItemsAccessed", "user": ANA, "mailbox": ANA, **HOTEL}
    audit = numbered([strange | {"time": at(60)}, strange | {"time": at(-9000)}], "z", 53)
    story = told(merged(rows, {"audit_records": audit, "mail_items": [item(row, "<q>") for row in audit]}), found)
    possible = story.read[story.read["certainty"] == "possibly accessed"]
    assert list(possible["record_id"]) == [audit[0]["record_id"]]
    assert "1 more message is possibly accessed" in story.sentences["read"]


# ── laws ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def same(one: Story, other: Story) -> None:
    for name in ("account", "verdict", "entry", "findings", "sentences"):
        assert getattr(one, name) == getattr(other, name)
    for name in ("indicators", "timeline", "read", "sent", "changed"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name))


@pytest.mark.parametrize("case", [relayed, spammed])
@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_rows_and_findings_changes_nothing(case: Any, seed: int) -> None:
    rows, found = case()
    dice = random.Random(seed)
    shuffled = {name: dice.sample(part, len(part)) for name, part in rows.items()}
    same(told(rows, found), told(shuffled, dice.sample(found, len(found))))


@pytest.mark.parametrize("case", [relayed, spammed])
def test_unrelated_users_change_nothing(case: Any) -> None:
    rows, found = case()
    elsewhere = {"ip": "192.0.2.77", "asn": 64501, "network": "Elsewhere", "network_class": "eyeball", "country": "FR"}
    others = [ordinary(f"user{n}@contoso.example", days=60, place=elsewhere) for n in range(4)]
    same(told(rows, found), told(merged(rows, *others), found))


def test_two_accounts_have_two_stories_that_do_not_mix() -> None:
    rows, found = relayed()
    other = "ben@contoso.example"
    hit = numbered([sign_in(500, user=other, session_id="b1", **HOTEL)], "b", 71)
    more = [
        finding("odd_session", "session", "critical", hit, subject=other),
        finding("odd_network", "network", "high", hit, subject=other),
    ]
    both = stories(tables_of(merged(rows, ordinary(other), {"sign_ins": hit})), weigh([*found, *more]))
    assert [story.account for story in both] == [other, ANA]
    assert attackers(both[0], "address") == [HOTEL["ip"]]
    same(both[1], told(rows, found))


HOSTILE = [
    "<img src=x onerror=alert(1)>",
    "=cmd|'/C calc'!A0",
    "a\u202efdp.exe",
    "x\ny\x1b[31m",
    "{ip}%s$\\frac{1}$",
    "a" * 5000,
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names_break_nothing_and_stay_on_one_line(text: str) -> None:
    rows, found = relayed()
    for row in rows["sign_ins"][-4:]:
        row |= {"user_agent": text, "app": text, "session_id": text, "device_id": text}
    for row in rows["rule_changes"] + rows["message_traces"]:
        row |= {key: text for key in ("rule_name", "subject", "move_to_folder") if key in row}
    story = told(rows, found)
    assert text in attackers(story, "session")
    for line in [*story.sentences.values(), *story.timeline["what"], *story.changed["detail"], *story.entry.reasons]:
        assert len(line) < 1200
        assert not re.search(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]", line)


@pytest.mark.parametrize("broken", ["{", "[1, 2]", '"text"', '{"a": {"b": 1}}', '{"Name": [null, null]}', "[" * 50_000])
def test_broken_parameters_of_a_change_lose_no_row(broken: str) -> None:
    rows, found = spammed()
    rows["audit_records"][-1]["parameters"] = broken
    assert list(told(rows, found).changed["what"]) == ["Mailbox settings changed"]


def test_rows_without_ids_addresses_and_users_do_no_harm() -> None:
    rows, found = relayed()
    bare = [{"record_id": f"0099:{n}", "time": at(n), "mailbox": ANA, "operation": None} for n in range(3)]
    timeless = [{"record_id": "0099:9", "id": "t", "user": ANA, "operation": "Send"}]
    story = told(merged(rows, {"audit_records": bare + timeless}), found)
    assert story.entry == told(rows, found).entry


def test_a_record_that_fills_two_tables_is_one_event() -> None:
    rows, found = relayed()
    method = rows["directory_audits"][0]
    twin = {
        "id": "d1",
        "record_id": method["record_id"],
        "time": method["time"],
        "user": ANA,
        "operation": "Add-MailboxPermission",
    }
    story = told(merged(rows, {"audit_records": [twin | SERVER]}), found)
    assert len(story.changed) == 3


def test_an_alias_counts_for_its_account() -> None:
    rows, found = spammed()
    for row in rows["message_traces"]:
        row["sender"] = "ana.martin@contoso.example"
    user = {"id": "u1", "record_id": "0090:1", "user": ANA, "mail": "ana.martin@contoso.example", "addresses": [ANA]}
    assert len(told(merged(rows, {"users": [user]}), found).sent) == 480
    assert len(told(rows, found).sent) == 0
