"""The story of one account: how it was entered, what was read, sent and changed, and what that rests on.

    stories(case.tables, weigh(findings))    one Story for each account that findings are about, highest score first

The parts, in the order in which they are made: `footprint` (the tables, narrowed to the accounts), `attribution`
(whose events are whose), `indicators`, `entry` (the way in and T0), `exposure` (read, sent, changed), `timeline`
and `sentences`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import ibis.expr.types as ir
import pandas as pd

from kit.finding import Finding
from kit.story.attribution import attribute, seeds_of, without_victims
from kit.story.entry import Entry, entry
from kit.story.exposure import CHANGED, READ, SENT, exposure
from kit.story.footprint import Footprint, footprint
from kit.story.indicators import COLUMNS as INDICATORS
from kit.story.indicators import indicators
from kit.story.sentences import sentences
from kit.story.timeline import COLUMNS as TIMELINE
from kit.story.timeline import timeline
from kit.verdict import Verdict, verdicts

__all__ = ["Entry", "Story", "stories"]


@dataclass(frozen=True)
class Story:
    """What happened to one account. Every `time` in a frame is UTC without a zone, as in the tables.

    indicators  kind, value, label, reason, first_seen, last_seen, events
                kind: address, session, token, user agent, app, device, account
                label: attacker, owner, unknown
    timeline    number, time, phase, what, ip, network, country, event_id, record_id, source
                numbered from 1 by time; `source` is the table a step was read from, or "findings"
                phase: initial access, persistence, collection, fraud/outbound, defence evasion, alert, response
    read        time, folder, message_id, access, ip, session_id, certainty, record_id
                one row a message, or a folder synchronised whole; certainty: accessed, possibly accessed
    sent        time, recipient, subject, message_id, certainty, record_id; one row a recipient;
                certainty: sent, possibly sent
    changed     time, what, detail, ip, event_id, record_id
    sentences   "entered", "read", "sent", "changed": each in plain English, with numbers and UTC times

    Only accounts whose verdict is at least "review" have a full story; the frames of the others are empty.
    """

    account: str
    verdict: Verdict
    entry: Entry
    findings: tuple[Finding, ...]
    indicators: pd.DataFrame
    timeline: pd.DataFrame
    read: pd.DataFrame
    sent: pd.DataFrame
    changed: pd.DataFrame
    sentences: dict[str, str]


def stories(tables: Mapping[str, ir.Table], findings: Sequence[Finding]) -> list[Story]:
    """One story for each account that findings are about, highest score first.

    `tables` maps table names to Ibis tables; a missing one counts as empty. The order of `findings` does not matter.
    """
    made = verdicts(findings)
    told = [one.account for one in made if one.band != "noise"]
    found = _found(tables, told, findings) if told else None
    about = {one.account: _about(one.account, findings) for one in made}
    return [
        _told(one, about[one.account], found.of(one.account))
        if found and one.account in told
        else _untold(one, about[one.account])
        for one in made
    ]


def _found(tables: Mapping[str, ir.Table], accounts: Sequence[str], findings: Sequence[Finding]) -> Footprint:
    found = footprint(tables, accounts)
    return replace(found, crowd=without_victims(found.crowd, found.events, seeds_of(findings)))


def _about(account: str, findings: Sequence[Finding]) -> tuple[Finding, ...]:
    own = (finding for finding in findings if finding.subject == account)
    return tuple(sorted(own, key=lambda finding: finding.order))


def _told(verdict: Verdict, findings: tuple[Finding, ...], found: Footprint) -> Story:
    attribution = attribute(verdict.account, found.events, seeds_of(findings), found.crowd)
    way = entry(attribution, findings)
    read, sent, changed = exposure(attribution, findings, found)
    return Story(
        account=verdict.account,
        verdict=verdict,
        entry=way,
        findings=findings,
        indicators=indicators(attribution),
        timeline=timeline(attribution, findings, read, sent, changed),
        read=read[list(READ)],
        sent=sent[list(SENT)],
        changed=changed[list(CHANGED)],
        sentences=sentences(attribution, way, verdict, found, read, sent, changed),
    )


def _untold(verdict: Verdict, findings: tuple[Finding, ...]) -> Story:
    """The story of an account that the verdict clears: the verdict itself, and empty frames."""
    why = f"Not examined further, because {verdict.sentence}"
    return Story(
        account=verdict.account,
        verdict=verdict,
        entry=Entry("not examined", None, "lower bound", (why,), ()),
        findings=findings,
        indicators=pd.DataFrame(columns=list(INDICATORS)),
        timeline=pd.DataFrame(columns=list(TIMELINE)),
        read=pd.DataFrame(columns=list(READ)),
        sent=pd.DataFrame(columns=list(SENT)),
        changed=pd.DataFrame(columns=list(CHANGED)),
        sentences={"entered": why}
        | {about: f"What was {about} was not examined." for about in ("sent", "changed")}
        | {"read": "Access to mail was not examined."},
    )
