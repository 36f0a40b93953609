"""The journal as lines of text: to be kept elsewhere, moved to another machine, looked into.

One JSON object a line: a :class:`Head`, then every event as :class:`Archived`, then a
:class:`Tail` that says how many there were and what they amount to. Reading is exact and patient
at once: a line that is damaged is named by its number, and what is known already changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from typing import Any

import msgspec
from msgspec import Raw, Struct

from agentdesk.domain.events import EntityId, Event, EventId, Stamp
from agentdesk.store import arrivals, journal, project
from agentdesk.store.backing import REGAINED
from agentdesk.store.failures import mapped
from agentdesk.store.store import Store

VERSION = 1
LINE_BYTES = 128 * 1024
"""Most bytes of a line; an event has at most a quarter of it."""
AT_ONCE = 500
"""Events of one transaction."""

_ROWS = """
SELECT id, txn, kind, v, entity, entity_id, hlc, actor, install, body, prev,
  mine, scope, seq, eff, verdict, reason, role
FROM event ORDER BY lseq
"""
_LONGEST = 200
_MOST = 2**63


class Head(Struct, frozen=True):
    """First line: whose journal it is."""

    agentdesk: int
    install: str
    site: str = ""


class Archived(Struct, frozen=True):
    """An event with everything this store knows of it; see :mod:`agentdesk.wire`.

    Attributes:
        mine: written at this seat.
        seq, eff, verdict, reason, role, scope: what the server said, if it has.
    """

    id: str
    txn: str
    kind: str
    v: int
    entity: str
    entity_id: str
    hlc: int
    actor: str
    install: str
    body: Raw
    prev: str | None = None
    mine: bool = False
    scope: str | None = None
    seq: int | None = None
    eff: int | None = None
    verdict: str | None = None
    reason: str | None = None
    role: str | None = None

    @property
    def counts(self) -> bool:
        """Nobody has refused it."""
        return self.verdict in (None, "ok")

    def event(self) -> Event:
        """As it was written."""
        return Event(
            EventId(self.id),
            self.kind,
            self.v,
            self.entity,
            EntityId(self.entity_id),
            journal.read_body(bytes(self.body).decode()),
            Stamp(self.hlc),
            self.actor,
            self.install,
            EventId(self.txn),
        )


class Tail(Struct, frozen=True):
    """Last line: ``count`` events before it, ``sha256`` over their lines with their ends."""

    count: int
    sha256: str


class Taken(Struct):
    """What reading a journal came to."""

    new: int = 0
    known: int = 0
    bad: int = 0
    foreign_own: int = 0
    """Events written as their own by another store, taken in as somebody else's."""


def lines(store: Store, site: str = "") -> Iterator[bytes]:
    """Every line of the journal; one event is in memory at a time.

    Raises:
        StoreError: the file cannot be read.
    """
    yield _encode(Head(VERSION, store.install, site)) + b"\n"
    digest, count = sha256(), 0
    with mapped(store.path):
        for row in store.connection.execute(_ROWS):
            text = _encode(_archived(row)) + b"\n"
            digest.update(text)
            count += 1
            yield text
    yield _encode(Tail(count, digest.hexdigest())) + b"\n"


def _archived(row: tuple[Any, ...]) -> Archived:
    cells: list[Any] = [row[0].hex(), row[1].hex(), *row[2:9], Raw(row[9].encode())]
    cells += [row[10].hex() if row[10] else None, bool(row[11]), *row[12:]]
    return Archived(*cells)


