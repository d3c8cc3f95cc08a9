"""Sign-ins by hour of the week."""

from __future__ import annotations

from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd

from kit.chart import Drawn, by_attacker, chart, statement
from kit.render import counted, label, number, period
from kit.story import Story
from kit.theme import Sheet, Theme

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@chart
def hour_of_week(sign_ins: pd.DataFrame, *, story: Story | None, theme: Theme) -> Drawn:
    """At which hours the account is used, and at which the attacker used it.

    One cell an hour of the week, UTC, shaded by the owner's successful sign-ins; a diamond where the attacker signed
    in, with the number of times. Without a story, all accounts together.
    """
    rows = sign_ins[sign_ins["time"].notna() & (pd.to_numeric(sign_ins["error_code"], errors="coerce") == 0)]
    rows = rows if story is None else rows[rows["user"] == story.account]
    if rows.empty:
        return statement(theme, "No successful sign-in to draw", "None of the records is a success of this account.")
    hostile = by_attacker(rows, story)
    own, theirs = _grid(rows[~hostile]), _grid(rows[hostile])
    title = _title(own, theirs, story)
    when = period(rows["time"].min(), rows["time"].max())
    sheet = Sheet(theme, title, f"Successful sign-ins by hour of the week, {when}, UTC (not local time)", 2.85)
    axes = sheet.axes(0.6, 0.1, 9.4, 2.1)
    _draw_grid(axes, own, theme)
    _draw_attacker(axes, theirs, own, theme)
    _draw_key(sheet, int(own.max()), bool(theirs.any()))
    return Drawn(sheet.figure, title, _alt(title, own, theirs), _caption(own))


def _grid(rows: pd.DataFrame) -> np.ndarray:
    """Counts, day of week (Monday first) by hour."""
    counts = np.zeros((7, 24), dtype=int)
    np.add.at(counts, (rows["time"].dt.day_of_week, rows["time"].dt.hour), 1)
    return counts


def _shades(theme: Theme) -> Any:
    steps = [theme.tint(theme.muted, 0.07), theme.tint(theme.usual, 0.25), theme.tint(theme.usual, 0.9)]
    return mpl.colors.LinearSegmentedColormap.from_list("usual", steps)


def _draw_grid(axes: Any, own: np.ndarray, theme: Theme) -> None:
    # The root lets rare hours differ from empty ones, where a straight scale would show office hours alone.
    shade = np.sqrt(own / max(1, own.max()))
    axes.pcolormesh(np.arange(25), np.arange(8), shade, cmap=_shades(theme), vmin=0, vmax=1, ec=theme.ground, lw=2)
    axes.set(xlim=(0, 24), ylim=(7, 0))
    axes.set_yticks(np.arange(7) + 0.5, DAYS)
    axes.set_xticks(range(0, 25, 3), [f"{hour:02d}:00" for hour in range(0, 25, 3)])
    axes.spines["bottom"].set_visible(False)
    axes.set_xlabel("hour of the day, UTC", loc="right")


def _draw_attacker(axes: Any, theirs: np.ndarray, own: np.ndarray, theme: Theme) -> None:
    for weekday, hour in np.argwhere(theirs > 0):
        axes.plot(hour + 0.33, weekday + 0.5, "D", ms=7, color=theme.attacker, mec=theme.ground, mew=0.8)
        dense = own[weekday, hour] > 0.6 * own.max()
        axes.text(
            hour + 0.58, weekday + 0.5, number(theirs[weekday, hour]), va="center", fontsize=8, fontweight="bold",
            color=theme.ground if dense else theme.ink,
        )  # fmt: skip


def _draw_key(sheet: Sheet, most: int, hostile: bool) -> None:
    theme = sheet.theme
    axes = sheet.axes(0.6, 2.6, 1.2, 0.14)
    axes.pcolormesh(np.sqrt(np.linspace(0, 1, 7))[None, :], cmap=_shades(theme), vmin=0, vmax=1, ec=theme.ground, lw=1)
    axes.set_axis_off()
    sheet.write(1.9, 2.6, f"0 to {number(most)} sign-ins an hour" + (" by the owner" if hostile else ""), fontsize=8.5)
    if hostile:
        axes = sheet.axes(5.0, 2.6, 0.14, 0.14)
        axes.plot(0, 0, "D", ms=7, color=theme.attacker, clip_on=False)
        axes.set_axis_off()
        sheet.write(5.22, 2.6, "attacker, with the number of sign-ins", fontsize=8.5)


def _title(own: np.ndarray, theirs: np.ndarray, story: Story | None) -> str:
    who = "these accounts" if story is None else label(story.account, 50)
    if not theirs.any():
        office = int(own[:5, 6:19].sum())
        share = f"{100 * office / max(1, own.sum()):.0f} %"
        return f"{share} of {counted(int(own.sum()), 'sign-in')} to {who} fall on weekdays between 06:00 and 19:00 UTC"
    attacker = f"{counted(int(theirs.sum()), 'sign-in')} of the attacker to {who}"
    if not own.any():
        return f"{attacker}, and no other sign-in to compare with"
    alone = int(theirs[own == 0].sum())
    return f"{attacker}, {number(alone) if alone else 'none'} of them in hours of the week without any other sign-in"


def _alt(title: str, own: np.ndarray, theirs: np.ndarray) -> str:
    weekday, hour = np.unravel_index(own.argmax(), own.shape)
    text = f"{title}."
    if own.any():
        text += f" The busiest hour is {DAYS[weekday]} {hour:02d}:00 UTC with {counted(int(own.max()), 'sign-in')}."
    spots = [f"{DAYS[d]} {h:02d}:00 ({number(theirs[d, h])})" for d, h in np.argwhere(theirs > 0)]
    shown = ", ".join(spots[:8]) + (f" and {len(spots) - 8} more" if len(spots) > 8 else "")
    return f"{text} Attacker: {shown}." if spots else text


def _caption(own: np.ndarray) -> str:
    return (
        f"The shading counts {counted(int(own.sum()), 'successful sign-in')} not marked as the attacker’s. "
        "Hours are UTC: night in UTC may be day where the person lives. "
        "Renewals that a device makes by itself count as sign-ins too."
    )
