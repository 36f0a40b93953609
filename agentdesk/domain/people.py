"""People and teams: who works here, in which role, and since when.

A person is an entity like any other, told of by ``person.set`` events; its id is the work
number. Nobody is deleted: whoever left is no longer active. Because every change is an event,
the role somebody had at any moment can be told (:class:`History`), which is what authority
asks for acts that arrive late.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Any

from msgspec import Struct

from agentdesk.domain.events import Body, Draft, EntityId, Event, EventId, Stamp
from agentdesk.domain.fold import EntityState
from agentdesk.domain.text import clean

SERVER = "server"
"""Actor of events the server itself makes; nobody's work number."""

RESERVED = frozenset({SERVER, "local", "system"})
"""Ids that are no person's."""

PERSON_FIELDS = ("name", "role", "team", "active")
TEAM_FIELDS = ("name",)

_ID = re.compile(r"[0-9A-Za-z](?:[0-9A-Za-z._-]{0,30}[0-9A-Za-z])?")
_NAME_MOST = 64


class Role(Enum):
    """What somebody is here as; the glossary has the field's own words.

    A trainee only practises; an inspector reads and scores; a leader leads one team, a director
    all of them; an administrator looks after people and machines, never after customers.
    """

    TRAINEE = "trainee"
    AGENT = "agent"
    INSPECTOR = "inspector"
    LEADER = "leader"
    DIRECTOR = "director"
    ADMINISTRATOR = "administrator"

    __hash__ = object.__hash__  # one of each: without asking for the name, as often as it is asked


class Person(Struct, frozen=True):
    """Somebody who works here.

    Attributes:
        id: work number.
        team: id of a team, empty for none.
        active: False once they left; nothing of theirs is taken in any more.
    """

    id: str
    name: str
    role: Role
    team: str
    active: bool


class Team(Struct, frozen=True):
    """A team; its leaders are the people of that role in it."""

    id: str
    name: str


class Standing(Struct, frozen=True):
    """What somebody was at one moment."""

    role: Role = Role.TRAINEE
    team: str = ""
    active: bool = True


NOBODY = Standing(active=False)
"""The standing of a number nobody ever gave out."""


class Change(Struct, frozen=True):
    """One ``person.set`` event, with the fields it set."""

    stamp: Stamp
    id: EventId
    values: Body


class History(Struct, frozen=True):
    """Every change of one person, by ``(stamp, id)``."""

    changes: tuple[Change, ...] = ()

    @classmethod
    def of(cls, events: Iterable[Event]) -> History:
        """The history of the person whose events these are; of other kinds none counts."""
        found = [
            Change(event.stamp, event.id, event.body["set"])
            for event in events
            if event.kind == "person.set" and isinstance(event.body.get("set"), Mapping)
        ]
        return cls(tuple(sorted(found, key=lambda change: (change.stamp, change.id))))

    def at(self, stamp: Stamp) -> Standing:
        """What the person was at ``stamp`` (events by their effective stamps).

        A seat works without a server and may be older than it: before the first change people
        were what that change says.
        """
        if not self.changes:
            return NOBODY
        values: dict[str, Any] = {}
        for change in self.changes:
            if values and change.stamp > stamp:
                break
            values.update(change.values)
        return Standing(
            _role(values.get("role")), _text(values.get("team")), values.get("active") is not False
        )

    def role_at(self, stamp: Stamp) -> Role:
        """The role at ``stamp``; a trainee's, who may do nothing real, for whoever had left."""
        standing = self.at(stamp)
        return standing.role if standing.active else Role.TRAINEE


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _role(value: object) -> Role:
    """The role of that name; one this version does not know may do nothing real."""
    try:
        return Role(value)
    except ValueError:
        return Role.TRAINEE


def read_person(person_id: str, state: EntityState) -> Person | None:
    """The person ``state`` tells of, whatever its events hold; None for none."""
    if not state.fields:
        return None
    return Person(
        person_id,
        _text(state.value("name")),
        _role(state.value("role")),
        _text(state.value("team")),
        state.value("active", True) is not False,
    )


def read_team(team_id: str, state: EntityState) -> Team | None:
    """The team ``state`` tells of; None for none."""
    return Team(team_id, _text(state.value("name"))) if state.fields else None


def project_person(state: EntityState) -> dict[str, str | int | None]:
    """Row of ``person`` without its id; empty while nothing is known."""
    person = read_person("", state)
    if person is None:
        return {}
    return {
        "name": person.name,
        "role": person.role.value,
        "team": person.team,
        "active": int(person.active),
    }


def project_team(state: EntityState) -> dict[str, str | int | None]:
    """Row of ``team`` without its id; empty while nothing is known."""
    team = read_team("", state)
    return {} if team is None else {"name": team.name}


class Wrong(Struct, frozen=True):
    """What is wrong with a change: the field, and a key below ``people.wrong.``."""

    field: str
    reason: str


def set_person(person_id: str, values: Mapping[str, Any], at: int) -> Draft:
    """The event that makes ``values`` true of a person; ``at`` in milliseconds since 1970."""
    return Draft("person.set", "person", EntityId(person_id), {"at": at, "set": dict(values)})


def set_team(team_id: str, values: Mapping[str, Any], at: int) -> Draft:
    """The event that makes ``values`` true of a team; ``at`` in milliseconds since 1970."""
    return Draft("team.set", "team", EntityId(team_id), {"at": at, "set": dict(values)})


def wrong_change(kind: str, entity_id: str, body: Body) -> Wrong | None:
    """What is wrong with a ``person.set`` or ``team.set``; None when it can be stored."""
    person = kind == "person.set"
    if wrong_id(entity_id) or (person and entity_id in RESERVED):
        return Wrong("id", "id")
    values = body.get("set")
    if not isinstance(values, Mapping) or not values:
        return Wrong("set", "empty")
    checks = _PERSON if person else _TEAM
    for name, value in values.items():
        check = checks.get(name)
        if check is None:
            return Wrong(str(name), "unknown")
        if not check(value):
            return Wrong(name, name)
    return None


def wrong_id(text: str) -> bool:
    """Whether ``text`` can be no work number and no team: letters, digits, ``. _ -``, 32 at most.

    Work numbers become names of scopes, so nothing else may be in them.
    """
    return _ID.fullmatch(text) is None


def _name(value: object) -> bool:
    return (
        isinstance(value, str)
        and 0 < len(value) <= _NAME_MOST
        and value.strip() == value == clean(value)
    )


def _known_role(value: object) -> bool:
    return isinstance(value, str) and value in {role.value for role in Role}


def _team_or_none(value: object) -> bool:
    return isinstance(value, str) and (value == "" or not wrong_id(value))


_PERSON = {
    "name": _name,
    "role": _known_role,
    "team": _team_or_none,
    "active": lambda value: isinstance(value, bool),
}
_TEAM = {"name": _name}
