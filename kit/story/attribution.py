"""Attribution: which of an account's sessions, tokens, addresses, clients and devices are the attacker's, and why.

It starts from the events that findings point at (the seeds) and follows what ties events together:

    token id      one token, one holder
    session id    only together with a place that is not the owner's: victim and attacker may share one session
                  (device code: 250 events of the victim and 45 of the attacker under one id, record_quirks.md 20)
    address       alone where it is new to the account or rented (hosting, VPN), else only with the same client

and stops at places that prove nothing: addresses and networks the account used on several days before the first seed,
devices it used before, addresses that other users work from, Microsoft's own networks. What is neither the attacker's
nor tied to the owner's habits stays "unknown"; unknown is an answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from kit.finding import Finding, severity_rank

HABIT_DAYS = 3
"""An address, network or device is the owner's when used on at least so many days before the first seed."""
HABIT_DAYS_RENTED = 10
"""The same where servers stand: a private VPN is used for weeks, an attacker's server for days."""
CROWD = 3
"""An address or application that so many other users use is shared: it tells nothing about one of them."""
RENTED = ("hosting", "vpn", "tor")
MICROSOFT_AS = 8075
MICROSOFT_NETWORK = "Microsoft's own network"
MICROSOFT = ("20.190.", "40.126.", "2a01:111:", "2603:10")
"""Beginnings of addresses from which Microsoft itself acts: background jobs, portals (record_quirks.md 7)."""


@dataclass(frozen=True)
class Attribution:
    """Whose events are whose, for one account.

    `events` is the account's footprint with `label` (attacker, owner, unknown) and `why`, in words, and what led there:
    `seed`, `stop`, `habit`, `foreign` (another account acted), `common` (other users use the application too).
    `at_home` is true when every event found lies at a place the account is used to or that many share: then none is
    called the attacker's, for an insider, the owner's own machine and a false alarm cannot be told apart.
    """

    account: str
    events: pd.DataFrame
    at_home: bool

    @property
    def attacker(self) -> pd.DataFrame:
        """The attacker's events, by time."""
        return self.events[self.events["label"] == "attacker"]

    @property
    def achieved(self) -> pd.DataFrame:
        """The attacker's events that worked: failed attempts are no access."""
        return self.attacker[self.attacker["worked"]]


def seeds_of(findings: Sequence[Finding]) -> dict[str, str]:
    """Event or record id → the detection that points at it, in words.

    Findings that claim medium or worse; the weaker ones only when there is nothing else. Settings are left out.
    """
    seen = [finding for finding in findings if finding.family != "posture"]
    strong = [finding for finding in seen if severity_rank(finding.claimed) <= severity_rank("medium")]
    seeds: dict[str, str] = {}
    for finding in sorted(strong or seen, key=lambda one: (severity_rank(one.claimed), one.order)):
        for identity in (*finding.record_ids, *finding.event_ids):
            seeds.setdefault(identity, finding.detection.replace("_", " "))
    return seeds


def without_victims(crowd: pd.DataFrame, events: pd.DataFrame, seeds: Mapping[str, str]) -> pd.DataFrame:
    """The crowd without those who are at an address only as findings say: one attacker may have several victims.

    `events` are those of all accounts examined, `seeds` those of all findings.
    """
    named = events["record_id"].isin(list(seeds)) | events["event_id"].isin(list(seeds))
    victims = events.loc[named, ["ip", "account"]].drop_duplicates().set_axis(["value", "user"], axis="columns")
    merged = crowd.merge(victims, how="left", on=["value", "user"], indicator=True)
    return crowd[(merged["_merge"] == "left_only").to_numpy()]


def attribute(account: str, events: pd.DataFrame, seeds: Mapping[str, str], crowd: pd.DataFrame) -> Attribution:
    """Label one account's events. `events` and `crowd` as in `kit.story.footprint`, `seeds` as from `seeds_of`."""
    others = crowd[crowd["user"] != account].groupby("value")["user"].nunique()
    events = events.assign(
        seed=events["record_id"].map(seeds).fillna(events["event_id"].map(seeds)),
        stop=_stops(events, others),
        foreign=_foreign(account, events),
        common=events["app_id"].map(others).fillna(0).astype("int64") >= CROWD,
    )
    chosen = _kept_seeds(events)
    first = events.loc[chosen, "time"].min()
    events = events.assign(habit=_habits(events, first))
    why = _followed(events, chosen, first)
    label = pd.Series("unknown", index=events.index).mask(events["habit"].notna() & ~events["foreign"], "owner")
    label = label.mask(why.notna(), "attacker")
    told = why.fillna(events["stop"]).fillna(events["habit"]).fillna("new to the account, and tied to nothing found")
    at_home = bool(events["seed"].notna().any() and not chosen.any())
    return Attribution(account, events.assign(label=label, why=told), at_home)


def _stops(events: pd.DataFrame, others: pd.Series) -> pd.Series:
    """Why an event's address proves nothing about anybody, or missing; `others`: address → how many other users."""
    many = events["ip"].map(others).fillna(0).astype("int64")
    stop = pd.Series(None, index=events.index, dtype="object")
    stop = stop.mask(many >= CROWD, "address shared with " + many.astype("str") + " other users")
    microsoft = (events["network_class"] == "microsoft") | (events["asn"] == MICROSOFT_AS)
    microsoft |= events["ip"].str.startswith(MICROSOFT).fillna(False).astype("bool")
    return stop.mask(microsoft, MICROSOFT_NETWORK).mask(events["ip"].isna(), "the record names no address")


