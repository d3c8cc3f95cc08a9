"""Exposure: what the records show of access to mail, of mail sent and of changes made, in the attacker's contexts.

Words matter here: a record shows access by a session from an address; it never proves that somebody read, and no record
never proves that nobody did (facts/domain.md §1.3). Hence three classes: "accessed" (a message is named), "possibly
accessed" (a whole folder was synchronised, or the access cannot be told to be the owner's), and what is missing.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pandas as pd

from kit.finding import Finding
from kit.render import plain, shorten
from kit.story.acts import acted
from kit.story.attribution import Attribution
from kit.story.footprint import Footprint

READ = ("time", "folder", "message_id", "access", "ip", "session_id", "certainty", "record_id")
SENT = ("time", "recipient", "subject", "message_id", "certainty", "record_id")
CHANGED = ("time", "what", "detail", "ip", "event_id", "record_id")
CHANGES = ("persistence", "defence evasion")
LONGEST = 300
"""Characters of one change's detail: names and words in it are written by attackers."""


def read(attribution: Attribution, items: pd.DataFrame) -> pd.DataFrame:
    """Mail items of the attacker's access records: columns of READ, and `event_id` and `throttled`.

    A folder synchronised whole is "possibly accessed": the record does not name its messages. So is what an event of
    unknown origin shows while the attacker was active, unless it is Microsoft's own background work.
    """
    if attribution.achieved.empty:
        return items.assign(certainty="", event_id="").head(0)[[*READ, "event_id", "throttled"]]
    labelled = attribution.events
    labels = items["record_id"].map(_by(labelled, "record_id")).fillna(items["id"].map(_by(labelled, "event_id")))
    first, last = attribution.achieved["time"].min(), attribution.attacker["time"].max()
    theirs = labels == "attacker"
    background = (items["network_class"] == "microsoft") | items["ip"].isna()
    doubtful = (labels == "unknown") & items["time"].between(first, last) & ~background
    named = theirs & (items["access"] != "Sync")
    certainty = named.map({True: "accessed", False: "possibly accessed"})
    rows = items.assign(certainty=certainty, event_id=items["id"])[theirs | doubtful]
    rows = rows.sort_values(["time", "record_id", "folder", "message_id"], kind="stable")
    return rows[[*READ, "event_id", "throttled"]].reset_index(drop=True)


def sent(attribution: Attribution, findings: Sequence[Finding], traces: pd.DataFrame) -> pd.DataFrame:
    """Mail sent in the attacker's contexts, one row a recipient: columns of SENT, and `status`, `ip`, `event_id`.

    "sent": the trace was submitted from the attacker's address, or the audit record of sending is the attacker's.
    "possibly sent": only a finding about outbound mail points at it. A record of sending without a trace is kept too.
    """
    theirs = attribution.attacker
    sends = acted(theirs)
    sends = sends[sends["group"] == "send"]
    placed = theirs.loc[theirs["stop"].isna() & theirs["ip"].notna(), "ip"].unique()
    certain = traces["ip"].isin(placed) | traces["message_id"].isin(sends["message_id"].dropna())
    outbound = [finding for finding in findings if finding.family == "outbound"]
    pointed = {identity for one in outbound for identity in (*one.event_ids, *one.record_ids)}
    possible = traces["id"].isin(pointed) | traces["record_id"].isin(pointed)
    rows = traces.assign(certainty=certain.map({True: "sent", False: "possibly sent"}), event_id=traces["id"])
    rows = rows[certain | possible]
    alone = sends[~sends["message_id"].isin(rows["message_id"].dropna())]
    alone = alone.assign(recipient=None, certainty="sent", status=None)  # the audit log names no recipients
    columns = [*SENT, "status", "ip", "event_id"]
    both = [frame[columns].astype("object") for frame in (rows, alone) if not frame.empty]
    full = pd.concat(both) if both else rows[columns]
    full = full.astype({"time": "datetime64[us]"})
    return full.sort_values(["time", "recipient", "record_id"], kind="stable").reset_index(drop=True)


def changed(attribution: Attribution, rules: pd.DataFrame) -> pd.DataFrame:
    """What the attacker's contexts changed: columns of CHANGED, and `phase`, `group`, `network`, `country`, `source`.

    Rules, forwarding, permissions, methods, devices, consents and roles; deletions of mail; auditing and policies.
    """
    steps = acted(attribution.achieved)
    steps = steps[steps["phase"].isin(CHANGES)]
    by_record = {key: rule for rule in rules.to_dict("records") for key in (rule["id"], rule["record_id"]) if key}
    details = [
        _rule(by_record[key]) if (key := _known(row, by_record)) else _detail(row) for row in steps.to_dict("records")
    ]
    rows = steps.assign(detail=pd.Series(details, index=steps.index, dtype="object"))
    return rows[[*CHANGED, "phase", "group", "network", "country", "source"]].reset_index(drop=True)


def _by(labelled: pd.DataFrame, column: str) -> pd.Series:
    return labelled.dropna(subset=[column]).drop_duplicates(column).set_index(column)["label"]


def _known(row: dict[str, Any], rules: dict[str, Any]) -> str:
    return next((key for key in (row["record_id"], row["event_id"]) if key in rules), "")


def _rule(rule: dict[str, Any]) -> str:
    """An inbox rule in words: its name, what it looks for, what it does."""
    name = rule["rule_name"]
    parts = [f"rule {plain(name)}" if isinstance(name, str) else "rule of unknown name"]
    told = {"subject_words": "words", "from_addresses": "from", "forward_to": "forwards to"}
    parts += [f"{words} {plain(rule[column])}" for column, words in told.items() if _listed(rule[column])]
    if isinstance(rule["move_to_folder"], str):
        parts.append(f"moves to {plain(rule['move_to_folder'])}")
    flags = {"deletes": "deletes", "marks_read": "marks as read"}
    parts += [words for column, words in flags.items() if rule[column] is True]
    if len(parts) == 1:  # nothing of it could be put into words: show what the record says
        parts += [plain(rule[column]) for column in ("conditions", "actions") if isinstance(rule[column], str)]
    return shorten("; ".join(parts), LONGEST)


def _detail(row: dict[str, Any]) -> str:
    """What a change was about: the parameters of a cmdlet, else its target, or the subject of the item."""
    pairs = _pairs(row["detail"]) if isinstance(row["detail"], str) else []
    told = [
        f"{plain(name)} = {plain(value)}" for name, value in pairs if value not in ("", None) and name != "Identity"
    ]
    about = row["subject"] if row["group"] == "delete" and isinstance(row["subject"], str) else row["target"]
    # A cmdlet's target is a long path to the mailbox, which the story names anyway.
    named = [plain(about)] if isinstance(about, str) and not (told and row["source"] == "audit_records") else []
    return shorten("; ".join([*named, *told]), LONGEST)


def _pairs(text: str) -> list[tuple[str, Any]]:
    """The names and values of a JSON object; of an [old, new] pair the new value. Anything else is no pair."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return []
    if not isinstance(found, dict):
        return []
    return [(name, value[-1] if isinstance(value, list) and value else value) for name, value in found.items()]


def _listed(value: Any) -> bool:
    return value is not None and not isinstance(value, float) and len(value) > 0


def exposure(
    attribution: Attribution, findings: Sequence[Finding], found: Footprint
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """What was read, sent and changed; see `read`, `sent`, `changed`."""
    return (
        read(attribution, found.items),
        sent(attribution, findings, found.traces),
        changed(attribution, found.rules),
    )
