"""What the server gives out: pages, resets, snapshots, and what it finds wrong with itself."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from agentdesk.domain.events import Draft, EntityId
from agentdesk.domain.people import Role, set_person
from agentdesk.server.admission import authority
from agentdesk.server.problem import ServerProblem
from agentdesk.server.service import Service
from agentdesk.server.storage.base import Storage
from agentdesk.server.storage.sqlite import SqliteStorage
from agentdesk.wire import (
    Checkpoints,
    Cursor,
    Hello,
    Page,
    Range,
    Reset,
    Stored,
    Trailer,
    WireEvent,
    decode,
)
from tests.server_kit import (
    HOUR,
    NOW,
    Clock,
    Numbered,
    Seat,
    allow,
    caller,
    entity,
    everything,
    read_all,
    serve,
)


def calls(seat: Seat, count: int, first: int = 1) -> list[WireEvent]:
    return [seat.write("call.offered", entity(first + number)) for number in range(count)]


def closed(seat: Seat, number: int) -> list[WireEvent]:
    return [seat.write(kind, entity(number)) for kind in ("call.offered", "call.missed")]


def pull(service: Service, seat: Seat, cursor: Cursor, scope: str = "team:A") -> Page | Reset:
    return service.pull(seat.who, scope, cursor, service.epoch)


def reset(answer: Page | Reset) -> str:
    assert isinstance(answer, Reset)
    return answer.reset


# -- greeting


def test_a_greeting_names_site_epoch_and_scopes(service: Service, seat: Seat) -> None:
    found = service.hello(seat.who, Hello("a" * 32, "0.1"))
    assert (found.protocol, found.server_time) == (1, NOW)
    assert (found.site, found.epoch) == (service.site, service.epoch)
    assert found.scopes == list(seat.who.scopes) and found.role == "agent"
    assert service.hello(seat.who, Hello("a" * 32, "9", Range(1, 99))).protocol == 1


@pytest.mark.parametrize("spoken", [Range(2, 3), Range(0, 0)])
def test_no_common_protocol_is_said_so(service: Service, seat: Seat, spoken: Range) -> None:
    with pytest.raises(ServerProblem) as refused:
        service.hello(seat.who, Hello("a" * 32, "0.1", spoken))
    assert refused.value.problem.code == "unsupported"


def test_site_epoch_and_install_outlive_the_process(
    storage: Storage, service: Service, reopen: Callable[[], Storage]
) -> None:
    facts = (service.site, service.epoch, service.install)
    assert len(set(facts)) == 3
    again = serve(reopen())
    assert (again.site, again.epoch, again.install) == facts


def test_pages_follow_one_another_to_the_head(service: Service, seat: Seat) -> None:
    events = calls(seat, 7)
    seat.push(service, *events)
    page = service.pull(seat.who, "team:A", Cursor(), service.epoch, 5)
    assert isinstance(page, Page) and page.head == 7 and page.cur.seq == 5
    rest = service.pull(seat.who, "team:A", page.cur, service.epoch, 5)
    assert isinstance(rest, Page) and rest.head == 7
    assert rest.cur == rest.events[-1].place and rest.cur.id == events[6].id
    empty = service.pull(seat.who, "team:A", rest.cur, service.epoch, 5)
    assert isinstance(empty, Page) and (empty.events, empty.cur) == ([], rest.cur)
    assert empty.head == empty.cur.seq


def test_other_scopes_are_closed(service: Service, seat: Seat) -> None:
    for ask in (
        lambda: service.pull(seat.who, "team:B", Cursor(), service.epoch),
        lambda: service.snapshot(seat.who, "seat:s2"),
        lambda: service.common(seat.who, Checkpoints("person:9001", [])),
    ):
        with pytest.raises(ServerProblem) as refused:
            ask()
        assert (refused.value.status, refused.value.problem.code) == (403, "forbidden_scope")


def test_a_cursor_that_leads_nowhere_is_reset_with_its_reason(service: Service, seat: Seat) -> None:
    events = calls(seat, 3)
    seat.push(service, *events)
    true = Cursor(2, events[1].id)
    assert isinstance(pull(service, seat, true), Page)
    assert reset(pull(service, seat, Cursor(2, events[0].id))) == "gone"
    assert reset(pull(service, seat, Cursor(2, "nonsense"))) == "gone"
    # The same event at the same place, but taken in at another time: sent again after a restore.
    place = everything(service)[1].place
    assert place.at and isinstance(pull(service, seat, place), Page)
    assert reset(pull(service, seat, replace(place, at=place.at - 1))) == "gone"
    assert reset(pull(service, seat, true, "site")) == "gone"
    assert reset(pull(service, seat, Cursor(4, events[2].id))) == "ahead"
    assert reset(pull(service, seat, Cursor(1 << 70, events[2].id))) == "ahead"
    assert reset(service.pull(seat.who, "team:A", true, "f" * 32)) == "epoch"
    assert isinstance(service.pull(seat.who, "team:A", Cursor(), ""), Page)
    assert reset(service.pull(seat.who, "team:A", true, "")) == "epoch"


def test_a_new_epoch_resets_every_cursor_and_is_on_record(service: Service, seat: Seat) -> None:
    events = calls(seat, 1)
    seat.push(service, *events)
    before = service.epoch
    fresh = service.new_epoch("恢复自周一的备份")
    assert fresh == service.epoch != before
    answer = service.pull(seat.who, "team:A", Cursor(1, events[0].id), before)
    assert answer == Reset("epoch", fresh, "team:A")
    assert [note for _, _, note in service.storage.epochs()] == ["begun", "恢复自周一的备份"]


def test_common_ground_is_the_newest_checkpoint_that_still_holds(
    service: Service, seat: Seat
) -> None:
    events = calls(seat, 4)
    seat.push(service, *events)
    known = [Cursor(9, entity(9)), Cursor(3, events[0].id), Cursor(2, events[1].id)]
    answer = service.common(seat.who, Checkpoints("team:A", [*known, Cursor(1, events[0].id)]))
    assert answer.cur == known[2] and answer.epoch == service.epoch
    assert service.common(seat.who, Checkpoints("team:A", known[:2])).cur == Cursor()
    with pytest.raises(ServerProblem):
        service.common(seat.who, Checkpoints("team:A", [Cursor()] * 33))


# -- snapshots


def test_a_snapshot_is_every_event_and_a_trailer_that_adds_up(service: Service, seat: Seat) -> None:
    for first in range(1, 1101, 100):
        seat.push(service, *calls(seat, 100, first))
    bad = seat.write("call.said", entity(1), body=b'{"x":1.0}')
    seat.push(service, bad)
    lines = b"".join(service.snapshot(seat.who, "team:A")).splitlines(keepends=True)
    trailer = decode(lines[-1], Trailer)
    events = [decode(line, Stored) for line in lines[:-1]]
    assert trailer.count == len(events) == 1100
    assert trailer.sha256 == sha256(b"".join(lines[:-1])).hexdigest()
    assert trailer.cur == events[-1].place
    assert encoded(events) == encoded(read_all(service, seat.who, "team:A"))
    refused = b"".join(service.snapshot(seat.who, "seat:s1")).splitlines()
    assert [decode(line, Stored).id for line in refused[:-1]] == [bad.id]
    assert b"".join(service.snapshot(seat.who, "site")).count(b"\n") == 1


def encoded(value: object) -> bytes:
    return msgspec.json.encode(value)


# -- what the server writes itself, and who might do what when


def test_the_server_adds_people_that_everybody_reads(service: Service, seat: Seat) -> None:
    (stored,) = service.append([set_person("8005", {"name": "钱多多"}, NOW)])
    assert (stored.scope, stored.actor, stored.install) == ("site", "server", service.install)
    assert [one.id for one in read_all(service, seat.who, "site")] == [stored.id]
    ((number, state),) = service.entities("person")
    assert (number, state.value("name")) == ("8005", "钱多多")
    with pytest.raises(ValueError, match=r"call\.dreamt"):
        service.append([Draft("call.dreamt", "call", EntityId("1"), {})])
    with pytest.raises(TypeError):
        service.append([set_person("8005", {"name": 1.5}, NOW)])
    assert service.append([]) == []


def test_the_role_at_the_time_of_writing_counts_as_well(storage: Storage, clock: Clock) -> None:
    """Demoted between the act and its arrival, and promoted afterwards."""
    service = serve(storage, clock=clock, authority=authority, people=True)
    agent = Seat(caller(), clock, Numbered(1))
    agent.push(service, *[agent.write("escalation.raised", entity(n)) for n in (1, 2, 3)])
    leader = caller("8009", role=Role.LEADER, seat="s9", install="9" * 32, session=True)
    clock.now += HOUR
    then = Seat(leader, clock, Numbered(9))
    late = then.write("escalation.taken", entity(1))
    then.push(service, then.write("escalation.taken", entity(2)))
    clock.now += HOUR
    service.append([set_person("8009", {"role": "agent"}, clock.now)])
    demoted = Seat(caller("8009", seat="s9", install="9" * 32, session=True), clock, Numbered(10))
    demoted.push(service, late)
    clock.now += HOUR
    early = agent.write("escalation.taken", entity(3))
    clock.now += HOUR
    service.append([set_person("8001", {"role": "leader"}, clock.now)])
    promoted = caller(role=Role.LEADER, session=True)
    clock.now += HOUR
    Seat(promoted, clock, Numbered(11)).push(service, early)
    verdicts = {one.id: one.verdict for one in everything(service)}
    assert verdicts[late.id] == "forbidden_now"
    assert verdicts[early.id] == "forbidden"
    taken = [service.state("escalation", entity(n)).first("escalation.taken") for n in (1, 2, 3)]
    assert [item is not None for item in taken] == [False, True, False]


def test_whoever_listens_hears_every_group_once_in_order(service: Service, seat: Seat) -> None:
    heard: list[list[int]] = []

    def broken(events: object) -> None:
        raise RuntimeError("a listener's own fault")

    service.on_commit(broken)
    service.on_commit(lambda events: heard.append([one.seq for one in events]))
    events = calls(seat, 3)
    seat.push(service, *events[:2])
    seat.push(service, *events[:2])
    seat.push(service, *events)
    assert heard == [[1, 2], [3]]
    assert service.heads(["team:A", "site"]) == {"team:A": 3, "site": 0}
    assert service.before("team:A", 3) == 2 and service.before("team:A", 1) == 0
    assert [one.seq for one in service.after(1)] == [2, 3]


@pytest.mark.parametrize("count", [1, 40, 150])
def test_what_was_taken_in_is_known_among_any_number_of_others(
    service: Service, seat: Seat, count: int
) -> None:
    events = [event for n in range(count) for event in closed(seat, n + 1)]
    unsent = [seat.write("call.said", entity(1)).id for _ in range(3)]
    seat.push(service, *events)
    ids = [event.id for event in events]
    for asked in (ids, ids[::-1], ids[:1], [*ids, *unsent], [*unsent, ids[-1]], unsent, []):
        found = service.storage.known(asked)
        assert {id for id, one in found.items() if one and one.id == id} == set(asked) & set(ids)
    service.purge(NOW + 1)
    assert service.storage.known([*unsent, *ids]) == dict.fromkeys(ids)
    assert service.storage.known(unsent) == {}


def test_retention_removes_what_is_finished_and_old_and_tells_what(
    service: Service, seat: Seat, clock: Clock
) -> None:
    old = closed(seat, 1)
    refused = seat.write("call.said", entity(1), body=b'{"x":1.0}')
    seat.push(service, *old, seat.write("call.offered", entity(2)), refused)
    clock.now += HOUR
    young = closed(seat, 3)
    seat.push(service, *young)
    report = service.purge(NOW + 1)
    assert report.entities == {"call": 1}
    assert report.events == {"team:A": 2, "seat:s1": 1}
    assert [row[0] for row in service.storage.rows("call")] == [entity(2), entity(3)]
    left = [one.entity_id for one in read_all(service, seat.who, "team:A")]
    assert left == [entity(2), entity(3), entity(3)]
    assert service.verify() == [] and service.differences() == []
    # A seat in the middle of what is gone takes a snapshot; one behind it goes on.
    assert reset(pull(service, seat, Cursor(1, old[0].id))) == "retention"
    assert isinstance(pull(service, seat, Cursor(2, old[1].id)), Page)
    assert reset(pull(service, seat, Cursor(2, old[0].id))) == "gone"
    # What a seat sends once more is known and does not come back.
    assert seat.push(service, *old).received == [one.id for one in old]
    assert service.state("call", entity(1)).items == {}
    assert service.purge(NOW + 1).events == {}
    # Something new about it begins it anew, and nothing of before is remembered.
    seat.push(service, seat.write("call.set", entity(1), set={"note": "补记"}))
    assert len(service.state("call", entity(1)).fields) == 1
    assert service.verify() == [] and service.differences() == []
    with pytest.raises(ValueError, match="person"):
        service.purge(NOW, ["person"])


# -- the audit


ALTERED: list[tuple[str, Any]] = [
    ("body", '{"at":1,"note":"改过"}'),
    ("actor", "8002"),
    ("verdict", "ok "),
    ("eff", 1),
    ("recv_at", 1),
    ("scope", "team:B"),
    ("role", "leader"),
]


def alter(storage: Storage, statement: str, *values: Any) -> None:
    """What somebody with the database's password might do."""
    if isinstance(storage, SqliteStorage):
        storage._db.execute(statement, values)
    else:
        db: Any = storage
        with db._pool.reader() as connection:
            connection.execute(statement.replace("?", "%s"), values)


