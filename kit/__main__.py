"""`python -m kit [COMMAND] …`: makes sure that the environment stands, then runs the command inside it.

Standard library only, and readable by an older Python, which must get far enough to be told that it is too old.
"""

from __future__ import annotations

import ast
import importlib
import os
import sys
from pathlib import Path

from kit import __version__, environment
from kit.errors import InputError, KitError

ROOT = Path(__file__).resolve().parent.parent
COMMANDS = Path(__file__).resolve().parent / "commands"
DEFAULT = "lab"


def main(arguments: list[str]) -> int:
    """Run one command and return its exit status: 2 for a KitError, 130 when stopped by Ctrl-C."""
    try:
        environment.check_python()
        return _run(arguments)
    except KitError as error:
        print(f"kit: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def commands() -> dict[str, str]:
    """Every command and its one line of help, read from the files without importing them."""
    paths = sorted(path for path in COMMANDS.glob("*.py") if not path.name.startswith("_"))
    return {path.stem: _facts(path)[0] for path in paths}


def _run(arguments: list[str]) -> int:
    first = arguments[0] if arguments else DEFAULT
    if first in ("-h", "--help", "help"):
        print(_help())
        return 0
    if first == "--version":
        print(__version__)
        return 0
    name, rest = (DEFAULT, arguments) if first.startswith("-") else (first, arguments[1:])
    known = commands()
    if name not in known:
        raise InputError(f"There is no command {name!r}.", f"There are: {', '.join(known)}.")
    _, needs = _facts(COMMANDS / f"{name}.py")
    python = environment.ready(ROOT, needs)
    _share_kit()
    if python != Path(sys.executable):
        return environment.enter(python, ["-m", "kit", *arguments])
    status: int = importlib.import_module(f"kit.commands.{name}").run(rest)
    return status


def _facts(path: Path) -> tuple[str, str]:
    """First docstring line and `NEEDS` of a command's file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    needs = "run"
    for node in tree.body:
        if isinstance(node, ast.Assign) and [ast.unparse(target) for target in node.targets] == ["NEEDS"]:
            needs = ast.literal_eval(node.value)
    return (ast.get_docstring(tree) or "").partition("\n")[0], needs


def _help() -> str:
    lines = [f"    python -m kit {name:<12} {about}" for name, about in commands().items()]
    return "\n".join(
        [
            f"compromised-mailbox-kit {__version__}",
            "",
            *lines,
            "",
            f"Without a command: {DEFAULT}. `python -m kit COMMAND --help` says more.",
        ]
    )


def _share_kit() -> None:
    """Let every process started from here (another Python, kernels, the simulator) import this very `kit`."""
    inherited = os.environ.get("PYTHONPATH", "")
    paths = [str(ROOT), *(path for path in inherited.split(os.pathsep) if path and path != str(ROOT))]
    os.environ["PYTHONPATH"] = os.pathsep.join(paths)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
