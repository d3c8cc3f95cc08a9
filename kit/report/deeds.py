"""What was done about it: the actions of the journal, from preview to undo, and how far each came."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from kit.journal import Journal
from kit.render import counted
from kit.step import SPOKEN

STEPS: Mapping[str, str] = {
    "preview": "previewed; nothing was changed",
    "intent": "request about to be sent",
    "result": "answer of the service",
    "verify": "read back",
    "refused": "refused by the kit",
}
COLUMNS = ("time", "account", "action", "step", "outcome")
IN_FORCE = ("verified", "fulfilled", "by hand")


def deeds(journal: Journal) -> pd.DataFrame:
    """Every journalled step of a plan, in order: time, account, action, step, outcome; all text."""
    rows = [row for entry in journal.read() if entry["event"] in STEPS and "plan" in entry for row in _rows(entry)]
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
    return "Partly done: not every action could be verified."


def _rows(entry: Mapping[str, Any]) -> Iterable[tuple[str, str, str, str, str]]:
    base = (entry["time"].removesuffix("Z"), entry["account"] or "not known yet")
    if entry["event"] == "preview":
        return [(*base, _words(s["action"]), STEPS["preview"], _spoken(s["status"])) for s in entry["steps"]]
    if entry["event"] == "intent":
        way = "can be undone" if entry["undo"] else "undoes an earlier one" if entry.get("undoes") else "no way back"
        request = entry["request"]
        return [(*base, _words(entry["action"]), STEPS["intent"], f"{request['method']} {request['path']} ({way})")]
    if entry["event"] == "verify":
        return [(*base, _words(entry["action"]), STEPS["verify"], _noted(_spoken(entry["status"]), entry["note"]))]
    if entry["event"] == "result":
        return [(*base, "as above", STEPS["result"], _noted(_spoken(entry["outcome"]), entry["note"]))]
    return [(*base, "–", STEPS["refused"], entry["why"])]


def _noted(text: str, note: str) -> str:
    return f"{text}. {note}" if note else text


def _spoken(status: str) -> str:
    return SPOKEN[status][1] if status in SPOKEN else status  # type: ignore[index]


def _words(action: str) -> str:
    return action.replace("_", " ")
