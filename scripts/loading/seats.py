"""Seats that are not there: each writes, sends, listens and comes back like a console's.

What a real seat does is kept where the server can tell: acts gathered for a second and sent
together, one push under way, the oldest first; one stream for all scopes, begun where the seat
stands; full jitter and ``Retry-After`` after a failure. What only costs the seat itself (its
store, its fold) is left out.
"""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress
from random import Random
from time import perf_counter
from urllib.parse import quote

import msgspec
from msgspec import Struct, field

from agentdesk.server.opening import now_ms
from agentdesk.server.settings import loopback
from agentdesk.sync.backoff import Backoff
from agentdesk.wire import (
    BATCH,
    Cursor,
    Hello,
    Page,
    Push,
    Pushed,
    WireEvent,
    decode,
    encode,
)
from scripts.loading.client import Address, Answer, Connection, Stream, get, post
from scripts.loading.serving import Place
from scripts.loading.traffic import Hand

GATHER = 1.0
"""Seconds acts are gathered, as :class:`agentdesk.sync.pace.Pace` has it."""
IDLE_SECONDS = 5.0
"""A connection without a request is closed after this, as the console's client does."""

_FRAME = re.compile(rb"id: [^:\n]{1,64}:(\d+):([0-9a-f]{32})\nevent: event")
_WHOLE = re.compile(rb"id: [^:\n]{1,64}:\d+:([0-9a-f]{32})\nevent: event\ndata: [^\n]*\n\n")
_LONGEST_NAME = 160
_NOTICE = b"event: event"
_EMPTY: Cursor = Cursor()


class _Head(Struct):
    """What of a page leads to the next one: the events of others are not looked at."""

    epoch: str
    cur: Cursor
    head: int


_head = msgspec.json.Decoder(_Head).decode


class Tally(Struct):
    """What all seats saw together; times in seconds.

    Attributes:
        written, accepted: events.
        frames: events heard through streams, one's own too.
        lost: connections that broke off, but for streams of slow readers: those are in ``dropped``.
        behind: streams the server ended because the seat was too slow.
        push, lag: of every push; from sending an event until another seat of the team heard it.
        sent, older: when events were first sent, by id; two generations of half a minute.
    """

    written: int = 0
    accepted: int = 0
    retried: int = 0
    frames: int = 0
    lost: int = 0
    dropped: int = 0
    behind: int = 0
    statuses: dict[int, int] = field(default_factory=dict)
    push: list[float] = field(default_factory=list)
    lag: list[float] = field(default_factory=list)
    sent: dict[bytes, float] = field(default_factory=dict)
    older: dict[bytes, float] = field(default_factory=dict)

    def status(self, code: int) -> None:
        """Count an answer."""
        self.statuses[code] = self.statuses.get(code, 0) + 1

    def when(self, id: bytes) -> float | None:
        """When an event was first sent; None for one too long ago."""
        return self.sent.get(id) or self.older.get(id)

    def age(self) -> None:
        """Forget what was sent longest ago."""
        self.older, self.sent = self.sent, {}

    def begin(self) -> None:
        """Count from here on."""
        self.written = self.accepted = self.retried = self.frames = 0
        self.lost = self.dropped = self.behind = 0
        self.statuses.clear()
        self.push.clear()
        self.lag.clear()


