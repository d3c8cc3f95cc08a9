"""A chart: one question answered by a picture that says its answer in words.

A file in `charts/` holds one function. **Its argument names are the tables it reads**; the first is what the picture is
about. Its keyword-only arguments are `theme` and, where it can tell the attacker's events, `story`:

    @chart
    def sign_in_timeline(sign_ins: pd.DataFrame, *, story: Story | None, theme: Theme) -> Drawn:
        '''Where the account was signed in from, and what came of it.'''

The title is computed from the data and is the finding; the caption says how to read the picture and what can mislead.
A chart is drawn anew for each theme. Without data there is a picture too: it says what is missing, and why.
"""

from __future__ import annotations

import base64
import inspect
import io
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd
from markupsafe import Markup

from kit.errors import InputError, SchemaError
from kit.prose import prose
from kit.render import html
from kit.shelf import Shelf
from kit.table import TABLES
from kit.theme import SCREEN_DPI, THEMES, Sheet, Theme

if TYPE_CHECKING:
    from matplotlib.figure import Figure

STYLE = Markup(
    "<style>.kit-figure img{max-width:100%}"
    '[data-jp-theme-light="false"] .kit-dark{display:inline!important}'
    '[data-jp-theme-light="false"] .kit-light{display:none!important}'
    "@media print{[data-jp-theme-light] .kit-dark{display:none!important}"
    "[data-jp-theme-light] .kit-light{display:inline!important}}</style>"
)


@dataclass(frozen=True)
class Drawn:
    """What a drawing function gives: the figure, its finding (`title`), the finding at length (`alt`), how to read it.

    All three texts are ready to be shown: names in them went through `kit.render.label` or `plain`.
    """

    figure: Figure
    title: str
    alt: str
    caption: str


@dataclass(frozen=True)
class Picture:
    """A chart over given data, in both themes. Shows itself in a notebook, with its words for who cannot see it."""

    name: str
    draw: Callable[[Theme], Drawn]
    _drawn: dict[str, Drawn] = field(default_factory=dict, repr=False)

    @property
    def title(self) -> str:
        """The finding."""
        return self.drawn("light").title

    @property
    def alt(self) -> str:
        """The finding at length: what stands in for the picture."""
        return self.drawn("light").alt

    @property
    def caption(self) -> str:
        """How to read the picture, and what can mislead."""
        return self.drawn("light").caption

    def drawn(self, theme: str) -> Drawn:
        """The drawing in the theme "light" or "dark"; drawn once."""
        if theme not in THEMES:
            raise InputError(f"There is no theme {theme!r}.", f"There are: {', '.join(THEMES)}.")
        if theme not in self._drawn:
            with THEMES[theme].style():
                self._drawn[theme] = self.draw(THEMES[theme])
        return self._drawn[theme]

    def figure(self, theme: str = "light") -> Figure:
        """The matplotlib figure."""
        return self.drawn(theme).figure

    def png(self, theme: str = "light", dpi: int = SCREEN_DPI) -> bytes:
        """The picture as PNG; the same data give the same bytes (with one version of matplotlib)."""
        buffer = io.BytesIO()
        figure = self.figure(theme)
        with THEMES[theme].style():
            figure.savefig(buffer, format="png", dpi=dpi, metadata={"Software": None})
        return buffer.getvalue()

    def __repr__(self) -> str:
        return f"{self.name}: {self.alt}"

    def _repr_html_(self) -> str:
        # The dark one is hidden by an inline style too: an untrusted notebook loses its style sheet.
        light, dark = (
            Markup('<img class="kit-{}" style="display:{}" alt="{}" src="{}">').format(
                theme, display, self.alt, data_uri(self.png(theme))
            )
            for theme, display in (("light", "inline"), ("dark", "none"))
        )
        return STYLE + Markup(
            '<figure class="kit-figure" style="margin:0">{}{}<figcaption>{}</figcaption></figure>'
        ).format(light, dark, html(self.caption))


