"""Scopes: the parts of a site's journal that are read together.

======================  ===================================================================
``site``                people and teams: everybody
``team:<id>``           what a team works on
``person:<number>``     the work of somebody without a team
``seat:<seat>``         what the server did not accept from that seat, and why
======================  ===================================================================

An entity stays in the scope its first accepted event put it in.
"""

from __future__ import annotations

from collections.abc import Iterable

from agentdesk.domain.people import Role

SITE = "site"

LOCAL_KINDS = frozenset({"seat.set"})
"""Kinds that never leave the seat they were written at."""

_OF_SITE = frozenset({"person", "team"})
_ALL_TEAMS = frozenset({Role.INSPECTOR, Role.DIRECTOR, Role.ADMINISTRATOR})


def team_scope(team: str) -> str:
    """Scope of a team."""
    return f"team:{team}"


def person_scope(person: str) -> str:
    """Scope of somebody without a team."""
    return f"person:{person}"


def seat_scope(seat: str) -> str:
    """Scope of what was refused to a seat."""
    return f"seat:{seat}"


def team_of(scope: str) -> str:
    """The team whose scope it is; empty for none."""
    return scope.removeprefix("team:") if scope.startswith("team:") else ""


def scope_of_new(entity: str, team: str, person: str, seat: str) -> str:
    """Scope of an entity nobody has heard of yet.

    Args:
        entity: kind of entity.
        team: team of whoever acts, empty for none.
        person: their work number.
        seat: where they sit.
    """
    if entity in _OF_SITE:
        return SITE
    if entity == "seat":
        return seat_scope(seat)
    return team_scope(team) if team else person_scope(person)


def readable(
    role: Role, team: str, seat: str, person: str, teams: Iterable[str] = ()
) -> tuple[str, ...]:
    """Scopes somebody may read, each once, the site first.

    Args:
        role: the one that counts, :func:`agentdesk.domain.authority.acting_as`.
        team: their team, empty for none.
        seat: where they sit, empty for none.
        person: work number.
        teams: every team there is, for those who answer for all of them.
    """
    found = [SITE]
    if seat:
        found.append(seat_scope(seat))
    found.append(person_scope(person))
    # Who only practises has no business with real customers.
    if role is not Role.TRAINEE and team:
        found.append(team_scope(team))
    if role in _ALL_TEAMS:
        found += [team_scope(each) for each in teams]
    return tuple(dict.fromkeys(found))
