"""Views: what notebooks show of a case, one call a cell. Each is plain HTML that survives export without a kernel.

views.overview(case)             which accounts, how entered, what was read, sent and changed
views.coverage(case)             what was asked, what came, what is missing
views.findings(case, account)    the findings, worst first, with reasons for and against
views.timeline(case, account)    the numbered steps of the attack
views.indicators(case, account)  whose addresses and sessions are whose, and why
views.controls(case)             Secure Score controls by what is still to be gained
views.deeds(case)                what was previewed, changed, read back and undone
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd
from markupsafe import Markup

from kit import render
from kit.case import Case
from kit.coverage import SPOKEN, summary
from kit.detection import SEVERITIES
from kit.errors import InputError
from kit.report.deeds import deeds as journalled
from kit.story import Story
from kit.verdict import SPOKEN as BANDS

SHOWN_BANDS = ("compromised", "likely", "review")
ROWS = 60


@dataclass(frozen=True)
class View:
    """Something to look at: HTML made by `kit.render`, and the same in a line of text."""

    html: Markup
    plain: str

    def _repr_html_(self) -> str:
        return str(self.html)

    def __repr__(self) -> str:
        return self.plain


def overview(case: Case) -> View:
    """The answer on one screen: accounts by verdict, and for each what the records show."""
    told = [story for story in case.stories() if story.verdict.band in SHOWN_BANDS]
    banner = Markup("<p><strong>{}</strong></p>").format(_origin(case))
    if not told:
        text = f"No account has a case to answer. {summary(case.coverage())}"
        return View(banner + Markup("<p>{}</p>").format(text), text)
    return View(banner + Markup("").join(_account(story) for story in told), _line(told))


def coverage(case: Case) -> View:
    """Every source, file and detection: what was asked, what came, and why something did not."""
    lines = case.coverage()
    rows = [[line.kind, line.name, line.status, line.rows, line.start, line.end, line.why or SPOKEN[line.status]]
            for line in lines]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["kind", "name", "status", "rows", "start", "end", "why"])
    order = {"complete": 1}
    frame = frame.sort_values(by="status", key=lambda s: s.map(order).fillna(0), kind="stable")
    text = summary(lines)
    return View(render.frame_html(frame, text, limit=200), text)


def findings(case: Case, account: str = "") -> View:
    """The findings about one account, or all of them, worst first."""
    found = [finding for finding in case.findings() if account in ("", finding.subject)]
    found.sort(key=lambda finding: (SEVERITIES.index(finding.severity), finding.order))
    rows = [
        [f.severity, f.subject, f.title, f.first_seen, f.reasons, f.against, f.next_step, f.record_ids] for f in found
    ]
    columns = ["severity", "subject", "title", "first_seen", "reasons", "against", "next_step", "record_ids"]
    about = f"about {account}" if account else "in this case"
    caption = f"{len(found)} findings {about}. {summary(case.coverage())}"
    return View(render.frame_html(pd.DataFrame(rows, columns=columns), caption, limit=ROWS), render.plain(caption))


def timeline(case: Case, account: str) -> View:
    """The steps of the attack on one account, numbered as in the chart."""
    frame = _need(case, account).timeline
    caption = f"What happened to {account}: {len(frame)} steps, times in UTC"
    return View(render.frame_html(frame, caption, limit=200), render.plain(caption))


def indicators(case: Case, account: str) -> View:
    """Addresses, sessions, tokens, clients and devices of one account, and whose each is taken to be."""
    frame = _need(case, account).indicators
    caption = f"Whose is what: {len(frame)} indicators of {account}, times in UTC"
    return View(render.frame_html(frame, caption, limit=200), render.plain(caption))


def controls(case: Case, limit: int = 25) -> View:
    """The controls of the newest Secure Score by points still to be gained."""
    if not case.engine.count("secure_score_controls"):
        text = "No Secure Score was collected: see the coverage for why."
        return View(Markup("<p>{}</p>").format(text), text)
    scores, profiles = case["secure_score_controls"], case["control_profiles"]
    newest = scores[scores["time"] == scores["time"].max()]
    known = profiles[["control", "title", "max_score", "effort", "user_impact", "remediation"]]
    joined = newest[["control", "category", "score"]].merge(known, on="control", how="left")
    joined["gain"] = (joined["max_score"] - joined["score"]).clip(lower=0)
    joined = joined.sort_values(["gain", "control"], ascending=[False, True])
    columns = ["control", "title", "category", "score", "max_score", "gain", "effort", "user_impact", "remediation"]
    lacking = int(joined["max_score"].isna().sum())
    caption = f"{len(joined)} controls, {joined['gain'].sum():.1f} points still to be gained"
    caption += f"; {lacking} have no profile, so that their maximum is unknown" if lacking else ""
    return View(render.frame_html(joined[columns], caption, limit=limit), caption)


def deeds(case: Case) -> View:
    """What was done to the tenant, as the journal has it."""
    frame = journalled(case.journal)
    caption = f"{len(frame)} entries of the journal, times in UTC; its head is {case.journal.head}"
    return View(render.frame_html(frame, caption, limit=200), caption)


def accounts(case: Case) -> list[str]:
    """The accounts with a case to answer, the strongest first."""
    return [story.account for story in case.stories() if story.verdict.band in SHOWN_BANDS]


def suspect(case: Case) -> str:
    """The account with the strongest case, "" when there is none."""
    return next(iter(accounts(case)), "")


def _need(case: Case, account: str) -> Story:
    story = case.story(account)
    if story is None:
        raise InputError(f"No finding is about {account or 'no account'}.", f"There are: {', '.join(accounts(case))}.")
    return story


def _origin(case: Case) -> str:
    if case.simulated:
        return f"Simulated tenant {case.tenant_name}: everything here is made up."
    return f"Tenant {case.tenant_name}" if case.tenant_id else "From exported files; no tenant is connected."


def _account(story: Story) -> Markup:
    head = Markup("<h3>{} &mdash; {} ({:g} of 100)</h3>").format(
        render.html(story.account), BANDS[story.verdict.band], story.verdict.score
    )
    return head + _list(story.sentences.values())


def _list(sentences: Iterable[str]) -> Markup:
    items = Markup("").join(Markup("<li>{}</li>").format(render.html(sentence)) for sentence in sentences)
    return Markup("<ul>{}</ul>").format(items)


def _line(stories: list[Story]) -> str:
    return "; ".join(f"{render.plain(s.account)}: {BANDS[s.verdict.band]} ({s.verdict.score:g})" for s in stories)
