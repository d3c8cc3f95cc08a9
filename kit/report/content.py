"""What stands in the report, taken from a case: values and ready tables, in the order of the template."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pandas as pd
from markupsafe import Markup

import kit
from kit.chart import Picture, data_uri
from kit.coverage import SPOKEN, Line, summary
from kit.detection import SEVERITIES
from kit.evidence import Evidence
from kit.finding import Finding
from kit.journal import Journal
from kit.render import counted, defang, frame_html, moment, number, period, web
from kit.report import causes, deeds, words
from kit.report.subject import CaseLike
from kit.source import SOURCES
from kit.story import Story
from kit.table import TABLES

UNEVEN = ("rejected", "repeated", "thin")  # what may have become of a row beside being kept
FULL = ("complete", "empty")
CALLED = ("compromised", "likely")  # bands that are told as a case of their own
CHARTED = 6  # accounts with pictures; more would make a file too large to send
RECORDS = 40  # record ids printed per finding; all are in findings.json
LONG = 5000  # rows printed of what has to be printed whole
ROWS = 40  # rows printed per table of single events; all are in the case's tables
GAPS = 8  # gaps of coverage named on the first page


@dataclass(frozen=True)
class Account:
    """One account told as a case of its own: its story, and what is printed about it."""

    anchor: str
    story: Story
    window: str
    done: str
    status: str
    tables: Mapping[str, Markup]
    pictures: Mapping[str, Markup]


def content(case: CaseLike) -> dict[str, Any]:
    """The names the template knows, with their values."""
    stories, lines, found = list(case.stories()), list(case.coverage()), list(case.findings())
    called = [story for story in stories if story.verdict.band in CALLED]
    states, pieces = deeds.last_states(case.journal), _pieces(case.evidence)
    return {
        "case": case,
        "made": datetime.now(UTC),
        "version": kit.__version__,
        "coverage": summary(lines),
        "gaps": _gaps(lines),
        "most_gaps": GAPS,
        "accounts": [_account(case, number, story, states) for number, story in enumerate(called, 1)],
        "findings": [(name, [f for f in found if f.severity == name]) for name in SEVERITIES],
        "finding_count": len(found),
        "most_records": RECORDS,
        "asked_table": _asked(lines),
        "idle_table": _idle(lines),
        "ran": [_words(line) for line in lines if line.kind == "detection" and line.status == "complete"],
        "others_table": _others([story for story in stories if story.verdict.band not in CALLED]),
        "deeds_table": _deeds(case.journal),
        "controls_table": _controls(case, called, found),
        "score_picture": figure(case.chart("secure_score")),
        "sources_table": _sources(lines),
        "connections": list(case.journal.read("connected")),
        "evidence_table": _evidence(pieces),
        "manifest_table": _manifest(pieces),
        "words": words,
    }


def figure(picture: Picture) -> Markup:
    """A picture for the page: dark where the reader's screen is dark, light on paper, its finding as text."""
    light, dark = (data_uri(picture.png(theme)) for theme in ("light", "dark"))
    return Markup(
        '<figure><picture><source media="screen and (prefers-color-scheme: dark)" srcset="{}">'
        '<img src="{}" alt="{}" width="1122"></picture><figcaption>{}</figcaption></figure>'
    ).format(dark, light, web(picture.alt), web(picture.caption))


def _account(case: CaseLike, number: int, story: Story, states: Mapping[str, Mapping[str, str]]) -> Account:
    user = story.account
    names = ("attack_timeline", "sign_in_timeline", "hour_of_week") if number <= CHARTED else ()
    attacker = story.timeline[story.timeline["phase"] != "response"]["time"]
    return Account(
        anchor=f"account-{number}",
        story=story,
        window=period(attacker.min(), attacker.max()) if len(attacker) else "no step of the attacker is recorded",
        done=deeds.sentence(user, states),
        status=deeds.status(user, states),
        tables={
            "timeline": _timeline(story),
            "indicators": _indicators(story),
            "read": _table(story.read, f"Access to mail in the attacker’s contexts: {user}"),
            "sent": _table(story.sent, f"Mail sent in the attacker’s contexts: {user}"),
            "changed": _table(story.changed, f"Changes made in the attacker’s contexts: {user}"),
        },
        pictures={name: figure(case.chart(name, user=user)) for name in names},
    )


