"""Rules of the house that no linter knows: size, purity, SQL."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "agentdesk"
LONGEST = 400
"""Lines; a file that needs more has become two things."""

HEAVY = ("sqlalchemy", "sqlmodel", "httpx", "pydantic", "fastapi", "sqlite3")
"""What opening the console must not wait for."""

FROM_CONSTANTS = {
    "_put",
    "_board",
    "_create_table",
    "_create_index",
    "_create_put",
    "_create_insert",
}
"""Functions of the store that are run at import only, over its own table of columns."""

SQL = re.compile(
    r"\s*(SELECT|INSERT|UPDATE|DELETE|REPLACE|CREATE|DROP|ALTER|ATTACH|PRAGMA|WITH)\s", re.I
)


def _sources(*folders: Path) -> Iterator[Path]:
    for folder in folders:
        yield from sorted(folder.rglob("*.py"))


def _modules(folder: Path) -> list[str]:
    names = (path.relative_to(ROOT).with_suffix("") for path in _sources(folder))
    return [".".join(name.parts).removesuffix(".__init__") for name in names]


def _python(code: str) -> str:
    """What a fresh interpreter prints; its own environment only."""
    done = subprocess.run(
        [sys.executable, "-I", "-B", "-c", code], capture_output=True, text=True, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _loaded_by(*modules: str) -> set[str]:
    """Top-level modules in memory after importing these."""
    imports = "\n".join(f"import {module}" for module in modules)
    code = f"import sys\nsys.path.insert(0, {str(ROOT)!r})\nbefore = set(sys.modules)\n{imports}\n"
    code += "print(*{name.partition('.')[0] for name in set(sys.modules) - before})"
    return set(_python(code).split())


def test_no_file_is_longer_than_two_screens() -> None:
    long = {
        str(path.relative_to(ROOT)): count
        for path in _sources(PACKAGE, ROOT / "tests", ROOT / "scripts")
        if (count := path.read_text(encoding="utf-8").count("\n")) > LONGEST
    }
    assert long == {}


def test_the_domain_needs_only_the_standard_library_and_its_records() -> None:
    """msgspec gives the records: a dataclass takes forty times as long to make, at every start."""
    loaded = _loaded_by("agentdesk.errors", *_modules(PACKAGE / "domain"))
    assert loaded - sys.stdlib_module_names <= {"agentdesk", "msgspec", "typing_extensions"}


@pytest.mark.parametrize("module", ["agentdesk.tui.app", "agentdesk.tui.main"])
def test_opening_the_console_loads_nothing_heavy(module: str) -> None:
    loaded = _loaded_by(module)
    assert "textual" in loaded
    assert loaded & set(HEAVY) == set()


def test_the_command_line_starts_without_the_screen() -> None:
    loaded = _loaded_by("agentdesk.__main__", "agentdesk.tui.commands", "agentdesk.tui.keymap")
    assert loaded & {"textual", "rich", "sqlite3", *HEAVY} == set()


def test_importing_writes_nothing_and_connects_nowhere() -> None:
    names = [name for name in _modules(PACKAGE) if not name.endswith("__main__")]
    code = f"""
import os, sys
sys.path.insert(0, {str(ROOT)!r})
import asyncio, textual.app, sqlmodel, httpx  # other people's imports are not ours to judge
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
FORBIDDEN = {{"sqlite3.connect", "socket.connect", "socket.bind", "os.mkdir", "subprocess.Popen"}}
def hook(event, args):
    if event in FORBIDDEN or (event == "open" and isinstance(args[2], int) and args[2] & WRITING):
        print(event, args)
sys.addaudithook(hook)
for name in {names!r}:
    __import__(name)
"""
    assert _python(code) == ""


def test_sql_is_never_glued_together() -> None:
    """Values travel as parameters. Only at import, where no value of a person exists, may a
    statement be put together from constants.
    """
    glued = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in _sources(PACKAGE)
        for line, function in _glued_sql(ast.parse(path.read_text(encoding="utf-8")))
        if function not in FROM_CONSTANTS
    ]
    assert glued == []


def _glued_sql(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and function of statements with holes, inside functions."""
    for function in ast.walk(tree):
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
            for node in ast.walk(function):
                if isinstance(node, ast.expr) and SQL.match(_template(node)):
                    yield node.lineno, function.name


def _template(node: ast.expr) -> str:
    """Beginning of the text an f-string, ``%``, ``+`` or ``.format`` fills; else empty."""
    if isinstance(node, ast.JoinedStr):
        holes = (part for part in node.values if isinstance(part, ast.FormattedValue))
        # A hole that takes nothing but a whole number is no way in.
        return _text(node.values[0]) if not all(map(_is_number, holes)) else ""
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Mod, ast.Add)):
        return _text(node.left)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return _text(node.func.value) if node.func.attr == "format" else ""
    return ""


def _is_number(hole: ast.FormattedValue) -> bool:
    spec = hole.format_spec
    return isinstance(spec, ast.JoinedStr) and [_text(part) for part in spec.values] == ["d"]


def _text(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


@pytest.mark.parametrize(
    ("code", "seen"),
    [
        ('f"SELECT {x}"', True),
        ('"DELETE FROM t WHERE a=%s" % x', True),
        ('"select " + x', True),
        ('"UPDATE {}".format(x)', True),
        ('f"PRAGMA user_version = {x:d}"', False),
        ('"SELECT 1"', False),
    ],
)
def test_the_scan_for_glued_sql_sees_each_way(code: str, seen: bool) -> None:
    found = list(_glued_sql(ast.parse(f"def f(x):\n    run({code})")))
    assert found == ([(2, "f")] if seen else [])


def test_scripts_run_from_anywhere() -> None:
    for name in ("setup", "run", "test", "check", "bench"):
        script = ROOT / "scripts" / name
        assert script.stat().st_mode & 0o111, name
        subprocess.run(["bash", "-n", str(script)], check=True)


def test_screens_put_nothing_off_that_could_find_them_half_gone() -> None:
    """:mod:`agentdesk.tui.whole` has the two ways that ask first."""
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in _sources(PACKAGE / "tui" / "screens")
        for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(r"\bself\.call_(later|after_refresh)\(", text)
    ]
    assert not found
