"""What a crash left open: changes whose outcome nobody knows."""

from __future__ import annotations

from typing import Any

from kit.journal import Journal


def unfinished(journal: Journal) -> list[dict[str, Any]]:
    """The journal's "intent" lines (see `kit.plan`) that have no result, or "unknown", and that nobody looked at since.

    Before anything else preview those actions again: the state says what became of them.
    """
    open_: dict[str, dict[str, Any]] = {}
    for entry in journal.read():
        if entry["event"] == "intent":
            open_[entry["key"]] = entry
        elif entry["event"] == "result" and entry["outcome"] != "unknown":
            open_.pop(entry["key"], None)
        elif entry["event"] in ("preview", "verify"):
            seen = {(entry["account_id"], name) for name in _seen(entry)}
            open_ = {k: e for k, e in open_.items() if (e["account_id"], e["action"]) not in seen}
    return list(open_.values())


def _seen(entry: dict[str, Any]) -> list[str]:
    """The actions whose state a journalled look made known."""
    if entry["event"] == "verify":
        return [entry["action"]] if entry["status"] in ("verified", "undone") else []
    return [step["action"] for step in entry["steps"] if step["status"] != "unreadable"]
