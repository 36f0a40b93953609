"""What the server takes in, as what, and what it leaves with the seat."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from agentdesk.domain.people import Role
from agentdesk.server import admission
from agentdesk.server.problem import ServerProblem
from agentdesk.server.service import Service
from agentdesk.wire import EVENT_BYTES, Cursor, Page, Push
from tests.server_kit import (
    NOW,
    Clock,
    Numbered,
    Seat,
    caller,
    entity,
    everything,
    read_all,
)

CALL = entity(1)


def test_an_accepted_event_comes_back_in_the_scope_of_its_team(
    service: Service, seat: Seat
) -> None:
    event = seat.write("call.set", CALL, set={"note": "空调不制冷"}, prev="ab" * 32)
    assert seat.push(service, event).received == [event.id]
    (stored,) = read_all(service, seat.who, "team:A")
    assert stored.event().body == {"at": NOW, "set": {"note": "空调不制冷"}}
    assert bytes(stored.body) == bytes(event.body)
    assert (stored.seq, stored.verdict, stored.reason, stored.role) == (1, "ok", "", "agent")
    assert (stored.hlc, stored.eff, stored.recv_at) == (event.hlc, event.hlc, NOW)
    for name in ("id", "txn", "kind", "v", "entity", "entity_id", "actor", "install", "prev"):
        assert getattr(stored, name) == getattr(event, name)
    row = service.storage.rows("call")
    assert service.differences() == [] and (row == [] or row[0][0] == CALL)


def test_an_entity_stays_where_its_first_event_put_it(service: Service, seat: Seat) -> None:
    seat.push(service, seat.write("call.offered", CALL))
    other = Seat(caller("9001", team="B", seat="s2", install="b" * 32), seat._clock, Numbered(2))
    other.push(service, other.write("call.set", CALL, set={"note": "已转接"}))
    alone = Seat(caller("7001", team="", seat="s3", install="c" * 32), seat._clock, Numbered(3))
    alone.push(service, alone.write("call.offered", entity(2)))
    assert [one.scope for one in everything(service)] == ["team:A", "team:A", "person:7001"]


def test_the_same_event_twice_is_one_row(service: Service, seat: Seat) -> None:
    event = seat.write("call.offered", CALL)
    assert seat.push(service, event, event).received == [event.id]
    assert seat.push(service, event).received == [event.id]
    assert len(everything(service)) == 1
    assert service.counts["duplicates"] == 2


@pytest.mark.parametrize("name", ["body", "kind", "entity_id", "hlc", "txn", "actor", "install"])
def test_an_id_with_another_content_is_an_alarm_and_changes_nothing(
    service: Service, seat: Seat, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    event = seat.write("call.said", CALL, body={"at": NOW, "text": "您好"})
    seat.push(service, event)
    before = everything(service)
    other: Any = {
        "body": msgspec.Raw(b'{"at":1}'),
        "kind": "call.answered",
        "entity_id": entity(9),
        "hlc": event.hlc + 1,
        "txn": entity(8),
        "actor": "8002",
        "install": "b" * 32,
    }[name]
    fresh = seat.write("call.answered", CALL)
    with pytest.raises(ServerProblem) as refused:
        seat.push(service, fresh, replace(event, **{name: other}))
    assert (refused.value.status, refused.value.problem.code) == (422, "conflict")
    assert event.id in refused.value.problem.detail
    assert encoded(everything(service)) == encoded(before)
    assert service.counts["conflicts"] == 1 and "ALARM" in caplog.text


def encoded(value: object) -> bytes:
    return msgspec.json.encode(value)


def test_a_salvaged_event_has_lost_its_seal_and_is_still_the_same(
    service: Service, seat: Seat
) -> None:
    event = seat.write("call.offered", CALL, prev="cd" * 32)
    seat.push(service, event)
    assert seat.push(service, replace(event, prev=None)).received == [event.id]


def test_two_contents_for_one_id_in_one_push_are_refused(service: Service, seat: Seat) -> None:
    event = seat.write("call.offered", CALL)
    with pytest.raises(ServerProblem):
        seat.push(service, event, replace(event, hlc=event.hlc + 5))
    assert everything(service) == []


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b'{"at":1.5}', "number"),
        (b'{"at":1,"set":{"n":[1,[2,{"x":1e3}]]}}', "number"),
        (b'{"at":9223372036854775808}', "number"),
        (b'{"at": 1}', "body"),
        (b'{"b":1,"a":2}', "body"),
        (b'{"a":1,"a":1}', "body"),
        (b'{"text":"\\u0041"}', "body"),
        ('{"text":"\x9b31m"}'.encode(), "text"),
        (b'{"text":"\\u001b[31m"}', "text"),
        (b'{"text":"\\u0000"}', "text"),
        (b'{"text":"a\\tb"}', "text"),
        ('{"text":"\u202e"}'.encode(), "text"),
        (b'{"text":"e' + "\u0301".encode() * 9 + b'"}', "text"),
    ],
)
def test_content_that_makes_no_sense_is_kept_as_invalid_for_its_seat_alone(
    service: Service, seat: Seat, body: bytes, reason: str
) -> None:
    good = seat.write("call.offered", CALL)
    bad = seat.write("call.said", CALL, body=body)
    assert seat.push(service, good, bad).received == [good.id, bad.id]
    (stored,) = read_all(service, seat.who, "seat:s1")
    assert (stored.id, stored.verdict, stored.reason) == (bad.id, "invalid", reason)
    assert bytes(stored.body) == body
    assert [one.id for one in read_all(service, seat.who, "team:A")] == [good.id]
    assert list(service.state("call", CALL).items) == [good.id]


def test_escaped_quotes_backslashes_and_line_ends_are_plain_text(
    service: Service, seat: Seat
) -> None:
    body = {"at": NOW, "text": '他说:"C:\\u0000 不行"\n第二行'}
    seat.push(service, seat.write("call.said", CALL, body=body))
    (stored,) = everything(service)
    assert stored.verdict == "ok" and stored.event().body == body


def test_a_field_event_without_fields_and_a_kind_of_another_entity_are_invalid(
    service: Service, seat: Seat
) -> None:
    seat.push(service, seat.write("call.set", CALL, body={"at": NOW}))
    seat.push(service, seat.write("call.offered", CALL, entity="ticket"))
    seat.push(service, seat.write("seat.set", "local", set={"agent_no": "8001"}))
    found = [(one.verdict, one.reason) for one in everything(service)]
    assert found == [("invalid", "shape"), ("invalid", "entity"), ("invalid", "local")]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"kind": "call.dreamt"}, "unknown_kind"),
        ({"v": 2}, "unknown_kind"),
        ({"body": b'{"t":"' + b"x" * EVENT_BYTES + b'"}'}, "too_large"),
        ({"body": b"[1]"}, "malformed"),
        ({"body": b"nul"}, "malformed"),
        ({"body": b'{"t":"\\ud800"}'}, "malformed"),
        ({"body": b'{"t":"\xff"}'}, "malformed"),
        ({"body": b'{"t":' + b"[" * 40 + b"]" * 40 + b"}"}, "malformed"),
        ({"body": b'{"t":' + b"[" * 9000 + b"]" * 9000 + b"}"}, "malformed"),
    ],
)
def test_what_cannot_be_stored_stays_at_the_seat_with_its_whole_transaction(
    service: Service, seat: Seat, changes: dict[str, Any], code: str
) -> None:
    txn = entity(77)
    first = seat.write("call.offered", CALL, txn=txn)
    held = seat.write(**{"kind": "call.said", "entity_id": CALL, "txn": txn} | changes)
    other = seat.write("call.answered", CALL)
    answer = seat.push(service, first, held, other)
    assert answer.received == [other.id]
    assert {(each.id, each.code) for each in answer.retry} == {(first.id, code), (held.id, code)}
    assert [one.id for one in everything(service)] == [other.id]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("id", "G" * 32),
        ("id", "A" * 32),
        ("id", "a" * 31),
        ("txn", ""),
        ("kind", "call"),
        ("kind", "call.said\n"),
        ("v", 0),
        ("v", 1 << 40),
        ("entity_id", ""),
        ("entity_id", "x" * 65),
        ("entity_id", "a\x00b"),
        ("hlc", -1),
        ("hlc", 1 << 63),
        ("actor", ""),
        ("actor", "8001\n"),
        ("install", "../x"),
        ("prev", "zz" * 32),
    ],
)
def test_an_envelope_no_journal_could_hold_is_refused_by_name(
    service: Service, seat: Seat, name: str, value: Any
) -> None:
    good = seat.write("call.offered", CALL)
    bad = replace(seat.write("call.answered", CALL), **{name: value})
    with pytest.raises(ServerProblem) as refused:
        seat.push(service, good, bad)
    assert refused.value.status == 400
    assert refused.value.problem.detail == f"events[1].{name}"
    assert everything(service) == []


def test_too_many_events_at_once_are_refused(service: Service, seat: Seat) -> None:
    events = [seat.write("call.ticked", CALL) for _ in range(501)]
    with pytest.raises(ServerProblem) as refused:
        seat.push(service, *events)
    assert refused.value.status == 413
    assert len(seat.push(service, *events[:500]).received) == 500


def test_events_of_somebody_else_and_of_another_seat_are_forged(
    service: Service, seat: Seat, clock: Clock
) -> None:
    other = Seat(caller("8002", seat="s2", install="b" * 32), clock, Numbered(2))
    other.push(service, other.write("call.offered", entity(5)))
    last = service.storage.installs(["b" * 32])["b" * 32]
    forged = seat.write("call.set", CALL, set={"note": "x"}, actor="8009")
    stolen = seat.write("call.set", CALL, set={"note": "y"}, install="b" * 32)
    seat.push(service, forged, stolen)
    found = [(one.verdict, one.reason, one.scope) for one in everything(service)[1:]]
    assert found == [("forged", "forged", "seat:s1"), ("forged", "install", "seat:s1")]
    assert service.storage.installs(["b" * 32])["b" * 32] == last
    assert service.state("call", CALL).fields == {}


def test_a_seat_may_bring_what_an_earlier_store_of_its_own_had_kept(
    service: Service, seat: Seat, clock: Clock
) -> None:
    seat.push(service, seat.write("call.offered", CALL))
    replaced = Seat(caller(install="d" * 32), clock, Numbered(4))
    saved = [
        replaced.write("call.set", CALL, set={"note": "旧机"}, install=install)
        for install in ("a" * 32, "e" * 31 + "f")
    ]
    replaced.push(service, *saved)
    assert [one.verdict for one in everything(service)] == ["ok"] * 3


def test_an_entity_cannot_be_filled_without_end(
    service: Service, seat: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admission, "CROWDED", 3)
    events = [seat.write("call.ticked", CALL) for _ in range(5)]
    seat.push(service, *events, seat.write("call.ticked", entity(2)))
    found = [(one.verdict, one.reason) for one in everything(service)]
    assert found == [("ok", "")] * 3 + [("invalid", "crowded")] * 2 + [("ok", "")]


# -- claims and guards


def test_the_first_to_arrive_takes_an_escalation_and_the_loser_is_on_record(
    service: Service, seat: Seat, clock: Clock
) -> None:
    seat.push(service, seat.write("escalation.raised", entity(3)))
    leaders = [
        Seat(caller(no, role=Role.LEADER, seat=f"l{no}", install=no * 8), clock, Numbered(n))
        for n, no in enumerate(("8008", "8009"), 5)
    ]
    taken = [each.write("escalation.taken", entity(3)) for each in leaders]
    leaders[1].push(service, taken[1])
    leaders[0].push(service, taken[0])
    state = service.state("escalation", entity(3))
    first = state.first("escalation.taken")
    assert first is not None and first.actor == "8009"
    assert {item.actor for item in state.items.values()} == {"8001", "8008", "8009"}


def test_nobody_resolves_an_escalation_nobody_took(service: Service, seat: Seat) -> None:
    seat.push(service, seat.write("escalation.raised", entity(3)))
    early = seat.write("escalation.set", entity(3), set={"state": "resolved"})
    report = seat.write("escalation.set", entity(3), set={"report_done": True})
    seat.push(service, early, report)
    seat.push(service, seat.write("escalation.taken", entity(3)))
    seat.push(service, seat.write("escalation.set", entity(3), set={"state": "resolved"}))
    verdicts = [(one.verdict, one.reason) for one in everything(service)][1:]
    assert verdicts == [("conflict", "not_taken"), ("ok", ""), ("ok", ""), ("ok", "")]


def test_an_event_the_tables_cannot_hold_is_parked_and_the_others_go_on(
    service: Service, seat: Seat
) -> None:
    """``promise.made`` without its minutes breaks the reader; the promise can still be done."""
    bad = seat.write("promise.made", entity(4), body={"at": NOW})
    good = seat.write("promise.made", entity(6), body={"at": NOW, "minutes": 30})
    seat.push(service, bad, good)
    assert [one.verdict for one in everything(service)] == ["ok", "ok"]
    assert [id for id, _ in service.storage.parked()] == [bad.id]
    assert [row[0] for row in service.storage.rows("promise")] == [entity(6)]
    assert service.differences() == []
    seat.push(service, seat.write("promise.set", entity(4), set={"state": "done"}))
    assert service.differences() == []
    service.rebuild()
    assert service.differences() == [] and [id for id, _ in service.storage.parked()] == [bad.id]


def test_a_page_never_tears_a_transaction_apart(service: Service, seat: Seat) -> None:
    events = []
    for number, size in enumerate((2, 3, 1, 4)):
        txn = entity(100 + number)
        events += [seat.write("call.ticked", CALL, txn=txn) for _ in range(size)]
    seat.push(service, *events)
    sizes, cursor = [], Cursor()
    for _ in range(5):
        page = service.pull(seat.who, "team:A", cursor, service.epoch, 3)
        assert isinstance(page, Page)
        sizes.append(len(page.events))
        cursor = page.cur
    # The last one is longer than a page: there is no whole of it to give.
    assert sizes == [2, 3, 1, 3, 1]


def test_a_group_answers_each_push_for_itself(service: Service, seat: Seat) -> None:
    event = seat.write("call.offered", CALL)
    seat.push(service, event)
    good = seat.write("call.answered", CALL)
    answers = service.admit(
        [
            (seat.who, Push(NOW, [replace(event, hlc=1)])),
            (seat.who, Push(NOW, [good])),
            (seat.who, Push(NOW, [replace(good, id="x")])),
            (seat.who, Push(NOW, [good])),
        ]
    )
    assert isinstance(answers[0], ServerProblem) and isinstance(answers[2], ServerProblem)
    assert [getattr(answers[place], "received", None) for place in (1, 3)] == [[good.id]] * 2
    assert len(everything(service)) == 2 and service.counts["groups"] == 2
