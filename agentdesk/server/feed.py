"""From the journal to the streams of this process.

A database only this process writes tells every commit directly. Where several processes share
one, a thread waits for its notices (and looks every :data:`POLL` seconds, because notices may be
lost) and reads each new row once.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Protocol

from agentdesk.errors import AgentdeskError
from agentdesk.server.logs import failure
from agentdesk.wire import Stored

POLL = 5.0
"""Seconds until the journal is looked at although nobody gave notice."""
AWAY = 1.0
"""Seconds until a database that went away is looked for again."""
SLICE = 1.0
"""Seconds it waits without asking whether it should end."""
ROWS = 1000
"""Most rows read at once."""

Publish = Callable[[Sequence[Stored]], None]
"""Takes committed events by sequence, on the event loop."""


class Newest(Protocol):
    """The end of the journal."""

    @property
    def seq(self) -> int:
        """Sequence of its last event."""
        ...


class Source(Protocol):
    """A journal other processes write, too."""

    def head(self) -> Newest:
        """Its end."""
        ...

    def tail(self, after: int, limit: int) -> list[Stored]:
        """Events by sequence."""
        ...

    def wait(self, timeout: float) -> bool:
        """Wait for a commit."""
        ...


class Direct:
    """Hands commits of this process over to its loop, in their order.

    Args:
        loop: where the streams live.
        publish: called there.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, publish: Publish) -> None:
        self._loop = loop
        self._publish = publish

    def __call__(self, events: Sequence[Stored]) -> None:
        """From the thread of the writer: a group was committed."""
        with suppress(RuntimeError):  # the loop has ended; nobody listens any more
            self._loop.call_soon_threadsafe(self._publish, tuple(events))

    def close(self) -> None:
        """Nothing to end."""


class Follower:
    """A thread that follows a shared journal.

    Args:
        source: the journal.
        loop: where the streams live.
        publish: called there.
        poll: seconds between two looks at the latest.
    """

    def __init__(
        self,
        source: Source,
        loop: asyncio.AbstractEventLoop,
        publish: Publish,
        poll: float = POLL,
    ) -> None:
        self._source = source
        self._hand = Direct(loop, publish)
        self._poll = poll
        self._ending = threading.Event()
        self._seq = source.head().seq
        self._thread = threading.Thread(target=self._follow, name="feed", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End; waits no longer than one look."""
        self._ending.set()
        self._thread.join(SLICE * 5)

    def _follow(self) -> None:
        looked = 0.0
        while not self._ending.is_set():
            try:
                heard = self._source.wait(min(self._poll, SLICE))
                if heard or time.monotonic() - looked >= self._poll:
                    looked = time.monotonic()
                    self._read()
            except AgentdeskError as error:
                # The database is away. The streams stay; what was missed is read afterwards.
                failure("feed", error)
                self._ending.wait(AWAY)

    def _read(self) -> None:
        """Everything since the last look, in pieces."""
        while not self._ending.is_set():
            events = self._source.tail(self._seq, ROWS)
            if not events:
                return
            self._seq = events[-1].seq
            self._hand(events)
