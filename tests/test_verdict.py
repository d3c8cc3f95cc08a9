"""The verdict: scores, caps and bands of the fusion, and severities that need two families."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.detection import FAMILIES, SEVERITIES
from kit.finding import Finding, severity_rank
from kit.verdict import BANDS, is_account, verdict, verdicts, weigh
from tests.cases import ANA, at, finding

BEN = "ben@contoso.example"


def found(family: str, severity: str, *, subject: str = ANA, minutes: float = 0, name: str = "") -> Finding:
    row = {"id": f"{subject}-{family}-{minutes}", "record_id": f"0001:{minutes}", "time": at(minutes)}
    return finding(name or f"some_{family}", family, severity, [row], subject=subject)


@pytest.mark.parametrize(
    ("parts", "score", "band", "families"),
    [
        ([], 0, "noise", ()),
        ([("network", "low")], 10, "noise", ()),
        ([("network", "low"), ("vendor", "low")], 19, "noise", ()),
        ([("mailbox", "medium")], 30, "review", ("mailbox",)),
        ([("mailbox", "high")], 59, "review", ("mailbox",)),
        ([("mailbox", "critical")], 79, "likely", ("mailbox",)),
        ([("mailbox", "high"), ("outbound", "low")], 59, "review", ("mailbox",)),
        ([("mailbox", "medium"), ("outbound", "medium")], 51, "review", ("mailbox", "outbound")),
        ([("mailbox", "medium"), ("outbound", "high")], 72, "likely", ("outbound", "mailbox")),
        ([("mailbox", "high"), ("outbound", "high")], 84, "compromised", ("mailbox", "outbound")),
        ([("mailbox", "high"), ("mailbox", "high")], 59, "review", ("mailbox",)),
        ([("posture", "critical"), ("mailbox", "high")], 59, "review", ("mailbox",)),
        ([("posture", "critical"), ("posture", "high")], 0, "noise", ()),
        ([("mailbox", "info"), ("outbound", "info")], 0, "noise", ()),
    ],
)
def test_the_score_is_the_fusion_of_the_worst_of_each_family(
    parts: list[tuple[str, str]], score: float, band: str, families: tuple[str, ...]
) -> None:
    made = verdict(ANA, [found(family, severity, minutes=n) for n, (family, severity) in enumerate(parts)])
    assert (made.score, made.band, made.families) == (score, band, families)


def test_the_sentence_states_score_families_and_what_it_rests_on() -> None:
    made = verdict(
        ANA, [found("mailbox", "high", name="suspicious_inbox_rule"), found("outbound", "medium", minutes=5)]
    )
    assert made.sentence == (
        "ana@contoso.example scores 72 of 100 (likely compromised): 2 families of evidence, mailbox (high, suspicious "
        "inbox rule), outbound (medium, some outbound); it rests on 2 findings and 2 records."
    )


def test_the_sentence_says_when_only_one_family_speaks() -> None:
    assert "Two independent families" in verdict(ANA, [found("mailbox", "critical")]).sentence
    assert "no finding about it is evidence of compromise" in verdict(ANA, [found("posture", "high")]).sentence


def test_a_verdict_is_about_its_own_account_only() -> None:
    both = [found("mailbox", "high"), found("outbound", "high", subject=BEN)]
    assert [(made.account, made.score) for made in verdicts(both)] == [(ANA, 59), (BEN, 59)]


def test_verdicts_come_worst_first_and_never_for_the_tenant_or_an_address() -> None:
    others = [
        found("tamper", "critical", subject=subject) for subject in ("tenant", "198.18.1.1", "nt authority\\system")
    ]
    made = verdicts([found("mailbox", "medium"), found("mailbox", "high", subject=BEN), *others])
    assert [one.account for one in made] == [BEN, ANA]


def test_one_family_is_shown_as_medium_and_the_claim_is_kept() -> None:
    (weighed,) = weigh([found("mailbox", "critical")])
    assert (weighed.severity, weighed.claimed) == ("medium", "critical")
    assert weighed.against == (
        "Shown as medium, not critical: two independent families of evidence are needed and only mailbox is there.",
    )


def test_two_families_of_one_account_make_it_high_and_of_two_accounts_do_not() -> None:
    same = weigh([found("mailbox", "high"), found("session", "medium")])
    assert [one.severity for one in same] == ["high", "medium"]
    apart = weigh([found("mailbox", "high"), found("session", "high", subject=BEN)])
    assert [one.severity for one in apart] == ["medium", "medium"]


def test_a_setting_supports_nothing_and_is_not_high_by_itself() -> None:
    weighed = weigh([found("posture", "high"), found("mailbox", "high")])
    assert [one.severity for one in weighed] == ["medium", "medium"]
    (alone,) = weigh([found("posture", "high")])
    assert "a setting is no event" in alone.against[0]


def test_a_finding_on_the_tenant_stands_with_a_case_near_in_time() -> None:
    case = [found("mailbox", "high"), found("session", "high")]
    near, far = (found("tamper", "critical", subject="tenant", minutes=60 * 24 * days) for days in (6, 9))
    assert [one.severity for one in weigh([*case, near, far])] == ["high", "high", "critical", "medium"]
    assert weigh([case[0], near])[1].severity == "medium"


def test_a_finding_without_a_time_can_be_weighed() -> None:
    timeless = replace(found("tamper", "high", subject="tenant"), first_seen=None, last_seen=None)
    case = [found("mailbox", "high"), found("session", "high")]
    assert weigh([*case, timeless])[2].severity == "medium"


def test_an_account_is_a_name_with_an_at_sign_and_no_blank() -> None:
    assert is_account("ana_gmail.com#ext#@contoso.example")
    assert not is_account("NT AUTHORITY\\SYSTEM (Microsoft.Exchange@Host)")


FINDINGS = st.lists(
    st.builds(
        found,
        st.sampled_from(FAMILIES),
        st.sampled_from(SEVERITIES),
        subject=st.sampled_from([ANA, BEN, "tenant"]),
        minutes=st.integers(0, 20_000),
    ),
    max_size=12,
)


@given(FINDINGS)
def test_whatever_is_found_high_means_two_families(findings: list[Finding]) -> None:
    for weighed in weigh(findings):
        own = {f.family for f in findings if f.subject == weighed.subject and severity_rank(f.claimed) <= 2}
        if severity_rank(weighed.severity) <= 1 and is_account(weighed.subject):
            assert len(own - {"posture"}) >= 2
        assert severity_rank(weighed.severity) >= severity_rank(weighed.claimed)


@given(FINDINGS)
def test_weighing_twice_changes_nothing_more(findings: list[Finding]) -> None:
    assert weigh(weigh(findings)) == weigh(findings)


@given(FINDINGS, st.randoms(use_true_random=False))
def test_order_and_repetition_change_no_verdict(findings: list[Finding], dice: object) -> None:
    shuffled = findings + findings[:3]
    dice.shuffle(shuffled)  # type: ignore[attr-defined]
    assert verdicts(shuffled) == verdicts(findings)


@given(FINDINGS, FINDINGS)
def test_more_evidence_never_lowers_a_score(findings: list[Finding], more: list[Finding]) -> None:
    assert verdict(ANA, findings + more).score >= verdict(ANA, findings).score


@given(FINDINGS)
def test_the_band_is_the_one_of_the_score_that_is_shown(findings: list[Finding]) -> None:
    made = verdict(ANA, findings)
    floors = {band: floor for floor, band in BANDS}
    assert 0 <= made.score <= 100
    assert made.score >= floors[made.band]
    assert not any(made.score >= floor > floors[made.band] for floor, _ in BANDS)
