"""The timeline: the steps that matter, numbered, a few dozen lines and not a log.

What happens again and again (sign-ins, mail accessed, mail sent, deletions) is counted in one line for as long as it
goes on without a long break; a change has a line of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pandas as pd

from kit.finding import Finding
from kit.render import moment, number, plain, shorten
from kit.story.acts import acted, responses
from kit.story.attribution import Attribution

COLUMNS = ("number", "time", "phase", "what", "ip", "network", "country", "event_id", "record_id", "source")
PAUSE = pd.Timedelta(hours=3)
"""A longer break begins a new line."""
SUBJECTS = 10
"""With more different subjects than this, mail sent is counted by time and not by subject."""
NAMED = 80
"""Characters of a name or subject in a line: attackers write them."""
PHASE_OF: Mapping[str, str] = {
    "network": "initial access",
    "credential": "initial access",
    "session": "initial access",
    "vendor": "alert",
    "persistence": "persistence",
    "mailbox": "persistence",
    "collection": "collection",
    "outbound": "fraud/outbound",
    "tamper": "defence evasion",
}
"""The phase of a finding that no event of the timeline stands for; Microsoft's own verdicts are the defender's side."""


def timeline(
    attribution: Attribution,
    findings: Sequence[Finding],
    read: pd.DataFrame,
    sent: pd.DataFrame,
    changed: pd.DataFrame,
) -> pd.DataFrame:
    """The steps of the attacker and of those who answered, by time: columns of COLUMNS, numbered from 1.

    `read`, `sent` and `changed` as `kit.story.exposure` gives them.
    """
    since = attribution.achieved["time"].min()
    steps = [
        *_grouped(_attempts(attribution), ["group"], _failed),
        *_grouped(_of_group(attribution, "sign-in"), ["ip"], _signed_in),
        *_grouped(_accessed(attribution, read), ["group", "ip"], _read),
        *_grouped(_gathered(attribution), ["group", "ip"], _times),
        *_grouped(*_mail(attribution, sent), _sent),
        *_grouped(_changes(changed), ["what", "told", "ip"], _times),
        *_grouped(responses(attribution.events, since), ["what"], _times),
        *_grouped(_unseen(attribution, findings, sent), ["what"], _times),
    ]
    frame = pd.DataFrame(steps, columns=list(COLUMNS)).astype({"time": "datetime64[us]"})
    frame = frame.sort_values(["time", "phase", "what", "record_id"], kind="stable").reset_index(drop=True)
    return frame.assign(number=range(1, len(frame) + 1))


def _grouped(rows: pd.DataFrame, keys: list[str], words: Callable[[pd.DataFrame], str]) -> list[dict[str, object]]:
    """One step for each run of rows that agree in `keys` and follow each other without a long break."""
    if rows.empty:
        return []
    rows = rows.sort_values(["time", "record_id"], kind="stable")
    agreeing = rows.groupby(keys, dropna=False, sort=False)
    run = (agreeing["time"].diff() > PAUSE).groupby([rows[key] for key in keys], dropna=False, sort=False).cumsum()
    return [_step(group, words) for _, group in rows.groupby([*keys, run], dropna=False, sort=False)]


def _step(group: pd.DataFrame, words: Callable[[pd.DataFrame], str]) -> dict[str, object]:
    first = group.iloc[0]
    known = {name: first[name] if name in group and pd.notna(first[name]) else None for name in COLUMNS[4:]}
    return {"number": 0, "time": first["time"], "phase": first["phase"], "what": words(group)} | known


def _until(group: pd.DataFrame) -> str:
    last = group["time"].max()
    return f", until {moment(last, zone=False, seconds=False)}" if last - group["time"].min() >= _MINUTE else ""


_MINUTE = pd.Timedelta(minutes=1)


def _times(group: pd.DataFrame) -> str:
    told = str(group["what"].iloc[0]) + (f": {detail}" if (detail := _told(group)) else "")
    return told if len(group) == 1 else f"{told} ({number(len(group))} times{_until(group)})"


def _told(group: pd.DataFrame) -> str:
    return shorten(str(group["told"].iloc[0]), 2 * NAMED) if "told" in group and group["told"].iloc[0] else ""


def _attempts(attribution: Attribution) -> pd.DataFrame:
    tried = attribution.attacker[(attribution.attacker["source"] == "sign_ins") & ~attribution.attacker["worked"]]
    return tried.assign(phase="initial access", group="attempt")


def _failed(group: pd.DataFrame) -> str:
    addresses = group["ip"].nunique()
    codes = ", ".join(str(int(code)) for code in sorted(group["error_code"].dropna().unique())[:5])
    where = "1 address" if addresses == 1 else f"{number(addresses)} addresses"
    times = "once" if len(group) == 1 else f"{number(len(group))} times"
    text = f"Sign-in failed or was interrupted {times} from {where}{_until(group)}"
    return f"{text} (errors {codes})" if codes else text


def _of_group(attribution: Attribution, *names: str) -> pd.DataFrame:
    rows = acted(attribution.achieved)
    return rows[rows["group"].isin(names)]


def _signed_in(group: pd.DataFrame) -> str:
    first = group.iloc[0]
    app = f" to {plain(shorten(first['app'], NAMED))}" if isinstance(first["app"], str) else ""
    client = f" with {plain(shorten(first['user_agent'], NAMED))}" if isinstance(first["user_agent"], str) else ""
    more = f"; {number(len(group))} sign-ins from this address{_until(group)}" if len(group) > 1 else ""
    return f"Signed in{app}{client}{more}"


def _accessed(attribution: Attribution, read: pd.DataFrame) -> pd.DataFrame:
    """The access records, each with how many messages and folders it names."""
    rows = _of_group(attribution, "mail")
    named = read.groupby("event_id")["message_id"].nunique()
    whole = read[read["access"] == "Sync"].groupby("event_id")["folder"].nunique()
    return rows.assign(messages=rows["event_id"].map(named).fillna(0), folders=rows["event_id"].map(whole).fillna(0))


def _read(group: pd.DataFrame) -> str:
    text = "1 access record" if len(group) == 1 else f"{number(len(group))} access records"
    parts = [f"{number(group[name].sum())} {name}" for name in ("messages", "folders") if group[name].sum()]
    whole = " (folders synchronised whole)" if group["folders"].sum() else ""
    return f"Mail accessed: {text}{', ' if parts else ''}{' and '.join(parts)}{whole}{_until(group)}"


def _gathered(attribution: Attribution) -> pd.DataFrame:
    rows = acted(attribution.achieved)
    return rows[(rows["phase"] == "collection") & (rows["group"] != "mail")]


def _mail(attribution: Attribution, sent: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Mail sent, with the network of its address as other records tell it, and the columns it is counted by."""
    places = attribution.attacker.dropna(subset=["ip"]).drop_duplicates("ip").set_index("ip")
    rows = sent.assign(phase="fraud/outbound", source="message_traces")
    rows = rows.assign(network=rows["ip"].map(places["network"]), country=rows["ip"].map(places["country"]))
    return rows, ["subject"] if rows["subject"].nunique() <= SUBJECTS else ["phase"]


