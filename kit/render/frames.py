"""A whole data frame as an HTML table that stands alone: in a notebook, in an untrusted one, on paper, in a report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from markupsafe import Markup

from kit.render.values import html, shorten
from kit.render.words import ABSENT, moment, number

CELL_CHARACTERS = 400
SHORT = 20  # a column whose values are all at most so long keeps each on one line
_HEADS = {"ip": "IP address", "id": "ID", "asn": "ASN", "os": "Operating system", "mfa_detail": "MFA detail"}
# Inline, because an untrusted notebook loses its style sheets; no colour, so that light and dark both hold.
_LONG = "min-width:8.5em;text-align:left;vertical-align:top;white-space:pre-wrap;overflow-wrap:anywhere"
_LINE = "text-align:left;vertical-align:top;white-space:pre"
_FIGURE = "text-align:right;vertical-align:top;white-space:pre"
_HEAD, _FIGURE_HEAD = "text-align:left;vertical-align:bottom", "text-align:right;vertical-align:bottom"
_CAPTION = "caption-side:top;text-align:left;font-weight:600;padding:.3em 0"


def frame_html(
    frame: pd.DataFrame,
    caption: str,
    *,
    limit: int = 200,
    heads: Mapping[str, str] | None = None,
    row_head: str = "",
    rows: int | None = None,
    place: str = "",
) -> Markup:
    """The first `limit` rows as a table with a caption, which says how many rows there are and how many are shown.

    `heads` renames columns (times get "(UTC)"), `row_head` names the column whose cells head their rows, `rows` is how
    many there are where `frame` holds only the first of them, `place` says instead which rows these are ("rows 11 to 20
    of 40"). Values, column names and the caption may all be hostile. Cells are cut at CELL_CHARACTERS, and the cut is
    said. A column of short values is never broken inside them.
    """
    names = [str(name) for name in frame.columns]
    shown = frame.head(limit)
    columns = [[_cell(value) for value in shown.iloc[:, place]] for place in range(len(names))]
    styles = [_style(kind, column) for kind, column in zip(frame.dtypes, columns, strict=True)]
    head = Markup("").join(
        Markup('<th scope="col" style="{}">{}</th>').format(_FIGURE_HEAD if style == _FIGURE else _HEAD, title)
        for style, title in zip(styles, _titles(frame, heads or {}), strict=True)
    )
    body = Markup("\n").join(_row(names, cells, styles, row_head) for cells in zip(*columns, strict=True))
    return Markup(
        '<table class="kit-table"><caption style="{}">{}</caption>\n'
        "<thead><tr>{}</tr></thead>\n<tbody>\n{}\n</tbody></table>"
    ).format(
        _CAPTION,
        _caption(caption, place or _counted(len(frame) if rows is None else rows, limit)),
        head,
        body or _nothing(len(names)),
    )


def _titles(frame: pd.DataFrame, heads: Mapping[str, str]) -> list[Markup]:
    """What stands over the columns: words for names, and that times are UTC."""
    titles = []
    for name, kind in zip(map(str, frame.columns), frame.dtypes, strict=True):
        words = name.replace("_", " ")
        text = heads.get(name) or _HEADS.get(name) or words[:1].upper() + words[1:]
        titles.append(html(f"{text} (UTC)" if pd.api.types.is_datetime64_any_dtype(kind) else text))
    return titles


def _style(kind: Any, cells: Sequence[Markup]) -> str:
    if pd.api.types.is_numeric_dtype(kind) and not pd.api.types.is_bool_dtype(kind):
        return _FIGURE
    return _LINE if all(len(cell) <= SHORT for cell in cells) else _LONG


def _row(names: Sequence[str], cells: Sequence[Markup], styles: Sequence[str], row_head: str) -> Markup:
    row = []
    for name, cell, style in zip(names, cells, styles, strict=True):
        tag = Markup('<th scope="row" style="{}">{}</th>') if name == row_head else Markup('<td style="{}">{}</td>')
        row.append(tag.format(style, cell))
    return Markup("<tr>{}</tr>").format(Markup("").join(row))


def _cell(value: Any) -> Markup:
    if isinstance(value, pd.Timestamp):
        return html(moment(value, zone=False))
    if isinstance(value, str) and len(value) > CELL_CHARACTERS:
        cut = len(value) - CELL_CHARACTERS
        return html(f"{shorten(value, CELL_CHARACTERS)} [{number(cut)} characters not shown]")
    return html(value)


def _caption(caption: str, counted: str) -> Markup:
    return Markup("{} ({})").format(html(caption), html(counted))


def _counted(rows: int, limit: int) -> str:
    if rows > limit:
        return f"the first {number(limit)} of {number(rows)} rows are shown"
    return f"{number(rows)} row{'' if rows == 1 else 's'}"


def _nothing(width: int) -> Markup:
    return Markup('<tr><td colspan="{}">{} no rows</td></tr>').format(max(1, width), ABSENT)
