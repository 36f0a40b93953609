"""After the storm: what must hold, whatever happened (I1 to I8 of the reliability design)."""

from __future__ import annotations

from collections import Counter
from typing import Any

from agentdesk.store.project import COLUMNS, GET
from agentdesk.sync.status import State
from agentdesk.wire import Cursor, Stored
from tests.simulation.network import CALM
from tests.simulation.seats import Seat
from tests.simulation.world import PEOPLE, World

ROUNDS = 400


def heal(world: World) -> None:
    """The storm is over: networks work, nobody dies, everybody has their job."""
    world._doomed = None
    for seat in world.seats:
        seat.net.weather, seat.fragile = CALM, False
        seat.net.only(None)
    for seat in world.seats:
        seat.net.deliver_late()
    for number, name, role, team in PEOPLE:
        world.employ(number, {"name": name, "role": role, "team": team, "active": True})
    for seat in world.seats:
        seat.engine.hurry()
        seat.credentials.generation += 1  # everybody signs in again


def settle(world: World) -> int:
    """Let everybody work until nothing is left to do; the rounds it took (I6).

    Raises:
        AssertionError: it did not end.
    """
    for turn in range(ROUNDS):
        waits = [seat.step(500) for seat in world.seats]
        if turn > 3 and all(settled(world, seat) for seat in world.seats):
            return turn
        world.ms += int(max(0.2, min(waits)) * 1000)
    open_ends = [
        f"{seat.name}: {seat.engine.status} {seat.replica.pending()} {seat.replica.cursors()}"
        for seat in world.seats
        if not settled(world, seat)
    ]
    raise AssertionError(f"I6: not settled after {ROUNDS} rounds: {open_ends}")


def settled(world: World, seat: Seat) -> bool:
    """Whether a seat has sent and read everything."""
    if seat.replica.pending().count or seat.engine.status.state is not State.SYNCED:
        return False
    places, storage = seat.replica.cursors(), world.service.storage
    for scope in scopes(world, seat):
        seq, event_id, _ = storage.scope_head(scope)
        here = places[scope].cursor if scope in places else Cursor()
        there = here.seq == seq and (here.id == event_id or not seq)
        if not there and not (here.seq > seq and here.id in world.purged):
            return False
    return True


def scopes(world: World, seat: Seat) -> tuple[str, ...]:
    """What a seat may read."""
    return world.caller(seat.net.token).scopes


def check(world: World) -> None:
    """Every invariant.

    Raises:
        AssertionError: one does not hold; its number comes first.
    """
    journal = world.service.after(0, 1_000_000)
    ids = Counter(stored.id for stored in journal)
    by_id = {stored.id: stored for stored in journal}
    missing = world.acked - world.forgiven - world.purged - ids.keys()
    assert not missing, f"I1: {len(missing)} acknowledged events are nowhere: {sorted(missing)[:3]}"
    assert max(ids.values(), default=1) == 1, "I2: an id twice"
    for seat in world.seats:
        same_journal(seat, journal, scopes(world, seat), world.purged)
        same_tables(world, seat, journal, scopes(world, seat))
        assert seat.store.refold() == [], f"I4 {seat.name}: {seat.store.refold()[:3]}"
        assert not seat.store.parked(), f"parked at {seat.name}: {seat.store.parked()[:2]}"
        lost = seat.must_hold - own_ids(seat)
        assert not lost, f"I1 {seat.name}: {len(lost)} own events left its disk"
    assert world.service.differences() == [], f"I4 server: {world.service.differences()[:3]}"
    accepted = {each for each in world.forged if each in by_id and by_id[each].verdict == "ok"}
    assert not accepted, f"I7: {len(accepted)} forged events were accepted"
    wrong = [each for each in world.service.verify() if each.what != "fork" or not world.forked]
    assert not wrong, f"I8: {wrong[:3]}"
    monotone(journal)


def own_ids(seat: Seat) -> set[str]:
    """Everything a seat's journal holds."""
    return {row[0].hex() for row in seat.store.connection.execute("SELECT id FROM event")}


def same_journal(
    seat: Seat, journal: list[Stored], readable: tuple[str, ...], purged: set[str]
) -> None:
    """I3 and I5: a seat holds exactly its scopes of the server's journal.

    Not counting what retention has removed at some time: a seat may have read it before, and a
    backup may have brought it back after the seat had read past it, till it is removed again.
    """
    theirs = {
        stored.id: (stored.seq, stored.eff, stored.verdict, stored.scope)
        for stored in journal
        if stored.scope in readable and stored.id not in purged
    }
    rows = seat.store.connection.execute(
        "SELECT id, seq, eff, verdict, scope FROM event WHERE seq IS NOT NULL"
    )
    found = {row[0].hex(): row[1:] for row in rows if row[4] in readable}
    mine = {id: what for id, what in found.items() if id not in purged}
    assert mine.keys() >= theirs.keys(), (
        f"I5 {seat.name}: {len(theirs.keys() - mine.keys())} events were passed over"
    )
    assert mine == theirs, f"I3 {seat.name}: its journal is not the server's"


def same_tables(world: World, seat: Seat, journal: list[Stored], readable: tuple[str, ...]) -> None:
    """I3: what a seat shows is the fold of the server's journal."""
    visible = {
        (stored.entity, stored.entity_id)
        for stored in journal
        if stored.verdict == "ok" and stored.scope in readable
    } - world.emptied
    for entity in COLUMNS:
        rows: dict[str, Any] = {
            row[0]: row[1:] for row in seat.store.connection.execute(GET[entity])
        }
        for key, entity_id in visible:
            if key == entity:
                theirs = world.service.storage.row(entity, entity_id)
                mine = rows.get(entity_id)
                assert mine == (theirs and theirs[1:]), (
                    f"I3 {seat.name} {entity} {entity_id}: {mine} for {theirs}"
                )


def monotone(journal: list[Stored]) -> None:
    """Times of one store only go forward, in the order of arrival."""
    last: dict[str, int] = {}
    for stored in journal:
        if stored.verdict == "forged":
            continue
        assert stored.eff > last.get(stored.install, -1), "eff went back"
        last[stored.install] = stored.eff
