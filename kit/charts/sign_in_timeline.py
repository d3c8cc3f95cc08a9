"""Sign-ins by place and time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import matplotlib.dates as mdates
import numpy as np
import pandas as pd
from matplotlib.ticker import MaxNLocator

from kit.chart import Drawn, by_attacker, chart, first_response, statement
from kit.render import counted, label, moment, number, period
from kit.story import Story
from kit.theme import MARKS, Sheet, Theme, time_axis

LANES = 12
OFFSETS = {
    "success": 0.0,
    "failure": -0.24,
    "blocked": 0.24,
    "unknown": 0.24,
}  # within a lane, so that none hides another
COLUMNS = 1100  # marks closer than one of these in the same lane lie on the same pixel and are drawn once
# AADSTS codes by which a policy or protection, not a wrong password, stopped the sign-in (Microsoft's list of error
# codes): conditional access, device rules, locked or malicious address, disabled account, risky second-factor set-up.
BLOCKED = (50053, 50057, 53000, 53001, 53002, 53003, 53004, 53009, 530032, 530034)


@chart
def sign_in_timeline(sign_ins: pd.DataFrame, *, story: Story | None, theme: Theme) -> Drawn:
    """Where the account was signed in from, and what came of it.

    One lane a place (country and network), one mark a sign-in; the attacker's lanes lie on top. Without a story, all
    accounts together.
    """
    rows = _prepared(sign_ins, story)
    if rows.empty:
        return statement(theme, "No sign-in to draw", f"None of {number(len(sign_ins))} records is about this account.")
    lanes = _lanes(rows)
    height = 1.25 + 0.29 * len(lanes)
    sheet = Sheet(theme, _title(rows, story), _subtitle(rows), height + 0.75)
    bars = sheet.axes(2.3, 0.32, 7.7, 0.6)
    axes = sheet.axes(2.3, 1.0, 7.7, 0.29 * len(lanes) + 0.1)
    edges = _draw_counts(bars, rows, theme)
    _draw_lanes(axes, rows, lanes, theme)
    for each in (bars, axes):
        each.set_xlim(edges[0], edges[-1])
        _draw_window(each, story, theme, told=each is bars)
    bars.set_xticks([])
    time_axis(axes)
    sheet.legend(axes, top=height + 0.4)
    return Drawn(sheet.figure, sheet.title, _alt(rows, sheet.title, lanes), _caption(rows, len(sign_ins)))


def _prepared(sign_ins: pd.DataFrame, story: Story | None) -> pd.DataFrame:
    """Rows of the account that have a time, with `who` (attacker, usual), `result` and `place`."""
    rows = sign_ins[sign_ins["time"].notna()]
    rows = rows if story is None else rows[rows["user"] == story.account]
    network = rows["network"].fillna(rows["ip"]).fillna("network not known")
    code = pd.to_numeric(rows["error_code"], errors="coerce")
    blocked = code.isin(BLOCKED) | ((rows["conditional_access"] == "failure") & (code != 0))
    told = code.notna() | rows["failure_reason"].notna()
    return rows.assign(
        who=np.where(by_attacker(rows, story), "attacker", "usual"),
        result=np.select([code == 0, blocked, told], ["success", "blocked", "failure"], "unknown"),
        place=rows["country"].fillna("??").astype(str) + " · " + network.astype(str),
    ).sort_values("time", kind="stable")


def _lanes(rows: pd.DataFrame) -> dict[str, int]:
    """Place → lane, counted from the top. The attacker's come first, the last one may hold all remaining places."""
    attacker = rows["who"].eq("attacker").groupby(rows["place"]).sum()
    order = pd.DataFrame({"attacker": attacker, "all": rows["place"].value_counts()})
    names = list(order.sort_values(["attacker", "all"], ascending=False, kind="stable").index)
    last = LANES - 1 if len(names) > LANES else LANES
    return {name: min(lane, last) for lane, name in enumerate(names)}


def _draw_counts(axes: Any, rows: pd.DataFrame, theme: Theme) -> Any:
    """Sign-ins a day (an hour where the window is short) as bars, the attacker's on top; returns the bins' edges."""
    span = rows["time"].max() - rows["time"].min()
    step = "D" if span > timedelta(days=4) else "h"
    first, last = rows["time"].min().floor(step), rows["time"].max().floor(step)
    edges = mdates.date2num(pd.date_range(first, last + pd.Timedelta(1, step), freq=step))
    times = {who: mdates.date2num(own["time"]) for who, own in rows.groupby("who")}
    counts = {who: np.histogram(times.get(who, []), edges)[0] for who in ("usual", "attacker")}
    width = (edges[1] - edges[0]) * 0.86
    axes.bar(edges[:-1], counts["usual"], width, align="edge", color=theme.tint(theme.usual, 0.45))
    axes.bar(edges[:-1], counts["attacker"], width, counts["usual"], align="edge", color=theme.attacker)
    axes.yaxis.set_major_locator(MaxNLocator(2, integer=True, min_n_ticks=1))
    axes.yaxis.set_major_formatter(lambda value, _: number(value))
    axes.tick_params(axis="y", labelcolor=theme.soft)
    axes.set_ylabel("per day" if step == "D" else "per hour", rotation=0, ha="right", va="center", labelpad=22)
    return edges


