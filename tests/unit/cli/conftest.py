"""``agentdesk check`` in an empty home, with a small list of rules."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from agentdesk.__main__ import main
from agentdesk.cli import exchange
from agentdesk.locations import Locations
from tests import cli_kit
from tests.seat_kit import Direct, running

RULES = """\
[[rule]]
id = "shirk"
phrases = ["没办法"]
except = ["有没有办法"]
category = "shirking"
severity = "reason"
suggestion = "我来帮您想办法"

[[rule]]
id = "brand"
phrases = ["甲牌"]

[[rule]]
id = "rude"
phrases = ["笨蛋"]
severity = "block"
"""


class Outcome(NamedTuple):
    """What a run of the command gave."""

    code: int
    out: str
    err: str

    @property
    def hits(self) -> list[dict[str, Any]]:
        found = json.loads(self.out)
        return found if isinstance(found, list) else found["hits"]


Check = Callable[..., Outcome]


@pytest.fixture
def check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Check:
    """Run ``agentdesk check`` where ``rules.toml`` lies; ``stdin`` is what it is fed."""
    for name in list(os.environ):
        if name.startswith(("AGENTDESK_", "XDG_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rules.toml").write_text(RULES, encoding="utf-8")

    def run(*argv: str, stdin: bytes = b"") -> Outcome:
        monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(stdin)))
        try:
            code = main(["check", *argv])
        except SystemExit as end:
            code = int(end.code or 0)
        return Outcome(code, *capsys.readouterr())

    return run


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Locations:
    """An empty home."""
    for name in list(os.environ):
        if name.startswith(("AGENTDESK_", "XDG_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return Locations.find(os.environ)


@pytest.fixture
def run(
    places: Locations, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> cli_kit.Run:
    """Run agentdesk; ``typed`` is what is piped in."""

    def go(*argv: str, typed: str = "") -> cli_kit.Outcome:
        monkeypatch.setattr("sys.stdin", StringIO(typed))
        try:
            code = main(list(argv))
        except SystemExit as end:
            code = int(end.code or 0)
        return cli_kit.Outcome(code, *capsys.readouterr())

    return go


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Direct]:
    """A server whatever the address."""
    found = running()

    def dial(context: object, url: str) -> Direct:
        found.urls.append(url)
        return found

    monkeypatch.setattr(exchange, "server", dial)
    yield found
    found.service.close()
