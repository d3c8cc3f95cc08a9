"""A whole data frame as an HTML table that stands alone: in a notebook, in an untrusted one, on paper, in a report."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import pandas as pd
from markupsafe import Markup

from kit.render.values import html, shorten
from kit.render.words import ABSENT, moment, number

CELL_CHARACTERS = 400
_HEADS = {"ip": "IP address", "id": "ID", "asn": "ASN", "os": "Operating system", "mfa_detail": "MFA detail"}
# Inline, because an untrusted notebook loses its style sheets; no colour, so that light and dark both hold.
_LEFT = "text-align:left;vertical-align:top;white-space:pre-wrap;overflow-wrap:anywhere"
_RIGHT = "text-align:right;vertical-align:top;white-space:nowrap"
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
    said.
    """
    columns = [str(name) for name in frame.columns]
    kinds = dict(zip(columns, frame.dtypes, strict=True))
    figures = {name for name, kind in kinds.items() if _is_figure(kind)}
    head = Markup("").join(
        Markup('<th scope="col" style="{}">{}</th>').format(
            _RIGHT if name in figures else _LEFT, _head(name, kinds[name], heads or {})
        )
        for name in columns
    )
    body = Markup("\n").join(
        _row(columns, values, figures, row_head) for values in frame.head(limit).itertuples(index=False, name=None)
    )
    return Markup(
        '<table class="kit-table"><caption style="{}">{}</caption>\n'
        "<thead><tr>{}</tr></thead>\n<tbody>\n{}\n</tbody></table>"
    ).format(
        _CAPTION,
        _caption(caption, place or _counted(len(frame) if rows is None else rows, limit)),
        head,
        body or _nothing(len(columns)),
    )


def _head(name: str, kind: Any, heads: Mapping[str, str]) -> Markup:
    words = name.replace("_", " ")
    text = heads.get(name) or _HEADS.get(name) or words[:1].upper() + words[1:]
    return html(f"{text} (UTC)" if pd.api.types.is_datetime64_any_dtype(kind) else text)


def _row(columns: Sequence[str], values: Sequence[Any], figures: Collection[str], row_head: str) -> Markup:
    cells = []
    for name, value in zip(columns, values, strict=True):
        style = _RIGHT if name in figures else _LEFT
        if name == row_head:
            cells.append(Markup('<th scope="row" style="{}">{}</th>').format(style, _cell(value)))
        else:
            cells.append(Markup('<td style="{}">{}</td>').format(style, _cell(value)))
    return Markup("<tr>{}</tr>").format(Markup("").join(cells))


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


def _is_figure(kind: Any) -> bool:
    return bool(pd.api.types.is_numeric_dtype(kind)) and not pd.api.types.is_bool_dtype(kind)
