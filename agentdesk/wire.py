"""What seats and servers say to each other: the messages of protocol 1, and their limits.

Everything is JSON. Readers leave out fields they do not know, so a newer side can add some.
Ids are 32 lower-case hexadecimal digits, instants integer milliseconds since 1970 (UTC), stamps
and sequences 64-bit integers. The body of an event travels as the text it was written as
(:class:`msgspec.Raw`): neither side ever writes it anew, so a hash over it holds everywhere.

==========================  =====================================================
``POST /v1/enrol``          :class:`Enrol` → :class:`Token`; a code is used once
``POST /v1/session``        :class:`SignIn` → :class:`Token`; work number and PIN
``POST /v1/hello``          :class:`Hello` → :class:`Welcome`
``POST /v1/push``           :class:`Push` → :class:`Pushed`, which is only a hint
``GET /v1/pull``            ``scope epoch seq id limit`` → :class:`Page`, or 409 :class:`Reset`
``POST /v1/common``         :class:`Checkpoints` → :class:`Common`
``GET /v1/snapshot``        ``scope`` → NDJSON: :class:`Stored` lines, then one :class:`Trailer`
``GET /v1/stream``          server-sent events, see :class:`Live`
==========================  =====================================================

Whatever is refused is answered by :class:`Problem`. The actor and the role of an event come from
the token of the request, never from what it says.
"""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec
from msgspec import Raw, Struct, field

from agentdesk.domain.events import EntityId, Event, EventId, Stamp

PROTOCOL = 1
"""The newest protocol this agentdesk speaks."""
PROTOCOL_LEAST = 1
"""The oldest one it still speaks."""

BATCH = 500
"""Most events of one push, and of one page."""
PUSH_BYTES = 1024 * 1024
"""Most bytes of a push after decompression."""
EVENT_BYTES = 32 * 1024
"""Most bytes of the body of an event."""
CHECKPOINTS = 32
"""Most checkpoints of one question for common ground."""

OK = "ok"
"""Verdict of an event that counts. Every other verdict is a refusal; the words are
:data:`VERDICTS`."""

VERDICTS = ("ok", "forbidden", "forbidden_now", "forged", "invalid", "conflict")
"""Every verdict: may never do that; might, but no longer when it arrived; says it is somebody
else's; its content makes no sense; the state does not allow it (a resolution nobody owns)."""


class WireEvent(Struct, frozen=True, gc=False):
    """An event as its seat wrote it; see :class:`agentdesk.domain.events.Event`.

    Attributes:
        prev: the seat's seal of the event before it (hexadecimal), None for its first.
        body: canonical JSON text of the body, an object.
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


class Stored(Struct, frozen=True, gc=False):
    """An event as the server keeps it.

    Attributes:
        seq: its place in the server's journal, from 1, without a meaning of its gaps.
        scope: who may read it, ``team:A``.
        eff: the stamp it counts by: ``hlc`` put right when the seat's clock was wrong.
        verdict: one of :data:`VERDICTS`; only ``ok`` changes anything.
        reason: why not, a key of the string tables below ``verdict.``; empty for ``ok``.
        role: role of the actor when it was taken in.
        recv_at: when that was.
    """

    seq: int
    scope: str
    eff: int
    verdict: str
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
    reason: str = ""
    role: str = ""
    recv_at: int = 0

    @property
    def place(self) -> Cursor:
        """The cursor of whoever has applied it."""
        return Cursor(self.seq, self.id, self.recv_at)

    def event(self) -> Event:
        """What the fold joins.

        Raises:
            ValueError: the body is not an object.
        """
        return Event(
            EventId(self.id),
            self.kind,
            self.v,
            self.entity,
            EntityId(self.entity_id),
            body_of(self.body),
            Stamp(self.eff),
            self.actor,
            self.install,
            EventId(self.txn),
            self.seq,
        )


class Cursor(Struct, frozen=True):
    """How far one scope was read: place and id of the last event applied; 0 for none.

    Attributes:
        at: when the server took that event in (``recv_at``), 0 for unknown. After an older
            backup was put back the same event may be sent again and come to stand at the same
            place, with other events before it; only the time tells the two apart.
    """

    seq: int = 0
    id: str = ""
    at: int = 0


class Enrol(Struct, frozen=True):
    """A seat joins with a code an administrator gave out."""

    code: str
    install: str
    seat: str = ""


class SignIn(Struct, frozen=True):
    """A person signs in at an enrolled seat; the request carries the seat's token."""

    agent_no: str
    pin: str
    install: str


class Token(Struct, frozen=True):
    """What a seat shows from now on; ``expires`` is 0 for until revoked.

    Attributes:
        person, name, role, team: whom it stands for.
        session: whether it came from a PIN (only then leader kinds are accepted).
    """

    token: str
    site: str
    seat: str
    person: str
    name: str
    role: str
    team: str
    expires: int = 0
    session: bool = False


