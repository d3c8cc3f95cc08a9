"""A made-up case for pictures and the report: real dataclasses, no tenant, no engine."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pandas as pd

from kit.finding import Finding
from kit.story import Entry, Story
from kit.table import TABLES
from kit.verdict import Verdict

ACCOUNT = "adele.vance@contoso.example"
START = pd.Timestamp("2026-08-26")
ENTRY = pd.Timestamp("2026-11-03T02:14:09")
ATTACKER_IP = "203.0.113.77"
PHASES = ("initial access", "persistence", "defence evasion", "collection", "fraud/outbound", "response")


def table(name: str, rows: pd.DataFrame) -> pd.DataFrame:
    """The rows as a log gives them that carries no more than these columns."""
    TABLES[name].check(rows.columns)
    return rows


def sign_ins(count: int = 1000, *, seed: int = 7, attacker: int | None = None) -> pd.DataFrame:
    """`count` sign-ins of one account over ninety days in office hours, and the attacker's over three days."""
    dice = np.random.default_rng(seed)
    hostile = min(count, 18 if attacker is None else attacker)
    usual = count - hostile
    hours = np.clip(dice.normal(12, 3, usual), 6, 21)
    times = START + pd.to_timedelta(dice.integers(0, 90, usual), unit="D") + pd.to_timedelta(hours, unit="h")
    own = pd.DataFrame({"time": times})
    own["ip"] = dice.choice(["198.51.100.5", "198.51.100.9", "192.0.2.14"], usual)
    own["network"] = own["ip"].map(
        {"198.51.100.5": "Orange Business", "198.51.100.9": "Free SAS", "192.0.2.14": "Swisscom"}
    )
    own["country"] = own["ip"].map({"198.51.100.5": "FR", "198.51.100.9": "FR", "192.0.2.14": "CH"})
    own["error_code"] = dice.choice([0, 0, 0, 0, 0, 0, 0, 0, 50126, 53003], usual)
    own["session_id"] = "owner-session"
    bad = pd.DataFrame({"time": ENTRY + pd.to_timedelta(np.sort(dice.exponential(20, hostile)), unit="h")})
    bad["ip"], bad["network"], bad["country"] = ATTACKER_IP, "M247 Europe", "RO"
    bad["error_code"] = np.resize([0, 0, 50126, 0, 53003, 0], hostile)
    bad["session_id"] = "attacker-session"
    rows = pd.concat([own, bad], ignore_index=True).sort_values("time", ignore_index=True)
    rows["user"] = ACCOUNT
    rows["id"] = [f"s{n}" for n in range(len(rows))]
    rows["record_id"] = [f"0001:{n + 1}" for n in range(len(rows))]
    return table("sign_ins", rows)


def timeline(steps: int = 14) -> pd.DataFrame:
    """A story's timeline with so many steps."""
    texts = {
        "initial access": "Sign-in from a new network; the second factor was met by a token",
        "persistence": "Authenticator app added",
        "defence evasion": "Inbox rule “.” moves mail about payments to RSS Feeds",
        "collection": "214 messages opened in Inbox",
        "fraud/outbound": "Message “Updated bank details” sent to 3 outside recipients",
        "response": "Sign-in sessions revoked",
    }
    bounds = np.linspace(0, len(PHASES), steps, endpoint=False).astype(int)
    gaps = np.resize([0, 2, 9, 31, 200, 14, 1600], steps).cumsum()
    rows = pd.DataFrame({"number": range(1, steps + 1), "time": ENTRY + pd.to_timedelta(gaps, unit="min")})
    rows["phase"] = [PHASES[n] for n in bounds]
    rows["what"] = rows["phase"].map(texts)
    rows["ip"], rows["network"], rows["country"] = ATTACKER_IP, "M247 Europe", "RO"
    rows["event_id"] = [f"event-{n}" for n in rows["number"]]
    rows["record_id"] = [f"0002:{n}" for n in rows["number"]]
    rows["source"] = "audit_records"
    return rows


def indicators() -> pd.DataFrame:
    """What the story says of addresses and sessions."""
    rows = [
        ("address", ATTACKER_IP, "attacker", "in the finding session replay"),
        ("session", "attacker-session", "attacker", "came from 203.0.113.77, an address of the attacker"),
        ("user agent", "axios/1.7.9", "attacker", "in this account only the attacker used it"),
        ("address", "198.51.100.5", "owner", "an address the account used before anything was found"),
    ]
    frame = pd.DataFrame(rows, columns=["kind", "value", "label", "reason"])
    return frame.assign(first_seen=ENTRY, last_seen=ENTRY + pd.Timedelta(hours=60), events=[18, 18, 12, 400])