def _table(
    frame: pd.DataFrame,
    caption: str,
    heads: Mapping[str, str] | None = None,
    *,
    row_head: str = "",
    limit: int = ROWS,
) -> Markup:
    """The frame as a table, its web addresses defanged."""
    plain = frame.head(limit)
    texts = [name for name in plain if plain[name].dtype.kind not in "iufbM"]
    plain = plain.assign(**{name: plain[name].map(_defanged) for name in texts})
    return frame_html(plain, defang(caption), row_head=row_head, limit=limit, heads=heads, rows=len(frame))


def _timeline(story: Story) -> Markup:
    """The numbered steps, with address, network and country in one column."""
    steps = story.timeline
    where = [_place(row) for row in steps[["ip", "network", "country"]].itertuples(index=False)]
    told = steps[["number", "time", "phase", "what"]].assign(where=where)
    told = told.join(steps[["event_id", "record_id"]])
    heads = {"number": "No.", "where": "From", "record_id": "Record"}
    return _table(told, f"Timeline of {story.account}", heads, row_head="number", limit=LONG)


def _place(known: Sequence[Any]) -> str | None:
    address, *names = [None if pd.isna(value) else str(value) for value in known]
    named = ", ".join(filter(None, names))
    return f"{address} ({named})" if address and named else address or named or None


def _indicators(story: Story) -> Markup:
    """What is the attacker's or unknown; the owner's own values are many, and only counted."""
    told = story.indicators[story.indicators["label"] != "owner"]
    caption = f"Indicators for {story.account}; {number(len(story.indicators) - len(told))} of the owner’s not listed"
    return _table(told, caption, row_head="value", limit=LONG)


def _defanged(value: Any) -> Any:
    return defang(value) if isinstance(value, str) else value


def _asked(lines: Sequence[Line]) -> Markup:
    asked = sorted((line for line in lines if line.kind != "detection"), key=lambda line: line.status == "complete")
    rows = [(_words(line), line.kind, SPOKEN[line.status], _window(line), line.rows, _why(line)) for line in asked]
    frame = pd.DataFrame(rows, columns=["name", "kind", "state", "window", "rows", "why"])
    heads = {"name": "Source or file", "state": "What came", "window": "Window (UTC)", "why": "Reason or remark"}
    return _table(frame, "Sources and files: what was asked and what came", heads, row_head="name", limit=LONG)


def _idle(lines: Sequence[Line]) -> Markup | None:
    rows = [(_words(x), SPOKEN[x.status], x.why) for x in lines if x.kind == "detection" and x.status != "complete"]
    frame = pd.DataFrame(rows, columns=["name", "state", "why"])
    heads = {"name": "Detection", "state": "What happened", "why": "Reason"}
    return _table(frame, "Detections that could not run", heads, row_head="name", limit=LONG) if rows else None


def _gaps(lines: Sequence[Line]) -> list[str]:
    """What is missing or limited: each source and file, and detections together by the reason they could not run."""
    asked = [line for line in lines if line.kind != "detection" and (line.why or line.status not in FULL)]
    gaps = [f"{_words(x)}: " + "; ".join(filter(None, ["" if x.status in FULL else x.status, x.why])) for x in asked]
    idle = Counter(x.why or SPOKEN[x.status] for x in lines if x.kind == "detection" and x.status != "complete")
    return gaps + [f"{counted(count, 'detection')} could not run: {why}" for why, count in idle.most_common()]


def _others(stories: Sequence[Story]) -> Markup:
    rows = [(s.account, s.verdict.score, words.BANDS[s.verdict.band], s.verdict.sentence) for s in stories]
    frame = pd.DataFrame(rows, columns=["account", "score", "verdict", "why"])
    return _table(frame, "Other accounts with findings", {"why": "Why not more"}, row_head="account", limit=LONG)


