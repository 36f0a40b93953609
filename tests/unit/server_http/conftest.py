"""A whole server over a journal in memory, driven through its ASGI application."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import httpx
import msgspec
import pytest

from agentdesk.domain.ids import Ids
from agentdesk.domain.people import set_person, set_team
from agentdesk.server.admin import Admin
from agentdesk.server.app import App, create_app
from agentdesk.server.running import Running
from agentdesk.server.service import Service
from agentdesk.server.settings import Settings
from agentdesk.server.tokens import Keys
from agentdesk.server.writer import Writer
from agentdesk.wire import Enrol, Limits, Push, WireEvent, encode

NOW = 1_790_000_000_000
BASE = "http://server"
CONFORMANCE = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "response_headers_conformance",
]
"""What Schemathesis holds every answer to."""


class Time:
    """A clock that stands still."""

    def __init__(self) -> None:
        self.ms = NOW

    def __call__(self) -> int:
        return self.ms

    def monotonic(self) -> float:
        return self.ms / 1000


class Site:
    """The parts of a server, and what a test needs of them."""

    def __init__(self, limits: Limits, streams: int) -> None:
        self.time = Time()
        rng = random.Random(20_260_301)
        self.ids = Ids(self.time, rng.getrandbits)
        self.service = Service.in_memory(clock=self.time, new_id=self.ids)
        self.service.limits = limits
        self.admin = Admin(self.service)
        self.keys: Keys = self.admin.keys
        self.writer = Writer(self.service)
        self.service.append(
            [
                set_team("A", {"name": "售后一组"}, NOW),
                set_team("B", {"name": "售后二组"}, NOW),
                *(
                    set_person(
                        number, {"name": name, "role": role, "team": team, "active": True}, 0
                    )
                    for number, name, role, team in (
                        ("1001", "王敏", "agent", "A"),
                        ("1002", "李强", "agent", "B"),
                        ("2001", "赵组长", "leader", "A"),
                        ("9001", "管理员", "administrator", ""),
                    )
                ),
            ]
        )
        settings = Settings("sqlite:///x", limits=limits, streams=streams, read_seconds=0.2)
        self.running = Running(
            self.service,
            self.writer,
            self.keys,
            settings,
            now_ms=self.time,
            clock=self.time.monotonic,
        )
        self.app: App = create_app(self.running)

    def seat(self, person: str, seat: str = "") -> str:
        """The token of a freshly enrolled seat."""
        seat = seat or f"S{person}"
        code = self.keys.new_code(person, seat, self.time.ms)
        return self.keys.enrol(Enrol(code, f"store-{seat}"), self.time.ms).token

    def event(self, actor: str = "1001", **changes: Any) -> WireEvent:
        """A note about a fresh call."""
        body = changes.pop("body", {"at": NOW, "text": "客户称空调不制冷"})
        raw = msgspec.json.encode(body, order="sorted") if isinstance(body, dict) else body
        event = WireEvent(
            id=self.ids(),
            txn=self.ids(),
            kind="call.said",
            v=1,
            entity="call",
            entity_id=self.ids(),
            hlc=NOW << 16,
            actor=actor,
            install=f"store-S{actor}",
            body=msgspec.Raw(raw),
        )
        return msgspec.structs.replace(event, **changes)

    def push(self, *events: WireEvent) -> bytes:
        """A push of them."""
        return encode(Push(self.time.ms, list(events)))

    def close(self) -> None:
        self.writer.close()
        self.service.close()


MakeSite = Callable[..., Site]


@pytest.fixture
def make_site() -> Iterator[MakeSite]:
    """Sites with limits of their own."""
    made: list[Site] = []

    def make(rps: int = 1000, streams: int = 100, **limits: int) -> Site:
        made.append(Site(Limits(rps=rps, **limits), streams))
        return made[-1]

    yield make
    for site in made:
        site.close()


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    return make_site()


@pytest.fixture
async def client(site: Site) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a started server."""
    async with site.app.router.lifespan_context(site.app):
        transport = httpx.ASGITransport(app=site.app, client=("10.0.0.7", 40_000))
        async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
            yield client


def auth(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}", "content-type": "application/json"}
