"""Every chart at every size, with hostile names, in both themes: it says what the data say, and nothing is lost."""

from __future__ import annotations

import io
import re
import struct

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

from kit.chart import CHARTS, by_attacker
from kit.errors import InputError
from kit.render import label
from kit.table import TABLES
from kit.theme import MARKS, THEMES, Sheet
from tests import samples
from tests.test_render import HOSTILE

SIZES = [0, 1, 10, 1_000, 100_000]
LUMINANCE = (0.2126, 0.7152, 0.0722)


def texts(figure) -> str:
    """Every text on the figure."""
    return "\n".join(text.get_text() for text in figure.findobj(mpl.text.Text))


def words(text: str) -> str:
    """Without the line breaks that titles and labels are wrapped with."""
    return " ".join(text.split())


def luminance(colour: str) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in mpl.colors.to_rgb(colour)]
    return sum(weight * c for weight, c in zip(LUMINANCE, linear, strict=True))


def contrast(one: str, other: str) -> float:
    light, dark = sorted([luminance(one), luminance(other)], reverse=True)
    return (light + 0.05) / (dark + 0.05)


def hostile_sign_ins() -> pd.DataFrame:
    frame = samples.sign_ins(len(HOSTILE) * 4)
    names = pd.Series([text.encode("utf-8", "replace").decode() for text in HOSTILE])
    return frame.assign(network=np.resize(names, len(frame))).drop(columns="country")


def everything() -> dict[str, pd.DataFrame]:
    return {"sign_ins": samples.sign_ins(300), **samples.scores()}


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES.keys())
def test_what_is_written_or_drawn_can_be_read(theme):
    for colour in (theme.ink, theme.soft, theme.usual, theme.attacker, theme.response):
        assert contrast(colour, theme.ground) >= 4.5
    assert contrast(theme.muted, theme.ground) >= 3
    assert contrast(theme.attacker, theme.tint(theme.attacker, 0.1)) >= 4


def test_shape_tells_apart_what_colour_tells_apart():
    looks = [(mark.shape, mark.filled) for mark in MARKS.values()]
    assert len(set(looks)) == len(looks)


@pytest.mark.parametrize("name", CHARTS)
@pytest.mark.parametrize("theme", THEMES)
def test_every_chart_draws_and_gives_the_same_bytes_twice(name, theme):
    one, other = (CHARTS[name].picture(everything(), story=samples.story()).png(theme) for _ in range(2))
    assert one == other
    assert one.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", one[16:24])
    assert width == 1122
    assert 150 < height < 1100


@pytest.mark.parametrize("name", CHARTS)
def test_the_words_are_the_same_in_both_themes_and_utc_is_said(name):
    picture = CHARTS[name].picture(everything(), story=samples.story())
    assert picture.drawn("light").alt == picture.drawn("dark").alt
    assert words(picture.title) in words(texts(picture.figure("dark")))
    assert "UTC" in texts(picture.figure())
    assert picture.alt.startswith(picture.title)
    assert all(len(told.split()) >= 3 for told in (picture.title, picture.alt, picture.caption))


@pytest.mark.parametrize("name", CHARTS)
def test_drawing_changes_nothing_it_is_given(name):
    chart, theme = CHARTS[name], THEMES["light"]
    given = {table: everything()[table].reindex(columns=list(TABLES[table].columns)) for table in chart.tables}
    before = {table: frame.copy() for table, frame in given.items()}
    about = {"story": samples.story()} if chart.tells_attacker else {}
    with theme.style():
        chart.draw(*given.values(), **about, theme=theme)
    for table, frame in given.items():
        pd.testing.assert_frame_equal(frame, before[table])


@pytest.mark.parametrize("name", CHARTS)
def test_without_data_the_picture_says_so_and_why(name):
    why = dict.fromkeys(CHARTS[name].tables, "A permission is missing: AuditLog.Read.All.")
    picture = CHARTS[name].picture({}, why=why)
    assert picture.title.startswith("No ")
    assert picture.caption
    assert words(picture.caption) in words(texts(picture.figure()))
    if CHARTS[name].tables:
        assert "AuditLog.Read.All" in picture.alt


