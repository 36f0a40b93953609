"""Monkeys before the console: whatever is pressed, it lives, shows itself whole, and keeps all.

``AGENTDESK_TORTURE=150`` lets ten times as many play, ``AGENTDESK_SEED`` others.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from agentdesk.tui.screens.too_small import TooSmall
from tests.simulation.monkey_steps import Spree, Step, keep, kept, made
from tests.simulation.monkeys import report, shrunk, wrong

SEED = int(os.environ.get("AGENTDESK_SEED", "1"))
SPREES = 8 * max(1, int(os.environ.get("AGENTDESK_TORTURE", "15")) // 15)
STEPS = 80 if SPREES == 8 else 250


@pytest.mark.parametrize("number", range(SPREES))
def test_whatever_is_pressed(number: int, tmp_path: Path) -> None:
    spree = made(SEED * 1000 + number, STEPS)
    found = wrong(spree)
    if found is not None:
        folder = os.environ.get("AGENTDESK_FAILURES")
        pytest.fail(report(spree, found, Path(folder) if folder else tmp_path))


def spree(*steps: Step, store: str = "demo", late: bool = False) -> Spree:
    return Spree(0, store, late, (120, 36), list(steps))


def at_once(*keys: str) -> list[Step]:
    """Keys so quick that nothing is done between them."""
    return [Step("key", (key,), 0) for key in keys]


@pytest.mark.parametrize("opener", ["ctrl+w", "f1", "ctrl+p", "f3", "ctrl+f6", "f6", "f5", "f8"])
def test_a_dialog_opened_as_the_console_is_left(opener: str) -> None:
    found = wrong(spree(*at_once("ctrl+q", opener, "enter", opener)))
    assert found is None, found[1]
    found = wrong(spree(*at_once(opener, "escape", "ctrl+q", "enter", opener), late=True))
    assert found is None, found[1]


def test_what_was_typed_just_before_leaving_is_kept_and_nothing_after() -> None:
    text = "最后一句，还没来得及保存。"
    steps = [Step("key", ("1",)), Step("types", (text,), 0), *at_once("ctrl+q")]
    found = wrong(spree(*steps, Step("key", ("enter",), 1), Step("types", ("d",), 0)))
    assert found is None, found[1]


def test_the_terminal_becomes_too_small_as_the_console_is_left() -> None:
    steps = [*at_once("ctrl+q"), Step("size", (20, 5), 0), *at_once("enter", "enter")]
    found = wrong(spree(*steps))
    assert found is None, found[1]


def test_a_crash_is_found_and_its_script_is_short(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(TooSmall, "show_size", broken)
    steps = [step for step in made(2, 60).steps if step.act != "size"]
    long = spree(*steps[:20], Step("size", (70, 20), 0), *steps[20:30])
    found = wrong(long)
    assert found is not None and found[0].startswith("ZeroDivisionError")
    short = shrunk(long, found[0])
    assert [step.act for step in short.steps] == ["size"]
    assert kept(keep(short)) == short
    assert wrong(kept(keep(short))) is not None
