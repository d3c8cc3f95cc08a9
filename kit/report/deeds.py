"""What was done about it: the actions of the journal, from preview to undo, and how far each came."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from kit.journal import Journal
from kit.render import counted
from kit.step import SPOKEN

COLUMNS = ("time", "account", "step", "action", "outcome")
IN_FORCE = ("verified", "fulfilled", "by hand")
UNDONE = ("undone", "undo sent")


def deeds(journal: Journal) -> pd.DataFrame:
    """What plans did, in order, one row a preview, request, reading back or refusal: COLUMNS, all text but the time."""
    entries = [entry for entry in journal.read() if "plan" in entry]
    answers = {entry["key"]: entry for entry in entries if entry["event"] == "result"}
    rows = [row for entry in entries if (row := _row(entry, answers))]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"time": "datetime64[us]"})


def last_states(journal: Journal) -> dict[str, dict[str, str]]:
    """Account → action → how far it came at last: the status read back or, without one, what the service answered."""
    states: dict[str, dict[str, str]] = {}
    actions: dict[str, str] = {}
    for entry in journal.read():
        account = states.setdefault(entry["account"], {}) if "plan" in entry else {}
        if entry["event"] == "intent":
            actions[entry["key"]] = entry["action"]
            account[entry["action"]] = "unknown"
        elif entry["event"] == "result" and entry.get("key") in actions:
            account[actions[entry["key"]]] = entry["outcome"]
        elif entry["event"] == "verify":
            account[entry["action"]] = entry["status"]
    return states


def sentence(account: str, states: Mapping[str, Mapping[str, str]]) -> str:
    """What the journal says was done about one account, in one or two sentences."""
    own = states.get(account, {})
    if not own:
        return "No action on this account was taken with this kit. What was done by other means is not in its journal."
    parts = [f"{_words(action)}: {_spoken(status)}" for action, status in own.items()]
    verified = sum(status == "verified" for status in own.values())
    return f"{counted(len(own), 'action')} taken, {verified} verified by reading back. {'; '.join(parts)}."


def status(account: str, states: Mapping[str, Mapping[str, str]]) -> str:
    """Where the account stands, as far as the journal tells: open, partly contained, or contained."""
    own = states.get(account, {})
    if not own:
        return "Open: no action was taken with this kit."
    if all(state in IN_FORCE for state in own.values()):
        return "Actions verified. That the attacker is out has to be confirmed by a later look at the sign-ins."
    if any(state in UNDONE for state in own.values()):
        return "Not contained: some of what was done was undone."
    return "Partly done: not every action could be verified."


def _row(entry: Mapping[str, Any], answers: Mapping[str, Mapping[str, Any]]) -> tuple[str, ...]:
    """One line of the table; empty for an answer, which stands with its request."""
    base = (entry["time"].removesuffix("Z"), entry["account"] or "not known yet")
    if entry["event"] == "preview":
        names = ", ".join(dict.fromkeys(_words(step["action"]) for step in entry["steps"]))
        return (*base, "preview", names, "Nothing was changed.")
    if entry["event"] == "intent":
        return (*base, "undo" if entry.get("undoes") else "request", _words(entry["action"]), _asked(entry, answers))
    if entry["event"] == "verify":
        return (*base, "reading back", _words(entry["action"]), _noted(_spoken(entry["status"]), entry["note"]))
    return (*base, "refusal", "–", entry["why"]) if entry["event"] == "refused" else ()


def _asked(entry: Mapping[str, Any], answers: Mapping[str, Mapping[str, Any]]) -> str:
    """The request, what the service answered, and whether there is a way back."""
    request, answer = entry["request"], answers.get(entry["key"])
    told = _noted(_spoken(answer["outcome"]), answer["note"]) if answer else "no answer was journalled: look again"
    way = "" if entry.get("undoes") else " Can be undone." if entry["undo"] else " There is no way back."
    return f"{request['method']} {request['path']}: {told.removesuffix('.')}.{way}"


def _noted(text: str, note: str) -> str:
    return f"{text}. {note}" if note else text


def _spoken(status: str) -> str:
    return SPOKEN[status][1] if status in SPOKEN else status  # type: ignore[index]


def _words(action: str) -> str:
    return action.replace("_", " ")
