"""Filling a virtual environment from hashed locks: with uv when it can be had, else with pip. Standard library only.

The machine's own pip configuration (index, proxy, certificates, wheel folders) is honoured by both: uv does not read
it, so it is translated into uv's environment variables. Nothing of it is written down or printed.
"""

from __future__ import annotations

import ast
import errno
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from kit.errors import SetupError

# pip's option → uv's variable. https://docs.astral.sh/uv/reference/environment/ and `pip config list`.
UV_NAMES = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "no-index": "UV_NO_INDEX",
    "trusted-host": "UV_INSECURE_HOST",
    "cert": "SSL_CERT_FILE",
    "client-cert": "SSL_CLIENT_CERT",
    "proxy": "HTTPS_PROXY",
    "timeout": "UV_HTTP_TIMEOUT",
    "default-timeout": "UV_HTTP_TIMEOUT",
}
COMMA_SEPARATED = {"UV_FIND_LINKS"}  # the other lists are separated by spaces, as pip's are
NETWORK = re.compile(
    r"NewConnectionError|name resolution|Name or service not known|getaddrinfo|Connection refused|unreachable"
    r"|ConnectTimeout|ReadTimeout|timed out|ProxyError|dns error|tcp connect|error sending request|client error",
    re.IGNORECASE,
)
DISK = re.compile(r"No space left on device|os error 28|not enough space|Errno 28|Errno 122", re.IGNORECASE)
DENIED = re.compile(r"Read-only file system|Permission denied|Access is denied", re.IGNORECASE)
HASH = re.compile(r"DO NOT MATCH THE HASHES|Hash mismatch", re.IGNORECASE)


def check_venv() -> None:
    """SetupError, with the one line that helps, where the system's Python comes without venv or ensurepip."""
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        debian = Path("/etc/debian_version").exists()
        raise SetupError(
            "This Python cannot make virtual environments (no venv or ensurepip).",
            f"Run: sudo apt install {package}" if debian else "Install Python from python.org or conda.",
        ) from None


def make_venv(folder: Path) -> None:
    """A virtual environment with pip in `folder`, which may exist. SetupError says why it could not be made."""
    command = [getattr(sys, "_base_executable", sys.executable), "-m", "venv", str(folder)]
    made = _call(command, {})
    if made.returncode:
        raise _failure("The virtual environment could not be made", made)


def install(python: Path, locks: list[Path], uv_lock: Path, say: Callable[[str], None]) -> bool:
    """Install exactly what the locks say; True when uv did it. KIT_NO_UV=1 leaves uv out. SetupError when all fail."""
    pinned = ["--require-hashes", *(word for lock in locks for word in ("-r", str(lock)))]
    if os.environ.get("KIT_NO_UV") != "1":
        tried = _uv_install(python, uv_lock, pinned)
        if tried.returncode == 0:
            return True
        say(f"uv could not ({_reason(tried)[0].lower()}); trying pip …")
    done = _call([str(python), "-m", "pip", "install", *pinned], _pip_manners())
    if done.returncode:
        raise _failure("The packages could not be installed", done)
    return False


@contextmanager
def explained(what: str) -> Iterator[None]:
    """Turn the system's errors into a SetupError that begins with `what`."""
    try:
        yield
    except OSError as error:
        hints = {
            errno.ENOSPC: "The disk is full: make room and run again.",
            errno.EROFS: "The file system is read-only: copy the folder to one that is not.",
            errno.EACCES: "Your account may not write there: copy the folder to a place of your own.",
            errno.EPERM: "Your account may not write there: copy the folder to a place of your own.",
        }
        hint = hints.get(error.errno or 0, f"Remove {error.filename} and run again." if error.filename else "")
        raise SetupError(f"{what} ({error.strerror}).", hint) from None


def uv_settings(pip_config: str) -> dict[str, str]:
    """What `pip config list` printed, as uv's environment variables.

    pip's order holds: `global` < the section of the command < the environment.
    """
    options: dict[str, str] = {}
    for section in ("global", "install", ":env:"):
        for line in pip_config.splitlines():
            key, _, value = line.partition("=")
            if key.startswith(f"{section}."):
                options[key[len(section) + 1 :]] = str(ast.literal_eval(value))
    settings: dict[str, str] = {}
    for option, name in UV_NAMES.items():
        words = options.get(option, "").split()
        if words:
            settings[name] = ("," if name in COMMA_SEPARATED else " ").join(words)
    return settings


def _uv_install(python: Path, uv_lock: Path, pinned: list[str]) -> subprocess.CompletedProcess[str]:
    pip = [str(python), "-m", "pip"]
    got = _call([*pip, "install", "--require-hashes", "-r", str(uv_lock)], _pip_manners())
    if got.returncode:
        return got
    config = _call([*pip, "config", "list"], _pip_manners())
    manners = {
        **uv_settings(config.stdout),
        "UV_SYSTEM_CERTS": "1",  # as pip does: companies inspect TLS with certificates of their own
        "UV_INDEX_STRATEGY": "unsafe-best-match",  # as pip does; the hashes decide what is accepted
        "UV_NO_PROGRESS": "1",
    }
    return _call([str(python), "-m", "uv", "pip", "install", "-q", "--python", str(python), *pinned], manners)


def _pip_manners() -> dict[str, str]:
    return {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1", "PIP_RETRIES": "2"}


def _call(command: list[str], defaults: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run and capture. `defaults` are environment variables that hold where the user has set none."""
    environment = {**defaults, **os.environ, "PYTHONIOENCODING": "utf-8"}
    environment.pop("PYTHONPATH", None)  # a package found there would be taken for installed
    return subprocess.run(
        command, capture_output=True, encoding="utf-8", errors="replace", env=environment, check=False
    )


def _failure(what: str, done: subprocess.CompletedProcess[str]) -> SetupError:
    reason, hint = _reason(done)
    return SetupError(f"{what}: {reason}.", hint)


def _reason(done: subprocess.CompletedProcess[str]) -> tuple[str, str]:
    """Why a command failed, from what it printed, and what to do about it."""
    output = f"{done.stdout}\n{done.stderr}"
    if DISK.search(output):
        return "no space left on the disk", "Make room and run again."
    if HASH.search(output):
        return "a package is not the one the lock names", "Do not go around this: ask who runs your package index."
    if NETWORK.search(output):
        return "no network", "Connect (or set pip's proxy or index) and run again; nothing is fetched afterwards."
    if DENIED.search(output):
        return "a folder cannot be written", "Copy the kit to a place of your own and run again."
    if "No matching distribution" in output:
        return "the package index cannot be reached, or lacks a package", "Look at: pip config list"
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if line.lower().startswith("error")]
    return (errors or lines or [f"exit status {done.returncode}"])[-1].rstrip("."), ""
