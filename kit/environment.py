"""The Python environment the kit runs in: found, made, kept up to date, repaired. Standard library only.

An active conda or virtual environment that has the packages in the ranges of pyproject.toml is used as it is.
Otherwise `.venv` beside the package is made and filled from the locks. Two files inside `.venv` hold its state:

    kit-set-up.lock     held by the process that sets up; not empty once a set-up of ours has begun
    kit-installed.json  which locks (by SHA-256) are installed, for which Python: a second start does nothing. Taken
                        away when a set-up begins and written when it ends: begun without it means interrupted, and the
                        next run empties the folder and starts again

Like `kit.__main__`, this file must stay readable by an older Python.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from kit import installer
from kit.errors import SetupError

OLDEST, NEWEST = (3, 11), (3, 14)
LOCKS = {
    "nothing": (),
    "run": ("requirements.lock",),
    "test": ("requirements.lock", "requirements-test.lock"),
}
# Megabytes that must be free before a set-up. On Linux .venv takes 700 and 1,100 (measured, with uv in it).
ROOM = {"run": 900, "test": 1300}
HELD, INSTALLED = "kit-set-up.lock", "kit-installed.json"


def check_python() -> None:
    """SetupError unless this Python is one that the kit and its packages are made for."""
    if OLDEST <= sys.version_info[:2] <= NEWEST:
        return
    wanted = [f"python3.{minor}" for minor in range(NEWEST[1], OLDEST[1] - 1, -1)]
    found = next(filter(shutil.which, wanted), "")
    raise SetupError(
        f"Python 3.{OLDEST[1]} to 3.{NEWEST[1]} is needed; this is {sys.version.split()[0]}.",
        f"Run: {found} -m kit" if found else "Install one of them, then run the command with it.",
    )


def check_room(root: Path, megabytes: int) -> None:
    """SetupError unless the disk that holds `root` has so much left."""
    free = shutil.disk_usage(root).free // 1_000_000
    if free < megabytes:
        raise SetupError(
            f"The disk of {root} has {free} MB free; setting up takes {megabytes} MB.", "Make room and run again."
        )


def ready(root: Path, needs: str) -> Path:
    """The Python to run in, with everything `needs` ("nothing", "run", "test") installed. SetupError when not.

    Where the locks are absent, the kit was installed as a package and its installer saw to what it needs.
    """
    here, venv = Path(sys.executable), root / ".venv"
    locks = [root / name for name in LOCKS[needs]]
    if not locks or not all(lock.exists() for lock in locks):
        return here
    if _is_active() and not _is_inside(venv):
        lacking = _lacking(root, needs)
        if not lacking:
            return here
        say(f"The active environment lacks {', '.join(lacking)}; using {venv} instead.")
    if not _is_current(venv, locks):
        _prepare(root, needs, locks)
    return here if _is_inside(venv) else _python(venv)


def in_range(version: str, requirement: str) -> bool:
    """Whether a version meets a requirement such as "pandas>=3.0,<4", written with >= and < alone."""
    floors, ceilings = re.findall(r">=\s*([\d.]+)", requirement), re.findall(r"<\s*([\d.]+)", requirement)
    release = _release(version)
    return all(release >= _release(floor) for floor in floors) and all(release < _release(top) for top in ceilings)


def enter(python: Path, arguments: list[str]) -> int:
    """Go on in another Python: never returns on POSIX; on Windows, which has no exec, the exit status."""
    command = [str(python), *arguments]
    if sys.platform == "win32":
        return subprocess.call(command)
    return os.execv(command[0], command)


def say(line: str) -> None:
    """One line of progress, on standard error: standard output belongs to the command."""
    print(line, file=sys.stderr, flush=True)


def _prepare(root: Path, needs: str, locks: list[Path]) -> None:
    check_room(root, ROOM[needs])
    installer.check_venv()
    venv, began = root / ".venv", time.monotonic()
    with installer.explained(f"{venv} cannot be written"), _alone(venv):
        if _is_current(venv, locks):  # another set-up finished while this one waited
            return
        say(f"Setting up {venv} (once; a minute at most on a fast line) …")
        (venv / INSTALLED).unlink(missing_ok=True)
        if not _python(venv).exists():
            installer.make_venv(venv)
        with_uv = installer.install(_python(venv), locks, root / "requirements-setup.lock", say)
        _make_importable(root, venv)
        _note_installed(venv, locks)
    say(f"Ready in {time.monotonic() - began:.0f} s ({'uv' if with_uv else 'pip'}).")


@contextmanager
def _alone(venv: Path) -> Iterator[None]:
    """Let one process at a time set up, and start it from nothing where an earlier one was interrupted."""
    if venv.exists() and any(venv.iterdir()) and not _is_environment(venv):
        raise SetupError(f"{venv} is in the way.", "It is not a Python environment. Move it and run again.")
    venv.mkdir(exist_ok=True)
    with (venv / HELD).open("a", encoding="utf-8") as file:
        _hold(file)
        interrupted = file.seek(0, os.SEEK_END) > 0 and not _installed(venv)
        if interrupted:
            say("An earlier set-up was interrupted; starting again from nothing.")
        if interrupted or not _works(venv):
            _empty(venv)
        file.write("begun\n")
        file.flush()
        yield


def _hold(file: IO[str]) -> None:
    """Wait until no other process holds the file. The system lets go of it when its holder ends, however it ends."""
    if sys.platform == "win32":
        import msvcrt

        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
        return
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        say("Another set-up is under way; waiting for it …")
        fcntl.flock(file, fcntl.LOCK_EX)


def _is_environment(venv: Path) -> bool:
    return (venv / "pyvenv.cfg").exists() or (venv / HELD).exists()


def _works(venv: Path) -> bool:
    """Whether its Python starts and has pip: false after the system's Python was replaced or the folder was copied."""
    python = _python(venv)
    if not python.exists():
        return False
    probe = subprocess.run([python, "-c", "import pip"], capture_output=True, check=False)
    return probe.returncode == 0


