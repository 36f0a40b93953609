"""From the journal to the streams of this process.

A database only this process writes tells every commit directly. Where several processes share
one, a thread waits for its notices (and looks every :data:`POLL` seconds, because notices may be
lost) and reads each new row once.

Behind an address there may be another database than a moment ago: a standby that took over and had
not received the last commits. It numbers anew from where it ends, so what it adds only seems to
follow what was read. Nothing is told before the chain of commits has shown that it does.
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
from agentdesk.server.storage.base import Link
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


class Source(Protocol):
    """A journal other processes write, too."""

    def head(self) -> Link:
        """Its newest commit."""
        ...

    def links(self, after: int, limit: int) -> list[Link]:
        """Commits by number."""
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
        replaced: called there, before anything else, when what was published is not, or not all,
            in the journal any more; what is there instead is not published.
        poll: seconds between two looks at the latest.
    """

    def __init__(
        self,
        source: Source,
        loop: asyncio.AbstractEventLoop,
        publish: Publish,
        replaced: Callable[[], None],
        poll: float = POLL,
    ) -> None:
        self._source, self._loop = source, loop
        self._hand = Direct(loop, publish)
        self._replaced = replaced
        self._poll = poll
        self._ending = threading.Event()
        self._head = source.head()
        self._seq = self._head.seq
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
            upto = events[-1].seq if events else self._seq
            # Asked last: if another database answers by now, it has to answer for the rows, too.
            head = self._source.head()
            if head.seq < upto or not self._follows(head):
                self._head, self._seq = head, head.seq
                with suppress(RuntimeError):  # as above
                    self._loop.call_soon_threadsafe(self._replaced)
                return
            self._head, self._seq = head, upto
            if not events:
                return
            self._hand(events)

    def _follows(self, head: Link) -> bool:
        """Whether the commit that was last seen is still part of the journal. Its hash is over all
        that came before it.
        """
        last = self._head
        return head == last or not last.n or self._source.links(last.n - 1, 1) == [last]
