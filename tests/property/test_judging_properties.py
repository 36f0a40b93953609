"""Whoever is judged at once is judged as the thorough way judges them."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from agentdesk.domain import authority
from agentdesk.domain.events import ENTITIES, KINDS, EntityId, Event, EventId, Stamp
from agentdesk.domain.fold import EntityState, Item
from agentdesk.domain.people import Role
from agentdesk.server.caller import Caller

ACTORS = st.sampled_from(["1001", "1002"])
TEAMS = st.sampled_from(["", "A", "B"])
INSTALLS = st.sampled_from(["seat-1", "seat-2"])
VALUES = st.sampled_from(["", "1001", "1002", "leader", None, 7])
FIELDS = st.dictionaries(
    st.sampled_from(["owner", "note", "_void_reason", "_void_at", "role", "team", "name"]),
    VALUES,
    max_size=2,
)
BODIES = st.one_of(
    st.fixed_dictionaries({}, optional={"by": VALUES, "owner": VALUES}),
    st.one_of(FIELDS, VALUES).map(lambda given: {"at": 1, "set": given}),
)


def event_of(kind: str, actor: str, install: str, body: dict[str, Any], entity: str) -> Event:
    """Something done, to an entity of its kind unless another one is given."""
    return Event(
        EventId("e" * 32), kind, 1, entity or kind.partition(".")[0], EntityId("1001"), body,
        Stamp(9), actor, install, EventId("0" * 32),
    )  # fmt: skip


def state_of(acts: list[tuple[str, str, str, dict[str, Any]]], owner: object) -> EntityState:
    """What was done to it before."""
    state = EntityState()
    for number, (kind, actor, install, body) in enumerate(acts):
        id = EventId(f"{number:032x}")
        state.items[id] = Item(Stamp(number), id, kind, actor, body, install)
    if owner is not None:
        state.fields["owner"] = (Stamp(1), EventId("f" * 32), owner)
    return state


@st.composite
def histories(draw: st.DrawFn) -> tuple[str, EntityState]:
    """A kind, and an entity it may be about, begun by one of two people, or by nobody known."""
    kind = draw(st.sampled_from(sorted(KINDS)))
    others = sorted(each for each in KINDS if each.partition(".")[0] == kind.partition(".")[0])
    acts = st.tuples(st.sampled_from(others), ACTORS, INSTALLS, BODIES)
    return kind, state_of(draw(st.lists(acts, max_size=4)), draw(VALUES))


@given(
    histories(),
    st.builds(event_of, st.just("call.said"), ACTORS, INSTALLS, BODIES, st.just("")),
    st.sampled_from(["", "", "", *ENTITIES]),
    st.sampled_from(list(Role)),
    st.one_of(st.none(), st.sampled_from(list(Role))),
    st.tuples(TEAMS, TEAMS, TEAMS),
    st.booleans(),
)
def test_the_quick_way_says_what_the_thorough_one_says(
    history: tuple[str, EntityState],
    like: Event,
    entity: str,
    now: Role,
    then: Role | None,
    teams: tuple[str, str, str],
    session: bool,
) -> None:
    """Whatever the kind, the body, the state and whoever asks."""
    kind, state = history
    event = event_of(kind, like.actor, like.install, dict(like.body), entity)
    team, team_then, of_scope = teams
    who = Caller("1001", "", now, team, "s1", "seat-1", session, ())
    scope = f"team:{of_scope}" if of_scope else "person:1001"
    quick = authority.judge(event, who, then or now, now, state, scope, team_then=team_then)
    assert quick == authority._judge(event, who, then or now, now, state, scope, team_then)


def test_ordinary_work_is_judged_at_once() -> None:
    """Else the property above says nothing."""
    who = Caller("1001", "", Role.AGENT, "A", "s1", "seat-1", False, ())
    begun = state_of([("call.offered", "1001", "seat-1", {})], None)
    said = event_of("call.said", "1001", "seat-1", {"at": 1}, "")
    assert authority._granted_at_once(said, who, Role.AGENT, begun, "team:A")
    colleagues = event_of("call.said", "1002", "seat-1", {"at": 1}, "")
    assert not authority._granted_at_once(colleagues, who, Role.AGENT, begun, "team:A")
