"""The set-up: real folders, real processes, real pip and uv, and a wheel of our own instead of the registry's."""

from __future__ import annotations

import ast
import base64
import hashlib
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from kit import environment, installer
from kit.errors import SetupError

ROOT = Path(__file__).resolve().parent.parent
PYTHON = str(getattr(sys, "_base_executable", sys.executable))  # outside any virtual environment
STANDARD = ["__init__.py", "__main__.py", "environment.py", "installer.py", "errors.py", "commands/__init__.py"]
HELLO = """'Say what is installed.'
import tiny
def run(arguments):
    print("tiny", tiny.VERSION, *arguments)
    return 7
"""
PLAIN = """'Need nothing.'
NEEDS = "nothing"
def run(arguments):
    print("plain")
    return 0
"""
DEAF = "http://127.0.0.1:9/simple"  # a port on which nobody listens


def _wheel(folder: Path, version: str) -> str:
    """A package `tiny` of one line; its requirement with hash, as a lock has it."""
    info = f"tiny-{version}.dist-info"
    files = {
        "tiny.py": f"VERSION = {version!r}\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: tiny\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: kit\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    rows = [f"{name},sha256={_record_hash(text)},{len(text)}" for name, text in files.items()]
    files[f"{info}/RECORD"] = "\n".join([*rows, f"{info}/RECORD,,", ""])
    folder.mkdir(exist_ok=True)
    path = folder / f"tiny-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name), text)
    return f"tiny=={version} --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n"


def _record_hash(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


class Clone:
    """A folder with the bootstrap, two commands and a lock of one tiny wheel."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.venv = folder / ".venv"
        for name in STANDARD:
            (folder / "kit" / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / "kit" / name, folder / "kit" / name)
        (folder / "kit/commands/hello.py").write_text(HELLO)
        (folder / "kit/commands/plain.py").write_text(PLAIN)
        (folder / "pyproject.toml").write_text('[project]\ndependencies = ["tiny>=1,<2"]\n')
        (folder / "requirements-setup.lock").write_text("uv==0 --hash=sha256:00\n")
        self.lock("1.0")

    def lock(self, version: str) -> None:
        (self.folder / "requirements.lock").write_text(_wheel(self.folder / "wheels", version))

    def start(self, *words: str, python: str = "", **variables: str) -> subprocess.Popen[str]:
        """`python -m kit …` by the Python that made this environment, with the wheels folder as the only index."""
        settings = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(self.folder / "wheels"), "KIT_NO_UV": "1", **variables}
        inherited = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", *settings)}
        return subprocess.Popen(
            [python or PYTHON, "-m", "kit", *words],
            cwd=self.folder,
            env={**inherited, **{name: value for name, value in settings.items() if value}},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *words: str, python: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
        """The same, to its end."""
        process = self.start(*words, python=python, **variables)
        out, err = process.communicate()
        return subprocess.CompletedProcess(words, process.returncode, out, err)


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    return Clone(tmp_path / "clone")


@pytest.fixture
def standing(made: Path, tmp_path: Path) -> Clone:
    """A copy of a clone whose environment stands, with another lock: its next run only installs."""
    shutil.copytree(made, tmp_path / "standing", symlinks=True)
    copy = Clone(tmp_path / "standing")
    copy.lock("1.2")
    return copy


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone whose environment stands, to be copied."""
    clone = Clone(tmp_path_factory.mktemp("made") / "clone")
    done = clone.run("hello")
    assert done.returncode == 7, done.stderr
    return clone.folder


# ── what a run does ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_one_run_makes_it_and_the_next_does_nothing(clone: Clone) -> None:
    first = clone.run("hello", "a", "b")
    assert (first.returncode, first.stdout) == (7, "tiny 1.0 a b\n")
    assert "Setting up" in first.stderr
    second = clone.run("hello", PIP_INDEX_URL=DEAF, PIP_FIND_LINKS="")
    assert (second.stdout, second.stderr) == ("tiny 1.0\n", "")
    clone.lock("1.1")
    assert clone.run("hello").stdout == "tiny 1.1\n"


@pytest.mark.parametrize("harm", ["interrupted", "python gone"])
def test_a_harmed_environment_is_repaired(made: Path, harm: str) -> None:
    clone = Clone(made)
    if harm == "interrupted":
        (clone.venv / environment.INSTALLED).unlink()
        next(clone.venv.rglob("tiny.py")).unlink()
    else:
        (clone.venv / "bin" / "python").unlink()
    done = clone.run("hello")
    assert (done.returncode, done.stdout) == (7, "tiny 1.0\n")
    assert ("interrupted" in done.stderr) is (harm == "interrupted")


def test_a_set_up_killed_half_way_is_repaired(clone: Clone) -> None:
    process = clone.start("hello")
    assert process.stderr is not None
    assert "Setting up" in process.stderr.readline()
    process.kill()
    process.communicate()
    done = clone.run("hello")
    assert done.stdout == "tiny 1.0\n"
    assert "interrupted" in done.stderr


def test_two_at_once_make_one(clone: Clone) -> None:
    both = [clone.start("hello"), clone.start("hello")]
    said = [process.communicate() for process in both]
    assert [out for out, _ in said] == ["tiny 1.0\n", "tiny 1.0\n"], said
    assert sum("Setting up" in error for _, error in said) == 1


def test_a_moved_clone_finds_itself(made: Path, tmp_path: Path) -> None:
    moved = tmp_path / "moved"
    shutil.copytree(made, moved, symlinks=True)
    assert Clone(moved).run("hello").stdout == "tiny 1.0\n"
    asked = subprocess.run(
        [moved / ".venv/bin/python", "-c", "import kit; print(kit.__file__)"],
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert Path(asked.stdout.strip()).parent == moved / "kit"


def test_an_active_environment_that_has_the_packages_is_used_as_it_is(made: Path, clone: Clone) -> None:
    active = str(made / ".venv/bin/python")
    done = clone.run("hello", python=active)
    assert (done.stdout, done.stderr) == ("tiny 1.0\n", "")
    assert not clone.venv.exists()
    (clone.folder / "pyproject.toml").write_text('[project]\ndependencies = ["tiny>=1.5,<2"]\n')
    clone.lock("1.6")
    done = clone.run("hello", python=active)
    assert done.stdout == "tiny 1.6\n"
    assert "lacks tiny>=1.5,<2" in done.stderr


def test_uv_that_cannot_be_had_gives_way_to_pip(standing: Clone) -> None:
    done = standing.run("hello", KIT_NO_UV="")
    assert done.stdout == "tiny 1.2\n"
    assert "trying pip" in done.stderr
    assert "(pip)" in done.stderr


def test_a_command_that_needs_nothing_makes_nothing(clone: Clone) -> None:
    assert clone.run("plain").stdout == "plain\n"
    assert "hello" in clone.run("--help").stdout
    assert not clone.venv.exists()


# ── what a run says when it cannot ───────────────────────────────────────────────────────────────────────────────────


def _said(done: subprocess.CompletedProcess[str]) -> str:
    """The one line of a refusal, with exit status 2 and no traceback."""
    assert done.returncode == 2, done.stderr
    lines = [line for line in done.stderr.splitlines() if line.startswith("kit: ")]
    assert len(lines) == 1, done.stderr
    assert "Traceback" not in done.stderr
    return lines[0]


def test_unknown_command(clone: Clone) -> None:
    assert "There are: hello, plain" in _said(clone.run("helo"))


def test_no_network(standing: Clone) -> None:
    said = _said(standing.run("hello", PIP_NO_INDEX="", PIP_FIND_LINKS="", PIP_INDEX_URL=DEAF, PIP_RETRIES="1"))
    assert "no network" in said
    assert standing.run("hello").stdout == "tiny 1.2\n"


def test_another_package_than_the_locks(standing: Clone) -> None:
    (standing.folder / "requirements.lock").write_text(f"tiny==1.2 --hash=sha256:{'0' * 64}\n")
    assert "not the one the lock names" in _said(standing.run("hello"))


def test_something_in_the_way(clone: Clone) -> None:
    clone.venv.mkdir()
    (clone.venv / "diary.txt").write_text("mine")
    assert "in the way" in _said(clone.run("hello"))
    assert (clone.venv / "diary.txt").read_text() == "mine"


def test_no_ensurepip(clone: Clone, tmp_path: Path) -> None:
    (tmp_path / "poor").mkdir()
    (tmp_path / "poor" / "ensurepip.py").write_text("raise ImportError('not shipped')\n")
    said = _said(clone.run("hello", PYTHONPATH=str(tmp_path / "poor")))
    assert "virtual environments" in said
    if Path("/etc/debian_version").exists():
        assert f"apt install python3.{sys.version_info[1]}-venv" in said


@pytest.mark.skipif(sys.platform != "linux", reason="mounts a folder read-only, as Linux does it")
def test_a_folder_that_cannot_be_written(clone: Clone) -> None:
    script = 'mount --bind . . && mount -o remount,bind,ro . && cd "$PWD" && exec "$0" -m kit hello'
    words = ["unshare", "--mount", "--map-root-user", "sh", "-c", script, PYTHON]
    done = subprocess.run(words, cwd=clone.folder, capture_output=True, text=True, check=False)
    if "unshare:" in done.stderr or "mount:" in done.stderr:
        pytest.skip(f"this machine lets nobody mount: {done.stderr.strip()}")
    assert "read-only" in _said(done)


def test_a_file_in_the_place_of_the_folder(clone: Clone) -> None:
    clone.venv.write_text("mine")
    assert "cannot be written" in _said(clone.run("hello"))


def test_no_room(clone: Clone) -> None:
    with pytest.raises(SetupError, match=r"MB free; setting up takes"):
        environment.check_room(clone.folder, megabytes=10**12)


@pytest.mark.parametrize("name", STANDARD)
def test_an_older_python_can_read_the_bootstrap(name: str) -> None:
    ast.parse((ROOT / "kit" / name).read_text(encoding="utf-8"), feature_version=(3, 8))


@pytest.mark.parametrize("minor", [8, 9, 10])
def test_an_older_python_is_told_so(clone: Clone, minor: int) -> None:
    python = _older(minor)
    if not python:
        pytest.skip(f"no Python 3.{minor} on this machine")
    assert "Python 3.11 to 3.14 is needed; this is 3." in _said(clone.run("hello", python=python))


def _older(minor: int) -> str:
    candidates = [shutil.which(f"python3.{minor}"), *Path.home().glob(f".pyenv/versions/3.{minor}.*/bin/python")]
    for candidate in filter(None, candidates):
        asked = subprocess.run([candidate, "-V"], capture_output=True, text=True, check=False)
        if asked.stdout.startswith(f"Python 3.{minor}."):
            return str(candidate)
    return ""


# ── the machine's pip configuration ──────────────────────────────────────────────────────────────────────────────────


def test_pips_settings_reach_uv() -> None:
    config = "\n".join(
        [
            ":env:.find-links='/a /b'",
            ":env:.disable-pip-version-check='1'",
            "global.index-url='http://first.invalid/simple'",
            "global.timeout='9'",
            "install.index-url='http://second.invalid/simple'",
            "global.extra-index-url='http://x.invalid/s\\nhttp://y.invalid/s'",
            "user.index-url='http://third.invalid/simple'",
        ]
    )
    assert installer.uv_settings(config) == {
        "UV_FIND_LINKS": "/a,/b",
        "UV_DEFAULT_INDEX": "http://second.invalid/simple",
        "UV_INDEX": "http://x.invalid/s http://y.invalid/s",
        "UV_HTTP_TIMEOUT": "9",
    }


def test_uv_finds_what_pip_is_told_to_use(made: Path, tmp_path: Path) -> None:
    """The real uv of this environment, with the translated settings, installs the wheel into a standing one."""
    pytest.importorskip("uv", reason="uv is not in this environment")
    lock = tmp_path / "a.lock"
    lock.write_text(_wheel(tmp_path / "wheels", "1.7"))
    settings = installer.uv_settings(f":env:.no-index='1'\n:env:.find-links='{tmp_path / 'wheels'}'")
    words = ["pip", "install", "--require-hashes", "-r", str(lock), "--target", str(tmp_path / "target")]
    done = subprocess.run(
        [sys.executable, "-m", "uv", *words, "--python", str(made / ".venv/bin/python")],
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "target" / "tiny.py").read_text() == "VERSION = '1.7'\n"


def test_the_marker_says_what_is_installed(made: Path) -> None:
    facts = json.loads((made / ".venv" / environment.INSTALLED).read_text())
    lock = (made / "requirements.lock").read_bytes()
    assert facts["locks"] == {"requirements.lock": hashlib.sha256(lock).hexdigest()}
    assert facts["folder"] == str(made / ".venv")
    assert facts["python"].startswith("3.")
