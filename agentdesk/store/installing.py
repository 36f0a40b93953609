"""A snapshot on its way into a store, a piece at a time, so that nobody has to wait for it.

First what is here of the scope and not in the snapshot goes, then what is in it comes, in the
order of the server. The cursor stays where it was until the last piece: whoever stops before that
finds the scope as far behind as ever, is sent for another snapshot, and passes quickly over what
is here. Acts of this seat go on between two pieces and are left alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from time import sleep

from agentdesk.store import arrivals
from agentdesk.wire import Stored, Trailer, decode

_AT_ONCE = 50  # checked together


class Snapshot:
    """Every event of a scope; whole, and each of them fit to be kept.

    Args:
        lines: without the trailer, line ends included.

    Attributes:
        ids: of its events.
        swept: sequence up to which what is here was compared with it; None when all was.
        taken: events of it that are in the store.
        done: all of them are, and the cursor stands behind them.

    Raises:
        ValueError: it is not whole, or holds what no journal can.
    """

    def __init__(self, scope: str, lines: Sequence[bytes], trailer: Trailer) -> None:
        if len(lines) != trailer.count:
            raise ValueError("a snapshot that is not whole")
        self.scope, self.trailer, self._lines = scope, trailer, lines
        self.ids = frozenset(self._checked())
        if len(self.ids) != len(lines):
            raise ValueError("an event came twice in one snapshot")
        self.swept: int | None = -1
        self.taken, self.done = 0, False

    def next(self, limit: int) -> list[Stored]:
        """The next events, about ``limit``: a transaction is never seen by halves."""
        found: list[Stored] = []
        for at in range(self.taken, len(self._lines)):
            event = decode(self._lines[at], Stored)
            if len(found) >= limit and event.txn != found[-1].txn:
                break
            found.append(event)
        return found

    def _checked(self) -> Iterator[bytes]:
        """The ids of the lines, each found to be an event of the scope in its place."""
        last, digest = 0, sha256()
        for start in range(0, len(self._lines), _AT_ONCE):
            lines = self._lines[start : start + _AT_ONCE]
            digest.update(b"".join(lines))
            events = [decode(line, Stored) for line in lines]
            arrivals.check_all(events, self.scope)
            sleep(0)  # whoever sits at the desk gets the interpreter
            for event in events:
                arrivals.check_body(event)
                if event.seq <= last:
                    raise ValueError("events out of order")
                last = event.seq
                yield bytes.fromhex(event.id)
        if digest.hexdigest() != self.trailer.sha256:
            raise ValueError("a snapshot that is not whole")