def finding(name: str = "session_replay", severity: str = "high", **changes: object) -> Finding:
    """One finding about the account."""
    facts: dict[str, object] = {
        "id": f"{abs(hash((name, str(changes)))) % 16**12:012x}",
        "detection": name,
        "title": f"{name.replace('_', ' ').capitalize()} of {ACCOUNT}",
        "severity": severity,
        "claimed": severity,
        "family": "session",
        "attack": ("T1550.004",),
        "subject": ACCOUNT,
        "first_seen": datetime(2026, 11, 3, 2, 14, 9, tzinfo=UTC),
        "last_seen": datetime(2026, 11, 3, 4, 0, 0, tzinfo=UTC),
        "event_ids": ("event-1", "event-2"),
        "record_ids": ("0002:1", "0002:2"),
        "reasons": ("One session was used from two networks within 9 minutes.", "The second network rents servers."),
        "against": ("The account has travelled before.",),
        "next_step": "Revoke the sessions of the account and reset its password.",
    }
    return Finding(**{**facts, **changes})


def story(steps: int = 14, *, account: str = ACCOUNT, findings: tuple[Finding, ...] = ()) -> Story:
    """The whole story of the account."""
    times = ENTRY + pd.to_timedelta([10, 12, 45], unit="min")
    read = pd.DataFrame(
        {"time": times, "folder": "\\Inbox", "message_id": [f"<m{n}@contoso.example>" for n in range(3)]}
    )
    read = read.assign(
        access=["Bind", "Bind", "Sync"],
        ip=ATTACKER_IP,
        session_id="attacker-session",
        certainty=["accessed", "accessed", "possibly accessed"],
        record_id=["0003:1", "0003:2", "0003:3"],
    )
    sent = pd.DataFrame({"time": times[:2], "recipient": ["ap@fabrikam.example", "cfo@fabrikam.example"]})
    sent = sent.assign(
        subject="Updated bank details", message_id="<x1@contoso.example>", certainty="sent", record_id="0004:1"
    )
    changed = pd.DataFrame({"time": times[:1], "what": ["Inbox rule made"], "detail": ["“.” moves mail to RSS Feeds"]})
    changed = changed.assign(ip=ATTACKER_IP, event_id="event-5", record_id="0002:5")
    return Story(
        account=account,
        verdict=Verdict(account, 97.2, "compromised", ("session", "mailbox"), f"{account} scores 97.2 of 100."),
        entry=Entry(
            "adversary in the middle",
            ENTRY.to_pydatetime().replace(tzinfo=UTC),
            "certain",
            ("The first sign-in came from a rented server 9 seconds after the owner’s.",),
            ("Password spray: no failures before it.",),
        ),
        findings=findings or (finding(), finding("suspicious_inbox_rule", family="mailbox")),
        indicators=indicators(),
        timeline=timeline(steps),
        read=read,
        sent=sent,
        changed=changed,
        sentences={
            "entered": "Records show the first access on 2026-11-03 02:14:09 UTC, by adversary in the middle.",
            "read": "Records show access to 2 messages; 1 folder was synchronised.",
            "sent": "Records show 1 message sent to 2 recipients.",
            "changed": "Records show 1 change: an inbox rule.",
        },
    )


def scores(days: int = 90) -> dict[str, pd.DataFrame]:
    """Secure Score tables over so many days."""
    times = START + pd.to_timedelta(range(days), unit="D")
    score = pd.DataFrame({"time": times, "score": np.linspace(118, 131, days).round(1), "max_score": 205.0})
    score = score.assign(id=[f"score-{n}" for n in range(days)], record_id="0005:1", average_similar=97.0)
    titles = {
        "MFARegistrationV2": "Ensure all users can complete multifactor authentication",
        "aad_phishing_MFA_strength": "Require phishing-resistant MFA strength for administrators",
        "BlockLegacyAuthentication": "Block legacy authentication",
        "IntegratedApps": "Do not allow users to grant consent to unreliable applications",
        "mip_search_auditlog": "Turn on audit log search",
        "$\\frac{1}{0}$ <img src=x onerror=alert(1)>": "_hidden $x$ <b>control</b> " + "long " * 40,
    }
    profiles = pd.DataFrame({"control": titles.keys(), "title": titles.values(), "max_score": [9.0, 8, 8, 4, 3, 2]})
    controls = pd.DataFrame({"control": titles.keys(), "score": [0.0, 0, 6.5, 0, 3, 0]})
    controls = controls.assign(id=score["id"].iloc[-1], time=times[-1], record_id="0005:1")
    return {
        "secure_scores": table("secure_scores", score),
        "secure_score_controls": table("secure_score_controls", controls),
        "control_profiles": table("control_profiles", profiles),
    }


def replaced(told: Story, **changes: object) -> Story:
    """The story with some of its parts changed."""
    return replace(told, **changes)
