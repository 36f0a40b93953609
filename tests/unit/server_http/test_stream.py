"""Streams: greetings, frames, who is too slow, who may no longer listen."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import quote

import msgspec
import pytest

from agentdesk.domain.people import Role, set_team
from agentdesk.server import stream as streams
from agentdesk.server.caller import Caller
from agentdesk.server.problem import ServerProblem
from agentdesk.server.ring import FRAMES, PIECE, UNKNOWN
from agentdesk.sync.sse import Reader
from agentdesk.sync.transport import Frame
from agentdesk.wire import Cursor, Live, Push, Stored
from tests.unit.server_http.conftest import NOW, MakeSite, Site, auth

SOON = 5.0


class Ear:
    """One client of a stream, over bare ASGI; ``deaf`` makes it accept nothing more."""

    def __init__(self, site: Site, token: str, query: str = "", last: str = "") -> None:
        headers = [(name.encode(), value.encode()) for name, value in auth(token).items()]
        if last:
            headers.append((b"last-event-id", last.encode()))
        self._scope = {
            "type": "http",
            "method": "GET",
            "path": "/v1/stream",
            "query_string": query.encode(),
            "headers": headers,
            "client": ("10.0.0.7", 4000),
            "state": {},
        }
        self._site = site
        self._reader = Reader()
        self._gone = asyncio.Event()
        self.hears = asyncio.Event()
        self.hears.set()
        self.frames: asyncio.Queue[Frame] = asyncio.Queue()
        self.raw = b""
        self.status = 0
        self.headers: dict[str, str] = {}
        self.ended = False
        self.task = asyncio.ensure_future(self._run())

    async def _run(self) -> None:
        await self._site.app(self._scope, self._receive, self._send)
        self.ended = True

    async def _receive(self) -> dict[str, Any]:
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Any) -> None:
        await self.hears.wait()
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {n.decode(): v.decode() for n, v in message["headers"]}
            return
        self.raw += message["body"]
        if self.status == 200:
            for frame in self._reader.feed(message["body"]):
                self.frames.put_nowait(frame)

    async def next(self) -> Frame:
        return await asyncio.wait_for(self.frames.get(), SOON)

    async def live(self) -> Live:
        frame = await self.next()
        assert frame.live is not None, frame
        return frame.live

    async def end(self) -> None:
        await asyncio.wait_for(self.task, SOON)

    def leave(self) -> None:
        self._gone.set()


Listen = Callable[..., Awaitable[Ear]]


@asynccontextmanager
async def running(site: Site) -> AsyncIterator[Listen]:
    """Listeners of a started server, all gone at the end."""
    made: list[Ear] = []

    async def listen(token: str, query: str = "", last: str = "") -> Ear:
        made.append(Ear(site, token, query, last))
        return made[-1]

    async with site.app.router.lifespan_context(site.app):
        try:
            yield listen
        finally:
            for ear in made:
                ear.hears.set()
                ear.leave()
            await asyncio.wait_for(asyncio.gather(*(ear.task for ear in made)), SOON)


@pytest.fixture
async def listen(site: Site) -> AsyncIterator[Listen]:
    async with running(site) as made:
        yield made


async def push(site: Site, token: str, count: int = 1, **changes: Any) -> list[str]:
    """Events of the seat of 1001, on disk."""
    who = site.keys.authenticate(token, None, NOW)
    events = [site.event(**changes) for _ in range(count)]
    message = msgspec.json.decode(site.push(*events), type=Push)
    answer = await asyncio.wrap_future(site.writer.submit(who, message))
    return answer.received


async def test_a_stream_greets_with_the_heads_then_tells(site: Site, listen: Listen) -> None:
    token = site.seat("1001")
    (first,) = await push(site, token)
    ear = await listen(token)
    hello = (await ear.next()).alive
    assert hello is not None and hello.epoch == site.service.epoch and hello.server_time == NOW
    head = hello.heads["team:A"]
    assert head == site.service.storage.head().seq and hello.heads["person:1001"] == 0
    assert ear.headers["content-type"] == "text/event-stream"
    assert ear.headers["x-accel-buffering"] == "no" and ear.headers["cache-control"] == "no-store"
    (second,) = await push(site, token)
    live = await ear.live()
    assert (live.after, live.event.id, live.event.scope) == (head, second, "team:A")
    (third,) = await push(site, token)
    after = await ear.live()
    assert (after.after, after.event.id) == (live.event.seq, third)
    assert first not in ear.raw.decode()


async def test_others_hear_nothing(site: Site, listen: Listen) -> None:
    token, other = site.seat("1001"), site.seat("1002")
    ear, foreign = await listen(token), await listen(other)
    await ear.next()
    await foreign.next()
    await push(site, token)
    await push(site, token, actor="2001")  # forged: for the seat that sent it
    assert (await ear.live()).event.verdict == "ok"
    assert (await ear.live()).event.scope == "seat:S1001"
    site.service.append([set_team("A", {"name": "新"}, 1)])
    assert (await foreign.live()).event.entity == "team"  # nothing came before it
    assert (await ear.live()).event.entity == "team"


async def test_a_seat_that_comes_back_hears_what_it_missed(site: Site, listen: Listen) -> None:
    token = site.seat("1001")
    first = await listen(token)
    await first.next()
    ids = await push(site, token, 3)
    frames = [await first.live() for _ in ids]
    first.leave()
    await first.end()
    one = frames[0].event
    cursors = quote(msgspec.json.encode({"team:A": Cursor(one.seq, one.id)}).decode())
    again = await listen(token, f"cursors={cursors}")
    await again.next()
    assert [(await again.live()).event.id for _ in range(2)] == ids[1:]
    last = f"{site.service.epoch}:{frames[1].event.seq}:{frames[1].event.id}"
    by_id = await listen(token, last=last)
    await by_id.next()
    assert (await by_id.live()).event.id == ids[2]
    old = await listen(token, last=f"another:{one.seq}:{one.id}")
    await old.next()
    assert old.frames.empty()


@pytest.mark.parametrize("text", ["x", "[]", '{"team:A":1}', '{"team:A":{"seq":"1"}}', "[" * 5000])
async def test_cursors_that_are_none(site: Site, listen: Listen, text: str) -> None:
    ear = await listen(site.seat("1001"), f"cursors={quote(text)}")
    await ear.end()
    assert ear.status == 422 and "cursors" in ear.raw.decode()


def test_a_last_event_id_that_is_none_counts_for_nothing() -> None:
    for last in ("", "e1", "e1:x:y", "e1:5", "e1:٣:a", "e2:5:a", "e1:5:a:b"):
        assert streams.wanted({"last-event-id": last}, {}, "e1") == {}
    assert streams.wanted({"last-event-id": "e1:5:a"}, {}, "e1") == {"*": Cursor(5, "a")}
    with pytest.raises(ServerProblem, match="cursors"):
        streams.wanted({}, {"cursors": '{"a":{"seq":1}}' + " " * streams.CURSORS}, "e1")


async def test_whoever_is_too_slow_is_behind(site: Site, listen: Listen) -> None:
    token = site.seat("1001")
    ear, quick = await listen(token), await listen(token)
    await ear.next()
    await quick.next()
    ear.hears.clear()
    sent = 0
    while sent <= FRAMES + 100:
        sent += len(await push(site, token, 250))
    got = 0
    while got < sent:  # one slow listener holds up nobody
        await quick.live()
        got += 1
    ear.hears.set()
    await ear.end()
    frames = [ear.frames.get_nowait() for _ in range(ear.frames.qsize())]
    assert frames[-1].name == "behind"
    assert len(frames) < sent
    assert "agentdesk_streams_behind_total 1.0" in site.running.metrics.text().decode()


async def test_a_stuck_listener_is_cut_off(
    site: Site, listen: Listen, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = site.seat("1001")
    ear = await listen(token)
    await ear.next()
    ear.hears.clear()
    await push(site, token)
    hub = site.running.hub
    (listener,) = hub.listeners
    await until(lambda: listener.since > 0)
    monkeypatch.setattr(streams, "STUCK", -1.0)
    for _ in range(streams.KEEP_ALIVE):
        hub.tick()
    await ear.end()
    assert not hub.listeners


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(SOON):
        while not true():
            await asyncio.sleep(0)


async def test_one_timer_keeps_all_of_them_alive(site: Site, listen: Listen) -> None:
    token = site.seat("1001")
    ears = [await listen(token) for _ in range(30)]
    for ear in ears:
        await ear.next()
    for _ in range(streams.KEEP_ALIVE):  # as if twenty seconds passed
        site.running.hub.tick()
    await until(lambda: all(ear.raw.count(b": ka\n\n") == 1 for ear in ears))


async def test_a_revoked_token_ends_its_streams(site: Site, listen: Listen) -> None:
    token, other = site.seat("1001"), site.seat("1002")
    ear, foreign = await listen(token), await listen(other)
    await ear.next()
    await foreign.next()
    site.keys.revoke(NOW, person="1001")
    site.running.rights_changed()
    assert (await ear.next()).name == "revoked"
    await ear.end()
    assert len(site.running.hub.listeners) == 1 and not foreign.ended


async def test_the_watch_finds_what_another_process_revoked(site: Site, listen: Listen) -> None:
    token = site.seat("1001")
    ear = await listen(token)
    await ear.next()
    site.keys.revoke(NOW, person="1001")
    await site.running.recheck(list(site.running.hub.listeners))
    assert (await ear.next()).name == "revoked"


@pytest.mark.parametrize(
    ("values", "name"), [({"active": False}, "revoked"), ({"team": "B"}, "behind")]
)
async def test_a_change_of_person_ends_the_stream(
    site: Site, listen: Listen, values: dict[str, object], name: str
) -> None:
    """Who left hears no more; whoever reads other scopes now begins anew."""
    ear = await listen(site.seat("1001"))
    await ear.next()
    site.admin.call("people.set", {"changes": [{"id": "1001", "values": values}]})
    names = [(await ear.next()).name]
    while names[-1] == "event":
        names.append((await ear.next()).name)
    assert names[-1] == name
    await ear.end()


async def test_another_epoch_ends_the_streams(site: Site, listen: Listen) -> None:
    ear = await listen(site.seat("1001"))
    await ear.next()
    site.running._begin_epoch("restored")
    assert (await ear.next()).name == "behind"
    await ear.end()
    new = await listen(site.seat("1001"))
    assert (await new.next()).epoch == "restored"


async def test_ending_tells_every_stream(make_site: MakeSite) -> None:
    site = make_site()
    async with running(site) as listen:
        ears = [await listen(site.seat("1001")) for _ in range(5)]
        for ear in ears:
            await ear.next()
        site.running.stop_streams()
        for ear in ears:
            await ear.end()
            assert ear.raw.endswith(b": closing\n\n")
        late = await listen(site.seat("1001"))
        await late.end()
        assert late.status == 503


async def test_there_is_a_last_place(make_site: MakeSite) -> None:
    site = make_site(streams=2)
    async with running(site) as listen:
        token = site.seat("1001")
        for _ in range(2):
            await (await listen(token)).next()
        full = await listen(token)
        await full.end()
        assert full.status == 503 and "retry_after" in full.raw.decode()


async def test_who_leaves_leaves_nothing(site: Site, listen: Listen) -> None:
    ears = [await listen(site.seat("1001")) for _ in range(10)]
    for ear in ears:
        await ear.next()
    for ear in ears:
        ear.leave()
        await ear.end()
    hub = site.running.hub
    assert not hub.listeners and not any(hub._slots)
    assert not any(ring.listeners for ring in hub.rings._rings.values())


async def test_frames_of_several_scopes_come_in_the_order_of_the_journal(site: Site) -> None:
    hub = site.running.hub
    caller = Caller("1", "王敏", Role.AGENT, "", "s", "i", False, ("x", "y"))
    listener = hub.join("t", caller)
    for ring in listener.rings:
        ring.know(0)
    listener.begin({})
    stored = [
        msgspec.structs.replace(EVENT, seq=seq, scope="x" if seq % 3 else "y")
        for seq in range(1, 400)
    ]
    hub.rings.publish(stored)
    seqs: list[int] = []
    while piece := listener._take():
        assert len(piece) < PIECE + 1000
        lives = [
            msgspec.json.decode(line[6:], type=Live)
            for line in piece.split(b"\n")
            if line.startswith(b"data: ")
        ]
        seqs += [live.event.seq for live in lives]
        assert all(live.after != UNKNOWN for live in lives)
    assert seqs == list(range(1, 400))
    hub.leave(listener)


EVENT = Stored(
    1,
    "x",
    1,
    "ok",
    "a" * 32,
    "t",
    "call.said",
    1,
    "call",
    "c",
    1,
    "1",
    "s",
    msgspec.Raw(b'{"a":"' + b"x" * 200 + b'"}'),
)