@pytest.mark.parametrize("name", ["sign_in_timeline", "hour_of_week"])
@pytest.mark.parametrize("count", SIZES)
def test_every_size_is_drawn(name, count):
    picture = CHARTS[name].picture({"sign_ins": samples.sign_ins(count)}, story=samples.story())
    assert len(picture.png("dark", dpi=50)) > 1_000
    assert ("No sign-ins" in picture.title) == (count == 0)


def test_the_sign_in_timeline_counts_what_the_records_say():
    rows = samples.sign_ins(1_000, attacker=18)
    picture = CHARTS["sign_in_timeline"].picture({"sign_ins": rows}, story=samples.story())
    hostile = rows[rows["ip"] == samples.ATTACKER_IP]
    assert picture.title.startswith("18 of 1,000 sign-ins to adele.vance@contoso.example")
    assert f"{(hostile['error_code'] == 0).sum()} successful" in picture.title
    assert f"{hostile['time'].min():%Y-%m-%d %H:%M} UTC" in picture.title
    shown = texts(picture.figure())
    for place, count in (rows["country"] + " · " + rows["network"]).value_counts().items():
        assert f"{place}  {count}" in shown


def test_the_legend_names_every_series_that_is_drawn():
    picture = CHARTS["sign_in_timeline"].picture({"sign_ins": samples.sign_ins(1_000)}, story=samples.story())
    axes = picture.figure().axes[1]
    drawn = {series.get_label() for series in axes.collections if not series.get_label().startswith("_")}
    assert drawn == {"success", "failure", "blocked", "attacker, success", "attacker, failure", "attacker, blocked"}
    assert {text.get_text() for text in picture.figure().legends[0].get_texts()} == drawn


def test_the_attackers_places_are_never_among_the_other_places():
    crowd = samples.sign_ins(400, attacker=0).assign(network=[f"Network {n // 4}" for n in range(400)], ip=None)
    rows = pd.concat([crowd, samples.sign_ins(2, attacker=2)], ignore_index=True)
    picture = CHARTS["sign_in_timeline"].picture({"sign_ins": rows}, story=samples.story())
    lanes = [text.get_text() for text in picture.figure().axes[1].get_yticklabels()]
    assert len(lanes) == 12
    assert lanes[0] == "RO · M247 Europe  2"
    assert lanes[-1].split()[1:3] == ["other", "places"]
    assert sum(int(lane.rsplit(maxsplit=1)[-1].replace(",", "")) for lane in lanes) == len(rows)


def test_an_owners_sign_in_in_a_shared_session_is_not_the_attackers():
    rows = samples.sign_ins(10, attacker=0).assign(token_id=None)
    rows["session_id"] = "attacker-session"
    rows["ip"] = ["198.51.100.5"] * 5 + ["203.0.113.200"] * 5
    assert list(by_attacker(rows, samples.story())) == [False] * 5 + [True] * 5
    assert not by_attacker(rows, None).any()


def test_other_accounts_and_rows_without_time_are_left_out_and_counted():
    rows = samples.sign_ins(20)
    rows.loc[:2, "user"] = "somebody.else@contoso.example"
    rows.loc[3:4, "time"] = pd.NaT
    picture = CHARTS["sign_in_timeline"].picture({"sign_ins": rows}, story=samples.story())
    assert "of 15 sign-ins" in picture.title
    assert "5 records of other accounts or without a time are not drawn" in picture.caption


