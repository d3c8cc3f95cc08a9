"""The evidence: findings with their reasons, the steps of the attack, whose is what, and every sign-in."""

from __future__ import annotations

from typing import Any

import pandas as pd
from markupsafe import Markup

from kit import render
from kit.case import Case
from kit.chart import by_attacker
from kit.coverage import summary
from kit.detection import SEVERITIES
from kit.finding import Finding
from kit.panels import Table
from kit.views.view import View, bullets, folded, labelled, said, sheet, stacked

RECORDS = 4  # record ids shown of a finding; all are in findings.json
CLIENT = 60  # characters of a user agent in a table; the whole is in its record
FOUND = {"How bad": 10, "What was found": 28, "Why, and what speaks against it": 38, "What to do next": 24}
STEPS = {"No.": 5, "Time (UTC)": 13, "Phase": 14, "What": 38, "From": 19, "Record": 11}
WHOSE = {"Value": 27, "Kind": 9, "Whose": 10, "Why": 21, "First seen (UTC)": 13, "Last seen (UTC)": 13, "Events": 7}
NOBODY = "No account is chosen: none calls for action or a closer look."


def findings(case: Case, account: str = "") -> View:
    """The findings about one account, or all of them, worst first."""
    found = [finding for finding in case.findings() if account.casefold() in ("", finding.subject)]
    found.sort(key=lambda finding: (SEVERITIES.index(finding.severity), finding.order))
    about = f"about {account}" if account else "in this case"
    counted = f"{render.counted(len(found), 'finding')} {about}."
    if not found:
        return said(counted, f"What this rests on: {summary(case.coverage())}")
    return View(sheet(counted, FOUND, [_finding(f, told=bool(account)) for f in found]), render.plain(counted))


def all_findings(case: Case) -> Table:
    """All findings, worst first, to search and sort."""
    frame = case.findings().frame()
    frame = frame.assign(severity=pd.Categorical(frame["severity"], SEVERITIES, ordered=True))
    frame = frame.sort_values(["severity", "first_seen"], kind="stable", ignore_index=True)
    shown = frame[["severity", "subject", "title", "first_seen"]].assign(
        against=frame["against"].map(lambda reasons: "; ".join(reasons) or None),
        records=frame["record_ids"].map(_records),
    )
    return Table(shown.rename(columns={"subject": "about", "title": "finding"}), "All findings of the case")


def timeline(case: Case, account: str) -> View:
    """The steps of the attack on one account, numbered as in the chart."""
    story = case.story(account)
    if story is None:
        return _untold(account)
    steps = story.timeline
    rows = [
        [step["number"], step["time"], step["phase"], step["what"], _place(step), step["record_id"]]
        for step in steps.to_dict("records")
    ]
    return View(sheet(f"What happened to {account}", STEPS, rows), f"{len(rows)} steps")


def indicators(case: Case, account: str) -> View:
    """Addresses, sessions, tokens, clients and devices of one account, and whose each is taken to be."""
    story = case.story(account)
    if story is None:
        return _untold(account)
    known = story.indicators
    owners = known["label"] == "owner"
    first = sheet(f"The attacker’s, and what cannot be told: {account}", WHOSE, _whose(known[~owners]))
    if not owners.any():
        return View(first, f"{len(known)} indicators")
    rest = sheet(f"Taken to be the owner’s: {account}", WHOSE, _whose(known[owners]))
    more = folded(f"{render.counted(int(owners.sum()), 'value')} taken to be the owner’s", rest)
    return View(first + more, f"{len(known)} indicators, {int(owners.sum())} of them the owner’s")


def sign_ins(case: Case, account: str) -> Table:
    """Every sign-in of one account (of all without one), those taken to be the attacker's first, then the newest."""
    rows = case.about("sign_ins", account)
    rows = rows.assign(theirs=by_attacker(rows, case.story(account) if account else None))
    rows = rows.sort_values(["theirs", "time"], ascending=False, kind="stable", ignore_index=True)
    named = (rows["network"].fillna("") + ", " + rows["country"].fillna("")).str.strip(", ")
    shown = pd.DataFrame(
        {
            "time": rows["time"],
            "whose": rows["theirs"].map({True: "attacker", False: None}),
            "result": _result(rows),
            "from": rows["ip"].fillna("no address") + (" (" + named + ")").where(named != "", ""),
            "app and client": (
                rows["app"].fillna(rows["app_id"]).fillna("") + "; " + _client(rows).fillna("")
            ).str.strip("; "),
            "session": rows["session_id"],
            "record": rows["record_id"],
        }
    )
    return Table(shown, f"Sign-ins of {account}" if account else "Sign-ins of all accounts")


def _finding(finding: Finding, *, told: bool) -> list[Any]:
    """One line: `told` when the account stands in the caption."""
    what = Markup("<strong>{}</strong>").format(render.html(finding.title))
    seen = f"{render.moment(finding.first_seen)}" if finding.first_seen else "A setting as it is now"
    against = [labelled("Against", reason) for reason in finding.against]
    next_step = finding.next_step[:1].upper() + finding.next_step[1:]
    return [
        finding.severity,
        stacked(what, "" if told else finding.subject, seen),
        bullets([*finding.reasons, *against]),
        stacked(next_step, f"Records: {_records(finding.record_ids)}"),
    ]


def _records(ids: Any) -> str:
    more = len(ids) - RECORDS
    return ", ".join(ids[:RECORDS]) + (f" and {render.number(more)} more" if more > 0 else "")


def _untold(account: str) -> View:
    return said(f"No finding is about {account}." if account else NOBODY)


def _place(step: dict[Any, Any]) -> str:
    names = [str(step[name]) for name in ("ip", "network", "country") if isinstance(step[name], str)]
    return f"{names[0]} ({', '.join(names[1:])})" if len(names) > 1 else "".join(names)


def _whose(rows: pd.DataFrame) -> list[list[Any]]:
    names = ["value", "kind", "label", "reason", "first_seen", "last_seen", "events"]
    return [list(row) for row in rows[names].itertuples(index=False)]


def _result(rows: pd.DataFrame) -> pd.Series:
    """ "success", or the error's number with the service's words for it."""
    code = rows["error_code"].astype("Int64").astype("string")
    failed = ("error " + code + ": " + rows["failure_reason"].fillna("")).str.removesuffix(": ")
    return failed.mask(rows["error_code"] == 0, "success").fillna("not told")


def _client(rows: pd.DataFrame) -> pd.Series:
    """Browser and system where the service names them, else the user agent as it was sent."""
    named = (rows["browser"].fillna("") + ", " + rows["os"].fillna("")).str.strip(", ")
    sent = rows["user_agent"].map(lambda agent: render.shorten(agent, CLIENT), na_action="ignore")
    return sent.where(rows["browser"].isna(), named)
