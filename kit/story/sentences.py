"""The four sentences of a story: how it was entered, what was read, sent and changed.

Each is plain English with numbers and UTC times, and says what it rests on, above all when nothing was found. Records
show access by a session from an address; no sentence says "read".
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from kit.render import moment, number, plain, shorten
from kit.story.acts import acted
from kit.story.attribution import Attribution
from kit.story.entry import Entry
from kit.story.footprint import Footprint
from kit.verdict import Verdict

ARTICLES = {"known password": "a ", "password spray": "a ", "stolen session or token": "a "}
NAMES = 3
"""How many addresses, sessions or subjects a sentence names before it counts the rest."""
NAMED = 60
"""Characters of one such name: attackers write them."""


def sentences(
    attribution: Attribution,
    entry: Entry,
    verdict: Verdict,
    found: Footprint,
    read: pd.DataFrame,
    sent: pd.DataFrame,
    changed: pd.DataFrame,
) -> dict[str, str]:
    """The sentences under "entered", "read", "sent" and "changed"; frames as `kit.story.exposure` gives them."""
    return {
        "entered": _entered(attribution, entry, verdict),
        "read": _read(attribution, found, read),
        "sent": _sent(attribution, found, sent),
        "changed": _changed(attribution, changed),
    }


def _entered(attribution: Attribution, entry: Entry, verdict: Verdict) -> str:
    account = plain(attribution.account)
    if entry.when is None:
        return f"No access by an attacker to {account} is seen. {' '.join(entry.reasons)}"
    sure = {"certain": "", "likely": " (likely)", "lower bound": " at the latest (a lower bound)"}[entry.confidence]
    doubt = "If this was an attack at all, " if verdict.band == "review" else ""
    start = f"{doubt}{account} was entered at {moment(entry.when)}{sure}"
    way = "How is not known." if entry.how == "unknown" else f"The way in was {ARTICLES.get(entry.how, '')}{entry.how}."
    return f"{start}: records show access {_context(attribution.achieved)}. {way} {' '.join(entry.reasons)}"


def _read(attribution: Attribution, found: Footprint, read: pd.DataFrame) -> str:
    span = _span(attribution)
    records = found.items["id"].fillna(found.items["record_id"])
    if read.empty:
        within = records[_within(attribution, found.items)].nunique()
        if not within:
            return f"Whether mail was accessed is not known: the mailbox has no MailItemsAccessed record {span}."
        rests = f"this rests on {_many(within, 'record')} of access to the mailbox"
        return f"No record shows access to mail by the attacker {span}; {rests}."
    theirs = _access_records(attribution, read)
    if theirs.empty:
        return f"No record of access is certainly the attacker's {span}.{_doubts(read, theirs)}{_others(attribution)}"
    messages = read.loc[read["certainty"] == "accessed", "message_id"].nunique()
    text = f"{_many(len(theirs), 'record shows|records show')} access to {_many(messages, 'message')} "
    text += f"{_context(theirs)} {_times(theirs)}"
    whole = read.loc[(read["access"] == "Sync") & read["record_id"].isin(theirs["record_id"]), "folder"]
    if not whole.empty:
        folders = _many(whole.nunique(), "folder was|folders were", " synchronised whole")
        text += f"; {folders}, so that everything there is possibly accessed"
    return f"{text}.{_doubts(read, theirs)}{_others(attribution)}"


def _access_records(attribution: Attribution, read: pd.DataFrame) -> pd.DataFrame:
    achieved, known = attribution.achieved, read["event_id"].dropna()
    return achieved[achieved["record_id"].isin(read["record_id"]) | achieved["event_id"].isin(known)]


def _doubts(read: pd.DataFrame, theirs: pd.DataFrame) -> str:
    known = read["record_id"].isin(theirs["record_id"]) | read["event_id"].isin(theirs["event_id"].dropna())
    unclear = read[~known]
    text = ""
    if not unclear.empty:
        more = _many(unclear["message_id"].nunique(), "more message is|more messages are", " possibly accessed")
        text += f" {more}: the records cannot be told to be the owner's."
    if read["throttled"].eq(True).any():
        text += " Some of these records say that recording was throttled: more was accessed than they name."
    return text


def _others(attribution: Attribution) -> str:
    """Files and searches, which are access too."""
    groups = acted(attribution.achieved)["group"].value_counts()
    files, searches = int(groups.get("files", 0)), int(groups.get("search", 0))
    parts = [_many(files, "file was|files were", " opened or downloaded")] if files else []
    parts += [_many(searches, "search was|searches were", " made")] if searches else []
    return f" {' and '.join(parts)} in the same contexts." if parts else ""


def _sent(attribution: Attribution, found: Footprint, sent: pd.DataFrame) -> str:
    if sent.empty:
        span, seen = _span(attribution), int(_within(attribution, found.traces).sum())
        rests = f"{_many(seen, 'trace')} of mail from this account" if seen else "no message trace of this account"
        return f"No record shows mail sent by the attacker {span}; this rests on {rests}."
    people = sent["recipient"].dropna().drop_duplicates()
    outside = int((~people.str.split("@").str[-1].isin(found.domains)).sum())
    text = f"{_many(_messages(sent), 'message was|messages were', ' sent')} {_times(sent)} to "
    text += f"{_many(len(people), 'recipient')} ({number(outside)} outside the organisation)"
    text += f", with the subject {_names(sent['subject'])}" if sent["subject"].notna().any() else ""
    failed = int(sent["status"].fillna("").str.lower().eq("failed").sum())
    text += f"; {_many(failed, 'delivery|deliveries', ' failed')}" if failed else ""
    unsure = int((sent["certainty"] != "sent").sum())
    text += f"; {number(unsure)} of these rows are tied to the attacker by a finding only" if unsure else ""
    return f"{text}."


def _messages(sent: pd.DataFrame) -> int:
    return int(sent["message_id"].fillna(sent["event_id"]).nunique())


def _changed(attribution: Attribution, changed: pd.DataFrame) -> str:
    if changed.empty:
        seen = int(_within(attribution, attribution.events).sum())
        return (
            f"No record shows a change made by the attacker {_span(attribution)}; "
            f"this rests on {_many(seen, 'event')} of the account in that time."
        )
    kinds = changed.groupby("what", sort=False).size()
    parts = [f"{what} ({number(count)})" for what, count in kinds.items()]
    made = _many(len(changed), "change was|changes were", " made")
    return f"{made} in the attacker's contexts {_times(changed)}: {'; '.join(parts)}."


def _context(events: pd.DataFrame) -> str:
    """By which sessions and from which addresses: "by session S from 198.18.66.7 (Hoster, NL)"."""
    sessions, places = events["session_id"].dropna(), events.dropna(subset=["ip"]).drop_duplicates("ip")
    where = _listed([_place(row) for row in places.to_dict("records")])
    noun = "session" if sessions.nunique() == 1 else "sessions"
    by = f"by {noun} {_names(sessions)}" if not sessions.empty else "without a session id"
    return f"{by} from {where or 'an address that is not recorded'}"


def _place(row: dict[str, object]) -> str:
    known = [plain(shorten(str(row[name]), NAMED)) for name in ("network", "country") if isinstance(row[name], str)]
    return f"{plain(row['ip'])} ({', '.join(known)})" if known else plain(row["ip"])


def _names(values: pd.Series) -> str:
    return _listed([f"“{plain(shorten(str(value), NAMED))}”" for value in values.dropna().drop_duplicates()])


def _listed(parts: Sequence[str]) -> str:
    """The first NAMES of the parts and how many more, as in "a, b, c and 2 more"."""
    more = len(parts) - NAMES
    named = [*parts[:NAMES], f"{number(more)} more"] if more > 0 else list(parts)
    return " and ".join(filter(None, [", ".join(named[:-1]), *named[-1:]]))


def _times(rows: pd.DataFrame) -> str:
    first, last = moment(rows["time"].min()), moment(rows["time"].max())
    return f"at {first}" if first == last else f"between {first} and {last}"


def _within(attribution: Attribution, rows: pd.DataFrame) -> pd.Series:
    if attribution.attacker.empty:
        return pd.Series(True, index=rows.index)
    return rows["time"] >= attribution.attacker["time"].min()


def _span(attribution: Attribution) -> str:
    if attribution.attacker.empty:
        return "in the time the tables cover"
    return f"since {moment(attribution.attacker['time'].min())}"


def _many(count: int, noun: str, then: str = "") -> str:
    """So many of a noun, in words; one with an unusual plural is written "one form|other form"."""
    one, _, more = noun.partition("|")
    return f"{number(count)} {one if count == 1 else more or f'{one}s'}{then}"
