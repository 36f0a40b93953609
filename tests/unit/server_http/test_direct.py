"""What the gate serves by itself: the same answers as by the routes, and nothing in between."""

from __future__ import annotations

import asyncio
import gzip
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import httpx
import pytest

from agentdesk.server.handover import Handover
from agentdesk.server.problem import ServerProblem
from agentdesk.server.routes import Asked
from agentdesk.server.stream import CONNECTION
from tests.unit.server_http.conftest import Site, auth

PULL = "/v1/pull?scope=team:A&epoch="


async def _nothing(*args: object) -> None:
    raise AssertionError("this way leads through everything")


def _asks(site: Site) -> dict[str, tuple[str, str, dict[str, str], bytes]]:
    token = site.seat("1001")
    content, mine = site.push(site.event()), auth(token)
    return {
        "push": ("POST", "/v1/push", mine, content),
        "packed": ("POST", "/v1/push", mine | {"content-encoding": "gzip"}, gzip.compress(content)),
        "no token": ("POST", "/v1/push", {"content-type": "application/json"}, content),
        "wrong token": ("POST", "/v1/push", auth("0" * 64), content),
        "type": ("POST", "/v1/push", mine | {"content-type": "text/plain"}, content),
        "no gzip": ("POST", "/v1/push", mine | {"content-encoding": "gzip"}, content),
        "no JSON": ("POST", "/v1/push", mine, b'{"client_now":1,"client_now":2,"events":[]}'),
        "no push": ("POST", "/v1/push", mine, "{“”}".encode()),
        "too large": ("POST", "/v1/push", mine, b" " * (1 << 20) + content),
        "pull": ("GET", PULL, mine, b""),
        "packed page": ("GET", PULL, mine | {"accept-encoding": "gzip"}, b""),
        "reset": ("GET", "/v1/pull?scope=team:A&epoch=x&seq=7&id=y", mine, b""),
        "foreign": ("GET", "/v1/pull?scope=team:B&epoch=", mine, b""),
        "query": ("GET", "/v1/pull?scope=team:A&scope=team:A", mine, b""),
    }


async def test_it_is_answered_as_by_the_routes(site: Site, client: httpx.AsyncClient) -> None:
    asks, gate = _asks(site), site.app.gate
    content = site.push(*(site.event() for _ in range(20)))
    await client.post("/v1/push", content=content, headers=asks["push"][2])
    direct, inside = gate._direct, gate._app
    found: list[dict[str, Any]] = []
    for way in (direct, {}):
        gate._direct = way
        gate._app = _nothing if way else inside
        answers = {}
        for name, (method, path, headers, body) in asks.items():
            answer = await client.request(method, path, headers=headers, content=body)
            answers[name] = answer.status_code, dict(answer.headers), answer.content
        # The second push of an event is answered as the first.
        found.append(answers)
    assert found[0] == found[1]
    statuses = {name: answer[0] for name, answer in found[0].items()}
    assert statuses == {
        "push": 200,
        "packed": 200,
        "no token": 401,
        "wrong token": 401,
        "type": 415,
        "no gzip": 400,
        "no JSON": 400,
        "no push": 400,
        "too large": 413,
        "pull": 200,
        "packed page": 200,
        "reset": 409,
        "foreign": 403,
        "query": 422,
    }
    assert found[0]["packed page"][1]["content-encoding"] == "gzip"
    assert all("cache-control" in answer[1] for answer in found[0].values())


@pytest.mark.parametrize(
    ("change", "arrived"),
    [
        (lambda cycle: None, True),
        (lambda cycle: setattr(cycle, "more_body", True), False),
        (lambda cycle: setattr(cycle, "scope", {}), False),  # that is the client's next request
    ],
)
def test_only_a_body_that_is_here_is_not_watched(
    change: Callable[[Any], None], arrived: bool
) -> None:
    class Held:
        more_body = False
        scope: object = None
        cycle: object = None

    held = Held()
    scope: dict[str, Any] = {"headers": [], CONNECTION: held}
    held.cycle, held.scope = held, scope
    change(held)

    async def receive() -> dict[str, Any]:
        return {}

    assert Asked(scope, receive).arrived is arrived
    assert not Asked({"headers": []}, receive).arrived


async def test_a_loop_is_woken_once_for_a_whole_group(monkeypatch: pytest.MonkeyPatch) -> None:
    loop = asyncio.get_running_loop()
    handover, woken = Handover[int](loop), 0
    wake = loop.call_soon_threadsafe

    def counted(*args: Any, **named: Any) -> Any:
        nonlocal woken
        woken += 1
        return wake(*args, **named)

    monkeypatch.setattr(loop, "call_soon_threadsafe", counted)
    futures: list[Future[int]] = [Future() for _ in range(50)]
    waiting = [handover.wait(future) for future in futures]
    waiting[7].cancel()

    def finish() -> None:
        for number, future in enumerate(futures):
            if number == 3:
                future.set_exception(ServerProblem(503, "busy"))
            elif number in (4, 5):
                future.set_exception((SystemExit, StopIteration)[number - 4]())
            else:
                future.set_result(number)

    thread = threading.Thread(target=finish)
    thread.start()
    thread.join()  # the loop stands still meanwhile
    async with asyncio.timeout(10):
        found = await asyncio.gather(*waiting, return_exceptions=True)
    assert woken == 1
    assert isinstance(found[3], ServerProblem)
    assert isinstance(found[4], RuntimeError) and isinstance(found[5], RuntimeError)
    assert isinstance(found[7], asyncio.CancelledError)
    others = set(range(50)) - {3, 4, 5, 7}
    assert {number: found[number] for number in others} == {number: number for number in others}
    late: Future[int] = Future()
    soon = handover.wait(late)
    late.set_result(99)
    assert await soon == 99 and woken == 2
