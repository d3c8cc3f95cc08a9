"""The one way in which anything that came from a record is shown: page, chart, terminal, spreadsheet, file name.

Attackers choose the names of rules, apps, files, subjects and user agents. Nothing they write may run, hide, reorder
its neighbours or get lost. So every value goes through one of these, whoever wrote it:

    html(value)     for a page: escaped, the unseen made visible        frame_html(frame, caption)   a whole table
    plain(value)    for a terminal, a log, a prompt: one line           label(value)                 for a chart
    cell(value)     for a CSV or XLSX cell: never a formula             slug(text)                   for a file name
    moment · day · period · duration · number · counted · size   one formatter for times (UTC), figures

`visible` is what they share: a character that cannot be seen, or that moves others, becomes ⟨U+202E⟩. It is exact:
`exact` gives the original back.
"""

from __future__ import annotations

from kit.render.characters import exact, mixture, visible
from kit.render.frames import frame_html
from kit.render.values import cell, defang, html, label, plain, shorten, slug, web
from kit.render.words import counted, day, duration, moment, number, period, size

__all__ = [
    "cell", "counted", "day", "defang", "duration", "exact", "frame_html", "html", "label", "mixture", "moment",
    "number", "period", "plain", "shorten", "size", "slug", "visible", "web",
]  # fmt: skip
