"""``agentdesk server`` in an empty home, with a small register."""

from __future__ import annotations

import os
from collections.abc import Callable
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import NamedTuple

import pytest

from agentdesk.__main__ import main


class Outcome(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def rows(self) -> list[list[str]]:
        return [line.split("\t") for line in self.out.splitlines()]


Run = Callable[..., Outcome]


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "server.sqlite3"


@pytest.fixture
def administer(
    tmp_path: Path,
    database: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Run:
    """Run a command about the server in an empty home; ``stdin`` is what it is fed."""
    for name in list(os.environ):
        if name.startswith(("AGENTDESK_", "XDG_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)

    def administer(*argv: str, stdin: str = "", url: str = f"sqlite:///{database}") -> Outcome:
        monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(stdin.encode()), encoding="utf-8"))
        chosen = ("--database", url) if url else ()
        try:
            code = main([*argv, *chosen])
        except SystemExit as end:
            code = int(end.code or 0)
        return Outcome(code, *capsys.readouterr())

    return administer


@pytest.fixture
def staffed(administer: Run) -> Run:
    """A register with a team and three people."""
    assert administer("server", "teams", "set", "A", "早班").code == 0
    for number, name, role in [
        ("1001", "李小雨", "坐席"),
        ("2001", "王建国", "班长"),
        ("9001", "陈静", "administrator"),
    ]:
        done = administer(
            "server", "users", "add", number, "--name", name, "--role", role, "--team", "A"
        )
        assert done.code == 0, done.err
    return administer
