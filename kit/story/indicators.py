"""Indicators: the addresses, sessions, tokens, clients, apps, devices and accounts behind labelled events.

One row a value, with a label of its own. An event's label is certain only for that event: a session with attacker's
events must be ended even when the owner used it too, while an address or a browser that both used names nobody.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from kit.story.attribution import MICROSOFT_NETWORK, Attribution

KINDS: Mapping[str, str] = {
    "address": "ip",
    "session": "session_id",
    "token": "token_id",
    "user agent": "user_agent",
    "app": "app",
    "device": "device_id",
    "account": "actor",
}
COLUMNS = ("kind", "value", "label", "reason", "first_seen", "last_seen", "events")
LABELS = ("attacker", "unknown", "owner")
DIRECT = ("in the finding", "done by", "carried the token", "belongs to the session", "came from")
"""How the reasons of attribution begin, the most direct first."""


def indicators(attribution: Attribution) -> pd.DataFrame:
    """Columns of COLUMNS; attacker's first, then by kind and time.

    Left out, because there are many and they tell nothing: tokens that the attacker did not hold, and Microsoft's own
    addresses that the attacker did not come through.
    """
    events = attribution.events
    events = events.assign(
        app=events["app"].fillna(events["app_id"].map(_names(events)).astype("str")).fillna(events["app_id"]),
        ip=events["ip"].mask((events["stop"] == MICROSOFT_NETWORK) & (events["label"] != "attacker")),
        actor=events["user"].where(events["foreign"]),
        token_id=events["token_id"].where(events["label"] == "attacker"),
        theirs=events["label"] == "attacker",
        own=events["label"] == "owner",
        directness=_directness(events["why"]),
    ).sort_values(["directness", "time", "record_id"], kind="stable")
    frames = [_of_kind(kind, events.dropna(subset=[column]), column) for kind, column in KINDS.items()]
    rows = pd.concat(frames, ignore_index=True)
    order = rows.assign(label=rows["label"].map(LABELS.index), kind=rows["kind"].map(list(KINDS).index))
    order = order.sort_values(["label", "kind", "first_seen", "value"], kind="stable")
    return rows.loc[order.index, list(COLUMNS)].reset_index(drop=True)


def _names(events: pd.DataFrame) -> pd.Series:
    """Application id → its name, as some sign-in told it."""
    named = events.dropna(subset=["app_id", "app"]).sort_values(["app_id", "app"]).drop_duplicates("app_id")
    return named.set_index("app_id")["app"]


def _directness(why: pd.Series) -> pd.Series:
    rank = pd.Series(len(DIRECT), index=why.index)
    for place, start in reversed(list(enumerate(DIRECT))):
        rank = rank.mask(why.str.startswith(start).fillna(False).astype("bool"), place)
    return rank


def _of_kind(kind: str, events: pd.DataFrame, column: str) -> pd.DataFrame:
    rows = events.groupby(column, sort=False).agg(
        first_seen=("time", "min"),
        last_seen=("time", "max"),
        events=("time", "size"),
        reason=("why", "first"),
        stops=("stop", "count"),
        attackers=("theirs", "sum"),
        owners=("own", "sum"),
        common=("common", "max"),
    )
    compared = bool(events["own"].any())
    told = [_told(kind, row, compared) for row in rows.to_dict("records")]
    rows["label"] = [label for label, _ in told]
    rows["reason"] = [reason for _, reason in told]
    return rows.rename_axis("value").reset_index().assign(kind=kind)


def _told(kind: str, row: Mapping[str, object], compared: bool) -> tuple[str, str]:
    """The label of one value and the reason, from the counts of its events."""
    reason = str(row["reason"])
    if not row["attackers"]:
        return ("owner" if row["owners"] else "unknown"), reason
    if kind in ("session", "token"):
        both = " (the owner's events are in it too: tell them apart by address)" if row["owners"] else ""
        return "attacker", reason + both
    if row["owners"]:
        return "unknown", "used by the owner and by the attacker"
    if kind == "address":
        return ("unknown", "the attacker came through it, but it is shared") if row["stops"] else ("attacker", reason)
    if kind == "account":
        return "attacker", reason
    if kind == "app" and row["common"]:
        return "unknown", "used by the attacker, and by other users of the tenant"
    if not compared:
        return "unknown", "used by the attacker; no event of the owner is there to compare with"
    return "attacker", "in this account only the attacker used it"
