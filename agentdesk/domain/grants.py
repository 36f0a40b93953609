"""The table of authority: who may write which kind of event, and on which condition.

:mod:`agentdesk.domain.authority` judges by it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct

from agentdesk.domain.events import Event
from agentdesk.domain.fold import EntityState, Item
from agentdesk.domain.people import Role
from agentdesk.domain.scopes import team_of, team_scope
from agentdesk.domain.ticket.read import OF_CLOCKS, VOID_REASON


class Case(Struct, frozen=True):
    """What a condition looks at.

    Attributes:
        event: what is judged.
        person, team, role: its author; the role already lowered where there is no session.
        state: what is known of the entity without it.
        scope: where the entity belongs, or will.
    """

    event: Event
    person: str
    team: str
    role: Role
    state: EntityState
    scope: str


Condition = Callable[[Case], str]
"""Empty when it holds, else the reason why not."""


class Grant(Struct, frozen=True):
    """Roles that may do something, on a condition."""

    roles: frozenset[Role]
    condition: Condition


class Rule(Struct, frozen=True):
    """What holds for one kind: the first grant that fits decides.

    Attributes:
        grants: in the order in which they are tried.
        rule: clause of a standard it rests on; empty where it is the house's own.
        clash: what must not have happened yet, as a verdict of its own.
    """

    grants: tuple[Grant, ...]
    rule: str = ""
    clash: Condition | None = None


# Conditions.


def _anything(case: Case) -> str:
    return ""


def _roots(case: Case) -> list[Item]:
    """What the entity began with, and whoever took it over on the line."""
    kinds = _ROOTS.get(case.event.entity, ())
    return [item for item in case.state.items.values() if item.kind in kinds]


def _own(case: Case) -> str:
    """Begun or answered by the author. After a server was restored a beginning may come later
    than what followed it: then nobody else's is known, and it is taken as the author's.
    """
    kinds, others = _ROOTS.get(case.event.entity, ()), False
    for item in case.state.items.values():  # what it began with mostly comes first
        if item.kind in kinds:
            if item.actor == case.person:
                return ""
            others = True
    return "not_own" if others and _owner(case) != case.person else ""


def _owner(case: Case) -> str:
    """Who follows a ticket now."""
    if case.event.entity != "ticket":
        return ""
    owner = case.state.value("owner") or next(
        (item.body.get("owner") for item in _roots(case) if item.body.get("owner")), ""
    )
    return owner if isinstance(owner, str) else ""


def _team(case: Case) -> str:
    """Own, or of the author's team."""
    if case.team and case.scope == team_scope(case.team):
        return ""
    return "other_team" if team_of(case.scope) else _own(case)


def _same_seat(case: Case) -> str:
    """A colleague finishes what was begun at the seat they sit at."""
    begun = any(item.install == case.event.install for item in _roots(case))
    return _team(case) if begun else "not_own"


def _worked_on(case: Case) -> str:
    """Own, nobody's, or worked on before; handing on what a colleague follows is a leader's."""
    if not _own(case) or (not _owner(case) and not _team(case)):
        return ""
    acted = any(item.actor == case.person for item in _acts(case))
    return _team(case) if acted else "not_own"


def _untouched(case: Case) -> str:
    """Own, and nobody else has done anything about it."""
    if reason := _own(case):
        return reason
    others = any(item.actor != case.person for item in _acts(case))
    return "touched" if others else ""


def _acts(case: Case) -> list[Item]:
    """What people did; clocks speak for nobody."""
    return [item for item in case.state.items.values() if item.kind not in OF_CLOCKS]


def _brings_back(case: Case) -> str:
    """Undoing a void adds work and takes none away."""
    changes = case.event.body.get("set")
    held = isinstance(changes, Mapping) and changes.get(VOID_REASON) == ""
    return _team(case) if held else "touched"


def _another(case: Case) -> str:
    """Nobody signs for themselves: whoever asked for help is not who gives it."""
    raised = any(item.actor == case.person for item in _roots(case))
    return "self" if raised else ""


def _another_of_team(case: Case) -> str:
    return _another(case) or _team(case)


def _not_oneself(case: Case) -> str:
    """Nobody changes their own role or team."""
    return "self" if case.event.entity_id == case.person else ""


def _taken(case: Case) -> str:
    return "taken" if case.state.first("escalation.taken") else ""


def _withdrawn(case: Case) -> str:
    return "withdrawn" if case.state.first("escalation.withdrawn") else ""


