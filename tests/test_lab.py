"""`python -m kit`: the simulated tenant as a process, JupyterLab with the shipped configuration, and how both end."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kit import simulated
from kit.commands import lab as lab_command
from kit.errors import SetupError

ROOT = Path(__file__).resolve().parent.parent
PROBE = {
    "nbformat": 4,
    "nbformat_minor": 5,
    "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
    "cells": [
        {"cell_type": "code", "id": "a", "metadata": {}, "outputs": [], "execution_count": None, "source": source}
        for source in ("from kit import simulated; simulated.running()['name']", "1 / 0")
    ],
}


def _answers(url: str) -> bool:
    host, port = re.fullmatch(r"http://([\d.]+):(\d+)", url).groups()  # type: ignore[union-attr]
    with socket.socket() as probe:
        return probe.connect_ex((host, int(port))) == 0


def _ends(condition: Callable[[], bool], seconds: float = 20) -> bool:
    """Whether the condition stops holding within so many seconds."""
    end = time.monotonic() + seconds
    while condition() and time.monotonic() < end:
        time.sleep(0.05)
    return not condition()


# ── the tenant's process ─────────────────────────────────────────────────────────────────────────────────────────────


def test_the_tenant_runs_within_the_block_and_no_longer() -> None:
    with simulated.start(stories=("A1",)) as facts:
        assert _answers(facts["url"])
        assert {"tenant", "name", "client_id", "client_secret", "admin_token", "accounts"} <= facts.keys()
    assert not _answers(facts["url"])


def test_the_tenant_ends_with_whoever_started_it() -> None:
    script = (
        "import json, time\nfrom kit import simulated\n"
        "with simulated.start(stories=('A1',)) as facts:\n"
        "    print(json.dumps(facts), flush=True)\n    time.sleep(600)\n"
    )
    owner = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    with owner:
        assert owner.stdout is not None
        url = json.loads(owner.stdout.readline())["url"]
        owner.kill()
    assert _ends(lambda: _answers(url))


def test_a_tenant_that_cannot_start_says_why_in_one_line() -> None:
    with pytest.raises(SetupError, match=r"did not start \(.*Z9"), simulated.start(stories=("Z9",)):
        pass


def test_a_notebook_finds_the_tenant_that_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(simulated.VARIABLE, raising=False)
    assert simulated.running() is None
    monkeypatch.setenv(simulated.VARIABLE, '{"url": "http://127.0.0.1:1"}')
    assert simulated.running() == {"url": "http://127.0.0.1:1"}


# ── JupyterLab ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        yield holder.getsockname()[1]


def test_a_taken_port_is_said_before_anything_starts(taken: int) -> None:
    with pytest.raises(SetupError, match=f"Port {taken} cannot be used"):
        lab_command.run(["--port", str(taken)])


def test_the_address_is_loopback_whatever_else_is_configured() -> None:
    assert "--ServerApp.ip=127.0.0.1" in lab_command.command()
    assert lab_command.environment("{}")["JUPYTER_CONFIG_PATH"].split(os.pathsep)[0] == str(lab_command.CONFIGURATION)


def test_the_shipped_configuration_takes_effect(lab: Any) -> None:
    with pytest.raises(urllib.error.HTTPError, match="404"):
        lab.api("terminals")
    with urllib.request.urlopen(lab.address("notebooks/00_start_here.ipynb"), timeout=10) as page:
        config = json.loads(re.search(r"jupyter-config-data[^>]*>(.*?)</script>", page.read().decode(), re.S)[1])  # type: ignore[index]
    off = set(config["disabledExtensions"])
    assert {"@jupyterlab/apputils-extension:announcements", "@jupyterlab/extensionmanager-extension"} <= off
    with urllib.request.urlopen(f"{lab.url}/lab/api/settings?token={lab.token}", timeout=10) as answer:
        settings = {plugin["id"]: plugin for plugin in json.load(answer)["settings"]}
    assert (
        settings["@jupyter-widgets/jupyterlab-manager:plugin"]["schema"]["properties"]["saveState"]["default"] is False
    )
    assert settings["@jupyterlab/notebook-extension:tracker"]["schema"]["properties"]["recordTiming"]["default"] is True


@pytest.mark.browser
def test_a_notebook_runs_in_a_browser_and_nothing_leaves_loopback(lab: Any, notebook: Any) -> None:
    (lab.root / "notebooks" / "probe.ipynb").write_text(json.dumps(PROBE))
    opened = notebook("notebooks/probe.ipynb")
    opened.run_all()
    assert opened.errors() == ["ZeroDivisionError: division by zero"]
    assert lab.tenant["name"] in opened.page.locator(".jp-OutputArea").first.inner_text()
    assert opened.page.locator(".jp-toast-message").count() == 0
    connection = next((lab.root.parent / "runtime").glob("kernel-*.json"))
    assert "curve" in connection.read_text().lower()


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_one_ctrl_c_stops_everything() -> None:
    words = [sys.executable, "-m", "kit", "lab", "--no-browser"]
    process = subprocess.Popen(
        words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, process_group=0
    )
    assert process.stdout is not None
    assert process.stderr is not None
    tenant = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())
    server = next(filter(None, (re.search(r"http://127\.0\.0\.1:\d+", line) for line in process.stderr)))
    assert tenant is not None
    assert _answers(tenant[0])
    os.killpg(process.pid, signal.SIGINT)
    process.communicate(timeout=40)
    assert process.returncode == 0
    assert not _answers(tenant[0])
    assert not _answers(server[0])