@pytest.mark.parametrize(("column", "value"), ALTERED)
def test_the_audit_names_an_altered_row(
    storage: Storage, service: Service, seat: Seat, column: str, value: Any
) -> None:
    events = calls(seat, 5)
    seat.push(service, *events[:3])
    seat.push(service, *events[3:])
    assert service.verify() == []
    alter(storage, f"UPDATE event SET {column} = ? WHERE seq = 2", value)
    (found,) = service.verify()
    assert (found.what, found.seq, found.id) == ("altered", 2, events[1].id)


def test_the_audit_sees_rows_taken_out_put_in_and_groups_sealed_anew(
    storage: Storage, service: Service, seat: Seat
) -> None:
    for each in calls(seat, 6):
        seat.push(service, each)
    alter(storage, "DELETE FROM event WHERE seq = 4")
    assert [(one.what, one.seq) for one in service.verify()] == [("missing", 4)]
    alter(storage, "UPDATE link SET hash = ? WHERE n = 2", b"\1" * 32)
    found = [(one.what, one.seq) for one in service.verify()]
    assert found == [("chain", 2), ("chain", 3), ("missing", 4)]
    alter(storage, "DELETE FROM link WHERE n = 6")
    assert ("missing", 6) in [(one.what, one.seq) for one in service.verify()]


