"""The verdict: how strongly all findings together speak for a compromise of one account.

One finding is an observation; only several of different kinds make a case. The kinds are the families of
`kit.detection.FAMILIES`; "posture" is left out, because a weak setting is no event. For one account:

    score = 100 · (1 - Π(1 - w)),   w = weight of the worst finding of each family, by the severity it claims

With fewer than two families at medium or worse the score stays at 59 or below (79 when one claims
critical): one kind of evidence asks for a look, it proves nothing. Weights, caps and bands are those of
facts/domain.md §3.8, where ten attacks scored 72 to 100 and twelve of thirteen look-alikes at most 30.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from math import prod

from kit.detection import FAMILIES
from kit.finding import Finding, severity_rank

WEIGHTS: Mapping[str, float] = {"critical": 0.85, "high": 0.6, "medium": 0.3, "low": 0.1, "info": 0.0}
BANDS: tuple[tuple[float, str], ...] = ((80, "compromised"), (60, "likely"), (30, "review"), (0, "noise"))
SPOKEN: Mapping[str, str] = {
    "compromised": "compromised, to be confirmed",
    "likely": "likely compromised",
    "review": "to be reviewed",
    "noise": "no case",
}
FEW_FAMILIES_CAP = 59.0
FEW_FAMILIES_CAP_CRITICAL = 79.0
FAMILIES_NEEDED = 2
NEARBY = timedelta(days=7)
"""How far apart a finding on the tenant and a case against an account may lie and support each other."""


@dataclass(frozen=True)
class Verdict:
    """What the findings about one account come to.

    `score` is 0 to 100, `band` one of BANDS, `families` those at medium or worse, strongest first.
    `sentence` says all of it in words; it holds no text of a record other than the account's name.
    """

    account: str
    score: float
    band: str
    families: tuple[str, ...]
    sentence: str


def is_account(subject: str) -> bool:
    """True for a user or mailbox; false for the tenant, an address, an application or a service."""
    return "@" in subject and not any(character.isspace() for character in subject)


def verdict(account: str, findings: Iterable[Finding]) -> Verdict:
    """The verdict on `account`, from those of `findings` that are about it."""
    own = [finding for finding in findings if finding.subject == account]
    worst = _worst(own)
    strong = _strong(worst)
    score = 100 * (1 - prod(1 - WEIGHTS[finding.claimed] for finding in worst.values()))
    if len(strong) < FAMILIES_NEEDED:
        critical = any(finding.claimed == "critical" for finding in worst.values())
        score = min(score, FEW_FAMILIES_CAP_CRITICAL if critical else FEW_FAMILIES_CAP)
    score = round(score, 1)
    band = next(name for floor, name in BANDS if score >= floor)
    return Verdict(account, score, band, strong, _sentence(account, score, band, own, worst))


def verdicts(findings: Sequence[Finding]) -> list[Verdict]:
    """One verdict for each account that findings are about, highest score first."""
    by_account: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        if is_account(finding.subject):
            by_account[finding.subject].append(finding)
    made = (verdict(account, own) for account, own in by_account.items())
    return sorted(made, key=lambda v: (-v.score, v.account))


def weigh(findings: Iterable[Finding]) -> list[Finding]:
    """The findings with the severity they deserve once the whole case is known, in the order given.

    "high" and "critical" need two independent families at medium or worse about the same account; otherwise
    the finding is shown as "medium" and `against` says why (`claimed` keeps what the detection said). A
    finding about the tenant, an address or an application stands when its own subject has two families, or
    when within seven days an account does.
    """
    given = list(findings)
    by_subject: dict[str, list[Finding]] = defaultdict(list)
    for finding in given:
        by_subject[finding.subject].append(finding)
    families = {subject: _strong(_worst(own)) for subject, own in by_subject.items()}
    made = {name for name, own in families.items() if is_account(name) and len(own) >= FAMILIES_NEEDED}
    cases = [finding for finding in given if finding.subject in made and _counts(finding)]
    return [_weighed(finding, families[finding.subject], cases) for finding in given]


def _weighed(finding: Finding, families: tuple[str, ...], cases: Sequence[Finding]) -> Finding:
    if severity_rank(finding.claimed) >= severity_rank("medium") or len(families) >= FAMILIES_NEEDED:
        return replace(finding, severity=finding.claimed)
    if not is_account(finding.subject) and any(_near(finding, case) for case in cases):
        return replace(finding, severity=finding.claimed)
    why = (
        f"two independent families of evidence are needed and only {families[0]} is there"
        if families
        else "a setting is no event, and no event here is evidence of compromise"
    )
    reason = f"Shown as medium, not {finding.claimed}: {why}."
    against = finding.against if reason in finding.against else (*finding.against, reason)
    return replace(finding, severity="medium", against=against)


def _worst(findings: Iterable[Finding]) -> dict[str, Finding]:
    """Family → its worst finding, in the order of FAMILIES; the earliest among equals."""
    ordered = sorted(findings, key=lambda finding: (severity_rank(finding.claimed), finding.order))
    worst: dict[str, Finding] = {}
    for finding in ordered:
        if finding.family != "posture":
            worst.setdefault(finding.family, finding)
    return {family: worst[family] for family in FAMILIES if family in worst}


def _strong(worst: Mapping[str, Finding]) -> tuple[str, ...]:
    strong = [family for family, finding in worst.items() if _counts(finding)]
    return tuple(sorted(strong, key=lambda family: severity_rank(worst[family].claimed)))


def _counts(finding: Finding) -> bool:
    return finding.family != "posture" and severity_rank(finding.claimed) <= severity_rank("medium")


def _near(one: Finding, other: Finding) -> bool:
    if not (one.first_seen and one.last_seen and other.first_seen and other.last_seen):
        return False
    return one.first_seen - other.last_seen <= NEARBY and other.first_seen - one.last_seen <= NEARBY


def _sentence(account: str, score: float, band: str, own: Sequence[Finding], worst: Mapping[str, Finding]) -> str:
    start = f"{account} scores {score:g} of 100 ({SPOKEN[band]})"
    if not worst:
        return f"{start}: no finding about it is evidence of compromise."
    ranked = sorted(worst.items(), key=lambda pair: severity_rank(pair[1].claimed))
    parts = [f"{family} ({f.claimed}, {f.detection.replace('_', ' ')})" for family, f in ranked]
    records = {record for finding in own for record in finding.record_ids}
    noun = "one family" if len(worst) == 1 else f"{len(worst)} families"
    text = f"{start}: {noun} of evidence, {', '.join(parts)}; "
    text += f"it rests on {_count(len({one.id for one in own}), 'finding')} and {_count(len(records), 'record')}."
    if sum(1 for finding in worst.values() if _counts(finding)) < FAMILIES_NEEDED:
        text += " Two independent families at medium or worse are needed before it may be called likely."
    return text


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