def _foreign(account: str, events: pd.DataFrame) -> pd.Series:
    """Another account acted (a delegate, an administrator), not this one and not a service."""
    named = events["user"].notna() & events["user"].str.contains("@").fillna(False).astype("bool")
    return named & (events["user"] != account) & ~events["is_service"].fillna(False).astype("bool")


def _kept_seeds(events: pd.DataFrame) -> pd.Series:
    """Which seeds may be the attacker's: not those at a place, or on a device, that the account was used to before."""
    seeds = events["seed"].notna()
    usual = pd.Series(False, index=events.index)
    for column in ("ip", "device_id"):
        first = events["time"].where(seeds).groupby(events[column]).transform("min")
        usual |= _habitual(events, column, first)
    shared = events["stop"].notna() & events["ip"].notna()
    return seeds & (events["foreign"] | ~(usual | shared))


def _habitual(events: pd.DataFrame, column: str, before: pd.Series | pd.Timestamp) -> pd.Series:
    """True where the value of `column` was used, with success, on enough days `before` a time."""
    earlier = events[events["worked"] & ~events["foreign"] & (events["time"] < before)]
    days = earlier["time"].dt.normalize().groupby(earlier[column]).nunique()
    rented = events["network_class"].isin(RENTED) if column != "device_id" else pd.Series(False, index=events.index)
    needed = rented.astype("int64") * (HABIT_DAYS_RENTED - HABIT_DAYS) + HABIT_DAYS
    return events[column].map(days).fillna(0).astype("int64") >= needed


def _habits(events: pd.DataFrame, first: pd.Timestamp) -> pd.Series:
    """Why an event looks like the owner's, or missing: device, address or network in use before the first seed."""
    before = first if pd.notna(first) else events["time"].max() + pd.Timedelta(days=1)
    none = pd.Series(None, index=events.index, dtype="object")
    systems = _habitual(events, "asn", before) & ~events["network_class"].isin([*RENTED, "microsoft"])
    since = " the account used before anything was found"
    habit = none.mask(systems & events["stop"].isna(), "a network" + since)
    habit = habit.mask(_habitual(events, "ip", before) & events["stop"].isna(), "an address" + since)
    habit = habit.mask(events["stop"].str.startswith("address shared").fillna(False).astype("bool"), events["stop"])
    return habit.mask(_habitual(events, "device_id", before), "a device" + since)


def _followed(events: pd.DataFrame, chosen: pd.Series, first: pd.Timestamp) -> pd.Series:
    """Why an event is the attacker's, or missing: the seeds, then whatever they lead to, until nothing is added."""
    why = pd.Series(None, index=events.index, dtype="object").mask(chosen, "in the finding " + events["seed"])
    count = -1
    while count != (count := int(why.notna().sum())):
        for reason in (_by_actor, _by_token, _by_session, _by_address):
            found, words = reason(events, why.notna(), first)
            why = why.mask(found & why.isna(), words)
    return why


def _by_actor(events: pd.DataFrame, known: pd.Series, first: pd.Timestamp) -> tuple[pd.Series, pd.Series]:
    actors = events.loc[known & events["foreign"], "user"]
    return events["foreign"] & events["user"].isin(actors), "done by the account " + events["user"]


def _by_token(events: pd.DataFrame, known: pd.Series, first: pd.Timestamp) -> tuple[pd.Series, pd.Series]:
    found = events["token_id"].notna() & events["token_id"].isin(events.loc[known, "token_id"].dropna())
    return found & events["habit"].isna(), "carried the token " + events["token_id"] + ", used by the attacker"


def _by_session(events: pd.DataFrame, known: pd.Series, first: pd.Timestamp) -> tuple[pd.Series, pd.Series]:
    """Same session, at a place that is not the owner's; where the place tells nothing, only without the owner."""
    session = events["session_id"]
    found = session.notna() & session.isin(events.loc[known, "session_id"].dropna()) & events["habit"].isna()
    mixed = session.isin(events.loc[events["habit"].notna() & ~known, "session_id"].dropna())
    return found & (events["stop"].isna() | ~mixed), "belongs to the session " + session + ", used by the attacker"


def _by_address(events: pd.DataFrame, known: pd.Series, first: pd.Timestamp) -> tuple[pd.Series, pd.Series]:
    """Same address: alone where it was new to the account or rented, else with the same client."""
    address, client = events["ip"], events["user_agent"]
    theirs = known & events["stop"].isna()
    device = events["habit"].str.startswith("a device").fillna(False).astype("bool")
    address_habit = events["habit"].str.startswith("an address").fillna(False).astype("bool")
    found = address.notna() & address.isin(address[theirs]) & events["stop"].isna() & ~device & ~address_habit
    day_before = (first - pd.Timedelta(days=1)) if pd.notna(first) else first
    used = address.isin(address[events["worked"] & ~known & (events["time"] < day_before)])
    doubtful = used & ~events["network_class"].isin(RENTED)
    pairs = set(zip(address[theirs], client[theirs].fillna(""), strict=True))
    paired = [pair in pairs for pair in zip(address, client.fillna(""), strict=True)]
    same = ~doubtful | pd.Series(paired, index=events.index)
    return found & same, "came from " + address + ", an address of the attacker"
