"""Looking at many events together says of them what looking at each one says."""

from __future__ import annotations

from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st
from msgspec import Raw
from msgspec.structs import replace

from agentdesk.domain.ids import hexadecimal
from agentdesk.server import admission
from agentdesk.store import arrivals
from agentdesk.wire import Stored, WireEvent

SOUND = Stored(
    7, "team:A", 1, "ok", "a" * 32, "b" * 32, "call.said", 1, "call", "c" * 32, 1, "8001",
    "d" * 32, Raw('{"text":"您好"}'.encode()), "e" * 64, "", "agent", 5,
)  # fmt: skip
DAMAGE: list[dict[str, Any]] = [
    *({name: "A" * 32} for name in ("id", "txn")),
    {"id": "a" * 31 + " "},
    {"txn": "b" * 31 + " "},
    {"id": "a" * 33, "txn": "b" * 31},
    {"id": "", "txn": ""},
    {"id": "é" * 32},
    {"prev": ""},
    {"prev": "e" * 63},
    {"prev": "E" * 64},
    {"prev": None},
    {"scope": "team:B"},
    *({name: -1} for name in ("seq", "eff", "hlc", "v", "recv_at")),
    *({name: 2**63} for name in ("seq", "eff", "hlc", "v", "recv_at")),
    *({name: "长" * 1200} for name in ("kind", "entity", "entity_id", "actor", "install")),
    *({name: "长" * 1200} for name in ("verdict", "reason", "role")),
    {"body": Raw(b'"' + b"x" * 32 * 1024 + b'"')},
    {},
]


def complaint(look: Any, *values: Any) -> str:
    """What it says is wrong."""
    try:
        look(*values)
    except ValueError as error:
        return str(error)
    return ""


@given(st.lists(st.sampled_from(DAMAGE), max_size=4), st.integers(0, 4))
@example([], 0)
def test_a_page_is_refused_for_its_first_bad_event(damage: list[dict[str, Any]], at: int) -> None:
    """And for the same reason; a sound one is not."""
    events = [SOUND] * at + [replace(SOUND, **each) for each in damage]
    single = next((said for each in events if (said := complaint(_one, each))), "")
    assert complaint(arrivals.check_all, events, "team:A") == single


def _one(stored: Stored) -> None:
    arrivals.check(stored, "team:A")


def test_every_damage_alone_is_found_or_harmless() -> None:
    """Else the property above says nothing."""
    found = [complaint(arrivals.check_all, [replace(SOUND, **each)], "team:A") for each in DAMAGE]
    assert sum(map(bool, found)) == len(DAMAGE) - 2  # without a seal, and unharmed


VALUES = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.floats(allow_nan=False),
        st.text(max_size=3),
        st.sampled_from([0, -(2**63), 2**63 - 1, 2**63, -(2**63) - 1, 10**40]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=2), inner, max_size=3)
    ),
    max_leaves=8,
)


def nested(depth: int) -> list[Any]:
    """Lists within one another."""
    made: list[Any] = []
    for _ in range(depth):
        made = [made]
    return made


@given(st.dictionaries(st.text(max_size=3), VALUES, max_size=4))
@example({"a": nested(admission.DEEPEST - 2)})
@example({"a": nested(admission.DEEPEST - 1)})
@example({"a": 1.5, "b": nested(40)})
@example({"a": [], "b": 2**63})
def test_a_flat_body_is_looked_at_once(body: dict[str, Any]) -> None:
    """The short way says what the thorough one says."""
    assert admission._fault(body) == admission._inner_fault(body)


BODIES = [
    b'{"at":1,"text":"\xe6\x82\xa8\xe5\xa5\xbd"}',
    b'{"at":1,"set":{"note":"a\\nb"}}',
    b'{"a":null,"b":true,"c":["x"],"d":{"e":""}}',
    b"{}",
    b'{"set":[]}',
    b'{"b":1,"a":2}',
    b'{"a":1}\n{"b":2}',
    b'{"a":1 }',
    b'{"a":1,"a":2}',
    b'{"a":9223372036854775808}',
    b'{"a":1.0}',
    b'{"a":{"b":[{}]}}',
    b'{"a":"\\u202e"}',
    b'{"a":"\xe2\x80\xae"}',
    b'{"a":"\xff"}',
    b'{"a":"',
    b'"}',
    b"[]",
    b"",
    b'{"a":"' + b"x" * 32 * 1024 + b'"}',
]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(BODIES),
            st.sampled_from(["call.said", "call.set", "ticket.set", "call.sung", "seat.set"]),
            st.sampled_from(["", "ticket"]),
            st.integers(1, 2),
        ),
        min_size=1,
        max_size=4,
    )
)
@example([(BODIES[0], "call.said", "", 1), (BODIES[1], "call.set", "", 1)])
@example([(BODIES[6], "call.said", "", 1), (b"", "call.said", "", 1)])
@example([(BODIES[6], "call.said", "", 1)])
@example([(b'{"a":"', "call.said", "", 1), (b'"}', "call.said", "", 1)])
def test_bodies_looked_at_together(parts: list[tuple[bytes, str, str, int]]) -> None:
    """What is found at once is what is found one by one; in doubt nothing is."""
    events = [
        WireEvent(
            f"{at:032x}", "b" * 32, kind, v, entity or kind.partition(".")[0], "c" * 32, 1,
            "8001", "d" * 32, Raw(body),
        )
        for at, (body, kind, entity, v) in enumerate(parts)
    ]  # fmt: skip
    quick = admission._at_once(events)
    single = [admission._candidate(event) for event in events]
    sound = [not (each.hold or each.fault) and admission._clean(each.text) for each in single]
    if quick is None:
        flat = all(admission._fault(each.body) == "" for each in single)
        assert not all(sound) or not flat or BODIES[11] in {body for body, *_ in parts}
    else:
        assert quick == single and all(sound)


@given(st.text(alphabet="0123456789abcdefAF \n您g", max_size=8))
@example("00")
@example("0 0 ")
def test_hexadecimal_is_what_the_pattern_says(text: str) -> None:
    """Pairs of lower-case digits."""
    assert hexadecimal(text) is (len(text) % 2 == 0 and not set(text) - set("0123456789abcdef"))