def _draw_lanes(axes: Any, rows: pd.DataFrame, lanes: dict[str, int], theme: Theme) -> None:
    rows = rows.assign(lane=rows["place"].map(lanes), at=mdates.date2num(rows["time"]))
    pixel = max((rows["at"].max() - rows["at"].min()) / COLUMNS, 1e-9)
    seen = rows.assign(pixel=(rows["at"] / pixel).astype("int64")).drop_duplicates(["lane", "who", "result", "pixel"])
    for rank, ((who, result), mark) in enumerate(MARKS.items()):
        own = seen[(seen["who"] == who) & (seen["result"] == result)]
        if len(own):
            colour = theme.attacker if who == "attacker" else theme.usual
            face = {"color": colour} if mark.filled else {"facecolors": theme.ground, "edgecolors": colour}
            size = 30 if who == "attacker" else 13
            at = own["lane"] + OFFSETS[result]
            axes.scatter(
                own["at"], at, size, marker=mark.shape, label=mark.says, zorder=3 + rank, clip_on=False, **face
            )
    names = _lane_names(rows, lanes)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_yticks(range(len(names)), names)
    axes.hlines(range(len(names)), 0, 1, transform=axes.get_yaxis_transform(), color=theme.hair, lw=0.8, zorder=0)
    hostile = set(rows.loc[rows["who"] == "attacker", "lane"])
    for lane, text in enumerate(axes.get_yticklabels()):
        text.set(color=theme.attacker, fontweight="bold") if lane in hostile else None


def _lane_names(rows: pd.DataFrame, lanes: dict[str, int]) -> list[str]:
    """The label of each lane, with its number of sign-ins."""
    counts = rows["lane"].value_counts()
    names: dict[int, list[str]] = {}
    for place, lane in lanes.items():
        names.setdefault(lane, []).append(place)
    shown = {lane: label(own[0], 27) if len(own) == 1 else f"{len(own)} other places" for lane, own in names.items()}
    return [f"{shown[lane]}  {number(counts[lane])}" for lane in sorted(shown)]


def _draw_window(axes: Any, story: Story | None, theme: Theme, *, told: bool) -> None:
    """A pale band from the entry to the first response, or to the edge where there is none; named where `told`."""
    if story is None or story.entry.when is None:
        return
    answer = first_response(story)
    left, right = axes.get_xlim()
    start = mdates.date2num(story.entry.when)
    end = right if answer is None else mdates.date2num(answer)
    axes.axvspan(max(start, left), min(end, right), color=theme.tint(theme.attacker, 0.1), lw=0, zorder=-1)
    ends: list[tuple[Any, ...]] = [(start, theme.attacker, "-", "entry")]
    if answer is not None:
        ends.append((end, theme.response, (0, (4, 2)), "first response"))
    for line, (at, colour, dashes, name) in enumerate(ends):
        if left <= at <= right:
            axes.axvline(at, color=colour, lw=1, ls=dashes, zorder=1)
            if told:
                side = "right" if line == 0 or at > left + 0.85 * (right - left) else "left"
                shift = (
                    -4 if side == "right" else 4,
                    2 if line == 0 else 13,
                )  # points; one line higher, so they never meet
                spot = {"xy": (at, 1), "xycoords": axes.get_xaxis_transform(), "textcoords": "offset points"}
                axes.annotate(name, xytext=shift, ha=side, color=colour, fontsize=8.5, annotation_clip=False, **spot)


def _title(rows: pd.DataFrame, story: Story | None) -> str:
    places = rows["place"].nunique()
    if story is None:
        accounts = counted(rows["user"].nunique(), "account")
        return f"{counted(len(rows), 'sign-in')} by {accounts} from {counted(places, 'place')}"
    account, hostile = label(story.account, 50), rows[rows["who"] == "attacker"]
    if hostile.empty:
        return (
            f"None of {number(len(rows))} sign-ins to {account} is marked as the attacker’s ({number(places)} places)"
        )
    entered = int((hostile["result"] == "success").sum())
    return (
        f"{number(len(hostile))} of {counted(len(rows), 'sign-in')} to {account} marked as the attacker’s, "
        f"{number(entered)} successful; the first at {moment(hostile['time'].min(), seconds=False)}"
    )


def _subtitle(rows: pd.DataFrame) -> str:
    return f"Sign-ins by place (country · network), {period(rows['time'].min(), rows['time'].max())}, UTC"


def _alt(rows: pd.DataFrame, title: str, lanes: dict[str, int]) -> str:
    counts = rows.groupby(["who", "result"]).size()
    parts = [f"{MARKS[key].says}: {number(count)}" for key, count in counts.items()]
    top = ", ".join(label(place) for place in list(lanes)[:3])
    return f"{title}. By result: {'; '.join(parts)}. First places: {top}."


def _caption(rows: pd.DataFrame, given: int) -> str:
    text = (
        "Each mark is a sign-in; marks on the same spot are drawn once, the figure beside a place counts all. "
        "Places come from the address and are an estimate. A failure may be an attempt that was only interrupted, for "
        "instance to ask for a second factor. The band runs from the entry to the first response."
    )
    left_out = given - len(rows)
    return text + (
        f" {number(left_out)} records of other accounts or without a time are not drawn." if left_out else ""
    )
