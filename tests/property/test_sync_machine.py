"""The same site as in the simulation, driven by Hypothesis, which looks for the shortest history.

``AGENTDESK_TORTURE=150`` looks ten times as long.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from tests.simulation.histories import FAST, History, keep
from tests.simulation.invariants import check, heal, settle
from tests.simulation.seats import ACTS
from tests.simulation.world import CLOCKS, ROLES, WEATHERS, Step, World

TIMES = max(1, int(os.environ.get("AGENTDESK_TORTURE", "15")) // 15)

seats = st.integers(0, 4)


class Site(RuleBasedStateMachine):
    """Rules are what can happen; at the end everything must come together."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory(prefix="desk", dir=FAST)
        self.world = World(0, Path(self._folder.name))
        self.steps: list[Step] = []

    def do(self, name: str, first: Any = None, second: Any = None) -> None:
        self.steps.append((name, first, second))
        self.world.play(self.steps[-1:])

    def teardown(self) -> None:
        try:
            heal(self.world)
            settle(self.world)
            check(self.world)
        except AssertionError:
            note(keep(History(0, self.steps)).decode())
            raise
        finally:
            self.world.close()
            self._folder.cleanup()

    @rule(seat=seats, acts=st.lists(st.sampled_from(ACTS), min_size=1, max_size=4))
    def act(self, seat: int, acts: list[str]) -> None:
        for what in acts:
            self.do("act", seat, what)

    @rule(seat=seats, times=st.integers(1, 30))
    def work(self, seat: int, times: int) -> None:
        self.do("work", seat, times)

    @rule(milliseconds=st.sampled_from((50, 7_000, 61_000, 3_600_000)))
    def wait(self, milliseconds: int) -> None:
        self.do("wait", milliseconds)

    @rule(seat=seats, kind=st.sampled_from(WEATHERS))
    def weather(self, seat: int, kind: str) -> None:
        self.do("weather", seat, kind)

    @rule(seat=seats, on=st.booleans())
    def listen(self, seat: int, on: bool) -> None:
        self.do("listen", seat, on)

    @rule(seat=seats, offset=st.sampled_from(CLOCKS))
    def clock(self, seat: int, offset: int) -> None:
        self.do("clock", seat, offset)

    @rule(seat=seats, on=st.booleans())
    def fragile(self, seat: int, on: bool) -> None:
        self.do("fragile", seat, on)

    @rule(seat=seats)
    def crash(self, seat: int) -> None:
        self.do("crash", seat)

    @rule()
    def die(self) -> None:
        self.do("die")

    @rule()
    def backup(self) -> None:
        self.do("backup")

    @rule(age=st.sampled_from((-1_000, 5_000, 600_000)))
    def purge(self, age: int) -> None:
        self.do("purge", age)

    @rule(offset=st.sampled_from((0, 3_600_000, -3_600_000)))
    def server_clock(self, offset: int) -> None:
        self.do("server_clock", offset)

    @precondition(lambda self: self.world.backups)
    @rule(which=st.integers(0, 3), mint=st.booleans())
    def restore(self, which: int, mint: bool) -> None:
        self.do("restore", which, mint)

    @rule(seat=seats, what=st.sampled_from(("save_disk", "roll_back", "clone", "lose_disk")))
    def disk(self, seat: int, what: str) -> None:
        self.do(what, seat)

    @rule(who=st.integers(0, 3), role=st.sampled_from(ROLES))
    def role(self, who: int, role: str) -> None:
        self.do("role", who, role)

    @rule(seat=seats, how=st.sampled_from(("actor", "install", "role")))
    def forge(self, seat: int, how: str) -> None:
        self.do("forge", seat, how)


Site.TestCase.settings = settings(
    max_examples=25 * TIMES,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
TestSite = Site.TestCase
