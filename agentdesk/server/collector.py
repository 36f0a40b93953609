"""Python's collector of unreachable cycles, which stops everybody while it looks for them.

It looks at everything that was made since the last time, and now and then at everything there is: a
second for a million objects. Nothing a server does for a request or a stream leaves a cycle behind
(a test sees to that), so there is little to find and it may look seldom, at little at once.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

COLLECT = (10_000, 5, 1_000)
"""After how many new objects the new ones are looked at, after how many of these times the last
50,000, after how many of those all. What waits for an answer is looked at each time, and with many
requests under way the usual 700 objects are a few requests. All of them are looked at after 50
million, an hour and more at 625 events a second."""

Watch = Callable[[str, str, Callable[[], float]], None]
"""Makes a gauge of a name, what it is about and its value."""


class Pauses:
    """How long everybody was stopped.

    No lock: the collector may begin in the midst of any other work, also of that of the figures.

    Attributes:
        seconds: in all.
        longest: the longest one.
    """

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self.seconds = self.longest = 0.0
        self._clock, self._began = clock, 0.0

    def __call__(self, phase: str, info: dict[str, Any]) -> None:
        """See :data:`gc.callbacks`."""
        if phase == "start":
            self._began = self._clock()
            return
        took = self._clock() - self._began
        self.seconds += took
        self.longest = max(self.longest, took)


@contextmanager
def seldom_collecting(watch: Watch) -> Iterator[None]:
    """Have Python look seldom, and never among what is there already; watch how long it takes."""
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT)
    pauses = Pauses()
    gc.callbacks.append(pauses)
    about = "Python's collector stopped everybody: seconds"
    watch("collector_seconds", f"{about} in all", lambda: pauses.seconds)
    watch("collector_longest_seconds", f"{about}, the longest time", lambda: pauses.longest)
    try:
        yield
    finally:
        gc.callbacks.remove(pauses)
        gc.set_threshold(*before)
        gc.unfreeze()
