"""People and teams as their events tell of them, and what may be read by whom."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentdesk.domain.events import EntityId, Event, EventId, Stamp
from agentdesk.domain.fold import fold
from agentdesk.domain.people import (
    NOBODY,
    History,
    Person,
    Role,
    Team,
    Wrong,
    project_person,
    project_team,
    read_person,
    read_team,
    wrong_change,
)
from agentdesk.domain.scopes import readable, scope_of_new, team_of


def changed(stamp: int, kind: str = "person.set", id: str = "", **values: Any) -> Event:
    entity = kind.partition(".")[0]
    return Event(
        EventId(id or f"{stamp:032x}"),
        kind,
        1,
        entity,
        EntityId("1001"),
        {"at": stamp, "set": values},
        Stamp(stamp),
        "9001",
        "server",
        EventId("0" * 32),
    )


HIRED = changed(10, name="李小雨", role="agent", team="A", active=True)
LED = changed(20, role="leader")
MOVED = changed(30, team="B", role="agent")


def test_a_person_is_the_join_of_what_was_said_of_them() -> None:
    state = fold([MOVED, HIRED, LED])
    assert read_person("1001", state) == Person("1001", "李小雨", Role.AGENT, "B", True)
    assert project_person(state) == {
        "name": "李小雨",
        "role": "agent",
        "team": "B",
        "active": 1,
    }


def test_a_team_has_a_name() -> None:
    state = fold([changed(1, "team.set", name="早班")])
    assert read_team("A", state) == Team("A", "早班")
    assert project_team(state) == {"name": "早班"}


def test_who_nobody_heard_of_has_no_row() -> None:
    assert project_person(fold([])) == {} == project_team(fold([]))
    assert read_person("1001", fold([])) is None


@pytest.mark.parametrize("role", ["皇帝", 7, None, ["agent"], {"a": 1}])
def test_a_role_nobody_knows_may_do_nothing_real(role: object) -> None:
    person = read_person("1001", fold([changed(1, name="周强", role=role)]))
    assert person is not None and person.role is Role.TRAINEE


def test_the_role_of_a_moment() -> None:
    history = History.of([MOVED, LED, HIRED])
    assert [history.role_at(Stamp(at)) for at in (10, 19, 20, 29, 30, 99)] == [
        Role.AGENT,
        Role.AGENT,
        Role.LEADER,
        Role.LEADER,
        Role.AGENT,
        Role.AGENT,
    ]
    assert history.at(Stamp(25)).team == "A"


def test_a_seat_older_than_its_server_counts_from_the_first_change() -> None:
    assert History.of([HIRED, LED]).role_at(Stamp(1)) is Role.AGENT


def test_who_left_may_do_nothing_real() -> None:
    history = History.of([HIRED, changed(40, active=False)])
    assert history.role_at(Stamp(39)) is Role.AGENT
    assert history.role_at(Stamp(40)) is Role.TRAINEE
    assert not History().at(Stamp(5)).active
    assert History().at(Stamp(5)) == NOBODY


@given(st.permutations([HIRED, LED, MOVED]), st.integers(0, 50))
def test_the_order_of_arrival_does_not_matter(events: list[Event], at: int) -> None:
    assert History.of(events).at(Stamp(at)) == History.of([HIRED, LED, MOVED]).at(Stamp(at))


@pytest.mark.parametrize(
    ("id", "values", "wrong"),
    [
        ("1001", {"name": "王丽", "role": "agent", "team": "A", "active": True}, None),
        ("1001", {"team": ""}, None),
        ("10 01", {"name": "王丽"}, Wrong("id", "id")),
        ("工号一", {"name": "王丽"}, Wrong("id", "id")),
        ("server", {"name": "王丽"}, Wrong("id", "id")),
        ("1001", {}, Wrong("set", "empty")),
        ("1001", {"name": ""}, Wrong("name", "name")),
        ("1001", {"name": "王\u202e丽"}, Wrong("name", "name")),
        ("1001", {"name": "王" * 65}, Wrong("name", "name")),
        ("1001", {"role": "班长"}, Wrong("role", "role")),
        ("1001", {"active": 1}, Wrong("active", "active")),
        ("1001", {"team": "a b"}, Wrong("team", "team")),
        ("1001", {"salary": 1}, Wrong("salary", "unknown")),
    ],
)
def test_a_change_that_cannot_be_stored_names_its_field(
    id: str, values: dict[str, Any], wrong: Wrong | None
) -> None:
    assert wrong_change("person.set", id, {"set": values}) == wrong


def test_an_entity_belongs_to_the_team_of_whoever_began_it() -> None:
    assert scope_of_new("ticket", "A", "1001", "3") == "team:A"
    assert scope_of_new("call", "", "1001", "3") == "person:1001"
    assert scope_of_new("person", "A", "9001", "3") == "site"
    assert scope_of_new("team", "A", "9001", "3") == "site"
    assert team_of("team:A") == "A" and team_of("person:A") == ""


def test_who_reads_what() -> None:
    teams = ("A", "B")
    own = ("site", "seat:3", "person:1001")
    assert readable(Role.AGENT, "A", "3", "1001", teams) == (*own, "team:A")
    assert readable(Role.LEADER, "A", "3", "1001", teams) == (*own, "team:A")
    assert readable(Role.TRAINEE, "A", "3", "1001", teams) == own
    for role in (Role.INSPECTOR, Role.DIRECTOR, Role.ADMINISTRATOR):
        assert readable(role, "A", "3", "1001", teams) == (*own, "team:A", "team:B")