class Range(Struct, frozen=True):
    """Protocols somebody speaks, both ends included."""

    min: int = PROTOCOL_LEAST
    max: int = PROTOCOL


class Hello(Struct, frozen=True):
    """The first thing a seat says after connecting.

    Attributes:
        kinds: digest of the kinds the seat can fold, for the server's log.
    """

    install: str
    app: str
    protocol: Range = Range()
    kinds: str = ""


class Limits(Struct, frozen=True):
    """What the server takes: events and bytes of a push, requests a second of one seat."""

    batch: int = BATCH
    bytes: int = PUSH_BYTES
    rps: int = 10


class Welcome(Struct, frozen=True):
    """The server's answer.

    Attributes:
        protocol: the one to speak from now on.
        site: id of the site; a seat never mixes two.
        epoch: changes when the server's past changed (a backup was restored).
        scopes: what this token may read.
        person, name, role, team: whom the token stands for.
    """

    protocol: int
    server_time: int
    site: str
    epoch: str
    scopes: list[str]
    person: str
    name: str
    role: str
    team: str
    seat: str
    limits: Limits = Limits()
    min_app: str = ""


class Push(Struct, frozen=True):
    """Events a seat has not seen come back yet, oldest first; a transaction is never split."""

    client_now: int
    events: list[WireEvent]


class Retry(Struct, frozen=True):
    """An event the server could not take in now: ``unknown_kind``, ``busy``."""

    id: str
    code: str


class Pushed(Struct, frozen=True):
    """What became of a push. A hint: the seat believes only what it pulls."""

    server_time: int
    received: list[str]
    retry: list[Retry] = field(default_factory=list)


class Page(Struct, frozen=True):
    """Events of a scope after a cursor, by sequence.

    Attributes:
        cur: the cursor after this page.
        head: the newest sequence of the scope; ``cur.seq == head`` means nothing is left.
    """

    scope: str
    epoch: str
    events: list[Stored]
    cur: Cursor
    head: int
    server_time: int = 0


class Reset(Struct, frozen=True):
    """The cursor leads nowhere: ``epoch``, ``gone`` (no such event at that place), ``ahead`` or
    ``retention`` (what follows it was purged: take a snapshot)."""

    reset: str
    epoch: str
    scope: str


class Checkpoints(Struct, frozen=True):
    """Places a seat remembers, newest first, asking which of them the server still has."""

    scope: str
    known: list[Cursor]


class Common(Struct, frozen=True):
    """The newest of them that is still true; 0 for none."""

    epoch: str
    cur: Cursor


class Trailer(Struct, frozen=True):
    """Last line of a snapshot: where it stands and what it must amount to.

    Attributes:
        count: lines before this one.
        sha256: over those lines with their line ends, hexadecimal.
    """

    epoch: str
    cur: Cursor
    count: int
    sha256: str


class Live(Struct, frozen=True):
    """One ``event: event`` of the stream, named by ``id: <epoch>:<seq>:<event id>``.

    Attributes:
        after: sequence of the event before it in the same scope (0 for none): a seat whose
            cursor stands there applies it at once, any other pulls.
        more: the next event of its scope belongs to the same transaction; they are applied
            together.

    Other events of the stream: ``hello`` (:class:`Alive`), ``behind`` (fell off the ring, then
    closed) and ``revoked`` (then closed). A comment line comes every 20 seconds.
    """

    after: int
    event: Stored
    more: bool = False


class Alive(Struct, frozen=True):
    """Beginning of a stream: the epoch and the head of every scope.

    Heads that are a seat's own are no reason to spare it the pull: after a restore and a purge
    the same newest event may stand on others.
    """

    epoch: str
    server_time: int
    heads: dict[str, int]


class Problem(Struct, frozen=True):
    """Why a request was refused.

    Attributes:
        code: ``unauthorised revoked expired forbidden_scope bad_request too_large conflict
            busy unsupported locked not_found``.
        detail: for a log, in English; never customer text.
        retry_after: seconds to wait, 0 for as the seat likes.
    """

    code: str
    detail: str = ""
    retry_after: int = 0


_T = TypeVar("_T")


def encode(message: Struct) -> bytes:
    """The message as JSON."""
    return _encoder.encode(message)


def decode(data: bytes | bytearray | memoryview, kind: type[_T]) -> _T:
    """The message in ``data``.

    Raises:
        ValueError: not JSON, not UTF-8, too deep, or not such a message.
    """
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError(str(error)) from error


def body_of(raw: Raw) -> dict[str, Any]:
    """The body of an event.

    Raises:
        ValueError: not an object, or not JSON.
    """
    return decode(raw, dict[str, Any])


_encoder = msgspec.json.Encoder()