def test_the_audit_tells_of_a_store_that_was_copied(service: Service, seat: Seat) -> None:
    first = seat.write("call.offered", entity(1), prev="ab" * 32)
    second = seat.write("call.offered", entity(2), prev="ab" * 32)
    seat.push(service, first, second)
    assert [(one.what, one.id) for one in service.verify()] == [("fork", "a" * 32)]


# -- the same process again, and another one


def test_what_was_folded_otherwise_is_folded_anew_at_the_next_start(
    storage: Storage, service: Service, seat: Seat, reopen: Callable[[], Storage]
) -> None:
    seat.push(service, *closed(seat, 1), seat.write("promise.made", entity(2), body={"at": 1}))
    rows = service.storage.rows("call")
    with storage.transaction():
        storage.set_meta("tables", "another version")
    again = serve(reopen())
    assert again.storage.rows("call") == rows and len(again.storage.parked()) == 1
    assert again.differences() == []


def test_a_damaged_table_is_seen_and_written_anew(
    storage: Storage, service: Service, seat: Seat
) -> None:
    seat.push(service, *closed(seat, 1))
    alter(storage, "UPDATE call SET note = ? WHERE id = ?", "改过", entity(1))
    assert len(service.differences()) == 1
    service.rebuild()
    assert service.differences() == []
    seat.push(service, *closed(seat, 2))
    assert service.differences() == []


