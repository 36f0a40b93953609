"""Python's collector of cycles stops everybody: requests and streams leave it nothing to find."""

from __future__ import annotations

import gc
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from agentdesk.server import process
from agentdesk.server.assemble import assemble
from agentdesk.server.collector import COLLECT, Pauses, seldom_collecting
from agentdesk.server.settings import Settings
from agentdesk.wire import Enrol, Hello, Limits, Push, Token, WireEvent, encode

SOON = 30.0
JSON = {"content-type": "application/json"}
INSTALL = "a" * 32


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[str, Token]]:
    """A server in this process and a seat that has joined it."""
    settings = Settings(
        f"sqlite:///{tmp_path / 'server.sqlite3'}", port=0, limits=Limits(rps=1_000_000)
    )
    service, admin, running = assemble(settings)
    admin.call("people.set", {"changes": [{"id": "1001", "values": {"name": "王敏"}}]})
    code = str(admin.call("enrol", {"person": "1001", "seat": "A01"})["code"])
    token = admin.keys.enrol(Enrol(code, INSTALL), service.now())
    sock = process.bind(settings)
    ready = threading.Event()
    serving = process.Process(running, sock, ready.set)
    thread = threading.Thread(target=serving.go)
    thread.start()
    assert ready.wait(SOON)
    yield process.address(settings, sock), token
    serving.should_exit = True
    thread.join(SOON)
    service.close()
    sock.close()


@contextmanager
def found() -> Iterator[Counter[str]]:
    """What the collector would find of everything made meanwhile, by module."""
    gc.collect()
    gc.disable()
    kinds = Counter[str]()
    try:
        yield kinds
        gc.set_debug(gc.DEBUG_SAVEALL)
        gc.collect()
        kinds.update(type(each).__module__.partition(".")[0] for each in gc.garbage)
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()


def event(number: int) -> WireEvent:
    id = f"{number:032x}"
    body = msgspec.Raw('{"at":1,"text":"您好"}'.encode())
    stamp = (time.time_ns() // 1_000_000) << 16
    return WireEvent(id, id, "call.said", 1, "call", id, stamp, "1001", INSTALL, body)


def work(url: str, token: Token, turn: int) -> None:
    """What a seat asks from its coming to its going, and what is refused."""
    headers = JSON | {"authorization": f"Bearer {token.token}"}
    with httpx.Client(base_url=url, headers=headers) as client:
        asked: list[tuple[str, Any, int]] = [("/v1/hello", Hello(INSTALL, "1.0"), 200)]
        for number in range(8):
            push = Push(time.time_ns() // 1_000_000, [event(turn * 100 + number + 1)])
            asked.append(("/v1/push", push, 200))
        for path, message, status in asked:
            assert client.post(path, content=encode(message)).status_code == status
        for scope, status in (("site", 200), ("team:none", 403)):
            answer = client.get("/v1/pull", params={"scope": scope, "epoch": ""})
            assert answer.status_code == status
        assert client.get("/v1/nothing").status_code == 404
        assert client.get("/healthz").status_code == 200
        with client.stream("GET", "/v1/stream") as stream:
            assert b"hello" in next(stream.iter_raw())


def test_requests_and_streams_leave_no_cycle_behind(server: tuple[str, Token]) -> None:
    url, token = server
    work(url, token, 0)
    with found() as kinds:
        for turn in range(1, 6):
            work(url, token, turn)
        for _ in range(200):  # their connections end a moment later
            if not any(type(each) is process.Connection for each in gc.get_objects()):
                break
            time.sleep(0.01)
    ours = {name: kinds[name] for name in ("agentdesk", "uvicorn", "uvloop") if kinds[name]}
    assert not ours, ours


def test_pauses_are_told_and_everything_is_as_before() -> None:
    told: dict[str, Any] = {}
    before = gc.get_threshold()
    with seldom_collecting(lambda name, about, value: told.update({name: value})):
        assert gc.get_threshold() == COLLECT
        gc.collect()
        assert 0 < told["collector_longest_seconds"]() <= told["collector_seconds"]()
    assert gc.get_threshold() == before and not gc.get_freeze_count()
    assert not any(isinstance(each, Pauses) for each in gc.callbacks)


def test_the_longest_pause_stays_the_longest() -> None:
    moments = iter([0.0, 2.0, 10.0, 10.5])
    pauses = Pauses(lambda: next(moments))
    for phase in ("start", "stop") * 2:
        pauses(phase, {})
    assert (pauses.seconds, pauses.longest) == (2.5, 2.0)
