"""A table of evidence: all rows can be searched, sorted and paged; nothing is sampled, nothing is cut off unsaid."""

from __future__ import annotations

from typing import Any

import ipywidgets as widgets
import numpy as np
import pandas as pd

from kit import render
from kit.panels.parts import LABELLED, LIKE_OUTPUT, NARROW, WIDE, bundle, button

ANY = "any column"
AS_GIVEN = "as given"


class Table:
    """A live table over a frame, `page` rows at a time; as plain HTML where there is no kernel.

    The search looks at what is shown (times as "2026-11-24 14:05:09"), in any case, never as a pattern.
    """

    def __init__(self, frame: pd.DataFrame, caption: str = "", *, page: int = 12) -> None:
        names = [str(name) for name in frame.columns]
        self.frame = frame.reset_index(drop=True).set_axis(names, axis=1)
        self.caption = caption
        self.page = page
        self._rows = self.frame
        self._first = 0
        self._texts: dict[str, pd.Series] = {}
        self._find = widgets.Text(
            description="Find", placeholder="in all rows", continuous_update=False, style=LABELLED, layout=NARROW
        )
        self._where = widgets.Dropdown(description="in", options=[ANY, *names], style=LABELLED, layout=NARROW)
        self._sort = widgets.Dropdown(description="Sort by", options=[AS_GIVEN, *names], style=LABELLED, layout=NARROW)
        self._down = widgets.Checkbox(description="descending", indent=False, layout=WIDE)
        self._back = button("Previous page", lambda: self._turn(-1), icon="chevron-left")
        self._on = button("Next page", lambda: self._turn(1), icon="chevron-right")
        self._count = widgets.HTML()
        self._body = widgets.HTML(layout={"width": "100%", "overflow": "auto"})  # a wide table scrolls by itself
        self._body.add_class(LIKE_OUTPUT)
        for control in (self._find, self._where, self._sort, self._down):
            control.observe(lambda _: self._choose(), "value")
        asked = widgets.HBox([self._find, self._where, self._sort, self._down], layout={"flex_flow": "row wrap"})
        turned = widgets.HBox([self._back, self._on, self._count])
        self.view = widgets.VBox([asked, turned, self._body])
        self._choose()

    def html(self) -> str:
        """The first page of what is chosen as a table that stands alone, saying how many rows there are."""
        return str(render.frame_html(self._rows, self.caption, limit=self.page))

    def _repr_mimebundle_(self, **options: Any) -> dict[str, Any]:
        plain = f"{render.plain(self.caption)}: {render.number(len(self._rows))} rows".removeprefix(": ")
        return bundle(self.view, self.html(), plain, options)

    def _choose(self) -> None:
        """Find and sort anew, and show the first page."""
        rows = self.frame
        sought = self._find.value.strip()
        if sought:
            names = self.frame.columns if self._where.value == ANY else [self._where.value]
            found = np.zeros(len(rows), dtype=bool)
            for name in names:
                found |= self._text(name).str.contains(sought, case=False, regex=False).to_numpy(bool)
            rows = rows[found]
        if self._sort.value != AS_GIVEN:
            keys = self._keys(self._sort.value)[rows.index]
            order = keys.sort_values(ascending=not self._down.value, kind="stable", na_position="last").index
            rows = rows.loc[order]
        self._rows, self._first = rows, 0
        self._show()

    def _turn(self, pages: int) -> None:
        last = max(0, (len(self._rows) - 1) // self.page) * self.page
        self._first = min(max(0, self._first + pages * self.page), last)
        self._show()

    def _show(self) -> None:
        end = min(self._first + self.page, len(self._rows))
        place = f"rows {render.number(min(self._first + 1, end))} to {render.number(end)}"
        place += f" of {render.number(len(self._rows))}"
        if len(self._rows) != len(self.frame):
            place += f" found, {render.number(len(self.frame))} in all"
        self._count.value = f'<span role="status" aria-live="polite">{place}</span>'
        self._body.value = str(render.frame_html(self._rows.iloc[self._first : end], self.caption, place=place))
        self._back.disabled = self._first == 0
        self._on.disabled = end >= len(self._rows)

    def _keys(self, name: str) -> pd.Series:
        """The column to sort by: itself, or its text where it holds lists or mixed things that have no order."""
        column = self.frame[name]
        return self._text(name) if column.dtype == object else column

    def _text(self, name: str) -> pd.Series:
        """The column as it is shown, made once."""
        if name not in self._texts:
            column = self.frame[name]
            if pd.api.types.is_datetime64_any_dtype(column):
                text = column.dt.strftime("%Y-%m-%d %H:%M:%S").fillna("")
            elif column.dtype == object:  # may hold lists, which have no hash
                text = column.map(render.plain)
            else:
                places, values = pd.factorize(column, use_na_sentinel=False)
                text = pd.Series(values).map(render.plain).iloc[places].set_axis(column.index)
            self._texts[name] = text.astype(str)
        return self._texts[name]
