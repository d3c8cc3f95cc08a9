"""JupyterLab with the shipped configuration, in a real Chromium: a pytest plugin, fixtures `lab` and `notebook`."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from kit.commands import lab as lab_command

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM = os.environ.get("KIT_CHROMIUM") or next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), ""
)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
FAILED = pytest.StashKey[bool]()


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("browser") and not CHROMIUM:
        missing = "no Chromium found; install one or name it in KIT_CHROMIUM"
        if os.environ.get("KIT_CI") == "1":
            pytest.fail(missing, pytrace=False)
        pytest.skip(missing)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report


@dataclass(frozen=True)
class Lab:
    """A JupyterLab server with the shipped configuration, over a copy of the notebooks."""

    url: str
    token: str
    root: Path
    tenant: dict[str, Any]

    def address(self, notebook: str) -> str:
        return f"{self.url}/lab/tree/{notebook}?token={self.token}&reset"

    def api(self, route: str) -> Any:
        request = urllib.request.Request(f"{self.url}/api/{route}", headers={"Authorization": f"token {self.token}"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)


@dataclass(frozen=True)
class Notebook:
    """One notebook open in the browser, driven by JupyterLab's own commands instead of clicks on its menus."""

    page: Any

    def command(self, name: str, **arguments: Any) -> None:
        self.page.evaluate(
            "([name, words]) => window.jupyterapp.commands.execute(name, words).then(() => true)", [name, arguments]
        )

    def run_all(self, seconds: float = 180) -> None:
        """Run every cell and wait until each with code in it has its number and the kernel is idle."""
        self.command("notebook:run-all-cells")
        self.page.wait_for_function(IS_DONE, timeout=seconds * 1000)

    def errors(self) -> list[str]:
        """What cells raised, "Name: text"."""
        errors: list[str] = self.page.evaluate(ERRORS)
        return errors


CURRENT = (
    "const panel = window.jupyterapp?.shell?.currentWidget; const kernel = panel?.sessionContext?.session?.kernel;"
)
IS_READY = f"() => {{ {CURRENT} return kernel?.status === 'idle' }}"
IS_DONE = f"""() => {{ {CURRENT}
    const code = panel.content.widgets.filter(cell => cell.model.type === 'code');
    return kernel?.status === 'idle' &&
        code.every(cell => cell.model.executionCount || !cell.model.sharedModel.source.trim()) }}"""
ERRORS = f"""() => {{ {CURRENT}
    return panel.content.widgets.filter(cell => cell.model.type === 'code')
        .flatMap(cell => cell.model.outputs.toJSON()).filter(output => output.output_type === 'error')
        .map(output => `${{output.ename}}: ${{output.evalue}}`) }}"""


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A headless Chromium with an empty profile, in which no name but loopback's resolves."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=FLAGS)
        yield running
        running.close()


@pytest.fixture(scope="session")
def lab(simulated_tenant: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """JupyterLab as `python -m kit` starts it, over a copy of the notebooks and with no trace in the home folder."""
    folder = tmp_path_factory.mktemp("lab")
    shutil.copytree(ROOT / "notebooks", folder / "root" / "notebooks")
    token, port = secrets.token_hex(16), _free_port()
    words = [*lab_command.command(port, browser=False, root=folder / "root"), f"--IdentityProvider.token={token}"]
    variables = {**lab_command.environment(json.dumps(simulated_tenant)), **_homes(folder)}
    with (folder / "lab.log").open("w") as log:
        process = subprocess.Popen(
            [*words, "--expose-app-in-browser"], cwd=folder / "root", env=variables, stdout=log, stderr=log
        )
        try:
            running = Lab(f"http://127.0.0.1:{port}", token, folder / "root", simulated_tenant)
            _await_server(running, process, folder / "lab.log")
            yield running
        finally:
            process.terminate()
            process.wait(20)


@pytest.fixture
def notebook(
    lab: Lab, browser: Any, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Callable[..., Notebook]]:
    """`notebook("notebooks/x.ipynb")` opens it. The test fails when the page asked for anything beyond loopback."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    page, asked = context.new_page(), []
    page.on("request", lambda sent: asked.append(sent.url))

    def open_notebook(path: str) -> Notebook:
        page.goto(lab.address(path))
        page.wait_for_function(IS_READY, timeout=60_000)
        return Notebook(page)

    yield open_notebook
    if request.node.stash.get(FAILED, False):
        page.screenshot(path=tmp_path / "failed.png")
    context.close()
    home = (lab.url, lab.url.replace("http", "ws", 1), "data:", "blob:")
    assert [url for url in asked if not url.startswith(home)] == []


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _homes(folder: Path) -> dict[str, str]:
    """Every place in which Jupyter, its company and the kit keep something, moved below `folder`."""
    names = {
        "JUPYTER_CONFIG_DIR": "configuration",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        "IPYTHONDIR": "ipython",
        "MPLCONFIGDIR": "matplotlib",
        "KIT_CASE": "case",
    }
    return {name: str(folder / below) for name, below in names.items()}


def _await_server(server: Lab, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        try:
            server.api("status")
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"JupyterLab did not start:\n{log.read_text()[-3000:]}")
