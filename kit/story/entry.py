"""How they came in, and when: the decision tree of facts/domain.md §4.2, with reasons and what it rejected."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

import pandas as pd

from kit.finding import Finding
from kit.render import duration, number, plain, shorten
from kit.story.attribution import RENTED, Attribution

Confidence = Literal["certain", "likely", "lower bound"]

BEFORE = pd.Timedelta(days=1)
AFTER = pd.Timedelta(hours=1)
"""The way in is looked for among the events from a day before T0 to an hour after it."""
HISTORY = pd.Timedelta(days=7)
"""How far the log must reach back before T0 for T0 to be certain: the least that Entra keeps without a licence."""
TOO_NEAR = pd.Timedelta(days=1)
"""When the log begins less than this before T0, an earlier entry would not show."""
AT_ONCE = pd.Timedelta(minutes=10)

TOOLS = ("axios", "agentaxios", "node", "undici", "go-http-client", "go-resty", "fasthttp", "guzzlehttp", "python-")
"""User agents of the relays of phishing kits (facts/domain.md §2.4), matched at the beginning."""
OFFICE_HOME = "4765445b-32c6-49b0-83e6-1d93765276ca"
RELAY_ERRORS = frozenset({0, 50074, 50140})
"""The trace of a relayed sign-in to OfficeHome under one correlation id (facts/domain.md §2.3)."""
WRONG_PASSWORD = (50126, 50053)
DENIED = 500121
DENIALS = 3
FAILURES = 5
LEGACY = ("authenticated smtp", "imap4", "pop3", "other clients", "exchange activesync")


@dataclass(frozen=True)
class Entry:
    """The way in and T0, the earliest moment the attacker is seen to be in.

    `how` names the way ("device code phishing", "unknown" …); `when` is UTC, None when no event is the attacker's.
    `confidence` is about `when`: "certain" when an attacker's sign-in is seen and the log reaches well back before it,
    "lower bound" when the log begins so near that an earlier entry would not show, else "likely". `reasons` speak for
    `how`; `rejected` are the other ways with what speaks against each.
    """

    how: str
    when: datetime | None
    confidence: Confidence
    reasons: tuple[str, ...]
    rejected: tuple[str, ...]


@dataclass(frozen=True)
class Scene:
    """What the tests of the tree look at: all events around T0, the attacker's sign-ins among them, the detections.

    `start` is the attacker's first event that worked; `consent` the consent to an application that a finding names.
    """

    start: pd.Series
    around: pd.DataFrame
    tries: pd.DataFrame
    opened: pd.DataFrame
    before: pd.DataFrame
    detections: frozenset[str]
    consent: pd.DataFrame


def entry(attribution: Attribution, findings: Sequence[Finding]) -> Entry:
    """The way in. The first test of WAYS that has something to say decides; what the others say is kept."""
    if attribution.achieved.empty:
        return Entry("none seen", None, "lower bound", (_none_seen(attribution),), ())
    scene = _scene(attribution, findings)
    said = {way: test(scene) for way, test in WAYS.items()}
    how = next((way for way, text in said.items() if text), "unknown")
    start = scene.start["time"]
    if how == "consent phishing":
        start = min(start, scene.consent["time"].min())
    signed = bool((scene.opened["time"] <= start + AT_ONCE).any())
    confidence, reach = _confidence(attribution, start, signed=signed)
    fits = [way for way, text in said.items() if text and way != how]
    rejected = tuple(f"{way}: {AGAINST[way]}" for way in WAYS if way != how and way not in fits)
    rejected += tuple(f"{way}: fits less well, though {said[way][0].lower()}{said[way][1:]}" for way in fits)
    reasons = (said.get(how) or _unknown(confidence), reach)
    return Entry(how, start.to_pydatetime().replace(tzinfo=UTC), confidence, reasons, rejected)


def _scene(attribution: Attribution, findings: Sequence[Finding]) -> Scene:
    events, start = attribution.events, attribution.achieved.iloc[0]
    around = events[events["time"].between(start["time"] - BEFORE, start["time"] + AFTER)]
    tries = around[(around["label"] == "attacker") & (around["source"] == "sign_ins")]
    near = [finding for finding in findings if _touches(finding, start["time"])]
    consents = events["operation"].str.startswith("Consent to application").fillna(False).astype("bool")
    return Scene(
        start=start,
        around=around,
        tries=tries,
        opened=tries[tries["worked"]],
        before=events[events["time"] < start["time"]],
        detections=frozenset(finding.detection for finding in near),
        consent=events[consents & (events["seed"].notna() | (events["label"] == "attacker"))],
    )


def _touches(finding: Finding, start: pd.Timestamp) -> bool:
    if finding.first_seen is None or finding.last_seen is None:
        return False
    moment = start.tz_localize("UTC")
    return bool(finding.first_seen <= moment + AFTER and finding.last_seen >= moment - BEFORE)


def _consent(scene: Scene) -> str:
    consents = scene.consent[scene.consent["time"] <= scene.start["time"] + AFTER]
    if consents.empty or (scene.opened["time"] < consents["time"].min()).any():
        return ""
    name = plain(shorten(str(consents.iloc[0]["target"]), 80))
    return f"The account consented to the application {name}, and no sign-in of the attacker came before."


def _device_code(scene: Scene) -> str:
    coded = (scene.tries["protocol"] == "deviceCode") | (scene.tries["transfer"] == "deviceCodeFlow")
    coded |= scene.tries["error_code"] == 50199
    if not coded.any():
        return ""
    return f"{_sign_ins(int(coded.sum()))} of the attacker used the device code flow."


def _relay(scene: Scene) -> str:
    tool = scene.tries[scene.tries["user_agent"].str.lower().str.startswith(TOOLS).fillna(False).astype("bool")]
    if not tool.empty:
        client = plain(shorten(str(tool.iloc[0]["user_agent"]), 60))
        return f"The sign-in was made by {client}, a program as phishing relays use, and the second factor was met."
    home = scene.tries[scene.tries["app_id"] == OFFICE_HOME]
    for _, steps in home.groupby("correlation_id"):
        if RELAY_ERRORS.issubset(steps["error_code"]):
            return "OfficeHome was entered with errors 50074 and 50140 and then success in one go, as relays do."
    if any("aitm" in name or "relay" in name for name in scene.detections):
        return "A finding describes the sign-in as relayed by a phishing site."
    return ""


def _fatigue(scene: Scene) -> str:
    denied = scene.around[(scene.around["error_code"] == DENIED) & (scene.around["time"] <= scene.start["time"])]
    if len(denied) < DENIALS or scene.opened.empty:
        return ""
    return f"The second factor was refused or unanswered {len(denied)} times, then given."


def _spray(scene: Scene) -> str:
    wrong = scene.tries[scene.tries["error_code"].isin(WRONG_PASSWORD)]
    named = any("spray" in name for name in scene.detections)
    if scene.opened.empty or (len(wrong) < FAILURES and not named):
        return ""
    first = scene.opened.iloc[0]
    legacy = str(first["client_app"]).lower() in LEGACY or first["requirement"] == "singleFactorAuthentication"
    way = " by a client or setting that asks for no second factor" if legacy else ""
    here = f"{number(len(wrong))} on this account" if len(wrong) else "on other accounts"
    return f"Wrong passwords came from the attacker's addresses ({here}), then the right one{way}."


def _password(scene: Scene) -> str:
    asked = scene.opened[scene.opened["event_type"] != "nonInteractiveUser"]
    if asked.empty or asked.iloc[0]["time"] > scene.start["time"] + AT_ONCE:
        return ""
    factor = asked.iloc[0]["requirement"] == "singleFactorAuthentication"
    alone = " and no second factor was asked for" if factor else ""
    return f"The first sign-in seen had the right password at once{alone}: it was known, stolen or reused."


def _token(scene: Scene) -> str:
    sessions = scene.before.loc[scene.before["label"] != "attacker", "session_id"].dropna()
    if scene.start["session_id"] in set(sessions):
        return "The session was the owner's before: its token or cookie was taken and used from another place."
    silent = scene.opened[scene.opened["event_type"] == "nonInteractiveUser"]
    if silent.empty or len(silent) < len(scene.opened):
        return ""
    return "Only non-interactive sign-ins are seen: a token was used, and nobody typed a password."


def _delegate(scene: Scene) -> str:
    if not scene.start["foreign"]:
        return ""
    return f"Another account acted on the mailbox: {plain(shorten(str(scene.start['user']), 80))}."


def _application(scene: Scene) -> str:
    if not scene.opened.empty or pd.isna(scene.start["app_id"]) or scene.start["network_class"] not in RENTED:
        return ""
    return f"No sign-in is seen; the application {plain(shorten(str(scene.start['app_id']), 80))} acted from a server."


WAYS: Mapping[str, Callable[[Scene], str]] = {
    "delegate access": _delegate,
    "consent phishing": _consent,
    "device code phishing": _device_code,
    "adversary-in-the-middle phishing": _relay,
    "MFA fatigue": _fatigue,
    "password spray": _spray,
    "stolen session or token": _token,
    "known password": _password,
    "application access": _application,
}
"""The tests in the order in which they decide: what only one way can explain comes first."""

AGAINST: Mapping[str, str] = {
    "delegate access": "the first event was made by the account itself.",
    "consent phishing": "no consent to an application stands at the beginning.",
    "device code phishing": "no sign-in of the attacker used the device code flow.",
    "adversary-in-the-middle phishing": "no sign-in looks relayed (client, errors, findings).",
    "MFA fatigue": f"fewer than {DENIALS} refused second factors came before.",
    "password spray": f"fewer than {FAILURES} wrong passwords from the attacker's addresses, no finding of a spray.",
    "stolen session or token": "the session was new, and somebody signed in interactively or no sign-in is seen.",
    "known password": "no interactive sign-in of the attacker stands at the beginning.",
    "application access": "a sign-in was seen, or no application acted from a server.",
}


def _confidence(attribution: Attribution, start: pd.Timestamp, *, signed: bool) -> tuple[Confidence, str]:
    """How far T0 may be trusted, and the sentence that says why."""
    events = attribution.events
    sign_ins = events[events["source"] == "sign_ins"]
    log, name = (events, "audit log") if sign_ins.empty else (sign_ins, "sign-in log")
    reach = start - log["time"].min()
    if reach < TOO_NEAR:
        return "lower bound", f"The {name} of this account begins too near to show an earlier entry."
    span = f"The {name} of this account reaches back {duration(reach.to_pytimedelta())} before it"
    if signed and reach >= HISTORY:
        return "certain", f"{span}, and the first event of the attacker is a sign-in or follows one at once."
    return "likely", f"{span}." if signed else f"{span}, but no sign-in of the attacker is seen."


def _unknown(confidence: Confidence) -> str:
    if confidence == "lower bound":
        return "The logs begin after the entry, or too near to it."
    return "No sign-in of the attacker is in the records, and nothing else tells the way."


def _none_seen(attribution: Attribution) -> str:
    if attribution.at_home:
        return (
            "Everything found came from places the account is used to, or that many share: "
            "an insider, the owner's own machine, or no attack."
        )
    if not attribution.attacker.empty:
        return f"All {number(len(attribution.attacker))} events of the attacker are attempts that failed."
    return "The tables hold none of the events that the findings point at."


def _sign_ins(count: int) -> str:
    return "1 sign-in" if count == 1 else f"{number(count)} sign-ins"