@dataclass(frozen=True)
class Chart:
    """One chart: the drawing function and what is known about it. Made by the `chart` decorator."""

    name: str
    title: str
    about: str
    tables: tuple[str, ...]
    tells_attacker: bool
    draw: Callable[..., Drawn]

    def picture(
        self, tables: Mapping[str, pd.DataFrame], *, story: Any = None, why: Mapping[str, str] | None = None
    ) -> Picture:
        """The picture over `tables` (name → frame); `story` is that of the account it is about.

        `why` gives the reason for a table that is missing or empty (from coverage), to be shown in the picture.
        """
        frames = {name: _whole(name, tables.get(name)) for name in self.tables}
        about = {"story": story} if self.tells_attacker else {}
        first = self.tables[0] if self.tables else ""
        if first and frames[first].empty:
            reason = (why or {}).get(first, "The case holds none.")
            return Picture(self.name, lambda theme: statement(theme, f"No {_words(first)} to show", reason))
        return Picture(self.name, lambda theme: self.draw(*frames.values(), **about, theme=theme))


CHARTS: Shelf[Chart] = Shelf("kit.charts", Chart)


def chart(function: Callable[..., Drawn]) -> Chart:
    """Make a Chart of a drawing function. SchemaError when it reads unknown tables or has no docstring."""
    parameters = inspect.signature(function).parameters.values()
    tables = tuple(p.name for p in parameters if p.kind is not p.KEYWORD_ONLY)
    options = {p.name for p in parameters if p.kind is p.KEYWORD_ONLY}
    unknown = [name for name in tables if name not in TABLES] + sorted(options - {"story", "theme"})
    title, about = prose(function)
    if unknown or not title or "theme" not in options:
        raise SchemaError(f"{function.__name__}: unknown arguments {unknown}, no theme, or no docstring.")
    return Chart(function.__name__, title, about, tables, "story" in options, function)


def statement(theme: Theme, title: str, reason: str) -> Drawn:
    """A picture for what cannot be drawn: the plain statement that nothing is here, and why."""
    sheet = Sheet(theme, title, "Nothing is drawn, because an empty picture would look like an answer.", 1.0)
    axes = sheet.axes(0.14, 0.1, 9.9, 0.75)
    axes.set(xticks=[], yticks=[], xlim=(0, 1), ylim=(0, 1))
    axes.patch.set_facecolor(theme.tint(theme.muted, 0.12))
    axes.text(0.012, 0.5, "\n".join(textwrap.wrap(reason, 120, max_lines=3)), va="center", color=theme.ink)
    return Drawn(sheet.figure, title, f"{title}. {reason}", reason)


def by_attacker(frame: pd.DataFrame, story: Any) -> pd.Series:
    """Which rows of `frame` were made by the attacker, by what the story says of addresses, sessions and tokens.

    Attacker and owner may share a session; the owner's addresses tell them apart (`kit.story.indicators`).
    """
    if story is None:
        return pd.Series(False, index=frame.index)

    def among(column: str, kind: str, label: str) -> pd.Series:
        known = story.indicators
        return frame[column].isin(known.loc[(known["kind"] == kind) & (known["label"] == label), "value"])

    held = among("session_id", "session", "attacker") | among("token_id", "token", "attacker")
    return among("ip", "address", "attacker") | (held & ~among("ip", "address", "owner"))


def first_response(story: Any) -> Any:
    """When somebody first acted against the attack, or None. An alert of Microsoft's is none: nobody has acted yet."""
    steps = story.timeline
    acts = steps.loc[(steps["phase"] == "response") & (steps["source"] != "findings"), "time"]
    return acts.min() if len(acts) else None


def data_uri(png: bytes) -> str:
    """The picture as a data: address, so that a page needs no other file."""
    return "data:image/png;base64," + base64.b64encode(png).decode()


def _whole(name: str, frame: pd.DataFrame | None) -> pd.DataFrame:
    """The frame with every column of its table, absent ones holding None; a frame without rows where there is none."""
    columns = list(TABLES[name].columns)
    if frame is None:
        return pd.DataFrame(columns=columns)
    absent = {column: pd.Series(None, index=frame.index, dtype="object") for column in columns if column not in frame}
    return frame.assign(**absent)[columns]


def _words(table: str) -> str:
    return table.replace("_", " ").replace("sign ins", "sign-ins")