def test_the_hour_of_week_puts_the_attacker_where_the_records_are():
    rows = samples.sign_ins(500)
    hostile = rows[(rows["ip"] == samples.ATTACKER_IP) & (rows["error_code"] == 0)]
    picture = CHARTS["hour_of_week"].picture({"sign_ins": rows}, story=samples.story())
    marks = [line for line in picture.figure().axes[0].lines if line.get_marker() == "D"]
    spots = {(int(line.get_ydata()[0]), int(line.get_xdata()[0])) for line in marks}
    assert spots == set(zip(hostile["time"].dt.day_of_week, hostile["time"].dt.hour, strict=True))
    assert picture.title.startswith(f"{len(hostile)} sign-ins of the attacker")


@pytest.mark.parametrize("steps", [1, 2, 14, 26, 27, 60, 400])
def test_the_attack_timeline_numbers_steps_as_the_table_does(steps):
    story = samples.story(steps)
    picture = CHARTS["attack_timeline"].picture({}, story=story)
    numbers = [t.get_text() for t in picture.figure().axes[0].texts if re.fullmatch(r"\d+(\n\+\d+)?", t.get_text())]
    columns = {line.get_xdata()[0] for line in picture.figure().axes[0].lines if len(line.get_xdata()) == 1}
    assert len(columns) == min(steps, 26)
    stood_for = sum(1 + int(text.partition("\n+")[2] or 0) for text in numbers)
    assert stood_for == steps
    assert {int(text.partition("\n")[0]) for text in numbers} <= set(story.timeline["number"])
    if steps <= 26:
        assert [int(text) for text in numbers] == list(story.timeline["number"])
    attackers = int((story.timeline["phase"] != "response").sum())
    assert picture.title.startswith(f"{attackers} step")


def test_the_secure_score_title_is_what_the_lines_say():
    tables = samples.scores()
    picture = CHARTS["secure_score"].picture(tables)
    assert "rose from 58 % to 64 %" in picture.title
    assert "the 5 largest open controls give 24.5 points" in picture.title
    bars = picture.figure().axes[1].patches
    assert [bar.get_width() for bar in bars] == [9, 8, 4, 2, 1.5]
    falling = tables | {
        "secure_scores": tables["secure_scores"].assign(score=tables["secure_scores"]["score"][::-1].values)
    }
    assert "fell from 64 % to 58 %" in CHARTS["secure_score"].picture(falling).title


@pytest.mark.filterwarnings("error")
def test_every_hostile_name_can_be_written_on_a_sheet():
    theme = THEMES["light"]
    with theme.style():
        sheet = Sheet(theme, "Names", "UTC", 8)
        for line, text in enumerate(HOSTILE):
            sheet.write(0.2, 0.2 * line, label(text))
        sheet.figure.savefig(io.BytesIO())


@pytest.mark.parametrize("theme", THEMES)
def test_hostile_names_neither_break_nor_leave_a_picture(theme):
    rows = hostile_sign_ins()
    story = samples.story()
    steps = story.timeline.assign(what=np.resize([text[:80] for text in HOSTILE[:14]], len(story.timeline)))
    hostile = samples.replaced(story, timeline=steps)
    for name in CHARTS:
        tables = {**everything(), "sign_ins": rows}
        picture = CHARTS[name].picture(tables, story=hostile)
        assert len(picture.png(theme, dpi=50)) > 1_000
        shown = texts(picture.figure(theme))
        assert "\u202e" not in shown
        assert "<img" not in picture._repr_html_().replace('<img class="kit-', "")


def test_a_figure_shows_itself_once_with_words_in_either_theme():
    page = CHARTS["hour_of_week"].picture(everything(), story=samples.story())._repr_html_()
    assert page.count("<img") == 2
    assert page.count('style="display:none"') == 1  # also where a notebook is not trusted
    alts = re.findall(r'alt="([^"]*)"', page)
    assert len(set(alts)) == 1
    assert "sign-ins of the attacker" in alts[0]
    assert "http" not in page
    assert "<script" not in page


def test_an_unknown_theme_or_chart_is_named():
    with pytest.raises(InputError, match="no theme 'sepia'"):
        CHARTS["hour_of_week"].picture(everything()).png("sepia")
    with pytest.raises(InputError, match="does not exist"):
        CHARTS["pie"]
