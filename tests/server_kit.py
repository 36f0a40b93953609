"""Seats and a server for tests: a clock one can turn, ids one can count, events in one line."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import count
from pathlib import Path
from typing import Any

import msgspec

from agentdesk.domain.authority import OK, Judgement
from agentdesk.domain.events import Event
from agentdesk.domain.fold import EntityState
from agentdesk.domain.people import Role, Standing, set_person, set_team
from agentdesk.server.admission import Authority
from agentdesk.server.caller import Caller
from agentdesk.server.service import Service
from agentdesk.server.storage.base import Storage
from agentdesk.server.storage.sqlite import MEMORY, SqliteStorage
from agentdesk.wire import Cursor, Page, Push, Pushed, Stored, WireEvent

NOW = 1_790_000_000_000
HOUR = 3_600_000
DAY = 24 * HOUR
PEOPLE = (
    ("8001", "王小红", "agent", "A"),
    ("8002", "李小雨", "agent", "A"),
    ("8009", "赵一平", "leader", "A"),
    ("9001", "周小兰", "agent", "B"),
    ("1000", "孙主任", "director", ""),
)


class Clock:
    """The server's wall clock, in milliseconds."""

    def __init__(self, now: int = NOW) -> None:
        self.now = now

    def __call__(self) -> int:
        return self.now


class Numbered:
    """Ids that count up; each source has its own prefix."""

    def __init__(self, prefix: int = 0) -> None:
        self._prefix = prefix
        self._numbers = count(1)

    def __call__(self) -> str:
        return f"{NOW:012x}7{self._prefix:03x}8{next(self._numbers):015x}"


def allow(event: Event, who: Caller, then: Standing, state: EntityState, scope: str) -> Judgement:
    """An authority that allows everything."""
    return Judgement(OK)


def caller(
    person: str = "8001",
    *,
    team: str = "A",
    role: Role = Role.AGENT,
    seat: str = "s1",
    install: str = "a" * 32,
    session: bool = False,
    scopes: Iterable[str] = (),
) -> Caller:
    """Somebody at a seat, who reads what an agent of the team reads."""
    own = ("site", f"team:{team}", f"person:{person}", f"seat:{seat}")
    return Caller(person, "", role, team, seat, install, session, (*own, *scopes))


class Seat:
    """Writes events as a seat does, with a clock of its own.

    Args:
        ids: of its events.
        off: what its clock is ahead, in milliseconds.
    """

    def __init__(
        self, who: Caller, clock: Callable[[], int], ids: Callable[[], str], off: int = 0
    ) -> None:
        self.who, self._clock, self._ids, self.off = who, clock, ids, off
        self._last = 0

    @property
    def now(self) -> int:
        """Its own idea of the time."""
        return self._clock() + self.off

    def write(self, kind: str, entity_id: str, **changes: Any) -> WireEvent:
        """An event; ``body`` may be given as an object or as bytes, ``set`` as fields."""
        self._last = max(self._last + 1, self.now << 16)
        body = changes.pop("body", None)
        if body is None:
            body = {"at": max(self.now, 0)}
            if "set" in changes:
                body["set"] = changes.pop("set")
        raw = body if isinstance(body, bytes) else msgspec.json.encode(body, order="sorted")
        values: dict[str, Any] = {
            "id": self._ids(),
            "txn": self._ids(),
            "kind": kind,
            "v": 1,
            "entity": kind.partition(".")[0],
            "entity_id": entity_id,
            "hlc": self._last,
            "actor": self.who.person,
            "install": self.who.install,
            "body": msgspec.Raw(raw),
        }
        return WireEvent(**(values | changes))

    def push(self, service: Service, *events: WireEvent) -> Pushed:
        """Send events with the time it believes it is."""
        return service.push(self.who, Push(self.now, list(events)))


def entity(number: int) -> str:
    """An id of an entity."""
    return f"{number:032x}"


def serve(
    storage: Storage | None = None,
    *,
    clock: Callable[[], int] | None = None,
    authority: Authority = allow,
    people: bool = False,
) -> Service:
    """A server, in memory unless a storage is given; ``people`` makes teams and people known."""
    ids = Numbered(0xFFF)
    storage = storage or SqliteStorage.open(MEMORY, ids())
    service = Service(storage, clock=clock or Clock(), new_id=ids, authority=authority)
    if people:
        service.append([set_team(team, {"name": f"{team}组"}, NOW) for team in ("A", "B")])
        service.append(
            [
                set_person(id, {"name": name, "role": role, "team": team, "active": True}, NOW)
                for id, name, role, team in PEOPLE
            ]
        )
    return service


def on_disk(folder: Path) -> SqliteStorage:
    """A journal in a file."""
    return SqliteStorage.open(folder / "server.db", "e" * 32)


def read_all(service: Service, who: Caller, scope: str, limit: int = 500) -> list[Stored]:
    """A scope from its beginning to its head, page by page."""
    cursor, found = Cursor(), list[Stored]()
    while True:
        page = service.pull(who, scope, cursor, service.epoch, limit)
        assert isinstance(page, Page)
        found += page.events
        cursor = page.cur
        if cursor.seq >= page.head:
            return found


def everything(service: Service) -> list[Stored]:
    """The whole journal."""
    return service.after(0, 1_000_000)
