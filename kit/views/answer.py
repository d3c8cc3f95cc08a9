"""The answer: which accounts call for action, what the records show of each, and where each stands."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from markupsafe import Markup

from kit import render
from kit.case import Case
from kit.coverage import summary
from kit.report import deeds
from kit.story import Story
from kit.verdict import SPOKEN
from kit.views.view import View, bullets, labelled, paragraph, sheet

SHOWN_BANDS = ("compromised", "likely", "review")
LABELS = {"entered": "Way in", "read": "Mail accessed", "sent": "Mail sent", "changed": "Settings changed"}
HEADS = {"Account": 27, "Verdict": 17, "Way in": 19, "First access (UTC)": 15, "Where it stands": 22}


def overview(case: Case) -> View:
    """The answer on one screen: accounts by verdict, for each what the records show, and what all of it rests on."""
    told, states = _told(case), deeds.last_states(case.journal)
    accounts = Markup("").join(_account(story, deeds.sentence(story.account, states)) for story in told)
    others = len(case.stories()) - len(told)
    end = f"{render.counted(others, 'more account has', 'more accounts have')} findings that make no case." * bool(
        others
    )
    return View(
        _head(case, told) + accounts + paragraph(end, f"What this rests on: {summary(case.coverage())}"),
        _plain(case, told),
    )


def standing(case: Case) -> View:
    """Each account that calls for action in one line: verdict, way in, and what was done about it."""
    told, states = _told(case), deeds.last_states(case.journal)
    rows = [[s.account, _verdict(s), s.entry.how, s.entry.when, deeds.status(s.account, states)] for s in told]
    return View(
        _head(case, told) + (sheet("Where each account stands", HEADS, rows) if rows else ""), _plain(case, told)
    )


def report(case: Case) -> View:
    """Write the report into the case's folder; where it lies, and where each account stands."""
    path = case.report()
    written = paragraph("The report is written, for people without this kit, and the evidence is sealed:")
    return View(
        written + Markup("<p>{}</p>").format(_address(path)) + standing(case).html,
        f"{path}. {_plain(case, _told(case))}",
    )


def suspect(case: Case) -> str:
    """The account with the strongest case, "" when there is none."""
    return next((story.account for story in _told(case)), "")


def _told(case: Case) -> list[Story]:
    return [story for story in case.stories() if story.verdict.band in SHOWN_BANDS]


def _head(case: Case, told: Sequence[Story]) -> Markup:
    """Whose data these are, and the first finding: how many accounts, and which."""
    return Markup("<p><strong>{}</strong> {}</p>").format(render.html(_origin(case)), _found(case, told))


def _found(case: Case, told: Sequence[Story]) -> str:
    """The first finding; of a case that holds nothing, that nothing can be said."""
    if not any(case.evidence):
        return "Nothing was added or collected so far, so that nothing can be said about any account."
    found = render.counted(len(told), "account calls", "accounts call") if told else "No account calls"
    return f"{found} for action or a closer look."


def _origin(case: Case) -> str:
    if case.simulated:
        return f"Simulated tenant {case.tenant_name}: everything here is made up."
    return f"Tenant {case.tenant_name}." if case.tenant_id else "From exported files; no tenant is connected."


def _account(story: Story, done: str) -> Markup:
    head = Markup("<h3>{}</h3><p><strong>{}</strong></p>").format(render.html(story.account), _verdict(story))
    sentences = [labelled(LABELS[about], sentence) for about, sentence in story.sentences.items()]
    return head + bullets([*sentences, labelled("Done about it", done)])


def _verdict(story: Story) -> str:
    words = SPOKEN[story.verdict.band]
    return f"{words[:1].upper()}{words[1:]} (score {story.verdict.score:g} of 100)"


def _address(path: Path) -> Markup:
    """The report's path; a link where JupyterLab, started in the kit's folder, can open it."""
    home = Path(__file__).resolve().parents[2]
    if not (path.is_relative_to(home) and Path.cwd().is_relative_to(home)):
        return Markup("<code>{}</code>").format(render.html(str(path)))
    near = quote(Path(os.path.relpath(path)).as_posix())
    return Markup('<a href="{}">{}</a>').format(near, render.html(path.relative_to(home).as_posix()))


def _plain(case: Case, told: Sequence[Story]) -> str:
    named = "; ".join(f"{render.plain(s.account)}: {_verdict(s)}" for s in told)
    return named or _found(case, told)