def _deeds(journal: Journal) -> Markup | None:
    done = deeds.deeds(journal)
    return None if done.empty else _table(done, "Actions, in the order of the journal", limit=LONG)


def _controls(case: CaseLike, called: Sequence[Story], found: Sequence[Finding]) -> Markup:
    accounts = {story.account for story in called}
    families = [finding.family for finding in found if finding.subject in accounts]
    scores, profiles = (_frame(case, name) for name in ("secure_score_controls", "control_profiles"))
    frame = causes.controls([story.entry.how for story in called], families, scores, profiles)
    heads = {"title": "What it asks for", "would": "What it would have changed", "open": "Points to be had"}
    return _table(frame, "Secure Score controls that bear on the way in", heads, row_head="control")


def _sources(lines: Sequence[Line]) -> Markup:
    named = [line for line in lines if line.kind == "source" and line.name in SOURCES]
    rows = [_source(line) for line in named]
    frame = pd.DataFrame(rows, columns=["source", "about", "permissions", "licence", "kept", "window"])
    heads = {
        "about": "What it holds",
        "licence": "Licence needed",
        "kept": "Kept by Microsoft",
        "window": "Asked for (UTC)",
    }
    return _table(frame, "Sources, what they need and how long they are kept", heads, row_head="source")


def _source(line: Line) -> tuple[Any, ...]:
    source = SOURCES[line.name]
    kept = f"{source.days} days" if source.days else "as it is now"
    return _words(line), source.title, ", ".join(source.permissions), source.licence or "none", kept, _window(line)


def _pieces(evidence: Evidence) -> pd.DataFrame:
    rows = [(f"{p.number:04d}", _origin(p.facts), p.facts.get("time"), p.size, p.sha256) for p in evidence]
    frame = pd.DataFrame(rows, columns=["piece", "origin", "kept", "size", "sha256"])
    return frame.assign(kept=pd.to_datetime(frame["kept"], format="ISO8601").dt.tz_localize(None))


def _evidence(pieces: pd.DataFrame) -> Markup:
    by_origin = pieces.groupby("origin", sort=False).agg(
        first=("piece", "min"),
        last=("piece", "max"),
        pieces=("piece", "size"),
        bytes=("size", "sum"),
        kept=("kept", "min"),
    )
    frame = by_origin.reset_index().assign(bytes=by_origin["bytes"].map(number).to_list())
    heads = {"origin": "From", "first": "First piece", "last": "Last piece", "kept": "Kept since"}
    return _table(frame, "Evidence by origin", heads, row_head="origin", limit=LONG)


def _manifest(pieces: pd.DataFrame) -> Markup:
    heads = {"origin": "From", "kept": "Kept at", "size": "Bytes", "sha256": "SHA-256 of the content"}
    return _table(pieces, "Evidence manifest", heads, row_head="piece", limit=LONG)


def _origin(facts: Mapping[str, Any]) -> str:
    return str(facts.get("source") or facts.get("origin") or facts.get("kind") or "not told")


def _frame(case: CaseLike, name: str) -> pd.DataFrame:
    return case[name] if name in case.tables else pd.DataFrame(columns=list(TABLES[name].columns))


def _words(line: Line) -> str:
    return line.name if line.kind == "file" else line.name.replace("_", " ").replace("sign in", "sign-in")


def _window(line: Line) -> str | None:
    if not line.start and not line.end:
        return None
    return f"{moment(line.start, zone=False, seconds=False)} to {moment(line.end, zone=False, seconds=False)}"


def _why(line: Line) -> str | None:
    """The reason, and the account of rows that did not simply come in and stay."""
    counts = [f"{number(count)} {name}" for name, count in (line.counts or {}).items() if count and name in UNEVEN]
    return "; ".join(filter(None, [line.why, *counts])) or None