def _sent(group: pd.DataFrame) -> str:
    subjects, messages, recipients = (group[name].nunique() for name in ("subject", "message_id", "recipient"))
    subject = plain(shorten(str(group["subject"].iloc[0]), NAMED)) if subjects else "of unknown subject"
    others = f" and {number(subjects - 1)} other subjects" if subjects > 1 else ""
    count = "1 message" if messages <= 1 else f"{number(messages)} messages"
    reach = "1 recipient" if recipients == 1 else f"{number(recipients)} recipients"
    sure = "" if (group["certainty"] == "sent").any() else " (possibly by the attacker)"
    return f"Sent {count} “{subject}”{others} to {reach}{_until(group)}{sure}"


def _changes(changed: pd.DataFrame) -> pd.DataFrame:
    """Deletions are counted together; every other change is told with its detail."""
    return changed.assign(told=changed["detail"].where(changed["group"] == "", ""))


def _unseen(attribution: Attribution, findings: Sequence[Finding], sent: pd.DataFrame) -> pd.DataFrame:
    """The findings that no event stands for, such as Microsoft's own risk verdicts."""
    frames = (attribution.attacker, sent)
    seen = {identity for frame in frames for name in ("event_id", "record_id") for identity in frame[name].dropna()}
    rows = [
        {
            "time": finding.first_seen.replace(tzinfo=None),
            "phase": PHASE_OF[finding.family],
            "what": f"Finding: {plain(shorten(finding.title, 2 * NAMED))}",
            "event_id": next(iter(finding.event_ids), None),
            "record_id": next(iter(finding.record_ids), None),
            "source": "findings",
        }
        for finding in findings
        if finding.first_seen and finding.family in PHASE_OF and seen.isdisjoint(finding.event_ids + finding.record_ids)
    ]
    return pd.DataFrame(rows, columns=["time", "phase", "what", "event_id", "record_id", "source"])
