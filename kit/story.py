"""The story of one account: how it was entered, what was read, sent and changed, and what that rests on."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from kit.entry import Entry
from kit.finding import Finding
from kit.verdict import Verdict


@dataclass(frozen=True)
class Story:
    """What happened to one account. Every `time` is UTC without a zone, as in the tables.

    indicators  kind, value, label, reason, first_seen, last_seen, events
                kind: address, session, token, user agent, app, device, account
                label: attacker, owner, unknown
    timeline    number, time, phase, what, ip, network, country, event_id, record_id, source
                numbered from 1 by time; `source` is the table a step was read from
                phase: initial access, persistence, collection, fraud/outbound, defence evasion, response
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
