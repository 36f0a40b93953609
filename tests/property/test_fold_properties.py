"""The fold is a join: order, repetition and grouping of events never matter."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from agentdesk.domain.events import ENTITIES, KINDS, Draft, EntityId, Event, EventId, Merge, Stamp
from agentdesk.domain.fold import EntityState, fold, join
from agentdesk.store import Store
from agentdesk.store.journal import canonical, plain

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MS = int(NINE.timestamp() * 1000)

scalars = st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(max_size=8)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=8,
)
FIELDS = ["note", "surname", "title", "category", "number", "state", "due_at", "agent_no"]


@st.composite
def bodies(draw: st.DrawFn, kind: str) -> dict[str, Any]:
    """A body as decisions make them; now and then one that breaks its reader."""
    body: dict[str, Any] = {"at": MS + draw(st.integers(-10_000, 10_000))}
    if KINDS[kind].merge is Merge.FIELD:
        body["set"] = draw(st.dictionaries(st.sampled_from(FIELDS), scalars, max_size=3))
    if kind in ("promise.made", "callback.made"):
        body["minutes"] = draw(st.integers(1, 60))
    if kind in ("call.ticked", "call.unticked"):
        body["requirement"] = draw(st.sampled_from(["read_back", "closing"]))
    if kind == "call.guarded":
        body["guard"] = "cold_transfer"
    if draw(st.integers(0, 19)) == 0:
        body = draw(st.dictionaries(st.text(max_size=4), values, max_size=3))
    return body


@st.composite
def drafts(draw: st.DrawFn) -> Draft:
    kind = draw(st.sampled_from(sorted(KINDS)))
    entity = kind.partition(".")[0]
    assert entity in ENTITIES
    entity_id = EntityId(f"{draw(st.integers(1, 3)):032x}")
    return Draft(kind, entity, entity_id, draw(bodies(kind)))


@st.composite
def journals(draw: st.DrawFn) -> list[Event]:
    """Events of one call with clashing stamps, so that ties are decided too."""
    kinds = sorted(kind for kind in KINDS if kind.startswith("call."))
    events = []
    for number in range(draw(st.integers(0, 12))):
        kind = draw(st.sampled_from(kinds))
        body = {"at": MS, "requirement": "closing", "guard": "x"}
        changes = draw(st.dictionaries(st.sampled_from(FIELDS), scalars, max_size=3))
        events.append(
            Event(
                EventId(f"{number:032x}"),
                kind,
                1,
                "call",
                EntityId("1" * 32),
                body | {"set": changes},
                Stamp(draw(st.integers(0, 3))),
                "8001",
                "f" * 32,
                EventId("e" * 32),
            )
        )
    return events


def snapshot(state: EntityState) -> tuple[Any, ...]:
    return (state.ordered(), sorted(state.fields.items(), key=lambda held: held[0]))


@given(journals(), st.data())
def test_any_order_and_repetition_folds_to_the_same_state(
    events: list[Event], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(events))
    repeated = data.draw(st.lists(st.sampled_from(events), max_size=8)) if events else []
    assert snapshot(fold(shuffled + repeated)) == snapshot(fold(events))


@given(journals(), st.data())
def test_a_state_joined_in_parts_equals_the_whole(events: list[Event], data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(events)))
    state = fold(events[cut:])
    part = state.copy()
    for event in events[:cut]:
        join(part, event)
    assert snapshot(part) == snapshot(fold(events))
    # Joining a copy left the original alone.
    assert snapshot(state) == snapshot(fold(events[cut:]))


@given(values)
def test_canonical_json_is_stable_and_loses_nothing(value: Any) -> None:
    text = canonical(plain(value))
    assert json.loads(text) == value
    assert canonical(json.loads(text)) == text


@given(st.dictionaries(st.text(max_size=4), values, max_size=5), st.randoms())
def test_the_order_of_keys_does_not_show(body: dict[str, Any], random: Any) -> None:
    names = list(body)
    random.shuffle(names)
    assert canonical(plain({name: body[name] for name in names})) == canonical(plain(body))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(drafts(), max_size=5), max_size=8))
def test_tables_equal_a_refold_and_another_store_fed_in_another_order(
    acts: list[list[Draft]],
) -> None:
    now = NINE

    def clock() -> datetime:
        # A clock that goes back every other time.
        nonlocal now
        now += timedelta(seconds=90 if now.second % 2 else -31)
        return now

    one = Store.open(Path(":memory:"), clock=clock)
    two = Store.open(Path(":memory:"), clock=clock)
    try:
        events = [event for act in acts for event in one.commit(act, actor="8001")]
        assert one.refold() == []
        assert one.audit() == []
        two.absorb(events[::2])
        two.absorb(events[::-1])
        assert two.refold() == []
        if not one.parked():
            assert _tables(one) == _tables(two)
        for entity, entity_id in {(event.entity, event.entity_id) for event in events}:
            held = snapshot(one.state(entity, entity_id))
            one._cache.clear()
            assert snapshot(one.state(entity, entity_id)) == held
    finally:
        one.close()
        two.close()


def _tables(store: Store) -> dict[str, list[Any]]:
    return {
        entity: store.connection.execute(f"SELECT * FROM {entity} ORDER BY id").fetchall()
        for entity in ENTITIES
    }