_ROOTS: Mapping[str, tuple[str, ...]] = {
    "call": ("call.offered", "call.answered"),
    "promise": ("promise.made",),
    "callback": ("callback.made",),
    "escalation": ("escalation.raised",),
    "ticket": ("ticket.opened",),
}

# Grants, from the most common one on.

_FRONT = frozenset({Role.AGENT, Role.LEADER, Role.DIRECTOR})
_READERS = _FRONT | {Role.INSPECTOR}

_OWN = Grant(_FRONT, _own)
_TEAM = Grant(_FRONT, _team)
_SEAT = Grant(_FRONT, _same_seat)
_LEADER = Grant(frozenset({Role.LEADER}), _team)
_DIRECTOR = Grant(frozenset({Role.DIRECTOR}), _anything)
_ABOVE = (_LEADER, _DIRECTOR)

_LINE = Rule((_OWN,))
"""Words and turns of a call: only whoever is on the line knows them."""
_RECORD = Rule((_OWN, _SEAT, *_ABOVE))
"""The record of a call: a colleague at the seat or the leader may complete it."""
_ORDER = Rule((_TEAM, _DIRECTOR))
"""Work on a ticket or a call back: the whole team's, whoever has begun it (T0-1.2: the loop is
closed by whoever can)."""
_CLOCK = Rule((Grant(_READERS, _anything),))
"""What clocks find: it is true whoever's console said it first."""

_PHONE = Rule((_OWN, _SEAT))
"""A call that rang when a colleague still sat there."""

_LINE_KINDS = (
    "call.offered call.held call.resumed call.transferred call.said call.ticked call.unticked "
    "call.phrase call.guarded call.silent promise.made callback.made"
)
_PHONE_KINDS = "call.answered call.missed"
_RECORD_KINDS = "call.set call.ended call.closed"
_ORDER_KINDS = (
    "promise.set callback.set ticket.linked ticket.dispatched ticket.form_returned "
    "ticket.responded ticket.replied ticket.reached ticket.paused ticket.resumed "
    "ticket.resolved ticket.told ticket.followup_owed ticket.followup ticket.closed "
    "ticket.reopened ticket.corrected ticket.correction_told ticket.nudged ticket.read_back "
    "ticket.guarded ticket.set ticket.classed ticket.undone"
)

RULES: Mapping[str, Rule] = {
    **dict.fromkeys(_LINE_KINDS.split(), _LINE),
    **dict.fromkeys(_PHONE_KINDS.split(), _PHONE),
    **dict.fromkeys(_RECORD_KINDS.split(), _RECORD),
    **dict.fromkeys(_ORDER_KINDS.split(), _ORDER),
    # Who listens in or checks a record may look at a number; the reason is on record.
    "call.revealed": Rule(
        (_OWN, Grant(frozenset({Role.INSPECTOR}), _anything), *_ABOVE), "N2-4.6-owner-data"
    ),
    "ticket.opened": Rule((_OWN,)),
    # Whoever took it in follows it; giving a colleague's away is the leader's dispatch.
    "ticket.assigned": Rule((Grant(_FRONT, _worked_on), *_ABOVE), "N2-6.1-obey-leader"),
    "ticket.voided": Rule(
        (Grant(_FRONT, _untouched), Grant(_FRONT, _brings_back), *_ABOVE),
        "N2-12.2-time-limits",
    ),
    "ticket.breached": _CLOCK,
    "ticket.warned": _CLOCK,
    "escalation.raised": Rule((_OWN,), "N2-1.6-step-by-step"),
    "escalation.withdrawn": Rule((_OWN,), clash=_taken),
    # The report that is owed after a skipped level comes from whoever skipped it.
    "escalation.set": Rule((_OWN, *_ABOVE), "N2-1.6-urgent-skip-level"),
    "escalation.taken": Rule(
        (
            Grant(frozenset({Role.LEADER}), _another_of_team),
            Grant(frozenset({Role.DIRECTOR}), _another),
        ),
        "N2-12.1-handle-difficult",
        _withdrawn,
    ),
    "person.set": Rule((Grant(frozenset({Role.ADMINISTRATOR}), _not_oneself),)),
    "team.set": Rule((Grant(frozenset({Role.ADMINISTRATOR}), _anything),)),
    "seat.set": Rule(()),
}
"""Kind to rule."""


def _session_kinds() -> frozenset[str]:
    return frozenset(
        kind
        for kind, rule in RULES.items()
        if rule.grants and not any(Role.AGENT in grant.roles for grant in rule.grants)
    )


SESSION_KINDS = _session_kinds()
"""Kinds nobody can do without having signed in with a PIN. A seat keeps them, and whatever else
a leader did, until it can show such a session."""
