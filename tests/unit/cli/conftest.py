"""``agentdesk check`` in an empty home, with a small list of rules."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from agentdesk.__main__ import main

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
