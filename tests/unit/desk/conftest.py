"""A desk over a store in a temporary folder, with a clock that stands until it is moved."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest

from agentdesk.desk.demo import MovingClock
from agentdesk.desk.desk import Desk
from agentdesk.desk.snapshot import Outcome, Profile, Snapshot
from agentdesk.domain.call import commands as c
from agentdesk.domain.call.state import Call
from agentdesk.domain.ids import Ids
from agentdesk.domain.moments import to_ms
from agentdesk.domain.phone import PhoneEvent, PhoneKind
from agentdesk.standards.loader import load_shipped
from agentdesk.store import Store

ZONE = ZoneInfo("Asia/Shanghai")
SEAT = Profile("8012", "李敏", "示例速运", "F6", "zh-CN", "")
NUMBER = "13800138000"
find_pack = cache(load_shipped)


class Bench:
    """A desk that can be closed and opened again on the same file.

    Attributes:
        queues: standards of queues, for the next time it is opened.
    """

    def __init__(self, folder: Path) -> None:
        self.clock = MovingClock(datetime(2026, 3, 10, 9, 30, tzinfo=ZONE))
        self.path = folder / "store.sqlite3"
        self._starts = 0
        self.queues: dict[str, str] = {}
        self.desk = self._open()

    def _open(self) -> Desk:
        self._starts += 1
        ids = Ids(lambda: to_ms(self.clock()), Random(self._starts).getrandbits)
        self.store = Store.open(self.path, clock=self.clock, new_id=ids)
        return Desk(
            self.store,
            find_pack,
            clock=self.clock,
            new_id=ids,
            zone=ZONE,
            defaults=SEAT,
            queues=self.queues,
        )

    def again(self) -> Snapshot:
        """Close and open, as after a restart."""
        self.desk.close()
        self.desk = self._open()
        return self.desk.snapshot()

    def with_queues(self, **queues: str) -> Bench:
        """Open again with queues that have a standard of their own."""
        self.queues = queues
        self.again()
        return self

    def phone(self, kind: PhoneKind, call: str = "1", number: str = NUMBER, **more: str) -> Outcome:
        event = PhoneEvent(kind, call, "push", number=number, **more)  # type: ignore[arg-type]
        return self.desk.phone(event)

    def take(self, call: str = "1", number: str = NUMBER, **more: str) -> Call:
        """A call that rang and was answered."""
        self.phone("offered", call, number, **more)
        self.clock.after(3)
        outcome = self.desk.answer_or_new()
        assert outcome.problem is None
        return self.call

    def do(self, *commands: c.Command) -> Outcome:
        """Acts that must succeed; the outcome of the last."""
        for command in commands:
            outcome = self.desk.act(command)
            assert outcome.problem is None, outcome.problem
        return outcome

    def close_call(self, disposition: str = "informed", **values: str) -> Outcome:
        """Fill in, end and close the call on the card."""
        self.clock.after(60)
        return self.do(c.SetFields(values), c.End("customer"), c.Close(disposition))

    @property
    def call(self) -> Call:
        found = self.desk.snapshot().call
        assert found is not None
        return found

    def journal(self) -> list[tuple[str, str]]:
        """Kind and transaction of every event, in order of writing."""
        rows = self.store.connection.execute("SELECT kind, txn FROM event ORDER BY lseq")
        return [(str(kind), bytes(txn).hex()) for kind, txn in rows]

    def kinds(self) -> list[str]:
        return [kind for kind, _ in self.journal()]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    opened = Bench(tmp_path)
    yield opened
    assert opened.store.refold() == []
    assert opened.store.parked() == []
    opened.desk.close()


@pytest.fixture
def clear() -> Callable[[str], bool]:
    """Whether nothing in a text steers a terminal."""
    return lambda text: all(char == "\n" or char.isprintable() for char in text)
