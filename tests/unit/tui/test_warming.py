"""Loading ahead: only while it is quiet, every module by itself, ended at once."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path
from threading import Event
from time import monotonic

import pytest

from agentdesk.errors import PackError
from agentdesk.tui import warming
from agentdesk.tui.warming import IDLE_SECONDS, MODULES, Warming, gently, one_by_one

PATIENCE = 20.0


def never() -> float:
    return -1e9


def test_all_is_loaded_in_its_order(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[str] = []
    done = Event()

    def one(name: str) -> None:
        loaded.append(name)
        if len(loaded) == 3:
            done.set()

    monkeypatch.setattr(warming, "load", one)
    monkeypatch.setattr(warming, "BETWEEN_SECONDS", 0.0)
    Warming(never, ("板", "规"), [lambda: one("标准")]).start()
    assert done.wait(PATIENCE)
    assert loaded == ["板", "规", "标准"]


def test_nothing_is_loaded_while_somebody_types(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[str] = []
    looked = Event()

    def touched() -> float:
        looked.set()
        return monotonic()

    monkeypatch.setattr(warming, "load", loaded.append)
    one = Warming(touched, ("板",))
    one.start()
    assert looked.wait(PATIENCE)
    assert one.left() > IDLE_SECONDS - 1
    one.stop()  # while it waits: it does not wait to the end
    assert loaded == []


def test_stopping_what_never_began_does_nothing() -> None:
    Warming(never).stop()


def test_it_hands_over_often_meanwhile_and_no_longer() -> None:
    before, seen = sys.getswitchinterval(), []
    gently(lambda: seen.append(sys.getswitchinterval()))
    assert seen == [pytest.approx(warming.SWITCH_SECONDS)]
    assert sys.getswitchinterval() == before


@pytest.mark.parametrize("error", [ModuleNotFoundError("没有"), OSError(28), PackError("pack")])
def test_what_fails_shows_when_it_is_used(error: Exception) -> None:
    before = sys.getswitchinterval()

    def fail() -> None:
        raise error

    gently(fail)
    assert sys.getswitchinterval() == before


def test_a_mistake_of_ours_is_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError):
        gently(lambda: 1 / 0)


async def test_steps_where_keys_are_handled_go_one_after_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(warming, "SETTLE_SECONDS", 0.0)
    done: list[str] = []

    async def board() -> None:
        done.append("板")

    async def broken() -> None:
        raise PackError("pack")

    async def settings() -> None:
        done.append("设")

    await one_by_one(never, (board, broken, settings))
    assert done == ["板", "设"]


async def test_no_step_is_begun_while_somebody_types() -> None:
    done: list[str] = []
    asked = asyncio.Event()

    def touched() -> float:
        asked.set()
        return monotonic()

    async def board() -> None:
        done.append("板")

    waiting = asyncio.create_task(one_by_one(touched, (board,)))
    await asyncio.wait_for(asked.wait(), PATIENCE)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert done == []


async def test_a_mistake_of_ours_in_a_step_is_not_hidden() -> None:
    async def step() -> float:
        return 1 / 0

    with pytest.raises(ZeroDivisionError):
        await one_by_one(never, (step,))


LEFT = """
import sys
import agentdesk.tui.main
from agentdesk.tui.warming import MODULES, load
for name in MODULES:
    load(name)
    assert name in sys.modules, name
known = set(sys.modules)
from agentdesk.tui.screens.board import Board
from agentdesk.tui.screens.standards import Standards
from agentdesk.tui.screens.settings import Settings
from agentdesk.standards.loader import PackRegistry
from agentdesk.tui.screens.board_order import OrderForm
from agentdesk.tui.screens.roll_up import RollUpScreen
from agentdesk.tui.screens.sync import SyncScreen
from agentdesk.tui.screens.help_calls import HelpCalls
late = sorted(name for name in set(sys.modules) - known if name.startswith("agentdesk"))
print(" ".join(late), end="")
"""


def test_every_module_exists_and_nothing_is_left_for_the_first_opening() -> None:
    root = Path(__file__).parents[3]
    done = subprocess.run(
        [sys.executable, "-c", LEFT], cwd=root, capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.returncode) == ("", 0), done.stderr


def test_the_start_needs_none_of_them() -> None:
    root = Path(__file__).parents[3]
    asked = "import sys, agentdesk.tui.main; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", asked], cwd=root, capture_output=True, text=True, check=True
    )
    assert not set(MODULES) & set(done.stdout.split())
