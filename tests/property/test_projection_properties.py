"""The row of a call made in one pass is the one that reading the call gives, or nothing."""

from __future__ import annotations

from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from agentdesk.domain import projections
from agentdesk.domain.events import EventId, Stamp
from agentdesk.domain.fold import EntityState, Item

KINDS = (
    "call.offered",
    "call.answered",
    "call.held",
    "call.resumed",
    "call.said",
    "call.ended",
    "call.transferred",
    "call.missed",
    "call.closed",
    "call.silent",
)
_EARLIEST, _LATEST = -62_135_596_800_000, 253_402_300_799_999
TIMES = st.one_of(
    st.integers(1_790_000_000_000, 1_790_000_100_000),
    st.sampled_from([_EARLIEST, _LATEST, _EARLIEST - 1, _LATEST + 1, 10**30, True, "7", None]),
)
WORDS = st.sampled_from(["", " ", "王", "先生", "报修", "已解决", "note", None, 7, True])
BODY = st.fixed_dictionaries(
    {},
    optional={
        "at": TIMES,
        "by": WORDS,
        "direction": WORDS,
        "number": WORDS,
        "name": WORDS,
        "source": WORDS,
        "disposition": WORDS,
        "missing": st.one_of(
            st.lists(st.sampled_from(["note", "category", "地址"]), max_size=3),
            st.sampled_from([None, 3, "note", [["note"]]]),
        ),
        "pack": WORDS,
    },
)
SOUND = BODY.map(lambda body: body | {"at": 1_790_000_000_000})
FIELDS = st.dictionaries(
    st.sampled_from(["surname", "title", "category", "note", "number", "disposition", "地址"]),
    WORDS,
)


def state_of(acts: list[tuple[str, int, Any]], fields: dict[str, Any]) -> EntityState:
    """The entity those acts and fields make, its dictionary in the order they came."""
    state = EntityState()
    for number, (kind, stamp, body) in enumerate(acts):
        id = EventId(f"{number * 7919 % 1000:032x}")
        state.items[id] = Item(Stamp(stamp), id, kind, "8001", body, f"seat{number}")
    for name, value in fields.items():
        state.fields[name] = (Stamp(1), EventId("f" * 32), value)
    return state


def outcome(make: Any, state: EntityState) -> object:
    """The row, or what is wrong."""
    try:
        return make(state)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


ACTS = st.lists(
    st.tuples(st.sampled_from(KINDS), st.integers(0, 5), st.one_of(SOUND, BODY)), max_size=12
)
OFFERED: tuple[str, int, Any] = ("call.offered", 0, {"at": 0, "number": "14000001234"})


@given(ACTS, FIELDS)
@example([OFFERED, ("call.held", 1, {"at": 5})], {})
@example([OFFERED, ("call.closed", 1, {"at": 5, "missing": ["note"]})], {"note": " "})
@example([OFFERED, ("call.said", 1, {"at": 10**30})], {})
def test_one_pass_gives_the_row_that_reading_the_call_gives(
    acts: list[tuple[str, int, Any]], fields: dict[str, Any]
) -> None:
    """Whatever the events hold; and what cannot be read is wrong for the same reason."""
    state = state_of(acts, fields)
    assert outcome(projections.project_call, state) == outcome(projections._call, state)


def test_an_ordinary_call_needs_one_pass_only() -> None:
    """Else the property above says nothing."""
    acts = [
        OFFERED,
        ("call.answered", 1, {"at": 5}),
        ("call.ended", 2, {"at": 9, "by": "customer"}),
    ]
    row = projections._call_at_once(state_of(acts, {"surname": "王", "title": "女士"}))
    assert row is not None
    assert (row["phase"], row["customer"], row["ended_at"]) == ("wrap_up", "王女士", 9)
