"""What the writer remembers between groups: as much as it may, and what was used last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from agentdesk.domain.events import EntityId, EventId, Stamp
from agentdesk.domain.fold import EntityState
from agentdesk.server import memory
from agentdesk.server.memory import Known, Memory
from agentdesk.store.project import Key
from agentdesk.wire import Stored
from tests.server_kit import Clock, Numbered, Seat, caller, entity, serve


def known(facts: int) -> Known:
    fields = {f"f{number}": (Stamp(number), EventId("id"), number) for number in range(facts)}
    return Known(EntityState({}, fields), None, "team:A")


def key(number: int) -> Key:
    return "call", EntityId(entity(number))


def test_facts_are_counted_and_the_oldest_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "CACHED", 20)
    held = Memory()
    for number in range(4):
        held.put(key(number), known(4))  # five each: full
    assert all(held.get(key(number)) for number in range(4))
    assert held.get(key(0)) is not None
    held.put(key(9), known(0))
    assert held.get(key(1)) is None and held.get(key(0)) is not None
    held.put(key(0), known(9))  # one that has grown takes the room of others
    assert held.get(key(2)) is None and held.get(key(9)) is not None
    held.put(key(5), known(99))  # the last one stays whatever its size
    assert held.get(key(5)) is not None and held.get(key(9)) is None
    held.put(key(6), known(18))
    assert held.get(key(6)) is not None and held.get(key(5)) is None
    assert held._weight == 19


def test_everybody_at_work_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each with a call: nothing of it is read again, however many there are."""
    service, clock = serve(people=True), Clock()
    seats = [
        Seat(caller("8001", seat=f"s{n}", install=f"{n:032x}"), clock, Numbered(n))
        for n in range(60)
    ]
    for number, seat in enumerate(seats):
        seat.push(service, seat.write("call.offered", entity(number)))
    asked: list[Key] = []
    accepted = service.storage.accepted

    def counted(keys: Sequence[Key]) -> Mapping[Key, list[Stored]]:
        asked.extend(keys)
        return accepted(keys)

    monkeypatch.setattr(service.storage, "accepted", counted)
    for number, seat in enumerate(seats):
        seat.push(service, seat.write("call.answered", entity(number)))
    assert asked == []
    # The same when there is room for none of them, only slower.
    monkeypatch.setattr(memory, "CACHED", 1)
    for number, seat in enumerate(seats):
        seat.push(service, seat.write("call.set", entity(number), set={"note": "记"}))
    assert len(asked) > len(seats)
    assert service.differences() == []
