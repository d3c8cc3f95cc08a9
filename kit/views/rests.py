"""What the answer rests on: limits and gaps first, then everything that was asked, folded away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from kit import render
from kit.case import Case
from kit.coverage import SPOKEN, Line, summary
from kit.source import SOURCES
from kit.table import TABLES
from kit.views.view import View, folded, paragraph, sheet

FULL = ("complete", "empty")
STILL = "all that the service still has"
HEADS = {"Source or file": 26, "What came": 20, "Rows": 9, "Asked for (UTC)": 19, "Remark": 26}
IDLE = {"Detection": 26, "What happened": 30, "Why": 44}


def coverage(case: Case) -> View:
    """Every source, file and detection: what limits the answer is open to the eye, the rest one click away."""
    lines = case.coverage()
    asked = [line for line in lines if line.kind != "detection"]
    rules = [line for line in lines if line.kind == "detection"]
    parts = [Markup("<p><strong>{}</strong></p>").format(render.html(summary(lines))), _limits(asked)]
    parts += [_idle([line for line in rules if line.status not in FULL]), _all(asked), _ran(rules)]
    return View(Markup("").join(parts), summary(lines))


def _limits(asked: Sequence[Line]) -> Markup:
    """What is missing or limited; a statement where there is nothing of the kind."""
    limits = [line for line in asked if line.why or line.status != "complete"]
    if limits:
        return sheet("What limits the answer", HEADS, [_asked(line) for line in limits], limit=len(limits))
    if asked:
        return paragraph("Everything that was asked for came. Logs can still be late or incomplete without saying so.")
    return paragraph("Nothing was asked so far: add exported files, or collect from a tenant.")


def _asked(line: Line) -> list[Any]:
    came = STILL if line.status == "complete" and line.why else SPOKEN[line.status]
    return [_words(line), came, render.number(line.rows), _window(line), line.why]


def _window(line: Line) -> str:
    """The time that was asked for, in whole minutes; a state has none but now."""
    if line.tables and all(TABLES[name].kind == "state" for name in line.tables):
        return "as it is now"
    if not line.start:
        return ""
    return f"{render.moment(line.start, zone=False, seconds=False)} to {_end(line)}"


def _end(line: Line) -> str:
    return render.moment(line.end, zone=False, seconds=False)


def _idle(lines: Sequence[Line]) -> Markup:
    rows = [[_words(line), SPOKEN[line.status], line.why] for line in lines]
    return sheet("Detections that could not run", IDLE, rows) if rows else Markup("")


def _all(asked: Sequence[Line]) -> Markup:
    if not asked:
        return Markup("")
    table = sheet("Sources and files, as they were asked", HEADS, [_asked(line) for line in asked], limit=len(asked))
    return folded(f"All {render.counted(len(asked), 'source or file', 'sources and files')}", table)


def _ran(rules: Sequence[Line]) -> Markup:
    ran = [_words(line) for line in rules if line.status in FULL]
    return folded(f"The {render.counted(len(ran), 'detection')} that ran", paragraph("; ".join(ran)))


def _words(line: Line) -> str:
    """The name of a line for people: a source by the beginning of its title, a file and a detection by its name."""
    if line.kind == "source" and line.name in SOURCES:
        return SOURCES[line.name].title.partition(":")[0]
    return line.name if line.kind == "file" else line.name.replace("_", " ").replace("sign in", "sign-in")
