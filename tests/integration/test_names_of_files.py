"""What came from elsewhere becomes no part of a file's name.

Names that lead out of a folder, name a device, are too long or write backwards go in wherever
a network, a file of somebody's, or a setting can bring them: an audit hook sees every file this
process opens, makes, moves or removes meanwhile.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec import Raw
from msgspec.structs import replace

from agentdesk.domain.events import Draft, EntityId, Event, EventId, Stamp
from agentdesk.errors import AgentdeskError
from agentdesk.server.admin import Admin
from agentdesk.server.problem import ServerProblem
from agentdesk.standards.clauses import load_clauses
from agentdesk.standards.facts import load_facts
from agentdesk.standards.kept import kept_pack
from agentdesk.standards.lint import lint_file
from agentdesk.standards.loader import PackRegistry
from agentdesk.store import Store
from agentdesk.store.archive import Archived, Taken, lines, read, take_in
from agentdesk.store.call_packs import recorded_packs
from agentdesk.store.installing import Snapshot
from agentdesk.store.replica import Replica
from agentdesk.sync.credentials import Credentials
from agentdesk.wire import (
    Checkpoints,
    Cursor,
    Enrol,
    Hello,
    Live,
    Page,
    Push,
    Stored,
    Token,
    Trailer,
    encode,
)
from tests.server_kit import NOW, Clock, Numbered, Seat, caller, on_disk, serve

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HOSTILE = (
    "../../escaped",
    "..\\..\\escaped",
    "/escaped/here",
    "C:\\escaped",
    "\\\\escaped\\share",
    "~/escaped",
    "file:///escaped?mode=rwc",
    "escaped\0.toml",
    "escaped\n",
    "escaped. . ",
    "CON",
    "nul.escaped",
    "escaped／..／x",
    "escaped∕x",
    "\u202eescaped",
    "escaped" + "e" * 300,
    "escaped" + "名" * 120,
    ".",
    "..",
    "$HOME-escaped",
    "",
)
SEEN = {"open", "os.mkdir", "os.remove", "os.rmdir", "os.rename", "os.link", "sqlite3.connect"}
_watched: list[str] | None = None


def _hook(event: str, values: tuple[object, ...]) -> None:
    if _watched is not None and event in SEEN:
        for each in values[: 2 if event in ("os.rename", "os.link") else 1]:
            if isinstance(each, (str, bytes, os.PathLike)):
                _watched.append(os.fsdecode(each))


sys.addaudithook(_hook)  # for good: there is no way to take one away


@contextmanager
def watched() -> Iterator[list[str]]:
    """Every file named meanwhile."""
    global _watched
    found: list[str] = []
    _watched = found
    try:
        yield found
    finally:
        _watched = None


def carries(path: str, name: str) -> bool:
    """Whether a path was made with a name."""
    parts = path.replace("\\", "/").split("/")
    whole = {"CON", ".", ".."}
    return "escaped" in path or (name in whole and (name in parts or f"{name}.toml" in parts))


def refused(work: Callable[..., object], *values: object) -> None:
    """Do it; it may well be refused, in words."""
    with suppress(AgentdeskError, ServerProblem, ValueError):
        work(*values)


def take(replica: Replica, scope: str, line: bytes, trailer: Trailer) -> None:
    """A snapshot of one event."""
    replica.take_snapshot(Snapshot(scope, [line], trailer))


def event_of(name: str, number: int, **changes: Any) -> Stored:
    """An event of the server with a name in every field a seat might take for one."""
    id = f"{number:032x}"
    body = {"at": 1, "pack": name, "number": name, "customer": name, "text": name, "line": name}
    made = Stored(
        number, "team:A", NOW << 16, "ok", id, id, "call.offered", 1, "call", name or "x",
        NOW << 16, name, name, Raw(b"{}"), None, name, name, NOW,
    )  # fmt: skip
    return replace(made, body=Raw(msgspec.json.encode(body, order="sorted")), **changes)


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_a_seat_makes_no_file_of_what_a_server_says(name: str, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with watched() as found:
        credentials = Credentials(tmp_path / "state" / "tokens.json")
        token = Token("t" * 64, name, name, name, name, name, name)
        refused(lambda: credentials.put(token, name))
        refused(lambda: credentials.drop(name))
        with closing(Store.open(folder / "store.db", clock=lambda: NINE)) as store:
            replica = Replica(store)
            refused(lambda: replica.join_site(name))
            refused(lambda: replica.note(name, name))
            for number, change in enumerate(
                ({}, {"entity": name}, {"kind": name}, {"scope": name}, {"id": name}), 1
            ):
                event = event_of(name, number, **change)
                cursor = Cursor(event.seq, event.id, NOW)
                page = Page(event.scope, name, [event], cursor, event.seq)
                refused(replica.apply, page, Cursor())
                live = Live(0, event)
                refused(replica.apply_live, [live], name)
                line = encode(event) + b"\n"
                trailer = Trailer(name, cursor, 1, sha256(line).hexdigest())
                refused(take, replica, event.scope, line, trailer)
            refused(lambda: replica.drop_scope(name))
            refused(lambda: replica.rewind(name, Cursor(), name))
            calls = [EntityId(name or "x")]
            packs = PackRegistry(tmp_path / "packs")
            for pack in {*recorded_packs(store, calls).values(), name}:
                refused(packs.get, pack)
            assert store.quick_check() == []
    assert found and not [path for path in found if carries(path, name)]
    assert {each.name for each in tmp_path.iterdir()} <= {"data", "state"}


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_a_server_makes_no_file_of_what_a_seat_says(name: str, tmp_path: Path) -> None:
    clock = Clock()
    with watched() as found:
        service = serve(on_disk(tmp_path), clock=clock, people=True)
        admin = Admin(service)
        refused(lambda: admin.call("teams.set", {"id": name, "name": name}))
        change = {"id": name, "values": {"name": name, "team": name}}
        refused(lambda: admin.call("people.set", {"changes": [change]}))
        for person, place in (("8001", name), (name, "s1")):
            refused(admin.call, "enrol", {"person": person, "seat": place})
        code = admin.keys.new_code("8001", "s1", service.now())
        refused(lambda: admin.keys.enrol(Enrol(code, name, name), service.now()))
        refused(lambda: admin.keys.authenticate(name, name, service.now()))
        who = caller(install=name, seat=name, scopes=(name,))
        seat = Seat(who, clock, Numbered(1))
        refused(lambda: service.hello(who, Hello(name, name)))
        for field in ("id", "txn", "kind", "entity", "entity_id", "actor", "prev"):
            event = replace(seat.write("call.said", "f" * 32), **{field: name})
            refused(service.push, who, Push(clock.now, [event]))
        refused(lambda: service.pull(who, name, Cursor(1, name), name))
        refused(lambda: service.common(who, Checkpoints(name, [Cursor(1, name)])))
        refused(lambda: [*service.snapshot(who, name)])
        assert service.verify() == [] and service.differences() == []
        service.close()
    assert found and not [path for path in found if carries(path, name)]
    assert {each.name.partition("-")[0] for each in tmp_path.iterdir()} <= {
        "server.db",
        "server.db.lock",
    }


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_a_standard_is_compared_and_never_looked_for(name: str, tmp_path: Path) -> None:
    """In settings, in what a call was recorded with, and in a file that extends another."""
    own = tmp_path / "packs"
    own.mkdir()
    shown = name.replace("\\", "\\\\").replace("\0", "\\u0000").replace("\n", "\\n")
    text = f'[pack]\nid = "X1"\ntitle = "甲"\ntitle_en = "A"\nextends = "{shown}"\n'
    (own / "X1.toml").write_text(text, encoding="utf-8")
    with watched() as found:
        packs = PackRegistry(own)
        works: tuple[Callable[[str], object], ...] = (
            packs.get, packs.title, packs.clauses, packs.tables, load_facts, load_clauses,
        )  # fmt: skip
        for work in works:
            refused(work, name)
        refused(lambda: kept_pack(name, own, tmp_path / "cache", packs.get))
        refused(lambda: packs.get("X1"))
        refused(lambda: lint_file(own / "X1.toml", packs))
    assert found and not [path for path in found if carries(path, name)]


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_an_archive_says_nothing_about_files(name: str, tmp_path: Path) -> None:
    with watched() as found:
        with closing(Store.open(tmp_path / "a.db", clock=lambda: NINE)) as store:
            body = {"at": 1, "pack": name, "number": name}
            store.commit([Draft("call.offered", "call", EntityId("a" * 32), body)], actor=name)
            written = [*lines(store, name)]
        id = EventId("b" * 32)
        event = Event(id, name, 1, name, EntityId(name), {}, Stamp(1), name, name, id)
        given = Archived(
            id, id, name, 1, name, name, 1, name, name, Raw(b"{}"), None, True, name
        )  # fmt: skip
        with closing(Store.open(tmp_path / "b.db", clock=lambda: NINE)) as store:
            refused(lambda: take_in(store, [*read(written)], Taken(), own=True))
            refused(lambda: take_in(store, [given], Taken(), own=True))
            refused(lambda: store.absorb([event], mine=True))
        Store.open(tmp_path / "b.db", clock=lambda: NINE).close()
    assert found and not [path for path in found if carries(path, name)]


def test_a_file_named_by_it_would_be_noticed(tmp_path: Path) -> None:
    for name in ("../../escaped", "CON", "..", "/escaped/here"):
        with watched() as found, suppress(OSError, ValueError):
            (tmp_path / "packs" / f"{name}.toml").read_bytes()
        assert [path for path in found if carries(path, name)], name
