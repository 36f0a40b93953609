"""Bodies that lie, drip, burst or mean two things; and how often anybody may come."""

from __future__ import annotations

import asyncio
import gzip
import random
import tracemalloc
from collections.abc import Iterable
from typing import Any

import msgspec
import pytest

from agentdesk.server import edge
from agentdesk.server.limits import Rate, Receive, number, read_body, read_message, spread
from agentdesk.server.problem import ServerProblem
from agentdesk.wire import Push, WireEvent, encode

JSON = {"content-type": "application/json"}


def body_of(pieces: Iterable[bytes], stall: bool = False) -> Receive:
    """ASGI's receive for a body in pieces; it ends, or waits for ever."""
    waiting = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]

    async def receive() -> dict[str, Any]:
        if waiting:
            return waiting.pop(0)
        if stall:
            await asyncio.Event().wait()
        return {"type": "http.request", "body": b"", "more_body": False}

    return receive


async def refusal(receive: Receive, headers: dict[str, str], **limits: Any) -> tuple[int, str]:
    with pytest.raises(ServerProblem) as caught:
        await read_body(receive, JSON | headers, **limits)
    return caught.value.status, caught.value.problem.code


async def test_a_body_comes_whole_packed_or_not() -> None:
    text = "客户说空调不制冷".encode() * 50
    assert await read_body(body_of([text[:7], text[7:]]), JSON) == text
    packed = gzip.compress(text)
    headers = JSON | {"content-encoding": "gzip", "content-length": str(len(packed))}
    assert await read_body(body_of([packed[:5], packed[5:]]), headers) == text


async def test_too_much_is_refused_by_its_announcement_or_on_the_way() -> None:
    announced = {"content-length": str(1 << 30)}
    assert await refusal(body_of([], stall=True), announced, seconds=0.1) == (413, "too_large")
    pieces = (b"x" * 600_000 for _ in range(1_800))  # a gigabyte, if anybody took it
    taken = body_of([next(pieces), next(pieces)], stall=True)
    assert await refusal(taken, {}, seconds=5) == (413, "too_large")


@pytest.mark.parametrize("length", ["12x", "-1", "٣", "1, 1", "", "9" * 400])
async def test_a_length_that_is_none(length: str) -> None:
    status, _ = await refusal(body_of([b"{}"]), {"content-length": length})
    assert status in (400, 413)


@pytest.mark.parametrize("length", ["1", "3"])
async def test_a_length_that_lies(length: str) -> None:
    assert (await refusal(body_of([b"{}"]), {"content-length": length}))[0] == 400


async def test_a_gzip_bomb_costs_no_memory() -> None:
    bomb = gzip.compress(b"\0" * (256 << 20), 9)
    assert len(bomb) < 1 << 20
    tracemalloc.start()
    try:
        packed = {"content-encoding": "gzip"}
        assert await refusal(body_of([bomb]), packed) == (413, "too_large")
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()


async def test_gzip_at_the_limit_and_one_beyond() -> None:
    packed = JSON | {"content-encoding": "gzip"}
    exact = gzip.compress(b"1" * 1000)
    assert len(await read_body(body_of([exact]), packed, limit=1000)) == 1000
    assert (await refusal(body_of([exact]), packed, limit=999))[0] == 413


@pytest.mark.parametrize(
    "data",
    [
        b"{}",
        gzip.compress(b"{}")[:-4],
        gzip.compress(b"{}") + b"x",
        gzip.compress(b"{") + gzip.compress(b"}"),
        b"",
    ],
    ids=["none", "cut", "more", "two", "empty"],
)
async def test_broken_gzip(data: bytes) -> None:
    assert (await refusal(body_of([data]), {"content-encoding": "gzip"}))[0] == 400


async def test_a_stalled_body_is_given_up() -> None:
    assert (await refusal(body_of([b"{"], stall=True), {}, seconds=0.05))[0] == 408


async def test_a_body_that_breaks_off() -> None:
    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    assert (await refusal(receive, {}))[0] == 400


@pytest.mark.parametrize(
    "headers",
    [
        {"content-type": "text/plain"},
        {"content-type": ""},
        {"content-type": "application/json; charset=gbk"},
        {"content-type": "application/jsonp"},
        {"content-encoding": "br"},
        {"content-encoding": "gzip, gzip"},
    ],
)
async def test_other_types_and_packings(headers: dict[str, str]) -> None:
    assert await refusal(body_of([b"{}"]), headers) == (415, "unsupported")


async def test_utf8_may_be_named() -> None:
    headers = {"content-type": 'Application/JSON; charset="UTF-8"'}
    assert await read_body(body_of([b"{}"]), headers) == b"{}"


