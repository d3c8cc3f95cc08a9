"""How pictures look: one light and one dark theme, and the sheet every chart is drawn on.

Colour says two things only: `usual` (blue) and `attacker` (orange); `response` (green) is what responders did, `muted`
the rest. Shape says it again, so that print and colour-blind readers lose nothing: see MARKS. Text and data colours
have a contrast of at least 4.5 to 1 on the ground, muted ones 3 to 1 (tests/test_charts.py measures it).
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC
from functools import lru_cache
from typing import Any, Literal

import matplotlib as mpl
import matplotlib.dates as mdates
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager

WIDTH = 10.2  # inches: fits JupyterLab at 1,280 pixels
SCREEN_DPI = 110
REPORT_DPI = 150
# DejaVu Sans comes with matplotlib, so that pictures are the same everywhere; the others only lend it missing letters.
FALLBACK_FONTS = (
    "Noto Sans CJK SC",
    "Noto Sans CJK JP",
    "Microsoft YaHei",
    "Yu Gothic",
    "Malgun Gothic",
    "PingFang SC",
)


@dataclass(frozen=True)
class Mark:
    """A marker: matplotlib's letter for the shape, whether it is filled, and the word for it in legends."""

    shape: str
    filled: bool
    says: str


MARKS: Mapping[tuple[str, str], Mark] = {
    ("usual", "success"): Mark("o", True, "success"),
    ("usual", "failure"): Mark("x", True, "failure"),
    ("usual", "blocked"): Mark("s", False, "blocked"),
    ("usual", "unknown"): Mark("o", False, "result not told"),
    ("attacker", "success"): Mark("D", True, "attacker, success"),
    ("attacker", "failure"): Mark("X", True, "attacker, failure"),
    ("attacker", "blocked"): Mark("D", False, "attacker, blocked"),
    ("attacker", "unknown"): Mark("d", False, "attacker, result not told"),
}


@dataclass(frozen=True)
class Theme:
    """The colours of one theme, as hex codes. `hair` is for hairlines, never for text."""

    name: Literal["light", "dark"]
    ground: str
    ink: str
    soft: str
    hair: str
    usual: str
    attacker: str
    response: str
    muted: str

    def tint(self, colour: str, share: float) -> str:
        """`share` of the colour over the ground: for bands and heat maps."""
        over, under = mpl.colors.to_rgb(colour), mpl.colors.to_rgb(self.ground)
        mixed = [share * a + (1 - share) * b for a, b in zip(over, under, strict=True)]
        return str(mpl.colors.to_hex(mixed))

    @contextmanager
    def style(self) -> Iterator[None]:
        """Everything drawn and saved inside looks like this theme, and text is never taken for mathematics."""
        with mpl.rc_context(self._settings()):
            yield

    def _settings(self) -> dict[str, Any]:
        return {
            "font.family": list(_families()),
            "font.size": 9,
            "text.parse_math": False,
            "text.color": self.ink,
            "axes.labelcolor": self.soft,
            "axes.labelsize": 8.5,
            "axes.edgecolor": self.hair,
            "axes.facecolor": self.ground,
            "axes.axisbelow": True,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.spines.left": False,
            "figure.facecolor": self.ground,
            "savefig.facecolor": self.ground,
            "grid.color": self.hair,
            "grid.linewidth": 0.8,
            "hatch.linewidth": 0.8,
            "legend.fontsize": 8.5,
            "legend.frameon": False,
            "legend.handletextpad": 0.3,
            "lines.linewidth": 1.8,
            "svg.hashsalt": "kit",
            "xtick.color": self.hair,
            "xtick.labelcolor": self.soft,
            "xtick.labelsize": 8.5,
            "ytick.color": self.hair,
            "ytick.labelcolor": self.ink,
            "ytick.labelsize": 8.5,
            "ytick.major.size": 0,
        }


LIGHT = Theme("light", "#FFFFFF", "#1B1F24", "#57606A", "#DDE2E7", "#0067A3", "#C24100", "#00735C", "#7B858F")
DARK = Theme("dark", "#111418", "#E8ECF0", "#A7B0BA", "#2F363E", "#5DB8F0", "#FF8A4C", "#3CCFA4", "#808A95")
THEMES: Mapping[str, Theme] = {"light": LIGHT, "dark": DARK}


class Sheet:
    """A figure with its title (what the data say) and subtitle (what, whose, when, UTC) already on it.

    Measures are inches from the left, and downwards from below the titles; `height` is what is left for axes.
    """

    def __init__(self, theme: Theme, title: str, subtitle: str, height: float) -> None:
        self.theme = theme
        self.title = title
        lines = textwrap.wrap(title, 94, max_lines=3, placeholder=" …") or [""]
        self._head = 0.5 + 0.21 * len(lines)
        self._height = self._head + height
        self.figure = Figure(figsize=(WIDTH, self._height))
        FigureCanvasAgg(self.figure)
        self._write(0.14, "\n".join(lines), fontsize=12.5, fontweight="bold", linespacing=1.15)
        under = textwrap.shorten(subtitle, 150, placeholder=" …")
        self._write(0.22 + 0.21 * len(lines), under, fontsize=9, color=theme.soft)

    def axes(self, left: float, top: float, width: float, height: float, **options: Any) -> Any:
        """Axes in a box given in inches."""
        bottom = self._height - self._head - top - height
        box = (left / WIDTH, bottom / self._height, width / WIDTH, height / self._height)
        return self.figure.add_axes(box, **options)

    def write(self, left: float, top: float, text: str, **options: Any) -> None:
        """Text at a place in inches, its upper left corner there."""
        self._write(self._head + top, text, left=left, **options)

    def legend(self, axes: Any, top: float, left: float = 0.14) -> None:
        """The legend of `axes` in one row, so many inches down. Every labelled series is in it."""
        spot = (left / WIDTH, 1 - (self._head + top) / self._height)
        handles, names = axes.get_legend_handles_labels()
        self.figure.legend(handles, names, loc="upper left", bbox_to_anchor=spot, ncols=8, borderaxespad=0, borderpad=0)

    def _write(self, top: float, text: str, left: float = 0.14, **options: Any) -> None:
        options = {"va": "top", "ha": "left", **options}
        self.figure.text(left / WIDTH, 1 - top / self._height, text, **options)


def time_axis(axes: Any) -> None:
    """Ticks at round UTC times, few enough to be read, and the axis says that it is UTC."""
    locator = mdates.AutoDateLocator(minticks=3, maxticks=9)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(
        mdates.ConciseDateFormatter(
            locator,
            tz=UTC,
            formats=["%Y", "%b %Y", "%d %b", "%H:%M", "%H:%M", "%H:%M:%S"],
            zero_formats=["", "%b %Y", "%d %b", "%d %b", "%H:%M", "%H:%M"],
            show_offset=False,
        )
    )
    axes.set_xlabel("time, UTC", loc="right")


@lru_cache(maxsize=1)
def _families() -> tuple[str, ...]:
    installed = set(fontManager.get_font_names())
    return ("DejaVu Sans", *(name for name in FALLBACK_FONTS if name in installed))