class Wrong(ValueError):
    """A line cannot be used; ``line`` is its number, from 1."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line, self.reason = line, reason


def read(text: Iterable[bytes], skipped: list[int] | None = None) -> Iterator[Archived]:
    """The events of a journal's lines.

    Args:
        skipped: takes the numbers of damaged lines, which are left out then.

    Raises:
        Wrong: a line is damaged, or the last one is missing.
    """
    digest, count, head, tail = sha256(), 0, False, False
    number = 0
    for number, line in enumerate(text, 1):
        if not line.strip():
            continue
        try:
            found = _read_line(line)
        except ValueError as error:
            if skipped is None:
                raise Wrong(number, str(error)) from error
            skipped.append(number)
            continue
        if isinstance(found, Head):
            head = True
        elif isinstance(found, Tail):
            tail = True
            if skipped is None and (found.count, found.sha256) != (count, digest.hexdigest()):
                raise Wrong(number, "sum")
        else:
            digest.update(line)
            count += 1
            yield found
    if head and not tail and skipped is None:
        raise Wrong(number + 1, "cut")


def _read_line(line: bytes) -> Head | Archived | Tail:
    """One line.

    Raises:
        ValueError: it is damaged.
    """
    if len(line) > LINE_BYTES:
        raise ValueError("long")
    try:
        if line.startswith(b'{"agentdesk":'):
            head = msgspec.json.decode(line, type=Head)
            if head.agentdesk != VERSION:
                raise ValueError("version")
            return head
        if line.startswith(b'{"count":'):
            return msgspec.json.decode(line, type=Tail)
        found = msgspec.json.decode(line, type=Archived)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError(str(error)) from error
    _check(found)
    return found


def _check(found: Archived) -> None:
    for text in (found.id, found.txn):
        if len(text) != 32 or bytes.fromhex(text).hex() != text:
            raise ValueError("id")
    names = (found.kind, found.entity, found.entity_id, found.actor, found.install)
    if any(not 0 <= len(name) <= _LONGEST for name in names) or not found.kind:
        raise ValueError("name")
    if not 0 <= found.hlc < _MOST or not 0 <= found.v < _MOST:
        raise ValueError("number")
    if len(memoryview(found.body)) > journal.BODY_LIMIT:
        raise ValueError("large")
    try:
        journal.plain(journal.read_body(bytes(found.body).decode()))
    except TypeError as error:
        raise ValueError(str(error)) from error


def take_in(store: Store, some: Sequence[Archived], taken: Taken, *, own: bool = False) -> None:
    """Store those of ``some`` that are not here yet; what a server said has to come from it.

    Args:
        taken: counts what became of them.
        own: events other stores wrote as their own are this seat's: it was moved, or its disk
            was lost. Else they are somebody else's.

    Raises:
        StoreError: nothing of ``some`` was stored.
    """
    fresh = {each.id: each for each in some}
    with mapped(store.path):
        held = arrivals.known(store.connection, fresh)
    new = [each for each in fresh.values() if each.id not in held]
    mine = [x for x in new if x.mine and (x.install in store.installs or own)]
    others = [x for x in new if not (x.mine and (x.install in store.installs or own))]
    taken.foreign_own += sum(each.mine for each in others)
    refused = [each for each in new if not each.counts]
    if adopted := [x.event() for x in mine if x.counts and x.install != store.install]:
        store.absorb(adopted, mine=True)
    if again := [x for x in mine if x.counts and x.install == store.install]:
        _put_back(store, again)
    if foreign := [x.event() for x in others if x.counts]:
        store.absorb(foreign)
    if refused:
        with store.writing() as db:
            db.executemany(arrivals.INSERT, [_row(x, int(x in mine)) for x in refused])
    taken.new += len(new)
    taken.known += len(some) - len(new)


def _put_back(store: Store, again: Sequence[Archived]) -> None:
    """This install's own events, lost with a disk: its own, but no part of the chain since."""
    events = [each.event() for each in again]

    def work() -> project.Staged:
        rows = [_row(each, REGAINED) for each in again]
        store.connection.executemany(arrivals.INSERT, rows)
        return store.memory.stage_written(events, [])

    store.arrive(work, max(event.stamp for event in events))


def _row(each: Archived, mine: int) -> tuple[Any, ...]:
    """A row of the journal; only a refusal is kept of what the server said."""
    text = journal.canonical(journal.read_body(bytes(each.body).decode()))
    return (
        bytes.fromhex(each.id),
        mine,
        None,
        each.actor,
        each.install,
        bytes.fromhex(each.prev) if each.prev else None,
        bytes.fromhex(each.txn),
        each.hlc,
        each.kind,
        each.v,
        each.entity,
        each.entity_id,
        text,
        None,
        None,
        None if each.counts else each.verdict,
        None,  # it is sent again, and told of again with its reason
        each.role,
        None,
    )


_encode = msgspec.json.Encoder().encode
