"""Whatever an attacker writes: it is shown, whole, and as text."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from datetime import UTC, date, datetime, timedelta

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit import render

HOSTILE = [
    "<img src=x onerror=alert(1)>",
    '"><script>alert(1)</script>',
    "</style><svg onload=alert(1)>",
    "Invoice\u202efdp.exe",
    "pay\u200bpal",
    "\u3164",
    "\u2800\u2800",
    "   ",
    "",
    "\u00a0name\u00a0",
    "..",
    "\U000e0041\U000e0042",
    "a\x0bb",
    "\x1b]0;pwn\x07",
    "\x00",
    "\ud800",
    "line\nINFO root forged line\u2028next",
    "аdmin@contoso.com",
    "$\\frac{1}$",
    "cost $5 and $6",
    "_hidden app",
    "=cmd|'/C calc'!A0",
    '=HYPERLINK("http://evil.example","x")',
    "+1+1",
    "-2+3",
    "@SUM(1)",
    "\t=1",
    "\r=1",
    "＝1",
    "'quoted",
    "שלום עולם",
    "名前 👩‍💻 ⚠️",
    "z" + "\u0301" * 40,
    "⟨U+202E⟩",
    "x" * 40_000,
    "javascript:alert(1)",
    "../../../etc/passwd",
    "CON",
    "Null",
    "0012",
]
any_text = st.one_of(st.sampled_from(HOSTILE), st.text(st.characters(), max_size=60))
UNSEEN = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


@given(any_text)
def test_nothing_unseen_is_left_and_nothing_is_lost(text):
    shown = render.visible(text)
    assert render.exact(shown) == text
    assert not {unicodedata.category(char) for char in shown} & UNSEEN
    assert shown.strip() == shown
    shown.encode("utf-8")


@given(any_text)
def test_two_names_that_differ_are_shown_differently(text):
    for other in (text + "\u200b", "\u2060" + text, text + " ", text.replace("a", "\u0430\u0301")):
        assert (render.visible(text) == render.visible(other)) == (text == other)


@given(any_text)
def test_html_holds_no_markup_of_its_own_or_of_the_text(text):
    assert not set("<>\"'") & set(render.html(text))
    assert not set("<>\"'") & set(render.web(text))


@given(any_text)
def test_plain_is_one_line_and_never_empty(text):
    assert len(render.plain(text).splitlines()) == 1
    assert render.plain(text).strip()


@given(any_text)
def test_what_was_shown_before_may_be_shown_again(text):
    assert render.plain(render.plain(text)) == render.plain(text)
    assert render.html(render.plain(text)) == render.html(text)


@given(any_text)
def test_no_spreadsheet_takes_a_cell_for_a_formula(text):
    written = render.cell(text)
    assert not re.match(r"[=+\-@\t\r\n＝＋－＠ ]", written)
    assert len(written.encode("utf-16-le")) // 2 <= 32_767
    if len(text) < 30_000:
        assert render.exact(written.removeprefix("'")) == text


@given(st.lists(any_text, min_size=1, max_size=5))
def test_a_csv_of_hostile_cells_keeps_its_shape(texts):
    file = io.StringIO(newline="")
    csv.writer(file).writerows([[render.cell(text), "next"] for text in texts])
    rows = list(csv.reader(io.StringIO(file.getvalue(), newline="")))
    assert [row[1] for row in rows] == ["next"] * len(texts)


def test_cells_keep_numbers_and_say_when_they_cut():
    assert [render.cell(x) for x in (-2, 1.5, True, np.int64(7), None, pd.NA, pd.NaT, float("nan"))] == [
        -2, 1.5, True, 7, None, None, None, None,
    ]  # fmt: skip
    assert render.cell("x" * 40_000).endswith("more characters in the record]")
    assert render.cell([str(n) for n in range(100)]).count(",") == 99


@given(any_text)
def test_a_label_is_short_and_every_character_of_it_can_be_drawn(text):
    shown = render.label(text, 30)
    assert shown
    assert not shown.startswith("_")
    assert len(render.visible(text)) > 30 or len(shown) <= 30 * 9
    glyphs = mpl.font_manager.get_font(mpl.font_manager.findfont("DejaVu Sans")).get_charmap()
    assert {ord(char) for char in shown} <= set(glyphs)


@given(any_text)
def test_a_slug_is_a_harmless_file_name(text):
    assert re.fullmatch(r"([a-z0-9][a-z0-9-]{0,39}-)?[0-9a-f]{8}", render.slug(text))
    assert render.slug(text) != render.slug(text + "\u200b")


@given(any_text)
def test_no_reader_makes_a_link_of_a_defanged_text(text):
    assert not re.search(
        r"(?i)https?:|javascript:|www\.", render.defang(f"{text} http://evil.example www.evil.example")
    )


@pytest.mark.parametrize(
    ("text", "odd"),
    [
        ("аdmin@contoso.com", "Latin and Cyrillic"),
        ("gοοgle", "Latin and Greek"),
        ("ｐaypal", "Latin and Fullwidth"),
        ("Zoë Müller", ""),
        ("мир and peace", ""),
        ("Юрий", ""),
        ("名前 name", ""),
    ],
)
def test_alphabets_mixed_in_one_word_are_pointed_out(text, odd):
    assert odd in render.mixture(text)
    assert bool(render.mixture(text)) == bool(odd)
    assert render.plain(text).endswith("]") == bool(odd)
    assert render.label(text).startswith("⚠") == bool(odd)


def test_a_table_loses_no_row_and_runs_nothing():
    frame = pd.DataFrame({"<b>name": pd.Series(HOSTILE, dtype=object), "count": range(len(HOSTILE))})
    page = render.frame_html(frame, "<script>caption", row_head="<b>name")
    assert set(re.findall(r"</?([a-zA-Z!]\w*)", page)) == {"table", "caption", "thead", "tbody", "tr", "th", "td"}
    assert page.count('<th scope="row"') == len(HOSTILE)
    assert page.count('<th scope="col"') == 2
    assert f"({len(HOSTILE)} rows)" in page
    assert "characters not shown" in page  # the longest
    assert "&lt;b&gt;name" in page


def test_a_table_says_what_it_leaves_out_and_what_it_lacks():
    frame = pd.DataFrame({"time": pd.to_datetime(["2026-11-24T14:05:09", None]), "ip": ["192.0.2.1", None]})
    page = render.frame_html(frame, "Sign-ins", limit=1)
    assert "the first 1 of 2 rows are shown" in page
    assert "Time (UTC)" in page
    assert "IP address" in page
    assert ">2026-11-24 14:05:09<" in page
    assert ">–<" in render.frame_html(frame, "Sign-ins")
    assert "no rows" in render.frame_html(frame.head(0), "Sign-ins")


def test_times_are_utc_and_say_so():
    paris = datetime.fromisoformat("2026-11-24T15:05:09+01:00")
    assert render.moment(paris) == "2026-11-24 14:05:09 UTC"
    assert render.moment(datetime(2026, 11, 24, 14, 5, 9)) == "2026-11-24 14:05:09 UTC"  # noqa: DTZ001
    assert render.moment("2026-11-24T14:05:09Z", seconds=False) == "2026-11-24 14:05 UTC"
    assert render.day(date(2026, 11, 4)) == "4 Nov 2026"
    absent = (None, pd.NaT, "soon", datetime(1, 1, 1, tzinfo=UTC))
    assert {render.moment(when) for when in absent} == {"–"}


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (render.number(1234567), "1,234,567"),
        (render.number(62.04), "62"),
        (render.number(62.05), "62"),
        (render.number(62.16), "62.2"),
        (render.size(999), "999 bytes"),
        (render.size(12_345_678), "12.3 MB"),
        (render.duration(timedelta(0)), "0 seconds"),
        (render.duration(timedelta(seconds=3723)), "1 hour 2 minutes"),
        (render.duration(timedelta(days=3, minutes=2)), "3 days"),
    ],
)
def test_figures(shown, expected):
    assert shown == expected
