"""A seat that was away longer than the server keeps what is over: a snapshot, piece by piece."""

from __future__ import annotations

import pytest

from agentdesk.sync import reading
from agentdesk.sync.reading import Task
from agentdesk.sync.status import State
from tests.unit.sync.conftest import Desk, Site

TEAM = "team:A"


@pytest.fixture
def away(site: Site, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A seat whose place lies before what the server has removed since."""
    monkeypatch.setattr(reading, "PIECES", 1)
    busy, away = site.desk("8001"), site.desk("8002")
    for number in range(1, 41):
        busy.act("call.offered", number)
    busy.run()
    away.run()
    for number in range(1, 41):
        busy.act("call.closed", number, disposition="resolved", missing=[])
    for number in range(41, 241):
        busy.act("call.offered", number)
    busy.run()
    site.pass_(3600.0)
    report = site.service.purge(site.ms)
    assert report.events == {TEAM: 80}
    return away


def begun(desk: Desk) -> reading.Scope:
    """Let the engine go on until some of a snapshot is here."""
    for _ in range(200):
        desk.engine.step()
        scope = desk.engine.reading.scopes.get(TEAM)
        if scope and scope.snapshot and scope.snapshot.taken:
            return scope
        desk.site.pass_(0.05)
    raise AssertionError("no snapshot is taken in")


def calls(desk: Desk) -> int:
    return int(desk.store.connection.execute("SELECT count(*) FROM call").fetchone()[0])


def test_acts_go_on_between_its_pieces_and_the_status_says_what_goes_on(
    site: Site, away: Desk
) -> None:
    before = away.replica.place(TEAM)
    away.engine.hurry()
    scope = begun(away)
    assert scope.snapshot is not None and not scope.snapshot.done
    assert 0 < calls(away) < 200 and away.engine.status.state is State.RESET
    assert away.replica.place(TEAM) == before, "nobody takes a part for the whole"
    (own,) = away.act("call.offered", 900)
    assert away.store.state("call", own.entity_id).items
    away.run()
    assert scope.task is Task.PULL and scope.snapshot is None
    assert site.verdicts()[own.id] == "ok" and calls(away) == 201
    assert away.engine.status.state is State.SYNCED and away.net.asked.count("snapshot") == 1
    assert away.store.refold() == [] and away.store.audit() == []


def test_a_console_that_is_started_again_begins_it_again(away: Desk) -> None:
    before = away.replica.place(TEAM)
    away.engine.hurry()
    begun(away)
    away.engine = away.new_engine()
    assert away.replica.place(TEAM) == before
    away.run()
    assert calls(away) == 200 and away.net.asked.count("snapshot") == 2
    assert away.engine.status.state is State.SYNCED and away.store.refold() == []


def test_a_scope_that_is_lost_meanwhile_is_dropped(away: Desk) -> None:
    away.engine.hurry()
    begun(away)
    away.sign_in(team="B")
    away.run()
    assert calls(away) == 0 and away.replica.place(TEAM) is None
    assert away.engine.status.state is State.SYNCED and away.store.refold() == []
