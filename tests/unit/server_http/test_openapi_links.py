"""Schemathesis follows the links of the description: a seat joins, writes, reads, comes back.

``AGENTDESK_TORTURE=150`` follows ten times as many.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import AsyncExitStack
from itertools import count, cycle
from typing import Any

import msgspec
import schemathesis
from hypothesis import HealthCheck, Phase, seed, settings
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.generation import GenerationMode
from schemathesis.python.asgi import get_client
from starlette.responses import JSONResponse

from agentdesk.domain.text import clean
from agentdesk.server import openapi
from tests.server_kit import everything
from tests.unit.server_http.conftest import CONFORMANCE, MakeSite, Site

load_all_checks()

TIMES = max(1, int(os.environ.get("AGENTDESK_TORTURE", "15")) // 15)
HISTORIES, STEPS, ROUNDS = 12 * TIMES, 14, 6
PIN = "482913"
END = "/end"
PEOPLE = ("1001", "2001", "9001")
FREE = {operation.path for operation in openapi.OPERATIONS if operation.open}


class Held(msgspec.Struct, frozen=True):
    """What a seat of a history has."""

    token: str
    person: str
    install: str


class Seats:
    """Who is asking, for every request of a history."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self._people = cycle(PEOPLE)
        self._names = count(1)
        site.keys.set_pin("2001", PIN, site.time.ms)
        revoked = site.seat("1002", "gone")
        site.keys.revoke(site.time.ms, person="1002")
        self.strangers: Iterator[dict[str, str]] = cycle(
            [{}, *({"authorization": f"Bearer {each}"} for each in ("0" * 64, "", "x y", revoked))]
        )

    def join(self) -> Held:
        """A seat of its own."""
        person, seat = next(self._people), f"S{next(self._names)}"
        return Held(self.site.seat(person, seat), person, f"store-{seat}")

    def code(self) -> str:
        """For one who joins by it."""
        now = self.site.time.ms
        return self.site.keys.new_code(next(self._people), f"S{next(self._names)}", now)

    def fill(self, case: schemathesis.Case[Any], held: Held) -> None:
        """What no description can know: codes, PINs, a scope one may read, an event that counts."""
        body: Any = case.body
        path = case.operation.path
        if path == "/v1/enrol":
            body["code"] = self.code()
        elif path == "/v1/session" and next(self._names) % 2:
            body |= {"agent_no": "2001", "pin": PIN, "install": held.install}
        elif path == "/v1/push":
            event = self.site.event(held.person, install=held.install)
            others = body["events"][:2] if next(self._names) % 3 == 0 else []
            body["events"] = [*others, msgspec.json.decode(msgspec.json.encode(event))]
        for part in (case.query, body):
            if isinstance(part, dict) and "scope" in part:
                part["scope"] = "team:A"
                if "epoch" in part:
                    part["epoch"] = ""


def as_written(value: Any) -> Any:
    """As a seat would write it: to a schema 1.0 is a whole number, and any character is text.

    Nor does a pattern end where a line does.
    """
    if isinstance(value, dict):
        return {as_written(key): as_written(each) for key, each in value.items()}
    if isinstance(value, list):
        return [as_written(each) for each in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return clean(value).strip() or "x" if isinstance(value, str) else value


class Tried:
    """What histories were made of, over all of them.

    Attributes:
        followed: links that led to an answer, by name.
        received: events the server said it has.
    """

    def __init__(self, make_site: MakeSite) -> None:
        self._make_site = make_site
        self.followed: Counter[str] = Counter()
        self.received = 0
        self._stack = AsyncExitStack()
        self._started: Any = None
        self.begin()

    def begin(self) -> None:
        """A site of its own for each history: what one did is nothing to the next."""
        self.seats = Seats(self._make_site(rps=1_000_000))

    async def app(self, scope: Any, receive: Any, send: Any) -> None:
        """The server of the present history."""
        if scope["type"] == "lifespan":
            while (await receive())["type"] == "lifespan.startup":
                await send({"type": "lifespan.startup.complete"})
            await send({"type": "lifespan.shutdown.complete"})
            return
        app: Any = self.seats.site.app
        if scope["path"] == END:
            await self._stack.aclose()
            app = self._started = JSONResponse({})
        elif app is not self._started:
            await self._stack.aclose()
            await self._stack.enter_async_context(app.router.lifespan_context(app))
            self._started = app
        await app(scope, receive, send)


def machine_of(tried: Tried) -> Any:
    """Histories of requests, each with the token of the seat it belongs to."""
    schema = schemathesis.openapi.from_asgi("/openapi.json", tried.app)
    schema.config.generation.update(modes=[GenerationMode.POSITIVE])
    schema.config.max_stream_events = 1
    checks: list[Any] = CHECKS.get_by_names(CONFORMANCE)

    class Machine(schema.as_state_machine()):  # type: ignore[misc] # made at run time
        def setup(self) -> None:
            tried.begin()
            self.held: dict[str, Held] = {}
            self.received: set[str] = set()

        def teardown(self) -> None:
            journal = Counter(each.id for each in everything(tried.seats.site.service))
            assert {journal[each] for each in self.received} <= {1}
            tried.received += len(self.received)

        def step(self, input: Any) -> Any:
            case, link = input.case, input.transition
            who = self.held.get(link.parent_id) if link else None
            self.held[case.id] = who or tried.seats.join()
            (case.headers or {}).pop("Authorization", None)  # it makes some up
            case.body = as_written(case.body)
            writes = case.operation.path == "/v1/push" and not (link and "again" in link.id)
            if writes or not input.is_applied:
                tried.seats.fill(case, self.held[case.id])
            output = super().step(input)
            if link and input.is_applied and output.response.status_code in (200, 409):
                tried.followed[link.id] += 1
            return output

        def get_call_kwargs(self, case: Any) -> dict[str, Any]:
            return {"headers": {"authorization": f"Bearer {self.held[case.id].token}"}}

        def after_call(self, response: Any, case: Any) -> None:
            super().after_call(response, case)
            path = case.operation.path
            if response.status_code != 200:
                return
            if path in ("/v1/enrol", "/v1/session"):
                token = response.json()
                install = case.body["install"]
                self.held[case.id] = Held(token["token"], token["person"], install)
            elif path == "/v1/push":
                self.received.update(response.json()["received"])

        def validate_response(self, response: Any, case: Any, *_: Any, **__: Any) -> None:
            case.validate_response(response, checks=checks)
            if case.operation.path not in FREE:
                refused = case.call(headers=next(tried.seats.strangers))
                assert refused.status_code == 401, case.operation.path
                case.validate_response(refused, checks=checks)

    return Machine


def test_links_lead_where_they_say(make_site: MakeSite) -> None:
    """No 5xx, every answer as described, nothing without a token, nothing received is lost.

    What a seed leads to depends on all that is imported, so a link not met by one is looked for
    with the next.
    """
    tried = Tried(make_site)
    described = {
        link["operationId"].replace("_", "/").rpartition("/")[2]
        for operation in openapi.OPERATIONS
        for links in operation.links.values()
        for link in links.values()
    }
    met: set[str] = set()
    for number in range(1, ROUNDS + 1):
        seed(number)(machine_of(tried)).run(
            settings=settings(
                max_examples=HISTORIES,
                stateful_step_count=STEPS,
                deadline=None,
                database=None,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )
        )
        met = {name.rpartition("/v1/")[2] for name in tried.followed}
        if met == described:
            break
    get_client(tried.app).get(END)
    assert met == described
    assert tried.received >= HISTORIES // 3
    print(tried.received, tried.followed)
