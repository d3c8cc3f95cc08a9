"""The tenant's settings as Secure Score measures them: what bears on the incident, what changed, what is left."""

from __future__ import annotations

import html
import re

from kit import render
from kit.case import Case
from kit.panels import Table
from kit.report import causes
from kit.views.view import View, said, sheet

CALLED = ("compromised", "likely")
NONE = "No Secure Score was collected: the coverage in 00 Start here says why."
BEARING = {"What it asks for": 42, "What it would have changed": 32, "Points": 10, "Still to be had": 16}
CHANGED = {"Day": 14, "Control": 56, "Points": 18, "Difference": 12}
SLIGHT = 0.005  # points; shares of users are rounded to hundredths


def bearing(case: Case) -> View:
    """The controls that bear on the way in and on what followed, by our judgement; those with most to gain first."""
    called = [story for story in case.stories() if story.verdict.band in CALLED]
    if not called:
        return said("No account is called compromised, so that no setting can be weighed against an incident.")
    families = [finding.family for story in called for finding in story.findings]
    ways = [story.entry.how for story in called]
    frame = causes.controls(ways, families, case["secure_score_controls"], case["control_profiles"])
    rows = [
        [f"{row['title'] or row['control']}", row["would"], row["points"], f"{row['open']:g}"]
        for row in frame.to_dict("records")
    ]
    caption = f"Controls that bear on {' and '.join(dict.fromkeys(ways))}"
    return View(sheet(caption, BEARING, rows), f"{len(rows)} controls")


def score_changes(case: Case) -> View:
    """Each day on which a control's points changed, the newest first."""
    scores = case["secure_score_controls"].sort_values(["control", "time"], kind="stable")
    if scores.empty:
        return said(NONE)
    before = scores.groupby("control")["score"].shift()
    changed = scores.assign(before=before, change=scores["score"] - before)
    changed = changed[changed["change"].abs() > SLIGHT].sort_values("time", ascending=False, kind="stable")
    titles = case["control_profiles"].set_index("control")["title"]
    rows = [
        [render.day(row["time"]), titles.get(row["control"], row["control"]), _step(row), f"{row['change']:+.2f}"]
        for row in changed.to_dict("records")
    ]
    span = render.period(scores["time"].min(), scores["time"].max())
    if not rows:
        return said(f"No control's points changed from {span}.")
    return View(sheet(f"Controls whose points changed, {span}", CHANGED, rows), f"{len(rows)} changes")


def controls(case: Case) -> Table | View:
    """Every control of the newest Secure Score, by points still to be gained, to search and sort."""
    scores = case["secure_score_controls"]
    if scores.empty:
        return said(NONE)
    newest = scores[scores["time"] == scores["time"].max()][["control", "category", "score"]]
    known = case["control_profiles"][["control", "title", "max_score", "effort", "user_impact", "remediation"]]
    joined = newest.merge(known, on="control", how="left")
    joined = joined.assign(gain=(joined["max_score"] - joined["score"]).clip(lower=0))
    joined = joined.sort_values(["gain", "control"], ascending=[False, True], ignore_index=True)
    shown = joined[["title", "category", "score", "max_score", "gain", "effort", "user_impact"]]
    shown = shown.assign(title=joined["title"].fillna(joined["control"]), what_to_do=joined["remediation"].map(_text))
    lacking = int(joined["max_score"].isna().sum())
    caption = (
        f"{render.counted(len(joined), 'control')}, {render.number(joined['gain'].sum())} points still to be gained"
    )
    caption += f"; {lacking} have no profile, so that their maximum is unknown" if lacking else ""
    return Table(shown.rename(columns={"title": "control", "max_score": "of", "user_impact": "impact"}), caption)


def _step(row: dict[str, float]) -> str:
    return f"{row['before']:g} → {row['score']:g}"


def _text(remediation: object) -> str | None:
    """Microsoft's advice, which comes as HTML, as text: tags become blanks, and nothing else is believed of it."""
    if not isinstance(remediation, str):
        return None
    text = html.unescape(re.sub(r"<[^<>]*>", " ", remediation))
    return re.sub(r"\s+", " ", text).strip()
