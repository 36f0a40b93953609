"""What the store keeps, gives back and refuses."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from agentdesk.domain.events import Draft, EntityId, Event, EventId, Stamp
from agentdesk.domain.fold import EntityState
from agentdesk.domain.projections import PROJECT
from agentdesk.errors import StoreError
from agentdesk.store import Store, Typing
from agentdesk.store.project import COLUMNS, Cell

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MS = int(NINE.timestamp() * 1000)


def call_id(number: int) -> EntityId:
    return EntityId(f"{number:032x}")


def draft(kind: str, call: int = 1, **body: Any) -> Draft:
    return Draft(kind, "call", call_id(call), {"at": MS, **body})


@pytest.fixture
def store() -> Iterator[Store]:
    opened = Store.open(Path(":memory:"), clock=lambda: NINE)
    yield opened
    opened.close()


def test_an_act_is_kept_with_one_transaction_id_and_rising_stamps(store: Store) -> None:
    said = store.commit([draft("call.offered"), draft("call.answered")], actor="8001")
    again = store.commit([draft("call.said", line="x", text="您好")], actor="8001")
    assert [event.kind for event in said] == ["call.offered", "call.answered"]
    assert said[0].txn == said[1].txn != again[0].txn
    assert said[0].stamp < said[1].stamp < again[0].stamp
    assert {event.install for event in said} == {store.install}
    assert store.events_of("call", call_id(1)) == [*said, *again]
    assert store.refold() == [] and store.audit() == []


def test_nothing_to_keep_writes_nothing(store: Store) -> None:
    assert store.commit([], actor="8001") == []


def test_the_state_handed_out_does_not_change_under_its_holder(store: Store) -> None:
    store.commit([draft("call.offered")], actor="8001")
    before = store.state("call", call_id(1))
    store.commit([draft("call.set", set={"note": "空调不制冷"})], actor="8001")
    assert before.value("note") is None
    assert store.state("call", call_id(1)).value("note") == "空调不制冷"


def test_a_body_changed_after_the_commit_changes_nothing_here(store: Store) -> None:
    marks = ["greeting"]
    store.commit([draft("call.offered"), draft("call.said", marks=marks)], actor="8001")
    marks.append("closing")
    said = store.state("call", call_id(1)).first("call.said")
    assert said is not None and said.body["marks"] == ["greeting"]


@pytest.mark.parametrize("wrong", [1.5, NINE, b"x", {1: "x"}, object(), float("nan")])
def test_a_body_json_cannot_give_back_is_refused(store: Store, wrong: object) -> None:
    with pytest.raises(TypeError):
        store.commit([draft("call.offered", wrong=wrong)], actor="8001")
    assert store.events_of("call", call_id(1)) == []


def test_half_a_surrogate_does_not_lose_the_act(store: Store) -> None:
    store.commit([draft("call.offered"), draft("call.set", set={"note": "好\ud800的"})], actor="1")
    assert store.state("call", call_id(1)).value("note") == "好?的"
    assert store.refold() == []


@pytest.mark.parametrize(
    ("kind", "entity"), [("call.offered", "parcel"), ("call.exploded", "call")]
)
def test_an_unknown_entity_or_kind_of_our_own_is_a_programming_error(
    store: Store, kind: str, entity: str
) -> None:
    with pytest.raises(ValueError, match="cannot store"):
        store.commit([Draft(kind, entity, call_id(1))], actor="8001")


def test_a_body_over_32_kib_is_refused_whole(store: Store) -> None:
    with pytest.raises(StoreError) as refused:
        # 11,000 Chinese characters are 33,000 bytes.
        store.commit([draft("call.offered"), draft("call.said", text="好" * 11_000)], actor="1")
    assert refused.value.code == "store.event_too_large"
    assert refused.value.params["limit"] == 32_768
    assert store.events_of("call", call_id(1)) == []
    # The refusal used up no stamp: nothing in memory moved either.
    first = store.commit([draft("call.offered")], actor="8001")[0]
    assert first.stamp == MS << 16


def test_a_clock_without_a_zone_is_refused() -> None:
    naive = datetime(2026, 3, 2, 9, 0)
    opened = Store.open(Path(":memory:"), clock=lambda: NINE, new_id=_counted())
    try:
        with pytest.raises(ValueError, match="zone"):
            opened.calls_between(naive, NINE)
        with pytest.raises(ValueError, match="zone"):
            opened.save_typing(Typing(call_id(1), {}, "note", (0, 0), naive))
        opened._clock = lambda: naive
        with pytest.raises(ValueError, match="zone"):
            opened.commit([draft("call.offered")], actor="8001")
    finally:
        opened.close()


def _counted() -> Any:
    numbers = iter(range(1, 10_000))
    return lambda: EventId(f"{next(numbers):032x}")


def test_an_event_whose_fold_fails_is_parked_and_the_others_go_on(store: Store) -> None:
    wrong = draft("call.set", note="no mapping under set")
    done = store.commit([draft("call.offered"), wrong, draft("call.answered")], actor="8001")
    ((parked, reason),) = store.parked()
    assert parked == done[1].id and reason.startswith("TypeError")
    assert [call for call, _ in store.open_calls()] == [call_id(1)]
    assert store.state("call", call_id(1)).first("call.answered") is not None
    assert store.refold() == []
    # What was parked stays in the journal.
    assert done[1] in store.events_of("call", call_id(1))


def test_a_bug_in_a_projection_parks_the_event_and_the_store_still_opens(tmp_path: Path) -> None:
    def buggy(state: EntityState) -> dict[str, Cell]:
        if state.value("note") == "炸":
            raise RuntimeError("bug")
        return PROJECT["call"](state)

    projections = {**PROJECT, "call": buggy}
    path = tmp_path / "store.db"
    opened = Store.open(path, clock=lambda: NINE, projections=projections)
    opened.commit([draft("call.offered")], actor="8001")
    opened.commit([draft("call.set", set={"note": "炸"})], actor="8001")
    opened.commit([draft("call.answered")], actor="8001")
    opened.close()
    opened = Store.open(path, clock=lambda: NINE, projections=projections)
    assert [reason for _, reason in opened.parked()] == ["RuntimeError: bug"]
    assert opened.calls_between(NINE, NINE + timedelta(1))[0].phase == "talking"
    assert opened.refold() == []
    opened.close()


def foreign(kind: str, serial: int, **body: Any) -> Event:
    return Event(
        EventId(f"{serial:032x}"),
        kind,
        1,
        "call",
        call_id(1),
        {"at": MS, **body},
        Stamp((MS << 16) + serial),
        "8002",
        "f" * 32,
        EventId("e" * 32),
    )


def test_events_from_elsewhere_are_taken_in_once(store: Store) -> None:
    events = [foreign("call.offered", 1), foreign("call.answered", 2)]
    assert store.absorb([*events, events[0]]) == 2
    assert store.absorb(events) == 0
    altered = foreign("call.offered", 1, number="10086")
    assert store.absorb([altered]) == 0
    assert store.events_of("call", call_id(1)) == events
    assert store.refold() == []


def test_an_unknown_kind_is_kept_parked_and_folded_after_an_upgrade(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from agentdesk.domain import events as kinds
    from agentdesk.store import store as module

    path = tmp_path / "store.db"
    opened = Store.open(path, clock=lambda: NINE)
    opened.absorb([foreign("call.offered", 1), foreign("call.sung", 2)])
    assert [reason for _, reason in opened.parked()] == ["unknown kind"]
    assert opened.refold() == []
    opened.close()
    sung = kinds.Kind("call.sung", kinds.Merge.SET)
    monkeypatch.setitem(kinds.KINDS, "call.sung", sung)
    monkeypatch.setattr(module, "__version__", "99")
    opened = Store.open(path, clock=lambda: NINE)
    assert opened.parked() == []
    assert opened.state("call", call_id(1)).first("call.sung") is not None
    assert opened.refold() == []
    opened.close()


def test_typing_is_kept_replaced_and_cleared_with_the_act_that_finishes_it(store: Store) -> None:
    store.commit([draft("call.offered")], actor="8001")
    for note in ("空", "空调"):
        store.save_typing(Typing(call_id(1), {"note": note}, "note", (0, len(note)), NINE))
    assert store.typing(call_id(1)) == Typing(call_id(1), {"note": "空调"}, "note", (0, 2), NINE)
    store.commit([draft("call.set", set={"note": "空调"})], actor="8001", clear_draft=(call_id(1),))
    assert store.typing(call_id(1)) is None


def test_settings_are_kept_and_removed(store: Store) -> None:
    assert store.setting("token") is None
    store.set_setting("token", "a")
    store.set_setting("token", "b")
    assert store.setting("token") == "b"
    store.set_setting("token", None)
    assert store.setting("token") is None


def test_open_calls_are_those_neither_closed_nor_missed(store: Store) -> None:
    for call in (1, 2, 3):
        store.commit([draft("call.offered", call)], actor="8001")
    store.commit([draft("call.answered", 2), draft("call.closed", 2)], actor="8001")
    store.commit([draft("call.missed", 3)], actor="8001")
    assert [call for call, _ in store.open_calls()] == [call_id(1)]


def test_entities_since_are_those_made_later_and_fixed_names(store: Store) -> None:
    old, new = EntityId(f"{MS - 1000:012x}" + "0" * 20), EntityId(f"{MS:012x}" + "0" * 20)
    for promise in (old, new):
        body = {"at": MS, "minutes": 30, "text": "回电"}
        store.commit([Draft("promise.made", "promise", promise, body)], actor="8001")
    assert [id for id, _ in store.entities("promise")] == [old, new]
    assert [id for id, _ in store.entities("promise", since=NINE)] == [new]
    seat = Draft("seat.set", "seat", EntityId("local"), {"set": {"agent_no": "8001"}})
    store.commit([seat], actor="8001")
    ((name, state),) = store.entities("seat", since=NINE)
    assert name == "local" and state.value("agent_no") == "8001"


def test_more_entities_than_the_cache_holds_read_back_the_same(store: Store) -> None:
    for start in range(0, 1200, 300):
        store.commit(
            [draft("call.offered", n, number=str(n)) for n in range(start, start + 300)],
            actor="8001",
        )
    assert len(store._cache) <= 1024
    store.commit([draft("call.answered", 0)], actor="8001")
    assert len(store.state("call", call_id(0)).items) == 2
    assert store.refold() == []


def test_a_changed_row_a_lost_row_and_an_extra_row_are_found(store: Store) -> None:
    for call in (1, 2):
        store.commit([draft("call.offered", call)], actor="8001")
    store.connection.execute("UPDATE call SET phase = 'closed' WHERE id = ?", (call_id(1),))
    store.connection.execute("DELETE FROM call WHERE id = ?", (call_id(2),))
    store.connection.execute("INSERT INTO call (id) VALUES ('ghost')")
    assert len(store.refold()) == 3
    store.rebuild()
    assert store.refold() == []


def test_an_altered_or_removed_event_breaks_the_chain(store: Store) -> None:
    done = [store.commit([draft("call.said", text=str(n))], actor="8001")[0] for n in range(4)]
    assert store.audit() == []
    store.connection.execute("UPDATE event SET body = '{}' WHERE lseq = 2")
    assert store.audit() == [done[2].id]
    store.connection.execute("DELETE FROM event WHERE lseq = 2")
    assert store.audit() == [done[2].id]


def test_the_tables_have_the_columns_the_projections_give() -> None:
    body = {"at": MS, "minutes": 30, "set": {"agent_no": "1"}}
    root = {
        "call": "call.offered",
        "promise": "promise.made",
        "callback": "callback.made",
        "escalation": "escalation.raised",
        "seat": "seat.set",
    }
    opened = Store.open(Path(":memory:"), clock=lambda: NINE)
    for entity, kind in root.items():
        opened.commit([Draft(kind, entity, call_id(1), body)], actor="8001")
        row = PROJECT[entity](opened.state(entity, call_id(1)))
        assert tuple(row) == COLUMNS[entity]
        assert all(cell is None or type(cell) in (str, int) for cell in row.values())
    assert opened.parked() == []
    opened.close()


def offered(store: Store, call: int, number: str, minutes: int = 0) -> None:
    at = MS + minutes * 60_000
    body = {"at": at, "number": number}
    store.commit([Draft("call.offered", "call", call_id(call), body)], actor="8001")


def test_calls_between_are_those_that_began_then_newest_first(store: Store) -> None:
    for call, minutes in ((1, -1), (2, 0), (3, 30), (4, 60)):
        offered(store, call, "13800138000", minutes)
    rows = store.calls_between(NINE, NINE + timedelta(hours=1))
    assert [row.id for row in rows] == [call_id(3), call_id(2)]
    assert rows[1].began_at == MS and rows[1].missing == ()


def test_a_customer_is_found_by_number_then_by_its_end(store: Store) -> None:
    offered(store, 1, "02166208888")
    offered(store, 2, "66208888", 1)
    offered(store, 3, "02166208888", 2)
    offered(store, 4, "01066208888", 3)
    found = [(row.id, exact) for row, exact in store.find_customer("02166208888")]
    assert found == [(call_id(3), True), (call_id(1), True), (call_id(2), False)]
    assert store.find_customer("") == [] and store.find_customer("8888") == []


def test_the_start_up_path_and_a_commit_do_not_load_sqlalchemy() -> None:
    import subprocess
    import sys

    code = (
        "import sys; from datetime import *; from pathlib import Path\n"
        "from agentdesk.store import Store\n"
        "store = Store.open(Path(':memory:'), clock=lambda: datetime.now(timezone.utc))\n"
        "store.commit([], actor='1', clear_draft=('x',)); store.close()\n"
        "heavy = {'sqlalchemy', 'sqlmodel', 'pydantic'} & set(sys.modules)\n"
        "sys.exit(str(heavy) if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_history_finds_by_words_day_and_end_of_number(store: Store) -> None:
    from zoneinfo import ZoneInfo

    from agentdesk.store.history import History

    offered(store, 1, "13800138000")
    offered(store, 2, "13900139000", 60)
    offered(store, 3, "13900139001", 24 * 60)
    store.commit([draft("call.set", 2, set={"note": "退款 100%", "surname": "王"})], actor="1")
    history = History(store, zone=ZoneInfo("Asia/Shanghai"))

    def found(**question: Any) -> list[int]:
        return [int(row.id, 16) for row in history.search_calls(**question)]

    assert found() == [3, 2, 1]
    assert found(limit=1) == [3]
    assert found(text="退款") == found(text="王 退款") == found(text="0%") == [2]
    # A wildcard or a quote in the words is only a character.
    assert found(text="%9") == found(text="' OR 1=1 --") == found(text="退_款") == []
    assert found(day=date(2026, 3, 2)) == [2, 1]
    assert found(number_suffix="9000") == [2]
    assert found(number_suffix="0013-9001") == [3]


def test_history_leaves_the_connection_as_it_was(store: Store) -> None:
    from agentdesk.store.history import History

    history = History(store)
    offered(store, 1, "13800138000")
    assert len(history.search_calls()) == 1
    assert store.connection.in_transaction is False
    assert store.connection.isolation_level is None
    del history
    # Still open, still committing.
    offered(store, 2, "13800138000")
    assert len(store.open_calls()) == 2
