"""Protocol 1 as it was first spoken: requests and answers word for word, never written anew.

``tests/data/wire/v1.json`` holds the conversation of a seat with a server, byte for byte as both
were when protocol 1 was new, but for the ids the server made up (``{site}``, ``{epoch}``). Seats
that old are in use for years: today's server has to answer them, and today's seat has to
understand a server that old. A newer side may add fields, which the older leaves out; it may not
take one away or mean something else by it.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from msgspec import Struct

from agentdesk.store import Store
from agentdesk.store.replica import Replica
from agentdesk.sync.clock import ServerClock
from agentdesk.sync.credentials import Credentials
from agentdesk.sync.engine import Engine
from agentdesk.sync.http import HttpTransport
from agentdesk.sync.sse import Reader
from agentdesk.sync.status import State
from agentdesk.sync.transport import Frame
from agentdesk.wire import (
    Checkpoints,
    Common,
    Hello,
    Page,
    Problem,
    Push,
    Pushed,
    Reset,
    Stored,
    Token,
    Trailer,
    Welcome,
    decode,
    encode,
)
from tests.unit.server_http.conftest import NOW, Site, auth
from tests.unit.server_http.test_stream import Ear
from tests.unit.store.conftest import NINE

FILE = Path(__file__).parents[2] / "data" / "wire" / "v1.json"
INSTALL = "store-S1001"


class Asked(Struct):
    """A request and its answer; ``answers`` and ``asks`` name their messages in agentdesk.wire."""

    name: str
    method: str
    path: str
    query: dict[str, str]
    body: str
    status: int
    answer: str


class Spoken(Struct):
    """The conversation, and what the stream said of it."""

    exchanges: list[Asked]
    stream: str


def spoken() -> Spoken:
    return msgspec.json.decode(FILE.read_bytes(), type=Spoken)


ALL = {each.name: each for each in spoken().exchanges}
MESSAGES: dict[str, tuple[type[Struct] | None, type[Struct]]] = {
    "hello": (Hello, Welcome),
    "hello_newer": (Hello, Problem),
    "push": (Push, Pushed),
    "push_again": (Push, Pushed),
    "push_conflict": (Push, Problem),
    "pull": (None, Page),
    "pull_more": (None, Page),
    "pull_other_epoch": (None, Reset),
    "pull_refused": (None, Problem),
    "common": (Checkpoints, Common),
}


def holds(now: Any, then: Any) -> bool:
    """Whether everything that was said then is said now."""
    if isinstance(then, dict):
        return isinstance(now, dict) and all(
            name in now and holds(now[name], each)
            for name, each in then.items()
            if name != "detail"  # for a log, in words
        )
    if isinstance(then, list):
        return isinstance(now, list) and len(now) == len(then) and all(map(holds, now, then))
    return type(now) is type(then) and bool(now == then)


def values(text: str) -> list[Any]:
    """Every line of an answer."""
    return [msgspec.json.decode(line) for line in text.splitlines()]


async def conversation(
    site: Site, client: httpx.AsyncClient, exchanges: list[Asked]
) -> tuple[list[Asked], str]:
    """What a server answers to requests as they stand, and what a stream of the same says."""
    token = site.seat("1001")
    service = site.service
    made = {"{site}": service.site, "{epoch}": service.epoch}

    def fill(text: str) -> str:
        for name, value in made.items():
            text = text.replace(name, value)
        return text

    def empty(text: str) -> str:
        for name, value in made.items():
            text = text.replace(value, name)
        return text

    ear, found = Ear(site, token), list[Asked]()
    await ear.next()
    for each in exchanges:
        answer = await client.request(
            each.method,
            each.path,
            params={name: fill(value) for name, value in each.query.items()},
            content=fill(each.body).encode() or None,
            headers=auth(token),
        )
        said = empty(answer.text)
        found.append(msgspec.structs.replace(each, status=answer.status_code, answer=said))
    for _ in range(4):
        await ear.live()
    ear.leave()
    await ear.end()
    return found, empty(ear.raw.decode())


async def test_a_seat_of_then_is_answered_by_the_server_of_now(
    site: Site, client: httpx.AsyncClient
) -> None:
    then = spoken()
    now, stream = await conversation(site, client, then.exchanges)
    for old, new in zip(then.exchanges, now, strict=True):
        assert new.status == old.status, new
        olds, news = values(old.answer), values(new.answer)
        if old.name == "snapshot":  # its last line is a digest over the others
            (old_end, new_end), olds, news = (olds[-1], news[-1]), olds[:-1], news[:-1]
            assert holds(new_end | {"sha256": ""}, old_end | {"sha256": ""}), new
        assert holds(news, olds), new
    olds, news = frames(then.stream), frames(stream)
    assert [each["event"] for each in news] == [each["event"] for each in olds]
    assert holds(news, olds)


def frames(text: str) -> list[dict[str, Any]]:
    """Events of a stream by their fields, the data decoded."""
    found = []
    for block in text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if line[:1] != ":")
        if fields:
            found.append(fields | {"data": msgspec.json.decode(fields["data"])})
    return found


@pytest.mark.parametrize("name", MESSAGES)
def test_what_was_written_then_is_understood_and_written_as_before(name: str) -> None:
    """By the messages as they are now, on either side."""
    asks, answers = MESSAGES[name]
    for text, kind in ((ALL[name].body, asks), (ALL[name].answer, answers)):
        if kind is not None:
            message = decode(text.encode(), kind)
            assert isinstance(message, Struct)
            assert holds(values(encode(message).decode()), values(text))


def test_a_snapshot_and_a_stream_of_then_are_understood() -> None:
    *lines, last = ALL["snapshot"].answer.splitlines()
    events = [decode(line.encode(), Stored) for line in lines]
    assert decode(last.encode(), Trailer).count == len(events) > 1
    heard: list[Frame] = [*Reader().feed(spoken().stream.encode())]
    assert [each.name for each in heard] == ["hello"] + ["event"] * 4
    lives = [each.live.event for each in heard if each.live]
    assert [live for live in lives if live.scope == "team:A"] == events


# -- a seat of now


class OldServer:
    """Answers as the server did then; notes what it was asked."""

    def __init__(self, **changes: object) -> None:
        self.asked: list[httpx.Request] = []
        self._changes = changes

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        name = request.url.path.rpartition("/")[2]
        given = ALL[name]
        if name == "pull" and request.url.params["seq"] != "0":
            given = ALL["pull_more"]
        if name == "pull" and request.url.params["scope"] != "team:A":
            page = decode(given.answer.encode(), Page)
            page = msgspec.structs.replace(page, scope=request.url.params["scope"], events=[])
            page = msgspec.structs.replace(page, head=page.cur.seq)
            return answered(200, encode(page))
        answer = msgspec.json.decode(given.answer)
        if name == "hello":
            answer |= self._changes
        return answered(given.status, msgspec.json.encode(answer))


def answered(status: int, body: bytes) -> httpx.Response:
    headers = {"content-type": "application/json"}
    return httpx.Response(status, headers=headers, stream=httpx.ByteStream(body))


@pytest.fixture
def store() -> Iterator[Store]:
    with_events = Store.open(Path(":memory:"), clock=lambda: NINE)
    yield with_events
    with_events.close()


def engine_of(store: Store, server: OldServer) -> Engine:
    transport = HttpTransport("https://desk", transport=httpx.MockTransport(server))
    credentials = Credentials(None)
    credentials.put(
        Token("t" * 64, "{site}", "S1001", "1001", "王敏", "agent", "A"), "https://desk"
    )
    return Engine(
        Replica(store),
        transport,
        credentials,
        ServerClock(lambda: NOW, lambda: NOW, "boot"),
        monotonic=lambda: 0.0,
        rng=random.Random(1),
        actor=lambda: "1001",
    )


def act(store: Store) -> None:
    from agentdesk.domain.events import Draft, EntityId

    body = {"at": NOW, "text": "客户称空调不制冷"}
    store.commit([Draft("call.said", "call", EntityId("9" * 32), body)], actor="1001")


def test_a_seat_of_now_asks_a_server_of_then_as_it_was_asked_and_takes_what_it_gives(
    store: Store,
) -> None:
    act(store)
    server = OldServer()
    engine = engine_of(store, server)
    for _ in range(40):
        if engine.step() > 0:
            break
    asked = {request.url.path.rpartition("/")[2]: request for request in server.asked}
    assert asked.keys() >= {"hello", "push", "pull"}
    for name in ("hello", "push"):
        then, now = values(ALL[name].body)[0], msgspec.json.decode(unpacked(asked[name]))
        assert now.keys() >= then.keys()
        assert {n: type(now[n]) for n in then} == {n: type(each) for n, each in then.items()}
    then_event = values(ALL["push"].body)[0]["events"][0]
    (event,) = msgspec.json.decode(unpacked(asked["push"]))["events"]
    assert event.keys() >= then_event.keys()
    assert {*asked["pull"].url.params} >= {*ALL["pull"].query}
    rows = store.connection.execute("SELECT count(*) FROM event WHERE seq IS NOT NULL")
    given = [decode(ALL[name].answer.encode(), Page) for name in ("pull", "pull_more")]
    assert rows.fetchone()[0] == sum(len(page.events) for page in given)
    assert store.refold() == []


def unpacked(request: httpx.Request) -> bytes:
    import gzip

    body = request.content
    return gzip.decompress(body) if request.headers.get("content-encoding") == "gzip" else body


@pytest.mark.parametrize("protocol", [0, 2, 99])
def test_a_server_that_speaks_another_protocol_is_said_and_nothing_is_lost(
    protocol: int, store: Store
) -> None:
    act(store)
    server = OldServer(protocol=protocol)
    engine = engine_of(store, server)
    for _ in range(10):
        engine.step()
    status = engine.status
    assert status.state is State.REFUSED
    assert [(each.code, each.params["detail"]) for each in status.reasons] == [
        ("unsupported", str(protocol))
    ]
    assert Replica(store).pending().count == 1, "the outbox stays as it is"
    assert {request.url.path for request in server.asked} == {"/v1/hello"}
