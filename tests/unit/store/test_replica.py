"""What a seat does with what a server sends, point by point."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec import Raw
from msgspec.structs import replace

from agentdesk.domain.events import Draft, EntityId, Event, EventId, Stamp
from agentdesk.store import Store
from agentdesk.store.journal import canonical
from agentdesk.store.replica import Replica
from agentdesk.wire import Cursor, Live, Page, Stored

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MS = int(NINE.timestamp() * 1000)
TEAM = "team:A"


def entity(number: int) -> EntityId:
    return EntityId(f"{number:032x}")


def draft(kind: str, number: int = 1, **body: Any) -> Draft:
    return Draft(kind, kind.partition(".")[0], entity(number), {"at": MS, **body})


def theirs(kind: str, seq: int, number: int = 1, **body: Any) -> Stored:
    """An event of another seat."""
    text = canonical({"at": MS, **body}).encode()
    return Stored(
        seq=seq,
        scope=TEAM,
        eff=(MS << 16) + seq,
        verdict="ok",
        id=f"{seq + 1000:032x}",
        txn=f"{seq + 1000:032x}",
        kind=kind,
        v=1,
        entity=kind.partition(".")[0],
        entity_id=entity(number),
        hlc=(MS << 16) + seq,
        actor="8002",
        install="f" * 32,
        body=Raw(text),
    )


def confirmed(event: Event, seq: int, **changes: Any) -> Stored:
    """An own event as it comes back."""
    stored = Stored(
        seq,
        TEAM,
        event.stamp,
        "ok",
        event.id,
        event.txn,
        event.kind,
        event.version,
        event.entity,
        event.entity_id,
        event.stamp,
        event.actor,
        event.install,
        Raw(canonical(event.body).encode()),
    )
    return replace(stored, **changes)


def page(*events: Stored, epoch: str = "e1", head: int = 0) -> Page:
    cur = Cursor(events[-1].seq, events[-1].id) if events else Cursor()
    return Page(TEAM, epoch, list(events), cur, head or cur.seq)


class Clock:
    def __init__(self) -> None:
        self.now = NINE

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(clock: Clock) -> Iterator[Store]:
    made = Store.open(Path(":memory:"), clock=clock)
    yield made
    made.close()


@pytest.fixture
def replica(store: Store) -> Replica:
    return Replica(store)


# ------------------------------------------------------------------------- applying


def test_a_confirmed_event_counts_by_the_servers_stamp_and_the_chain_still_holds(
    store: Store, replica: Replica
) -> None:
    (first,) = store.commit([draft("call.set", set={"note": "先写"})], actor="8001")
    (later,) = store.commit([draft("call.set", set={"note": "后写"})], actor="8001")
    # The seat's clock was wrong: another's change lies between the two by the server's time.
    back = first.stamp - (3_600_000 << 16)
    events = [
        confirmed(first, 1, eff=back),
        replace(theirs("call.set", 2, set={"note": "别人写"}), eff=back + 1),
        confirmed(later, 3, eff=back + 2),
    ]
    replica.apply(page(*events[:2]), Cursor())
    assert store.state("call", entity(1)).value("note") == "后写"  # own, not confirmed yet
    replica.apply(page(events[2]), Cursor(2, events[1].id))
    assert store.state("call", entity(1)).value("note") == "后写"
    assert store.audit() == [] and store.refold() == []
    held = store.state("call", entity(1)).fields["note"]
    assert held == (back + 2, later.id, "后写")
    stamps = [event.stamp for event in store.events_of("call", entity(1))]
    assert stamps == [back, back + 1, back + 2]
    # The next act is sealed to what was written, not to what was made of it.
    store.commit([draft("call.said")], actor="8001")
    assert store.audit() == []


def test_own_acts_count_on_from_what_the_server_has_said(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "store.db"
    with closing(Store.open(path, clock=clock)) as store:
        ahead = Stamp((MS + 30_000) << 16)
        replica = Replica(store)
        replica.apply(page(replace(theirs("call.offered", 1), eff=ahead)), Cursor())
        (event,) = store.commit([draft("call.answered")], actor="8001")
        assert event.stamp == ahead + 1
        refused = replace(theirs("call.set", 2), eff=ahead << 1, verdict="forbidden")
        replica.apply(page(refused), Cursor(1, f"{1001:032x}"))
    with closing(Store.open(path, clock=clock)) as store:
        (event,) = store.commit([draft("call.held")], actor="8001")
        assert event.stamp == ahead + 2
        assert store.audit() == [] and store.refold() == []


def test_the_same_page_again_and_pages_out_of_turn_change_nothing(
    store: Store, replica: Replica
) -> None:
    one = page(theirs("call.offered", 1), theirs("call.set", 2, set={"note": "空调"}))
    two = page(theirs("call.answered", 5))
    after = one.cur
    assert replica.apply(two, after).behind and replica.cursors() == {}
    first = replica.apply(one, Cursor())
    assert [event.seq for event in first.new] == [1, 2] and first.entities
    again = replica.apply(one, Cursor())
    assert not again.behind and again.entities == () and again.new == ()
    assert replica.apply(two, Cursor(2, "a" * 32)).behind  # another event stood at that place
    assert replica.apply(replace(two, epoch="e2"), after).behind
    replica.apply(two, after)
    replica.apply(one, Cursor())
    assert replica.cursors()[TEAM].cursor == two.cur
    assert store.refold() == []


def test_more_entities_than_memory_holds_arrive_on_one_page(
    store: Store, replica: Replica, monkeypatch: pytest.MonkeyPatch
) -> None:
    from agentdesk.store import memory

    monkeypatch.setattr(memory, "_CACHED", 3)
    roots = [theirs("call.offered", seq, seq) for seq in range(1, 9)]
    replica.apply(page(*roots), Cursor())
    notes = [theirs("call.set", 10 + n, n, set={"note": f"第{n}个"}) for n in range(1, 9)]
    replica.apply(page(*notes), page(*roots).cur)
    rows = store.connection.execute("SELECT note FROM call ORDER BY id").fetchall()
    assert rows == [(f"第{n}个",) for n in range(1, 9)] and store.refold() == []


@pytest.mark.parametrize(
    "wrong",
    [
        lambda event: replace(event, id="x" * 32),
        lambda event: replace(event, id=event.id.upper().replace("0", "A")),
        lambda event: replace(event, txn="1"),
        lambda event: replace(event, scope="team:B"),
        lambda event: replace(event, seq=1 << 70),
        lambda event: replace(event, eff=-1),
        lambda event: replace(event, hlc=1 << 63),
        lambda event: replace(event, prev="ab"),
        lambda event: replace(event, kind="call." + "x" * 2000),
        lambda event: replace(event, body=Raw(b"[]")),
        lambda event: replace(event, body=Raw(b"{")),
        lambda event: replace(event, body=Raw(b'{"a":"\xff"}')),
        lambda event: replace(event, body=Raw(b'{"a":"\\ud800"}')),
        lambda event: replace(event, body=Raw(b"[" * 9000)),
        lambda event: replace(event, body=Raw(b'{"a":' * 70 + b"1" + b"}" * 70)),
        lambda event: replace(event, body=Raw(b'{"a":"' + b"x" * 40_000 + b'"}')),
    ],
)
def test_what_no_journal_can_hold_is_refused_with_its_page(
    store: Store, replica: Replica, wrong: Callable[[Stored], Stored]
) -> None:
    with pytest.raises(ValueError):
        replica.apply(page(theirs("call.offered", 1), wrong(theirs("call.set", 2))), Cursor())
    assert replica.cursors() == {} and store.state("call", entity(1)).items == {}


def test_a_page_that_contradicts_itself_is_refused(replica: Replica) -> None:
    one, two = theirs("call.offered", 1), theirs("call.set", 2)
    bad = [
        page(two, one),
        page(one, replace(two, id=one.id)),
        replace(page(one), cur=Cursor(9, two.id)),
        replace(page(), cur=Cursor(9, two.id)),
    ]
    for each in bad:
        with pytest.raises(ValueError):
            replica.apply(each, Cursor())
    assert replica.cursors() == {}


def test_an_unknown_kind_is_parked_and_stops_neither_cursor_nor_others(
    store: Store, replica: Replica
) -> None:
    new = theirs("call.sung", 1, song="茉莉花")
    odd = replace(theirs("parcel.sent", 2), entity="parcel")
    huge = theirs("promise.made", 3, 7, minutes=10**30)
    replica.apply(page(new, odd, huge, theirs("call.offered", 4)), Cursor())
    assert replica.cursors()[TEAM].cursor.seq == 4
    assert len(store.parked()) == 3 and store.refold() == []
    assert store.state("call", entity(1)).first("call.offered") is not None
    assert store.events_of("call", entity(1))[0].kind == "call.sung"


def test_the_first_claim_the_server_took_wins_on_every_seat(store: Store, replica: Replica) -> None:
    store.commit([draft("escalation.raised")], actor="8001")
    (ours,) = store.commit([draft("escalation.taken", by="8001 王班长")], actor="8001")
    raised, rest = store.events_of("escalation", entity(1))[0], Cursor()
    won = theirs("escalation.taken", 2, by="8002 李班长")
    won = replace(won, eff=ours.stamp + 999)  # later by the clock, first at the server
    replica.apply(page(confirmed(raised, 1), won, confirmed(ours, 3)), rest)
    row = store.connection.execute("SELECT taken_by, raised_by FROM escalation").fetchone()
    assert row == ("8002 李班长", "8001") and store.refold() == []
    first = store.state("escalation", entity(1)).first("escalation.taken")
    assert first is not None and first.id == won.id


def test_the_first_record_of_a_breach_is_the_one_the_server_took_first(
    store: Store, replica: Replica
) -> None:
    from agentdesk.domain.ticket.read import read_ticket

    opened = theirs("ticket.opened", 1, owner="8002", pack="T0", values={})
    early = theirs("ticket.breached", 2, key="dispatch", due=MS + 5)
    late = replace(theirs("ticket.breached", 3, key="dispatch", due=MS + 9), eff=MS << 16)
    replica.apply(page(opened, early, late), Cursor())
    ticket = read_ticket(entity(1), store.state("ticket", entity(1)))
    assert ticket is not None
    assert ticket.breaches == {"dispatch": NINE + timedelta(milliseconds=5)}


def test_a_copy_that_says_something_else_is_flagged_and_never_written_over(
    store: Store, replica: Replica
) -> None:
    (event,) = store.commit([draft("call.offered", note="我写的")], actor="8001")
    store.commit([draft("call.answered")], actor="8001")
    other = confirmed(event, 1, body=Raw(b'{"at":1,"note":"x"}'))
    applied = replica.apply(page(other), Cursor())
    assert applied.altered == (event.id,) and replica.cursors()[TEAM].cursor.seq == 1
    (shown,) = replica.not_accepted()
    assert (shown.verdict, shown.reason, shown.body["note"]) == ("conflict", "altered", "我写的")
    assert store.audit() == [] and store.refold() == []
    before = theirs("call.offered", 2, 5)
    replica.apply(page(before), page(other).cur)
    changed = replace(before, actor="8003")
    again = replica.apply(page(other, changed), Cursor())
    assert set(again.altered) == {event.id, EventId(before.id)}
    assert store.events_of("call", entity(5))[0].actor == "8002"


def test_a_root_that_is_refused_leaves_no_row(store: Store, replica: Replica) -> None:
    (event,) = store.commit([draft("call.offered")], actor="8001")
    applied = replica.apply(page(confirmed(event, 1, verdict="forbidden", reason="x")), Cursor())
    assert applied.refused == (event.id,) and store.open_calls() == []
    assert store.connection.execute("SELECT count(*) FROM call").fetchone() == (0,)
    assert store.refold() == [] and replica.pending().count == 0


def test_an_older_copy_of_this_store_gets_its_own_work_back(store: Store, replica: Replica) -> None:
    lost = replace(theirs("call.offered", 1), install=store.install, prev="ab" * 32)
    (kept,) = store.commit([draft("call.offered", 2)], actor="8001")
    replica.apply(page(lost, confirmed(kept, 2)), Cursor())
    assert len(store.open_calls()) == 2
    assert store.audit() == []  # it is no part of the chain written since
    # A server that has forgotten it is given it again.
    while not replica.rewind(TEAM, Cursor(), "e2"):
        pass
    assert {event.id for event in replica.outbox(9, 1 << 20).events} == {lost.id, kept.id}
    assert store.audit() == [] and store.refold() == []


# -------------------------------------------------------------------- stream, resets


def test_a_stream_is_applied_as_far_as_it_follows(store: Store, replica: Replica) -> None:
    one, two, four = (theirs("call.said", seq, text=str(seq)) for seq in (1, 2, 4))
    (applied,) = replica.apply_live([Live(0, one), Live(1, two), Live(3, four)], "e1")
    assert applied.behind and len(applied.new) == 2
    assert replica.cursors()[TEAM].cursor == Cursor(2, two.id)
    (applied,) = replica.apply_live([Live(0, one), Live(1, two)], "e1")
    assert not applied.behind and applied.entities == ()
    (applied,) = replica.apply_live([Live(2, four)], "e2")
    assert applied.behind
    (applied,) = replica.apply_live([Live(2, four)], "e1")
    assert not applied.behind and store.refold() == []


def fill(replica: Replica, count: int) -> list[Stored]:
    events = [theirs("call.offered", seq * 3, seq) for seq in range(1, count + 1)]
    replica.apply(page(*events), Cursor())
    return events


def test_checkpoints_lie_ever_further_apart(replica: Replica) -> None:
    assert replica.checkpoints(TEAM) == []
    events = fill(replica, 400)
    found = replica.checkpoints(TEAM)
    assert found[0] == Cursor(1200, events[-1].id) and len(found) <= 20
    seqs = [cursor.seq for cursor in found]
    assert seqs == sorted(set(seqs), reverse=True) and seqs[-1] < 400
    assert {cursor.id for cursor in found} <= {event.id for event in events}


def test_going_back_takes_small_steps_and_keeps_own_work(store: Store, replica: Replica) -> None:
    events = fill(replica, 30)
    (own,) = store.commit([draft("call.offered", 99)], actor="8001")
    replica.apply(page(confirmed(own, 100)), page(*events).cur)
    common, steps = Cursor(events[9].seq, events[9].id), 0
    while not replica.rewind(TEAM, common, "e2", limit=4):
        steps += 1
        place = replica.cursors()[TEAM]
        assert place.epoch == "e1" and place.cursor.seq > common.seq
        assert store.refold() == []
    assert steps == 5 and replica.cursors()[TEAM].cursor == common
    assert replica.cursors()[TEAM].epoch == "e2"
    assert [event.id for event in replica.outbox(9, 1 << 20).events] == [own.id]
    assert store.connection.execute("SELECT count(*) FROM call").fetchone() == (11,)
    assert store.refold() == [] and store.audit() == []


def test_what_others_finished_is_forgotten_in_time(store: Store, replica: Replica) -> None:
    old = [theirs("call.offered", 1, 1), theirs("call.answered", 2, 1), theirs("call.closed", 3, 1)]
    both = [theirs("call.offered", 4, 2), theirs("call.closed", 5, 2)]
    running = [theirs("call.offered", 6, 3)]
    replica.apply(page(*old, *both, *running), Cursor())
    store.commit([draft("call.set", 2, set={"note": "我补的"})], actor="8001")
    store.commit([draft("call.offered", 4), draft("call.closed", 4)], actor="8001")
    assert replica.prune(MS - 1) == 0
    assert replica.prune(MS + 1) == 1
    ids = {row[0] for row in store.connection.execute("SELECT id FROM call")}
    assert ids == {entity(2), entity(3), entity(4)}
    assert store.refold() == [] and replica.cursors()[TEAM].cursor.seq == 6
