"""The attack, step by step."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pandas as pd

from kit.chart import Drawn, chart, first_response, statement
from kit.render import counted, duration, label, moment, number, period
from kit.story import Story
from kit.theme import Sheet, Theme

ORDER = ("initial access", "persistence", "defence evasion", "collection", "fraud/outbound", "alert", "response")
DEFENCE = ("alert", "response")  # the phases that are not the attacker's
PLACES = 26  # marks side by side: more steps than that are drawn in groups
NAMED = 10  # steps spelled out below the lanes
PAUSE = timedelta(hours=6)  # a longer gap between steps is marked with its length


@chart
def attack_timeline(*, story: Story | None, theme: Theme) -> Drawn:
    """What the attacker did, in order, by phase, until the response.

    Steps carry the numbers of the story's timeline. They stand side by side in order, not to scale, because attacks
    come in bursts of minutes with days between; longer pauses are written in.
    """
    steps = pd.DataFrame() if story is None else story.timeline
    if story is None or steps.empty:
        who = "this case" if story is None else label(story.account, 60)
        return statement(theme, f"No attack steps to draw for {who}", "No record is marked as the attacker’s.")
    groups = _groups(steps)
    phases = [phase for phase in ORDER if phase in set(steps["phase"])]
    phases += sorted(set(steps["phase"]) - set(ORDER))
    named = [group for group in groups if group["named"]][:NAMED]
    lanes = 0.34 * len(phases) + 0.15
    sheet = Sheet(theme, _title(steps, story), _subtitle(steps), lanes + 1.0 + 0.2 * len(named))
    axes = sheet.axes(1.45, 0.35, 8.55, lanes)
    _draw_lanes(axes, phases, theme)
    _draw_steps(axes, groups, phases, theme)
    _draw_days(axes, groups, theme)
    _draw_words(sheet, named, lanes + 0.62, len(steps))
    return Drawn(sheet.figure, sheet.title, _alt(sheet.title, steps), _caption(groups))


def _groups(steps: pd.DataFrame) -> list[dict[str, Any]]:
    """The marks: one a step or, where there are too many, one for the steps of a phase within a stretch of the order.

    `named` is true for the first mark with its words, which is spelled out below.
    """
    rows = steps.sort_values("number", ignore_index=True)
    place = rows.index if len(rows) <= PLACES else rows.index * PLACES // len(rows)
    groups = rows.groupby([pd.Series(place), "phase"], sort=False).agg(
        first=("number", "min"),
        count=("number", "size"),
        start=("time", "min"),
        end=("time", "max"),
        what=("what", "first"),
    )
    groups = groups.rename_axis(["place", "phase"]).reset_index()
    marks: list[dict[str, Any]] = groups.assign(named=~groups.duplicated(["phase", "what"])).to_dict("records")
    return marks


def _colour(phase: str, theme: Theme) -> str:
    return {"alert": theme.soft, "response": theme.response}.get(phase, theme.attacker)


def _draw_lanes(axes: Any, phases: list[str], theme: Theme) -> None:
    axes.set_ylim(len(phases) - 0.5, -0.5)
    axes.set_yticks(range(len(phases)), [label(phase, 24) for phase in phases])
    axes.hlines(range(len(phases)), 0, 1, transform=axes.get_yaxis_transform(), color=theme.hair, lw=0.8, zorder=0)
    axes.spines["bottom"].set_visible(False)
    axes.set_xticks([])


def _draw_steps(axes: Any, groups: list[dict[str, Any]], phases: list[str], theme: Theme) -> None:
    axes.set_xlim(-0.7, max(groups[-1]["place"] + 1, 8) - 0.3)
    lanes = [phases.index(group["phase"]) for group in groups]
    axes.plot([group["place"] for group in groups], lanes, color=theme.muted, lw=0.9, zorder=1)
    for lane, group in zip(lanes, groups, strict=True):
        shape = "s" if group["phase"] in DEFENCE else "o"
        colour = _colour(group["phase"], theme)
        axes.plot(group["place"], lane, shape, ms=17, color=colour, mec=theme.ground, mew=1, zorder=2)
        alone = group["count"] == 1
        style = {
            "color": theme.ground,
            "fontweight": "bold",
            "fontsize": 8.5 if alone and group["first"] < 100 else 6.2,
        }
        middle = "center_baseline" if alone else "center"
        axes.text(
            group["place"], lane, _number(group, "\n"), ha="center", va=middle, zorder=3, linespacing=0.95, **style
        )


def _number(group: dict[str, Any], gap: str) -> str:
    """The number of the step, and how many more the mark stands for."""
    return f"{group['first']}" + (f"{gap}+{group['count'] - 1}" if group["count"] > 1 else "")


def _draw_days(axes: Any, groups: list[dict[str, Any]], theme: Theme) -> None:
    """A line where a new day begins, with its date, and the length of long pauses."""
    above, last = axes.get_xaxis_transform(), -9.0
    room = 0.055 * (axes.get_xlim()[1] - axes.get_xlim()[0])
    for before, group in zip([None, *groups], groups, strict=False):
        left, pause = group["place"] - 0.5, group["start"] - before["end"] if before else timedelta(0)
        if before is None or before["end"].date() != group["start"].date():
            axes.axvline(left, color=theme.hair, lw=0.8, zorder=0)
            if left - last >= room:
                axes.text(left, 1.06, f"{group['start']:%d %b}", transform=above, color=theme.soft, fontsize=8.5)
                last = left
        if pause >= PAUSE:
            length = f"+{pause.days} d" if pause.days else f"+{pause.seconds // 3600} h"
            axes.text(left, -0.03, length, transform=above, color=theme.soft, fontsize=7.5, ha="center", va="top")


def _draw_words(sheet: Sheet, named: list[dict[str, Any]], top: float, steps: int) -> None:
    for line, group in enumerate(named):
        down = top + 0.2 * line
        colour = _colour(group["phase"], sheet.theme)
        sheet.write(1.25, down, _number(group, " "), ha="right", fontweight="bold", color=colour)
        sheet.write(1.45, down, moment(group["start"], zone=False), color=sheet.theme.soft)
        sheet.write(2.95, down, label(group["what"], 100))
    if steps > len(named):
        more = f"The first of each kind; all {number(steps)} steps are in the table of the timeline."
        sheet.write(1.45, top + 0.2 * len(named), more, fontsize=8.5, color=sheet.theme.soft)


def _title(steps: pd.DataFrame, story: Story) -> str:
    acts, answer = steps[~steps["phase"].isin(DEFENCE)], first_response(story)
    text = f"{counted(len(acts), 'step')} of the attacker in {label(story.account, 50)}"
    if len(acts) > 1:
        text += f" within {duration(acts['time'].max() - acts['time'].min())}"
    if answer is None or acts.empty:
        return f"{text}; no response is recorded"
    return f"{text}; the first response came {duration(answer - acts['time'].min())} after the first step"


def _subtitle(steps: pd.DataFrame) -> str:
    return f"Steps in order, by phase (not to scale), {period(steps['time'].min(), steps['time'].max())}, UTC"


def _alt(title: str, steps: pd.DataFrame) -> str:
    counts = [f"{label(phase)}: {number(count)}" for phase, count in steps.groupby("phase", sort=False).size().items()]
    return f"{title}. Steps by phase: {', '.join(counts)}."


def _caption(groups: list[dict[str, Any]]) -> str:
    text = (
        "Numbers are those of the timeline table. Circles are the attacker’s steps, squares alerts and the response. "
    )
    text += "Steps stand in order, not to scale; pauses of six hours or more are written below the lanes."
    return text + (" A mark with “+2” stands for two more steps." if any(g["count"] > 1 for g in groups) else "")
