"""The notebooks as an analyst uses them: JupyterLab in a real Chromium, one sitting, one simulated tenant, one case.

The tests are steps of that sitting and stand in its order: every notebook is run, saved and looked at, then the panels
of the last one are used. Each step can also be run alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbconvert import HTMLExporter

from tests.browser import IS_READY, Lab, Notebook

pytestmark = pytest.mark.browser

NOTEBOOKS = [path.stem for path in sorted((Path(__file__).parent.parent / "notebooks").glob("*.ipynb"))]
REMEDIATE = "06_remediate"
OUTPUT = ".jp-OutputArea-output"
NAMELESS = re.compile(r"^\s*- '?(?:button|checkbox|combobox|img|link|textbox)(?! \")", re.MULTILINE)
"""A control or picture without a name, in Playwright's account of what a screen reader is told."""
POOR_TABLES = f"""() => [...document.querySelectorAll('{OUTPUT} table')].filter(table =>
    !table.caption?.textContent.trim() ||
    [...table.querySelectorAll('th')].some(head => !head.scope || !head.textContent))
    .map(table => table.outerHTML.slice(0, 300))"""
MUTE_PICTURES = f"""() => [...document.querySelectorAll('{OUTPUT} img')].filter(image => !image.alt.trim()).length"""
CUT_OFF = f"""() => [...document.querySelectorAll('{OUTPUT}')].filter(o => o.scrollWidth > o.clientWidth + 1)
    .map(output => output.innerText.slice(0, 60))"""
KERNEL = "window.jupyterapp.shell.currentWidget.sessionContext.session.kernel"
PASSWORD = "[A-Za-z0-9]{4}(?:-[A-Za-z0-9]{4}){3}"


@dataclass
class Sitting:
    """One page of one browser, and what it asked for and complained of."""

    lab: Lab
    page: Any
    simulator: Any
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    done: list[str] = field(default_factory=list)

    def load(self, name: str) -> Notebook:
        """The notebook as it lies in its file, on a page loaded anew; a kernel that it had goes on."""
        self.page.goto(self.lab.address(f"notebooks/{name}.ipynb"))
        self.page.wait_for_function(IS_READY, timeout=60_000)
        return Notebook(self.page)

    def run(self, name: str) -> Notebook:
        """The notebook run from top to bottom and saved, and on the page as it was left; run once in a sitting."""
        if name not in self.done:
            notebook = self.load(name)
            notebook.run_all()
            notebook.command("docmanager:save")
            self.done.append(name)
        is_there = self.page.url.partition("?")[0].endswith(f"/{name}.ipynb")
        return Notebook(self.page) if is_there else self.load(name)

    def saved(self, name: str) -> str:
        """The text of the notebook's file, once it was run."""
        if name not in self.done:
            self.run(name)
        return (self.lab.root / "notebooks" / f"{name}.ipynb").read_text(encoding="utf-8")

    def settle(self) -> None:
        """Wait until the kernel has dealt with everything that the page sent, and the page with what came of it."""
        self.page.evaluate(f"() => {KERNEL}.requestExecute({{code: '', silent: true}}).done.then(() => true)")

    def intents(self) -> list[dict[str, Any]]:
        """The requests that the case's journal says were about to be sent."""
        lines = (self.lab.root.parent / "case" / "journal.jsonl").read_text(encoding="utf-8").splitlines()
        return [entry["request"] for entry in map(json.loads, lines) if entry["event"] == "intent"]

    def writes(self) -> list[dict[str, Any]]:
        """The requests that the tenant received."""
        return [
            {name: write[name] for name in ("service", "method", "path", "body")} for write in self.simulator.writes()
        ]


@dataclass
class Panel:
    """The panel that a cell with this text in it shows."""

    notebook: Notebook
    source: str

    @property
    def output(self) -> Any:
        return self.notebook.page.locator(".jp-CodeCell", has_text=self.source).locator(OUTPUT)

    def button(self, name: str) -> Any:
        return self.output.get_by_role("button", name=name)

    @property
    def name(self) -> Any:
        return self.output.get_by_label("Type the account's name")

    def press(self, name: str, then: str) -> None:
        """Press a button and wait for what the panel says of its state."""
        self.button(name).click()
        self.says(then)

    def says(self, state: str) -> None:
        self.output.get_by_text(state).wait_for()

    @property
    def account(self) -> str:
        """The name to be typed: the field shows it while it is empty."""
        return str(self.name.get_attribute("placeholder"))

    def is_armed(self, name: str) -> None:
        """Wait until the button can be pressed."""
        self.notebook.page.wait_for_function("button => !button.disabled", arg=self.button(name).element_handle())