class Seat:
    """One seat.

    Args:
        place: who and where.
        address: host and port of the server.
        tally: shared by all.
        random: of this seat.
        watch: whether it notes when it hears of others' events, besides counting them.

    Attributes:
        known: ids of all events it ever read, of a slow reader; None for others.
        recovered: when it last stood at the heads of its scopes with a stream open, 0 for never.
    """

    def __init__(
        self,
        place: Place,
        address: Address,
        tally: Tally,
        random: Random,
        *,
        watch: bool,
        slow: bool = False,
    ) -> None:
        self.place, self._address, self._tally = place, address, tally
        self._random, self._watch = random, watch
        self.hand = Hand(place.person, place.install, random, now_ms)
        self.outbox: list[WireEvent] = []
        self.scopes = ("site", f"team:{place.team}", f"person:{place.person}", f"seat:{place.seat}")
        self.cursors: dict[str, Cursor] = {}
        self.epoch = ""
        self.known: set[bytes] | None = set() if slow else None
        self.recovered = 0.0
        self._link: Connection | None = None
        self._idle: asyncio.TimerHandle | None = None
        self._stream: Stream | None = None
        self._ended = asyncio.Event()
        self._tail = b""
        self._last = b""
        self._own: set[bytes] = set()
        self._sending: asyncio.Task[None] | None = None
        self._source = f"127.0.0.{random.randrange(1, 33)}" if loopback(address[0]) else ""
        self._stop = False

    def as_installed(self, other: Seat) -> None:
        """Begin as a seat that was at work yesterday: it has read the site, as ``other`` did."""
        self.epoch = other.epoch
        self.cursors = {"site": other.cursors["site"]}

    # -- writing and sending

    def act(self) -> None:
        """Do something: it is sent within a second."""
        self.write(self.hand.act())
        self.begin_sending(GATHER)

    def write(self, events: list[WireEvent]) -> None:
        """Have events that wait to be sent."""
        self.outbox += events
        self._tally.written += len(events)

    def begin_sending(self, wait: float = 0.0) -> None:
        """Send what waits, after a moment in which more may come; again and again if it fails."""
        if self._sending is None or self._sending.done():
            self._sending = asyncio.ensure_future(self._send_all(wait))

    async def _send_all(self, wait: float) -> None:
        await asyncio.sleep(wait)
        backoff = Backoff(self._random)
        while self.outbox and not self._stop:
            try:
                wait = await self.send()
            except OSError:
                self._tally.lost += 1
                wait = -1.0
            if wait:
                await asyncio.sleep(backoff.fail(max(wait, 0.0)))
            else:
                backoff.succeed()

    async def send(self) -> float:
        """Send a batch; 0 when it was taken in, else seconds the server wants to be left alone
        (-1 when it did not say).

        Raises:
            OSError: there is no server.
        """
        batch = self.outbox[:BATCH]
        now = perf_counter()
        for event in batch:
            id = event.id.encode()
            self._tally.sent.setdefault(id, now)
            if self._watch:
                self._own.add(id)
        answer = await self._ask(post("/v1/push", self.place.token, encode(Push(now_ms(), batch))))
        if answer.status != 200:
            return answer.retry_after or -1.0
        pushed = decode(answer.body, Pushed)
        received = set(pushed.received)
        self.outbox = [event for event in self.outbox if event.id not in received]
        self._tally.push.append(answer.seconds)
        self._tally.accepted += len(received)
        self._tally.retried += len(pushed.retry)
        return -1.0 if pushed.retry else 0.0

    async def _ask(self, request: bytes) -> Answer:
        link = self._link
        if link is None or not link.open:
            link = self._link = await Connection.connect(self._address, self._source)
        if self._idle is not None:
            self._idle.cancel()
        answer = await link.ask(request)
        self._tally.status(answer.status)
        self._idle = asyncio.get_running_loop().call_later(IDLE_SECONDS, self._let_go, link)
        return answer

    def _let_go(self, link: Connection) -> None:
        if link.busy:
            return
        link.close()
        if self._link is link:
            self._link = None

    # -- listening

    async def live(self, first_wait: float) -> None:
        """Greet, catch up, listen; again after every end, until :meth:`stop`."""
        await asyncio.sleep(first_wait)
        backoff = Backoff(self._random)
        while not self._stop:
            wait = -1.0
            with suppress(OSError):
                wait = await self._begin()
                if wait == 0.0:
                    backoff.succeed()
                    self.recovered = perf_counter()
                    await self._ended.wait()
            if not self._stop:
                await asyncio.sleep(backoff.fail(max(wait, 0.0)))

    async def _begin(self) -> float:
        """Everything until the stream is open; 0, or what the server wants as in :meth:`send`."""
        token = self.place.token
        hello = encode(Hello(self.place.install, "load"))
        answer = await self._ask(post("/v1/hello", token, hello))
        if answer.status != 200:
            return answer.retry_after or -1.0
        self._step()
        for scope in self.scopes:
            if wait := await self._catch_up(scope):
                return wait
        cursors = quote(msgspec.json.encode(self.cursors).decode())
        self._ended.clear()
        self._tail = b""
        request = get(f"/v1/stream?cursors={cursors}", token, "Accept: text/event-stream\r\n")
        try:
            self._stream = await Stream.connect(
                self._address,
                request,
                self._heard,
                self._over,
                self._source,
                narrow=self.known is not None,
            )
        except ConnectionError as error:
            text = str(error)
            if not text.isdigit():
                raise
            self._tally.status(int(text))
            return -1.0
        return 0.0

    async def _catch_up(self, scope: str) -> float:
        while True:
            at = self.cursors.get(scope, _EMPTY)
            path = f"/v1/pull?scope={scope}&epoch={self.epoch}&seq={at.seq}&id={at.id}"
            answer = await self._ask(get(path, self.place.token))
            if answer.status == 409:
                self.epoch = ""
                self.cursors.clear()
                continue
            if answer.status != 200:
                return answer.retry_after or -1.0
            page = _head(answer.body)
            if self.known is not None:
                self.known.update(each.id.encode() for each in decode(answer.body, Page).events)
            self.epoch, self.cursors[scope] = page.epoch, page.cur
            if page.cur.seq >= page.head:
                return 0.0

    async def history(self) -> list[str]:
        """Ids of all events of the team, read from the beginning without moving the cursor.

        Raises:
            OSError: there is no server, or it does not want to.
        """
        found: list[str] = []
        at, scope = _EMPTY, f"team:{self.place.team}"
        while True:
            path = f"/v1/pull?scope={scope}&epoch={self.epoch}&seq={at.seq}&id={at.id}"
            answer = await self._ask(get(path, self.place.token))
            if answer.status != 200:
                raise ConnectionError(str(answer.status))
            page = decode(answer.body, Page)
            found += [each.id for each in page.events]
            at = page.cur
            if at.seq >= page.head:
                return found

    def _step(self) -> None:
        """Stand after the last frame that was heard whole; it is the team's but for few."""
        whole = self._last[: self._last.rfind(b"\n\n") + 1]
        heard = list(_FRAME.finditer(whole))
        last = heard[-1] if heard else None
        self._last = b""
        scope = f"team:{self.place.team}"
        known = self.cursors.get(scope, _EMPTY)
        if last is not None and int(last[1]) > known.seq:
            self.cursors[scope] = Cursor(int(last[1]), last[2].decode())

    def _heard(self, data: bytes) -> None:
        """A piece of the stream; a frame may be cut anywhere."""
        data = self._tail + data
        if _NOTICE in data:
            self._last = data
        if self.known is not None:
            self._note_whole(data, self.known)
        elif not self._watch:
            self._tally.frames += data.count(_NOTICE)
            self._tail = data[-(len(_NOTICE) - 1) :]
        else:
            self._note(data)
        if b"event: behind" in data:
            self._tally.behind += 1

    def _note(self, data: bytes) -> None:
        now, end = perf_counter(), 0
        tally = self._tally
        for found in _FRAME.finditer(data):
            tally.frames += 1
            began = tally.when(found[2])
            if began is not None and found[2] not in self._own:
                tally.lag.append(now - began)
            end = found.end()
        self._tail = data[max(end, len(data) - _LONGEST_NAME) :]

    def _note_whole(self, data: bytes, known: set[bytes]) -> None:
        end = 0
        for found in _WHOLE.finditer(data):
            self._tally.frames += 1
            known.add(found[1])
            end = found.end()
        self._tail = data[end:]

    def _over(self) -> None:
        self._ended.set()
        if self._stop:
            return
        if self.known is None:
            self._tally.lost += 1
        else:
            self._tally.dropped += 1

    def deaf(self, *, on: bool) -> None:
        """Stop reading the stream, or begin again."""
        if self._stream is not None:
            (self._stream.pause if on else self._stream.resume)()

    # -- ending

    def stop(self) -> None:
        """Close everything."""
        self._stop = True
        for link in (self._link, self._stream):
            if link is not None:
                link.close()
        if self._idle is not None:
            self._idle.cancel()
        self._ended.set()
