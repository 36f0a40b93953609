"""Makes the other screens ready while nobody does anything, so that they open at once.

The start loads what the first screen needs and no more. Once it has settled and nobody has
touched a key for a while, the rest is loaded on a thread, one module after another. A key has
the way: the thread hands over within ``SWITCH_SECONDS`` and waits until it is quiet again.
What can only be done where keys are handled, making the screens, goes there in its turn, one
step in a quiet moment, each made of pieces with room for a key between them.
"""

from __future__ import annotations

import sys
from asyncio import sleep
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from functools import partial
from importlib import import_module
from threading import Event, Thread
from time import monotonic

from agentdesk.errors import AgentdeskError

IDLE_SECONDS = 2.0
"""How long nothing was touched before something is loaded."""
SWITCH_SECONDS = 0.0005
"""How soon a key gets the interpreter while something is being loaded; 5 ms otherwise."""
BETWEEN_SECONDS = 0.02
"""Rest between two modules."""
SETTLE_SECONDS = 0.5
"""Rest after a step where keys are handled: what it has begun on other threads comes back."""

MODULES = (
    "agentdesk.domain.sla.words",
    "agentdesk.tui.panels.board_detail",
    "agentdesk.tui.panels.board_lists",
    "agentdesk.tui.widgets.board_list",
    "agentdesk.tui.screens.board",
    "agentdesk.tui.screens.board_asks",
    "agentdesk.tui.screens.board_order",
    "agentdesk.tui.widgets.clauses",
    "agentdesk.tui.widgets.clauses_compare",
    "agentdesk.tui.widgets.clauses_detail",
    "agentdesk.tui.widgets.clauses_library",
    "agentdesk.tui.widgets.clauses_search",
    "agentdesk.tui.screens.standards",
    "agentdesk.standards.loader",
    "agentdesk.tui.screens.settings",
    "agentdesk.tui.screens.help",
    "agentdesk.tui.screens.palette",
    "agentdesk.tui.screens.jump",
    "agentdesk.tui.screens.reason",
    "agentdesk.tui.screens.call_asks",
    "agentdesk.tui.screens.roll_up",
    "agentdesk.tui.screens.sync",
    "agentdesk.tui.screens.help_calls",
)
"""What is loaded, the most used first."""


class Warming:
    """Loads modules on a thread of its own; :meth:`stop` ends it between two of them.

    Args:
        touched: when somebody did something last, by ``time.monotonic``.
        modules: their names, loaded in this order.
        then: what else is made ready, each by itself; every failure shows when it is used.
    """

    def __init__(
        self,
        touched: Callable[[], float],
        modules: Sequence[str] = MODULES,
        then: Iterable[Callable[[], object]] = (),
    ) -> None:
        self._touched = touched
        self._steps: list[Callable[[], object]] = [partial(load, name) for name in modules]
        self._steps += then
        self._stopped = Event()
        self._thread = Thread(target=self._run, name="warming", daemon=True)

    def start(self) -> None:
        """Begin as soon as it is quiet."""
        self._thread.start()

    def stop(self) -> None:
        """Load nothing more; returns once the thread has ended."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join()

    def left(self) -> float:
        """Seconds until nothing was touched for long enough; 0 or less when it was."""
        return self._touched() + IDLE_SECONDS - monotonic()

    def _run(self) -> None:
        for step in self._steps:
            while not self._stopped.is_set() and (left := self.left()) > 0:
                self._stopped.wait(left)
            if self._stopped.is_set():
                return
            gently(step)
            self._stopped.wait(BETWEEN_SECONDS)


async def one_by_one(
    touched: Callable[[], float], steps: Iterable[Callable[[], Awaitable[object]]]
) -> None:
    """Do one step after another, each once it is quiet; what fails shows when it is used.

    Args:
        touched: when somebody did something last, by ``time.monotonic``.
        steps: short ones, or made of short pieces: keys are handled between them.
    """
    for step in steps:
        while (left := touched() + IDLE_SECONDS - monotonic()) > 0:
            await sleep(left)
        with suppress(ImportError, OSError, AgentdeskError):
            await step()
        await sleep(SETTLE_SECONDS)


def load(name: str) -> None:
    """Load one module. Whoever needs it at the same moment waits for it, as for any module."""
    if name not in sys.modules:
        import_module(name)


def gently(step: Callable[[], object]) -> None:
    """Do something on a thread, handing over often meanwhile. It was not asked for: what is
    wrong with it shows when it is."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_SECONDS)
    try:
        step()
    except (ImportError, OSError, AgentdeskError):
        pass
    finally:
        sys.setswitchinterval(before)