@pytest.fixture(scope="module")
def sitting(lab: Lab, browser: Any) -> Iterator[Sitting]:
    from tests.conftest import Simulator

    simulator = Simulator(lab.tenant)
    simulator.reset()
    context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    running = Sitting(lab, context.new_page(), simulator)
    running.page.on("request", lambda sent: running.asked.append(sent.url))
    running.page.on("pageerror", lambda error: running.complaints.append(str(error)))
    running.page.on("console", lambda said: said.type == "error" and running.complaints.append(said.text))
    yield running
    context.close()


@pytest.fixture
def remediate(sitting: Sitting) -> Notebook:
    """The remediation notebook, run once; the page is loaded anew for each test, as if it had been closed."""
    sitting.run(REMEDIATE)
    return sitting.load(REMEDIATE)


# ── every notebook ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_runs_whole_changes_nothing_and_can_be_read_by_everyone(sitting: Sitting, name: str) -> None:
    before = sitting.writes()
    notebook = sitting.run(name)
    assert notebook.errors() == []
    assert sitting.writes() == before
    assert sitting.complaints == []
    page = sitting.page
    page.set_viewport_size({"width": 1280, "height": 12_000})  # all of it is laid out, not only what would be in sight
    told = [output.aria_snapshot() for output in page.locator(OUTPUT).all()]
    page.set_viewport_size({"width": 1280, "height": 900})
    assert any("table" in text for text in told)
    assert [text for text in told if NAMELESS.search(text)] == []
    assert [text for text in told if "</" in text] == []  # no markup of Microsoft's is shown as text
    assert page.evaluate(POOR_TABLES) == []
    assert page.evaluate(MUTE_PICTURES) == 0
    assert page.evaluate(CUT_OFF) == []


def test_the_first_screens_name_the_compromised_accounts(sitting: Sitting) -> None:
    page = sitting.run("00_start_here").page
    progress = page.locator(".jp-CodeCell", has_text="open_case()").last.locator(OUTPUT).inner_text()
    assert len(progress.splitlines()) == 1
    answer = page.locator(".jp-CodeCell", has_text="views.overview").locator(OUTPUT)
    first = answer.get_by_role("heading").first
    assert first.inner_text() in sitting.lab.tenant["accounts"]
    page.evaluate("() => document.querySelector('.jp-Notebook .jp-WindowedPanel-outer').scrollTo(0, 0)")
    assert first.bounding_box()["y"] < 900
    assert "adversary-in-the-middle" in answer.inner_text()


def test_pictures_follow_the_theme(sitting: Sitting) -> None:
    notebook = sitting.run("00_start_here")
    light, dark = (notebook.page.locator(f"{OUTPUT} img.kit-{theme}").first for theme in ("light", "dark"))
    assert light.is_visible()
    assert dark.is_hidden()
    notebook.command("apputils:change-theme", theme="JupyterLab Dark")
    dark.wait_for(state="visible")
    assert light.is_hidden()
    notebook.command("apputils:change-theme", theme="JupyterLab Light")
    light.wait_for(state="visible")


# ── the saved notebook, for people without a kernel ──────────────────────────────────────────────────────────────────


