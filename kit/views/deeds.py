"""What was done to the tenant with this kit, as the journal has it; what a crash left open comes first."""

from __future__ import annotations

from markupsafe import Markup

from kit import render
from kit.case import Case
from kit.report.deeds import deeds as journalled
from kit.unfinished import unfinished
from kit.views.view import View, paragraph, sheet

HEADS = {"Time (UTC)": 14, "Account": 22, "Step": 11, "Action": 17, "Outcome": 36}


def deeds(case: Case) -> View:
    """Previews, requests, readings back, refusals and undos, in order."""
    open_ = [f"{entry['action'].replace('_', ' ')} on {entry['account']}" for entry in unfinished(case.journal)]
    warning = f"Sent, and nobody knows what came of it: {'; '.join(open_)}. Preview these again before anything else."
    frame = journalled(case.journal)
    rows = [list(row) for row in frame.itertuples(index=False)]
    told = f"{render.counted(len(rows), 'entry', 'entries')} in the journal"
    head = Markup('<p role="alert"><strong>{}</strong></p>').format(render.html(warning)) if open_ else Markup("")
    if not rows:
        return View(
            head + paragraph("Nothing was previewed or changed with this kit so far."), "Nothing was done so far."
        )
    seal = paragraph(
        f"The newest line of the journal has the hash {case.journal.head}: note it down, "
        "and nobody can change the journal up to here unseen."
    )
    return View(head + sheet("What was done, in order", HEADS, rows, limit=len(rows)) + seal, told)
