"""The report: one HTML file that needs no network, no script and no kit to be read, now or in ten years.

    write(case)        → the case's report.html
    pdf(path)          → the same as PDF, where a Chrome, Chromium or Edge is found; else None

It is written for a lawyer, an insurer and a colleague. "Records show" is kept apart from what is concluded; coverage
stands before findings; "no finding" is never said without what it rests on. Every value passes through `kit.render`:
the template's own output does so by itself (`finalize`), so that none can be forgotten.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from kit import render
from kit.evidence import write_whole
from kit.report.content import content
from kit.report.paper import browser, pdf
from kit.report.subject import CaseLike

__all__ = ["CaseLike", "browser", "page", "pdf", "write"]

FOLDER = Path(__file__).parent


def write(case: CaseLike, path: Path | None = None) -> Path:
    """Write the report to `path`, by default report.html in the case's folder; it is there whole or not at all."""
    path = path or case.folder / "report.html"
    write_whole(path, page(case).encode())
    case.journal.write("report", file=path.name)
    return path


def page(case: CaseLike) -> str:
    """The report as HTML."""
    style = Markup((FOLDER / "report.css").read_text(encoding="utf-8"))  # ours, no value in it
    return _environment().get_template("report.html.j2").render(**content(case), style=style)


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters: dict[str, Callable[..., Any]] = {
        name: getattr(render, name) for name in ("counted", "day", "duration", "moment", "number", "period", "size")
    }
    environment.filters.update(filters, sentence=_sentence)
    return environment


def _sentence(text: str) -> str:
    """The text with a capital at its beginning; the rest as it is, since "MFA" is not "mfa"."""
    return text[:1].upper() + text[1:]


def _shown(value: Any) -> Markup:
    """What the template puts out: our own markup as it is, everything else made harmless."""
    return value if isinstance(value, Markup) else render.web(value)