class Addresses(HTMLParser):
    """What a page would fetch, link to or run."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.found += [value or "" for name, value in attributes if name in ("src", "href", "srcset", "action", "data")]


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_saved_notebook_is_exported_whole_and_fetches_nothing(sitting: Sitting, name: str) -> None:
    saved = nbformat.reads(sitting.saved(name), 4)
    assert "widgets" not in saved.metadata
    page, _ = HTMLExporter(template_name="basic").from_notebook_node(saved)
    seen = Addresses()
    seen.feed(page)
    assert not seen.tags & {"script", "iframe", "object", "link", "form"}
    assert [url for url in seen.found if not re.match(r"data:image/png|#|[\w./-]+(\.ipynb|\.html)$", url)] == []
    assert page.count("<caption") >= 1
    panels = sum("ActionPanel(" in "".join(cell.source) for cell in saved.cells[4:])
    assert page.count("Locked: this is") == panels
    assert ("Disable the account" in page) == (name == REMEDIATE)


# ── the panels ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_plan_goes_from_preview_to_undo_after_the_page_was_loaded_anew(sitting: Sitting, remediate: Notebook) -> None:
    panel = Panel(remediate, "case.containment")
    before = sitting.writes()
    panel.press("1 · Preview", then="previewed, nothing changed")
    assert "PATCH /v1.0/users/" in panel.output.inner_text()
    assert "Exchange Disable-InboxRule" in panel.output.inner_text()
    panel.name.fill("somebody.else@atelier-nord.example")
    sitting.settle()
    assert panel.button("3 · Apply").is_disabled()
    assert sitting.writes() == before
    panel.name.fill(panel.account)
    panel.press("3 · Apply", then="applied: see each step")
    assert panel.output.get_by_text("done and read back").count() == 5
    sent = sitting.writes()[len(before) :]
    assert {"accountEnabled": False} in [write["body"] for write in sent]
    assert sent == sitting.intents()[-len(sent) :]

    password = panel.output.locator("code").inner_text()
    assert re.fullmatch(PASSWORD, password)
    remediate.command("docmanager:save")
    assert password not in sitting.saved(REMEDIATE)
    panel.button("Clear the password").click()
    panel.output.get_by_text(password).wait_for(state="detached")

    panel.name.fill(panel.account)
    panel.press("Undo", then="undone: see each step")
    undone = sitting.writes()[len(before) + len(sent) :]
    assert [write["body"] for write in undone][-1] == {"accountEnabled": True}
    assert undone == sitting.intents()[-len(undone) :]


def test_a_double_click_sends_once(sitting: Sitting, remediate: Notebook) -> None:
    panel = Panel(remediate, '"revoke_sessions"')
    before = len(sitting.writes())
    panel.press("1 · Preview", then="previewed, nothing changed")
    panel.name.fill(panel.account)
    panel.button("3 · Apply").dblclick()
    panel.says("nothing is sent twice")
    assert len(sitting.writes()) == before + 1


def test_the_keyboard_alone_is_enough(sitting: Sitting, remediate: Notebook) -> None:
    panel, keys = Panel(remediate, '"disable_account"'), sitting.page.keyboard
    before = len(sitting.writes())
    panel.output.get_by_text("What this does").focus()
    keys.press("Enter")
    panel.output.get_by_text("Propagation").wait_for()
    for _ in range(2):  # past the account's field
        keys.press("Tab")
    keys.press("Enter")
    panel.says("previewed, nothing changed")
    keys.press("Tab")
    keys.type(panel.account)
    panel.is_armed("3 · Apply")
    keys.press("Tab")
    keys.press("Space")
    panel.says("applied: see each step")
    assert [write["body"] for write in sitting.writes()[before:]] == [{"accountEnabled": False}]


def test_after_a_restart_of_the_kernel_a_click_does_nothing_and_the_panel_says_so(
    sitting: Sitting, remediate: Notebook
) -> None:
    panel = Panel(remediate, '"enable_account"')
    panel.press("1 · Preview", then="previewed, nothing changed")
    panel.name.fill(panel.account)
    panel.is_armed("3 · Apply")
    before, intents = sitting.writes(), sitting.intents()
    sitting.page.evaluate(f"() => {KERNEL}.restart()")
    sitting.page.wait_for_function(IS_READY)
    panel.button("3 · Apply").click()
    sitting.settle()
    assert sitting.writes() == before
    assert sitting.intents() == intents
    assert panel.output.get_by_text("the kernel was restarted: run this cell again").is_visible()


def test_the_whole_sitting_stayed_on_loopback(sitting: Sitting) -> None:
    sitting.saved("00_start_here")
    home = (sitting.lab.url, sitting.lab.url.replace("http", "ws", 1), "data:", "blob:")
    assert len(sitting.asked) > 10
    assert [url for url in sitting.asked if not url.startswith(home)] == []
