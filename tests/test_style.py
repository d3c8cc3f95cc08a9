"""The habits of the house that no linter knows: sizes, documents, and traps that hostile data springs."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SHIPPED = ROOT / "kit" / "data"  # scripts that go into a case, for any Python and any reader
KIT = sorted(path for path in (ROOT / "kit").rglob("*.py") if SHIPPED not in path.parents)
TESTS = sorted((ROOT / "tests").rglob("*.py"))
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
LONGEST_MODULE, LONGEST_FUNCTION = 300, 40
RENDERERS = ("kit/render/", "kit/panels", "kit/report")


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def _calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Every call, with the last part of the name that is called."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func).rpartition(".")[2], node


def _imports(tree: ast.AST) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def _is_built(node: ast.AST) -> bool:
    """Whether a text is put together from values: an f-string with fields, +, % or .format."""
    if isinstance(node, ast.JoinedStr):
        return any(isinstance(part, ast.FormattedValue) for part in node.values)
    if isinstance(node, ast.BinOp):
        return True
    return isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".format")


def _length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function without its docstring: prose is asked for, and must not be saved at."""
    first = function.body[0]
    documented = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    prose = (first.end_lineno or 0) - first.lineno + 1 if documented else 0
    return (function.end_lineno or 0) - function.lineno + 1 - prose


# ── traps: each is a name, where it is allowed, and what finds it in a syntax tree ───────────────────────────────────

Trap = Callable[[ast.AST], Iterator[ast.AST]]


def _styler(tree: ast.AST) -> Iterator[ast.AST]:
    """A frame's `.style`, which does not escape (a method `.style()` is something else), and `to_html(escape=…)`."""
    methods = {id(call.func) for _, call in _calls(tree)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr == "style" and id(node) not in methods:
            yield node
    for name, call in _calls(tree):
        if name == "to_html" and any(word.arg == "escape" for word in call.keywords):
            yield call


def _raw_page(tree: ast.AST) -> Iterator[ast.AST]:
    for name, call in _calls(tree):
        is_page = name in ("HTML", "Markdown", "Latex", "Javascript") and bool(call.args)
        if is_page and not isinstance(call.args[0], ast.Constant):
            yield call


def _guessing_reader(tree: ast.AST) -> Iterator[ast.AST]:
    for name, call in _calls(tree):
        words = {word.arg for word in call.keywords}
        if name in ("read_json", "read_html", "read_pickle", "eval", "exec"):
            yield call
        if name == "read_csv" and ast.unparse(call.func).startswith(("pd.", "pandas.")) and "dtype" not in words:
            yield call


def _pickle(tree: ast.AST) -> Iterator[ast.AST]:
    forbidden = ("pickle", "cloudpickle", "dill", "marshal", "shelve")
    if any(name.split(".")[0] in forbidden for name in _imports(tree)):
        yield tree


def _foreign_retry(tree: ast.AST) -> Iterator[ast.AST]:
    return (call for name, call in _calls(tree) if name == "Retry")


def _bearer(tree: ast.AST) -> Iterator[ast.AST]:
    return (n for n in ast.walk(tree) if isinstance(n, ast.Constant) and n.value in ("Authorization", "authorization"))


def _built_query(tree: ast.AST) -> Iterator[ast.AST]:
    for name, call in _calls(tree):
        if name in ("execute", "raw_sql", "sql", "executemany") and call.args and _is_built(call.args[0]):
            yield call


def _shell(tree: ast.AST) -> Iterator[ast.AST]:
    for name, call in _calls(tree):
        if name in ("system", "popen") or any(
            word.arg == "shell" and not (isinstance(word.value, ast.Constant) and word.value.value is False)
            for word in call.keywords
        ):
            yield call


def _ticket(tree: ast.AST) -> Iterator[ast.AST]:
    return (call for name, call in _calls(tree) if name == "Ticket")


def _http(tree: ast.AST) -> Iterator[ast.AST]:
    if any(name.split(".")[0] in ("requests", "msal", "httpx", "aiohttp") for name in _imports(tree)):
        yield tree


TRAPS: dict[str, tuple[Trap, tuple[str, ...], str]] = {
    "pandas' own page": (_styler, RENDERERS, "s = frame.style"),
    "page from data": (_raw_page, RENDERERS, "HTML(subject)"),
    "reader that guesses": (_guessing_reader, (), "pd.read_csv(path)"),
    "pickle": (_pickle, (), "import pickle"),
    "retry that is not ours": (_foreign_retry, (), "Retry(total=3)"),
    "token in a header": (_bearer, ("kit/tenant/", "kit/simulator/"), "h = {'Authorization': t}"),
    "query put together": (_built_query, ("kit/engine", "kit/intake/"), "con.sql(f'select {x}')"),
    "shell": (_shell, (), "subprocess.run(line, shell=True)"),
    "ticket": (_ticket, ("kit/plan",), "Ticket([write])"),
    "HTTP": (_http, ("kit/tenant/",), "import requests"),
}


@pytest.mark.parametrize("trap", TRAPS)
def test_no_trap_is_left_open(trap: str) -> None:
    find, allowed, _ = TRAPS[trap]
    found = [
        f"{_name(path)}:{getattr(node, 'lineno', 1)}"
        for path in KIT
        if not _name(path).startswith(allowed or ("nowhere",))
        for node in find(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert found == []


@pytest.mark.parametrize("trap", TRAPS)
def test_each_trap_is_recognised(trap: str) -> None:
    find, _, example = TRAPS[trap]
    assert list(find(ast.parse(example)))


# ── sizes and documents ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("path", KIT, ids=_name)
def test_a_module_is_small(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert len(source.splitlines()) <= LONGEST_MODULE
    long = {
        function.name: length
        for function in _functions(ast.parse(source))
        if (length := _length(function)) > LONGEST_FUNCTION
    }
    assert long == {}


@pytest.mark.parametrize("path", KIT, ids=_name)
def test_a_module_is_documented_and_typed(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree)
    assert [function.name for function in _functions(tree) if function.returns is None] == []
    future = any(isinstance(node, ast.ImportFrom) and node.module == "__future__" for node in tree.body)
    assert future or len(tree.body) == 1, "from __future__ import annotations"


@pytest.mark.parametrize("path", KIT + TESTS, ids=_name)
def test_nothing_is_left_for_later(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    marks = ("TO" + "DO", "FIX" + "ME", "XX" + "X", "NotImplemented" + "Error")
    assert [mark for mark in marks if re.search(rf"\b{mark}\b", source)] == []


@pytest.mark.parametrize("path", TESTS, ids=_name)
def test_tests_use_the_real_stack(path: Path) -> None:
    imported = _imports(ast.parse(path.read_text(encoding="utf-8")))
    stand_ins = ("unittest.mock", "mock", "pytest_mock", "responses", "requests_mock", "respx", "vcr")
    assert [name for name in imported if name.startswith(stand_ins)] == []


# ── notebooks ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("path", NOTEBOOKS, ids=_name)
def test_a_notebook_is_prose_and_one_liners(path: Path) -> None:
    notebook = json.loads(path.read_text(encoding="utf-8"))
    assert "widgets" not in notebook["metadata"]
    for cell in notebook["cells"]:
        assert cell["id"]
        if cell["cell_type"] == "code":
            assert cell["outputs"] == []
            assert cell["execution_count"] is None
            source = "".join(cell["source"])
            assert len(source.splitlines()) <= 10
            kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.For, ast.While, ast.Lambda)
            assert not any(isinstance(node, kinds) for node in ast.walk(ast.parse(source)))
            assert not re.search(r"\.(click|apply|undo)\(", source)
