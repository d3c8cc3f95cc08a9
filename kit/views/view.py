"""What a view is, and the few pieces it is put together from: plain HTML that needs neither style sheet nor kernel."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup

from kit import render

LONGEST = 300  # characters of one value on screen; the whole is in its record
# Inline, because an untrusted notebook loses its style sheets; no colour, so that light and dark both hold.
_TABLE = "width:100%;table-layout:fixed;line-height:1.4"
_CELL = "text-align:left;vertical-align:top;white-space:normal;overflow-wrap:anywhere"
_CAPTION = "caption-side:top;text-align:left;font-weight:600;padding:.3em 0"
_LIST = "margin:0 0 .5em;padding-left:1.1em"


@dataclass(frozen=True)
class View:
    """Something to look at: HTML made by `kit.render`, and the same in a line of text."""

    html: Markup
    plain: str

    def _repr_html_(self) -> str:
        return str(self.html)

    def __repr__(self) -> str:
        return self.plain


def said(*sentences: str) -> View:
    """A view of nothing but sentences."""
    return View(paragraph(*sentences), render.plain(" ".join(sentences)))


def paragraph(*sentences: str) -> Markup:
    """Sentences on a line of their own."""
    return Markup("<p>{}</p>").format(render.html(" ".join(filter(None, sentences))))


def sheet(caption: str, heads: Mapping[str, int], rows: Sequence[Sequence[Any]], *, limit: int = 200) -> Markup:
    """The first `limit` rows as a table as wide as the page; `heads` are the columns and their widths in percent.

    The first cell of a row heads it. Cells are values, or HTML that is ready. The caption says what is left out.
    """
    left_out = (
        f" The first {render.number(limit)} of {render.number(len(rows))} are shown." if len(rows) > limit else ""
    )
    head = Markup("").join(
        Markup('<th scope="col" style="{};width:{}%">{}</th>').format(_CELL, share, name)
        for name, share in heads.items()
    )
    body = Markup("\n").join(map(_row, rows[:limit]))
    return Markup(
        '<table class="kit-sheet" style="{}"><caption style="{}">{}</caption>\n'
        "<thead><tr>{}</tr></thead>\n<tbody>\n{}\n</tbody></table>"
    ).format(_TABLE, _CAPTION, render.html(caption + left_out), head, body)


def folded(summary: str, body: Markup) -> Markup:
    """Something long behind one line; a click, or Enter, opens it."""
    return Markup("<details><summary>{}</summary>{}</details>").format(render.html(summary), body)


def bullets(items: Iterable[Any]) -> Markup:
    """A list; empty where there is nothing to list."""
    listed = Markup("").join(Markup("<li>{}</li>").format(shown(item)) for item in items)
    return Markup('<ul style="{}">{}</ul>').format(_LIST, listed) if listed else Markup("")


def labelled(label: str, text: str) -> Markup:
    """A sentence with a word in bold before it that says what it is about."""
    return Markup("<strong>{}.</strong> {}").format(label, render.html(text))


def stacked(*parts: Any) -> Markup:
    """Parts below each other; what is empty is left out."""
    return Markup("<br>").join(shown(part) for part in parts if part not in ("", None))


def shown(value: Any) -> Markup:
    """One value: HTML that is ready as it is, times as UTC, empty and absent as "–", long text cut in its middle."""
    if isinstance(value, Markup):
        return value
    if isinstance(value, datetime):
        return render.html(render.moment(value, zone=False))
    if isinstance(value, str):
        return render.html(render.shorten(value, LONGEST) or None)
    return render.html(value)


def _row(cells: Sequence[Any]) -> Markup:
    first = Markup('<th scope="row" style="{}">{}</th>').format(_CELL, shown(cells[0]))
    others = (Markup('<td style="{}">{}</td>').format(_CELL, shown(cell)) for cell in cells[1:])
    return Markup("<tr>{}{}</tr>").format(first, Markup("").join(others))
