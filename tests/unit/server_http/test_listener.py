"""Streams that are written to directly, and when their own task has to do it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import msgspec

from agentdesk.domain.people import Role
from agentdesk.server.caller import Caller
from agentdesk.server.listener import Listener
from agentdesk.server.ring import FRAMES, PIECE, Rings, Shared, chunk
from agentdesk.server.stream import COALESCE_MOST, PART, ROUND, Hub
from agentdesk.wire import Stored

WHO = Caller("1001", "王敏", Role.AGENT, "A", "s1", "i", False, ("team:A", "site"))


class Link:
    """A connection; ``room`` says whether it takes anything now."""

    def __init__(self) -> None:
        self.lost, self.room = False, True
        self.on_lost: Callable[[], None] | None = None
        self.chunks: list[bytes] = []

    def deliver(self, chunk: bytes) -> bool:
        if self.room:
            self.chunks.append(chunk)
        return self.room


class Open:
    """A listener whose task waits, and everything that was sent through either way."""

    def __init__(self, hub: Hub) -> None:
        self.link, self.sent = Link(), list[bytes]()
        self.listener: Listener = hub.join("t", WHO)
        for ring in self.listener.rings:
            ring.know(0)
        self.listener.begin({})
        self.listener.link = self.link
        self.task = asyncio.ensure_future(self.listener.run(self._send))

    async def _send(self, message: Any) -> None:
        self.sent.append(message["body"])

    async def end(self) -> None:
        self.listener.wake("closing")
        with suppress(asyncio.CancelledError):
            await asyncio.wait_for(self.task, 5)


def event(seq: int, scope: str = "team:A", size: int = 10) -> Stored:
    body = msgspec.Raw(msgspec.json.encode({"text": "x" * size}))
    return Stored(
        seq, scope, 1, "ok", f"{seq:032x}", "t", "call.said", 1, "call", "c", 1, "1", "s", body
    )


async def turns(count: int = 5) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


def told(hub: Hub, *events: Stored) -> None:
    """Publish and tell at once."""
    hub.publish(events)
    hub._wake()


async def test_all_get_the_very_same_bytes_and_no_task_wakes() -> None:
    hub = Hub(Rings("e"))
    some = [Open(hub) for _ in range(3)]
    await turns()
    told(hub, event(1), event(2))
    await turns()
    first = some[0].link.chunks
    assert len(first) == 1 and b"id: e:1:" in first[0] and b"id: e:2:" in first[0]
    size, _, rest = first[0].partition(b"\r\n")
    assert len(rest) == int(size, 16) + 2 and rest.endswith(b"\r\n")
    assert all(each.link.chunks[0] is first[0] and not each.sent for each in some)
    for each in some:
        await each.end()
        assert each.sent == [b": closing\n\n"]


async def test_who_has_no_room_is_sent_to_by_its_task_and_misses_nothing() -> None:
    hub = Hub(Rings("e"))
    slow = Open(hub)
    await turns()
    slow.link.room = False
    told(hub, event(1))
    await turns()
    assert not slow.link.chunks and b"id: e:1:" in slow.sent[0]
    slow.link.room = True
    told(hub, event(2))
    await turns()
    assert len(slow.sent) == 1 and b"id: e:2:" in slow.link.chunks[0]
    assert b"e:1:" not in slow.link.chunks[0]
    await slow.end()


async def test_events_of_two_scopes_keep_their_order() -> None:
    hub = Hub(Rings("e"))
    one = Open(hub)
    await turns()
    told(hub, event(1), event(2, "site"), event(3))
    await turns()
    assert not one.link.chunks
    text = b"".join(one.sent).decode()
    assert text.index("id: e:1:") < text.index("id: e:2:") < text.index("id: e:3:")
    await one.end()


async def test_more_than_a_piece_goes_on_by_the_task() -> None:
    hub = Hub(Rings("e"))
    one = Open(hub)
    await turns()
    told(hub, *(event(seq, size=PIECE // 3) for seq in range(1, 10)))
    await turns(20)
    assert len(one.link.chunks) == 1 and len(one.link.chunks[0]) < PIECE * 2
    whole = (one.link.chunks[0] + b"".join(one.sent)).decode()
    places = [whole.index(f"id: e:{seq}:") for seq in range(1, 10)]
    assert places == sorted(places) and whole.count("event: event") == 9
    await one.end()


async def test_more_listeners_than_a_round_are_told_each_once() -> None:
    hub = Hub(Rings("e"))
    many = [Open(hub) for _ in range(ROUND + 20)]
    await turns()
    hub.publish([event(1)])
    hub._wake()
    assert sum(len(each.link.chunks) for each in many) == ROUND
    hub.publish([event(2)])  # comes before the second round
    hub._wake()
    await turns()
    for each in many:
        text = b"".join([*each.link.chunks, *each.sent]).decode()
        assert (text.count("id: e:1:"), text.count("id: e:2:")) == (1, 1)
        assert text.index("id: e:1:") < text.index("id: e:2:")
        await each.end()


async def test_who_fell_off_the_ring_is_told_so() -> None:
    hub = Hub(Rings("e"))
    one = Open(hub)
    await turns()
    hub.rings.publish(event(seq) for seq in range(1, FRAMES + 2))
    one.listener.tell(Shared())
    await asyncio.wait_for(one.task, 5)
    assert one.sent == [b"event: behind\ndata: {}\n\n"] and not one.link.chunks


async def test_a_sign_of_life_needs_no_task_either() -> None:
    hub = Hub(Rings("e"))
    one = Open(hub)
    await turns()
    one.listener.live()
    await turns()
    assert one.link.chunks == [chunk(b": ka\n\n")] and not one.sent
    one.link.room = False
    one.listener.live()
    await turns()
    assert one.sent == [b": ka\n\n"]
    await one.end()


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Hearer:
    """Somebody who is told; it takes its time."""

    def __init__(self, clock: Clock, seconds: float = 0.0) -> None:
        self._clock, self.seconds = clock, seconds
        self.told = 0

    def tell(self, shared: Shared) -> None:
        self.told += 1
        self._clock.now += self.seconds


def gathers(hub: Hub) -> float:
    """Seconds from now on in which more may come before anybody is told."""
    assert hub._flush is not None
    seconds = hub._flush.when() - asyncio.get_running_loop().time()
    hub._flush.cancel()
    return seconds


async def test_a_little_for_each_of_many_is_gathered_and_much_for_one_is_not() -> None:
    clock = Clock()
    hub = Hub(Rings("e1"), clock)
    hearers = [Hearer(clock) for _ in range(50)]
    for number, hearer in enumerate(hearers):
        hub.rings.listen(f"team:{number}", hearer)
    hub._flushed = clock.now
    hub.publish([event(seq, f"team:{seq % 50}") for seq in range(1, FRAMES)])
    assert not any(hearer.told for hearer in hearers)
    most = FRAMES // 8
    hub.publish([event(FRAMES + seq, "team:7") for seq in range(most)])
    assert [hearer.told for hearer in hearers] == [1] * 50
    hub.publish([event(2 * FRAMES + seq, "team:7") for seq in range(most - 1)])
    assert hearers[7].told == 1 and hub._flush is not None
    hub.close()


async def test_the_longer_telling_takes_the_more_is_gathered() -> None:
    clock = Clock()
    hub = Hub(Rings("e1"), clock)
    hearer = Hearer(clock, 0.05)
    hub.rings.listen("team:A", hearer)
    hub.publish([event(1)])
    gathers(hub)
    hub._wake()
    hub.publish([event(2)])
    assert 0.04 * PART - 0.05 < gathers(hub) <= 0.05 * PART - 0.05 + 0.001
    hearer.seconds = 0.3
    hub._wake()
    hub.publish([event(3)])
    assert gathers(hub) <= COALESCE_MOST - 0.3 + 0.001
    hub._wake()
    clock.now += 60  # nothing happened for long
    hub.publish([event(4)])
    assert gathers(hub) <= 0.001
    hub.close()