def _empty(venv: Path) -> None:
    for path in venv.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path.name != HELD:
            path.unlink()


def _installed(venv: Path) -> dict[str, Any]:
    """What is installed; nothing when a set-up never ended."""
    try:
        facts: dict[str, Any] = json.loads((venv / INSTALLED).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return facts


def _is_current(venv: Path, locks: list[Path]) -> bool:
    """Whether these locks are installed, in this place, for the Python that `.venv` has now."""
    installed = _installed(venv)
    if not installed or installed["folder"] != str(venv) or not _python(venv).exists():
        return False
    if _is_inside(venv) and installed["python"] != platform.python_version():
        return False
    return all(installed["locks"].get(lock.name) == _digest(lock) for lock in locks)


def _note_installed(venv: Path, locks: list[Path]) -> None:
    facts = {
        "python": _ask(venv, "import platform; print(platform.python_version())"),
        "folder": str(venv),
        "locks": {lock.name: _digest(lock) for lock in locks},
    }
    (venv / INSTALLED).write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")


def _make_importable(root: Path, venv: Path) -> None:
    """A .pth file makes `kit` importable: a hashed lock cannot hold an editable install."""
    packages = Path(_ask(venv, "import sysconfig; print(sysconfig.get_path('purelib'))"))
    (packages / "kit.pth").write_text(f"{root}\n", encoding="utf-8")


def _ask(venv: Path, script: str) -> str:
    asked = subprocess.run([_python(venv), "-c", script], capture_output=True, text=True, check=True)
    return asked.stdout.strip()


def _is_active() -> bool:
    return sys.prefix != sys.base_prefix or (Path(sys.prefix) / "conda-meta").is_dir()


def _is_inside(venv: Path) -> bool:
    return venv.exists() and Path(sys.prefix).resolve() == venv.resolve()


def _python(venv: Path) -> Path:
    return venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _lacking(root: Path, needs: str) -> list[str]:
    """The requirements of pyproject.toml that this environment does not meet."""
    import tomllib

    facts = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = list(facts["project"]["dependencies"])
    if needs == "test":
        wanted += facts["dependency-groups"]["test"]
    return [requirement for requirement in wanted if not _is_met(requirement)]


def _is_met(requirement: str) -> bool:
    name = re.split(r"[\[<>=, ]", requirement, maxsplit=1)[0]
    try:
        return in_range(importlib.metadata.version(name), requirement)
    except importlib.metadata.PackageNotFoundError:
        return False


def _release(version: str) -> tuple[int, ...]:
    """The numbers at the head of a version, without trailing zeros: 3.0 and 3.0.0 are one release."""
    numbers = [int(part) for part in re.sub(r"[^\d.].*", "", version).split(".") if part]
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)