def test_small_records_are_kept_and_swapped_only_once(storage: Storage) -> None:
    storage.keep("code", "k", "1")
    assert storage.kept("code", "k") == "1" and storage.kept("token", "k") is None
    assert storage.swap("code", "k", "0", "2") is False
    assert storage.swap("code", "k", "1", "2") is True
    assert storage.all_kept("code") == {"k": "2"}
    assert storage.swap("code", "k", "2", None) is True
    assert storage.swap("code", "k", "2", None) is False
    storage.keep("code", "k", "3")
    storage.keep("code", "k", None)
    assert storage.all_kept("code") == {}


def test_hostile_text_is_a_value_and_nothing_else(storage: Storage, clock: Clock) -> None:
    service = serve(storage, clock=clock, authority=allow)
    seat = Seat(caller(scopes=["'; DROP TABLE event; --"]), clock, Numbered(1))
    nasty = "'); DROP TABLE event; --"
    event = seat.write("call.set", entity(1), set={nasty: nasty, "note": f'{nasty}"%s?'})
    named = seat.write("call.set", nasty, set={"note": "%(x)s"})
    seat.push(service, event, named)
    assert isinstance(service.pull(seat.who, "'; DROP TABLE event; --", Cursor(), ""), Page)
    assert service.state("call", nasty).value("note") == "%(x)s"
    assert storage.kept(nasty, nasty) is None
    assert len(everything(service)) == 2 and service.differences() == []
