"""One value, shown where it is needed: page, terminal, chart, spreadsheet, file name."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
from markupsafe import Markup, escape

from kit.render.characters import EMPTY, mixture, shown, visible
from kit.render.words import ABSENT, moment, number

LIST_LIMIT = 12
CELL_LIMIT = 32_767  # UTF-16 units, the most a spreadsheet cell holds
# A cell that begins so is a formula to Excel, LibreOffice or Google Sheets; the wide forms are to some locales.
_FORMULA = re.compile("^['=+\\-@＝＋－＠]")
_ADDRESS = re.compile(r"(?i)\b(?:(?:https?|ftp|file|javascript|data|ldap|smb):|www\.)")
_BROKEN = {"http:": "hxxp:", "https:": "hxxps:"}


def plain(value: Any) -> str:
    """Any value as one line of visible text: for terminals, logs, prompts and attributes.

    Absent is "–" and "" is ⟨empty⟩, so that no row looks lost. Letters of mixed alphabets are pointed out. Text that
    passed before may pass again: nothing is added twice.
    """
    text = _text(value)
    odd = mixture(text)
    return (shown(text) or EMPTY) + (f" [{odd}]" if odd and f"[{odd}]" not in text else "")


def html(value: Any) -> Markup:
    """Any value for a page: `plain`, with every character escaped that means something to a browser."""
    return escape(plain(value))


def web(value: Any) -> Markup:
    """The same for a document that is sent on: addresses are defanged, so that no reader makes them links."""
    return escape(plain(defang(_text(value))))


def defang(text: str) -> str:
    """The text with its web addresses broken: "hxxps://…", "javascript[:]…", "www[.]…"."""
    return _ADDRESS.sub(lambda found: _BROKEN.get(found[0].lower()) or f"{found[0][:-1]}[{found[0][-1]}]", text)


def shorten(text: str, limit: int) -> str:
    """At most `limit` characters, the middle left out: names differ at both ends."""
    if len(text) <= limit:
        return text
    tail = (limit - 1) // 3
    return text[: limit - 1 - tail] + "…" + text[len(text) - tail :]


def label(value: Any, limit: int = 40) -> str:
    """Any value as a chart label: visible, short, and drawable in the fonts of the current style.

    A leading underscore would leave a series out of the legend, so such names stand in quotes; mixed alphabets get ⚠.
    Mathematical text ($) is switched off by the style (`kit.theme`). A character that no font has is written
    ⟨U+4E2D⟩, not as an empty box.
    """
    whole = _text(value)
    text = shorten(shown(whole) or EMPTY, limit)
    if mixture(whole):
        text = f"⚠ {text}"
    if text.startswith("_"):
        text = f"“{text}”"
    return "".join(char if ord(char) in _drawable() else f"⟨U+{ord(char):04X}⟩" for char in text)


def cell(value: Any) -> str | int | float | bool | None:
    """Any value for a CSV or XLSX cell: numbers, flags and absent as they are, everything else text.

    Text that a spreadsheet would take for a formula, or that begins with an apostrophe, gets an apostrophe in front:
    take one off to have the text. What would overflow a cell is cut, and the cut is said.
    """
    value = _native(value)
    if value is None or isinstance(value, bool | int | float):
        return value
    text = visible(_text(value, items=None))
    text = "'" + text if _FORMULA.match(text) else text
    if len(text.encode("utf-16-le")) // 2 > CELL_LIMIT:
        kept = text.encode("utf-16-le")[: 2 * (CELL_LIMIT - 60)].decode("utf-16-le", "ignore")
        text = f"{kept}… [{number(len(text) - len(kept))} more characters in the record]"
    return text


def slug(text: str) -> str:
    """A file name part: at most 40 of a–z, 0–9 and "-", then 8 hex digits that tell apart what looks the same."""
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", ascii_text)[:40].strip("-")
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{words}-{digest}" if words else digest


def _text(value: Any, items: int | None = LIST_LIMIT) -> str:
    """Any value as text, before anything is made visible; of a list the first `items`, and how many more."""
    value = _native(value)
    if isinstance(value, str):
        return value
    if value is None:
        return ABSENT
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return moment(value)
    if isinstance(value, Iterable) and not isinstance(value, bytes | dict):
        return _listed([_text(item, items) for item in value], items)
    return str(value)


def _listed(texts: list[str], items: int | None) -> str:
    more = 0 if items is None else len(texts) - items
    return ", ".join(texts[:items]) + (f" and {number(more)} more" if more > 0 else "")


def _native(value: Any) -> Any:
    """The plain Python value of a numpy or pandas one; every kind of absent (NaN, NaT, NA) is None."""
    if isinstance(value, np.generic):
        value = value.item()
    return None if pd.api.types.is_scalar(value) and pd.isna(value) else value


@lru_cache(maxsize=4)
def _glyphs(families: tuple[str, ...]) -> frozenset[int]:
    from matplotlib.font_manager import FontProperties, findfont, get_font

    fonts = (get_font(findfont(FontProperties(family=[family]))) for family in families)
    return frozenset(point for font in fonts for point in font.get_charmap())


def _drawable() -> frozenset[int]:
    import matplotlib as mpl

    return _glyphs(tuple(mpl.rcParams["font.family"]))
