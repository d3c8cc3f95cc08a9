"""Secure Score: where it stands and what would raise it most."""

from __future__ import annotations

from textwrap import fill
from typing import Any

import matplotlib.dates as mdates
import pandas as pd

from kit.chart import Drawn, chart
from kit.render import counted, day, label, number, period
from kit.theme import Sheet, Theme

GAINS = 8
FEW = 6  # days so few are drawn as dots


@chart
def secure_score(
    secure_scores: pd.DataFrame, secure_score_controls: pd.DataFrame, control_profiles: pd.DataFrame, *, theme: Theme
) -> Drawn:
    """How the tenant's Secure Score moved, and which controls have most to give.

    Left the score in percent of its maximum, beside the average of similar tenants where told; right the controls with
    the most points still to be had on the last day.
    """
    days = secure_scores.dropna(subset=["time", "score"]).sort_values("time")
    days = days.assign(percent=100 * days["score"] / days["max_score"].where(days["max_score"] > 0))
    days = days.dropna(subset=["percent"])
    gains = _gains(secure_score_controls, control_profiles)
    shown = gains.head(GAINS)
    sheet = Sheet(theme, _title(days, gains), _subtitle(days), 3.4)
    trend = sheet.axes(0.6, 0.4, 2.75, 2.45)
    _draw_trend(trend, days, theme)
    bars = sheet.axes(7.4, 0.3, 2.3, 2.95)
    _draw_gains(bars, shown, theme)
    sheet.write(0.14, 0.05, "Percent of the maximum", fontsize=8.5, color=theme.soft)
    sheet.write(4.6, 0.05, f"Points still to be had, the {len(shown)} largest", fontsize=8.5, color=theme.soft)
    return Drawn(sheet.figure, sheet.title, _alt(sheet.title, shown), _caption(len(gains)))


def _gains(controls: pd.DataFrame, profiles: pd.DataFrame) -> pd.DataFrame:
    """Controls with points to be had on the last day: `control`, `title`, `gain`, the largest first."""
    last = controls[controls["time"] == controls["time"].max()]
    joined = last.merge(profiles[["control", "title", "max_score", "deprecated"]], on="control", how="inner")
    joined = joined[~joined["deprecated"].isin([True])]
    gain = pd.to_numeric(joined["max_score"]) - pd.to_numeric(joined["score"]).fillna(0)
    joined = joined.assign(gain=gain, title=joined["title"].fillna(joined["control"]))
    wanted = joined[joined["gain"] > 0].sort_values(["gain", "control"], ascending=[False, True], kind="stable")
    return wanted[["control", "title", "gain"]]


def _draw_trend(axes: Any, days: pd.DataFrame, theme: Theme) -> None:
    at = mdates.date2num(days["time"])
    dots = {"marker": "o", "ms": 4} if len(days) <= FEW else {}
    axes.plot(at, days["percent"], color=theme.usual, **dots)
    similar = 100 * days["average_similar"] / days["max_score"]
    if similar.notna().any():
        axes.plot(at, similar, color=theme.muted, ls=(0, (4, 2)), lw=1.3, **dots)
        axes.annotate("similar tenants", (at[-1], similar.dropna().iloc[-1]), (4, 0), **_beside, color=theme.soft)
    last = days["percent"].iloc[-1]
    axes.annotate(f"{last:.0f} %", (at[-1], last), (4, 0), **_beside, color=theme.usual, fontweight="bold")
    axes.set_ylim(0, 100)
    axes.set_yticks([0, 25, 50, 75, 100])
    axes.grid(axis="y")
    axes.set_xlim(at[0] - 0.5, at[-1] + 0.5)
    ends = days["time"].iloc[[0, -1] if len(days) > 1 else [0]]
    axes.set_xticks(mdates.date2num(ends), [day(time) for time in ends])
    axes.set_xlabel("days, UTC", loc="right")


_beside = {"textcoords": "offset points", "va": "center", "annotation_clip": False}


def _draw_gains(axes: Any, gains: pd.DataFrame, theme: Theme) -> None:
    axes.set(ylim=(GAINS - 0.5, -0.5), xticks=[])
    axes.spines["bottom"].set_visible(False)
    axes.barh(range(len(gains)), gains["gain"], 0.62, color=theme.tint(theme.usual, 0.55))
    axes.set_yticks(range(len(gains)), [fill(label(title, 78), 40) for title in gains["title"]], linespacing=1.05)
    for place, gain in enumerate(gains["gain"]):
        axes.annotate(f"+{number(gain)}", (gain, place), (4, 0), **_beside, color=theme.ink)
    if gains.empty:
        axes.text(0, 0, "No control scores were collected, or all points are reached.", color=theme.soft, ha="center")


def _title(days: pd.DataFrame, gains: pd.DataFrame) -> str:
    first, last = days["percent"].iloc[0], days["percent"].iloc[-1]
    span = (days["time"].max() - days["time"].min()).days
    if not span:
        text = f"Secure Score stood at {last:.0f} % on {day(days['time'].max())}"
    elif round(first) == round(last):
        text = f"Secure Score stayed at {last:.0f} % for {counted(span, 'day')}"
    else:
        moved = "rose" if last > first else "fell"
        text = f"Secure Score {moved} from {first:.0f} % to {last:.0f} % in {counted(span, 'day')}"
    if len(gains):
        top = gains.head(5)
        largest = "largest open control gives" if len(top) == 1 else f"{len(top)} largest open controls give"
        text += f"; the {largest} {number(top['gain'].sum())} points"
    return text


def _subtitle(days: pd.DataFrame) -> str:
    last = days.iloc[-1]
    points = f"{number(last['score'])} of {number(last['max_score'])} points on the last day"
    return f"Microsoft Secure Score, {period(days['time'].min(), last['time'])}, UTC: {points}"


def _alt(title: str, gains: pd.DataFrame) -> str:
    parts = [f"{label(row['title'], 80)} (+{number(row['gain'])})" for row in gains.to_dict("records")]
    return f"{title}. " + (f"Largest gains: {'; '.join(parts)}." if parts else "No gains are known.")


def _caption(open_controls: int) -> str:
    return (
        f"{counted(open_controls, 'control')} had points left on the last day. A score measures settings, not safety, "
        "and its maximum changes when Microsoft adds or retires controls."
    )
