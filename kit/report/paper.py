"""The report on paper: PDF made by a browser that is there already. Nothing is installed, nothing is fetched."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge", "msedge")
PLACES = (  # where the programs lie that are not on the path: macOS, then Windows below its program folders
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)
BELOW = (
    "Google/Chrome/Application/chrome.exe",
    "Chromium/Application/chrome.exe",
    "Microsoft/Edge/Application/msedge.exe",
)
SECONDS = 120


def browser() -> Path | None:
    """The first Chrome, Chromium or Edge found on this machine (KIT_CHROMIUM names one), or None."""
    return next((path for path in _candidates() if path.is_file()), None)


def pdf(html: Path) -> Path | None:
    """`html` printed to a tagged PDF with an outline, beside it. None when no browser is found, or it could not."""
    program, target = browser(), html.with_suffix(".pdf")
    if program is None:
        return None
    with tempfile.TemporaryDirectory(prefix="kit-print-", ignore_cleanup_errors=True) as profile:
        made = Path(profile) / "report.pdf"
        try:
            subprocess.run(_command(program, html, made, profile), check=True, capture_output=True, timeout=SECONDS)
        except (OSError, subprocess.SubprocessError):
            return None
        if not made.is_file():
            return None
        shutil.move(made, target)
    return target


def _command(program: Path, html: Path, made: Path, profile: str) -> list[str]:
    words = [str(program), "--headless", "--disable-gpu", "--no-first-run", "--disable-dev-shm-usage"]
    words += [f"--user-data-dir={profile}", "--host-resolver-rules=MAP * ~NOTFOUND", "--no-pdf-header-footer"]
    words += ["--export-tagged-pdf", "--generate-pdf-document-outline", f"--print-to-pdf={made}"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        words.append("--no-sandbox")  # Chromium has no sandbox for root; the page holds no script
    return [*words, html.resolve().as_uri()]


def _candidates() -> Iterator[Path]:
    named = os.environ.get("KIT_CHROMIUM")
    if named:
        yield Path(named)
    yield from (Path(found) for name in NAMES if (found := shutil.which(name)))
    yield from map(Path, PLACES)
    for variable in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"):
        if folder := os.environ.get(variable):
            yield from (Path(folder) / below for below in BELOW)