def start(rest: str) -> bytes:
    return b'{"client_now":1,"events":[],"x":' + rest.encode() + b"}"


@pytest.mark.parametrize(
    "data",
    [
        start("NaN"),
        start("-Infinity"),
        start("1e400"),
        start("[" * 10_000 + "]" * 10_000),
        start("[" * 200_000),
        start('"\\ud800"'),
        start('{"\\udfff":1}'),
        start('{"a":1,"a":2}'),
        b'{"client_now":1,"client_now":2,"events":[]}',
        b'{"client_now":1,"events":[],"x":"\xff"}',
        b"\xef\xbb\xbf{}",
        b"",
        b"[",
        '{"client_now":1,"events":[]}'.encode("utf-16"),
    ],
)
def test_json_nobody_should_take(data: bytes) -> None:
    with pytest.raises(ServerProblem) as caught:
        read_message(data, edge.Push)
    assert caught.value.status == 400
    assert len(caught.value.problem.detail) < 250


@pytest.mark.parametrize(
    ("data", "field"),
    [
        (b'{"client_now":-1,"events":[]}', "client_now"),
        (b'{"client_now":9223372036854775808,"events":[]}', "client_now"),
        (b'{"client_now":1.5,"events":[]}', "client_now"),
        (b'{"client_now":1}', "events"),
        (b'{"client_now":1,"events":{}}', "events"),
        (b"[]", "object"),
        (b"null", "object"),
    ],
)
def test_json_that_is_no_such_message_is_named(data: bytes, field: str) -> None:
    with pytest.raises(ServerProblem) as caught:
        read_message(data, edge.Push)
    assert caught.value.status == 422
    assert field in caught.value.problem.detail


def event(**changes: Any) -> WireEvent:
    plain = WireEvent(
        "a" * 32,
        "b" * 32,
        "call.said",
        1,
        "call",
        "c" * 32,
        1,
        "1001",
        "store",
        msgspec.Raw(b"{}"),
    )
    return msgspec.structs.replace(plain, **changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"id": "A" * 32},
        {"txn": "b" * 31},
        {"v": 0},
        {"hlc": -1},
        {"hlc": 1 << 63},
        {"actor": ""},
        {"install": "x" * 201},
        {"kind": "call\x00said"},
        {"entity_id": "call\u0007"},
        {"actor": "10\x7f01"},
        {"prev": "zz"},
    ],
)
def test_the_envelope_of_an_event_is_looked_at(changes: dict[str, Any]) -> None:
    with pytest.raises(ServerProblem) as caught:
        read_message(encode(Push(1, [event(), event(**changes)])), edge.Push)
    assert caught.value.status == 422
    assert f"events[1].{next(iter(changes))}" in caught.value.problem.detail


def test_bodies_come_through_as_they_were_written() -> None:
    raw = '{"text":"\\u0000 控制 [/]","x":1e400,"a":1,"a":2}'.encode()
    message = read_message(encode(Push(1, [event(body=msgspec.Raw(raw))])), edge.Push)
    assert bytes(message.events[0].body) == raw  # judged one by one, by the journal


def test_a_newer_seat_may_say_more() -> None:
    message = read_message(b'{"install":"s","app":"9","later":{"a":[1]}}', edge.Hello)
    assert message.app == "9"


@pytest.mark.parametrize(
    "text", ["", "-1", "1.0", "１", "0x1", "9" * 30, " 1", "9223372036854775808"]
)
def test_numbers_of_a_query(text: str) -> None:
    with pytest.raises(ServerProblem, match="seq"):
        number(text, "seq")
    assert number("9223372036854775807", "seq") == 2**63 - 1


def test_a_rate_lets_a_burst_pass_then_so_many_a_second() -> None:
    now = 1000.0
    rate = Rate(10, lambda: now, burst=30)
    for _ in range(30):
        rate.take("a")
    with pytest.raises(ServerProblem) as caught:
        rate.take("a")
    assert (caught.value.status, caught.value.problem.retry_after) == (429, 1)
    rate.take("b")  # nobody pays for others
    taken = 0
    for _ in range(50):
        now += 0.02
        try:
            rate.take("a")
            taken += 1
        except ServerProblem:
            pass
    assert 9 <= taken <= 11
    now += 60
    rate.sweep()
    for _ in range(30):
        rate.take("a")


def test_waiting_times_are_spread() -> None:
    rng = random.Random(7)
    times = [spread(10, rng) for _ in range(300)]
    assert min(times) >= 5 and max(times) <= 20 and len(set(times)) > 10
    assert spread(0, rng) == 1
