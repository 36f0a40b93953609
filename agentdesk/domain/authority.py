"""Who may do what: one table, and the judgement over an event that reached the server.

An act counts only if its author might do it when it was written and still may when it arrives:
a seat can be offline for days and can lie about its clock. Actor and role are those of the
token, never what the event says. Every kind has a rule (a test says so); what is not granted
is refused, and the refusal is kept with its reason.

Without a session of their own nobody is more than an agent: a seat's token proves the seat,
not that its leader is sitting there.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import repeat
from operator import call
from typing import Protocol

from msgspec import Struct

from agentdesk.domain.events import KINDS, Event, Merge
from agentdesk.domain.fold import EntityState
from agentdesk.domain.grants import RULES as RULES
from agentdesk.domain.grants import SESSION_KINDS as SESSION_KINDS
from agentdesk.domain.grants import Case, Condition, Rule
from agentdesk.domain.people import Role, wrong_change
from agentdesk.domain.scopes import LOCAL_KINDS
from agentdesk.domain.ticket.read import VOID_AT, VOID_REASON

OK = "ok"
FORBIDDEN = "forbidden"
FORBIDDEN_NOW = "forbidden_now"
FORGED = "forged"
INVALID = "invalid"
CONFLICT = "conflict"


class Judgement(Struct, frozen=True):
    """What became of an event.

    Attributes:
        verdict: ``ok``, or one of the refusals above.
        reason: why not, a key below ``verdict.`` in the string tables; empty for ``ok``.
    """

    verdict: str
    reason: str = ""


ACCEPTED = Judgement(OK)


class Actor(Protocol):
    """Whom the token of a request stands for; see :class:`agentdesk.server.caller.Caller`."""

    @property
    def person(self) -> str:
        """Work number."""

    @property
    def team(self) -> str:
        """Team of the moment, empty for none."""

    @property
    def session(self) -> bool:
        """Whether they signed in with their PIN."""


def judge(
    event: Event,
    actor: Actor,
    role_then: Role,
    role_now: Role,
    state: EntityState,
    scope: str,
    *,
    team_then: str | None = None,
) -> Judgement:
    """What becomes of an event.

    Args:
        event: as it was written, its stamp put right.
        actor: whom the token stands for.
        role_then: their role at the event's stamp, by the history of roles.
        role_now: their role on arrival.
        state: the entity as the server knows it without this event.
        scope: of the entity; of a new one :func:`agentdesk.domain.scopes.scope_of_new`.
        team_then: their team at the event's stamp, None for the present one.
    """
    team = actor.team if team_then is None else team_then
    if (
        role_now is role_then
        and team == actor.team
        and _granted_at_once(event, actor, role_now, state, scope)
    ):
        return ACCEPTED
    return _judge(event, actor, role_then, role_now, state, scope, team)


def _granted_at_once(
    event: Event, actor: Actor, role: Role, state: EntityState, scope: str
) -> bool:
    """Whether :func:`_judge` accepts what somebody did who is what they were; False in doubt.

    Nearly all a server is sent is looked at by this alone.
    """
    kind = event.kind
    lowered = role if actor.session else _WITHOUT_SESSION.get(role, role)
    conditions = _GRANTED[lowered].get(kind)
    if conditions is None or event.actor != actor.person or event.entity != _ENTITY[kind]:
        return False
    if kind in _WITH_SENSE and _senseless(event):
        return False
    case = Case(event, actor.person, actor.team, lowered, state, scope)
    return "" in map(call, conditions, repeat(case))  # one of them has nothing against it


def _judge(
    event: Event,
    actor: Actor,
    role_then: Role,
    role_now: Role,
    state: EntityState,
    scope: str,
    team: str,
) -> Judgement:
    """The thorough way, which also says why not; ``team`` is the one of then."""
    kind = event.kind
    if event.actor != actor.person or (kind == _TAKEN and _claims_another(event)):
        return Judgement(FORGED, "forged")
    if kind in LOCAL_KINDS:
        return Judgement(INVALID, "local")
    rule = RULES.get(kind)
    if rule is None:
        return Judgement(INVALID, "unknown")
    if event.entity != _ENTITY[kind]:
        return Judgement(INVALID, "entity")
    if kind in _WITH_SENSE and (reason := _senseless(event)):
        return Judgement(INVALID, reason)
    role, of_team, verdict = role_then, team, FORBIDDEN
    while True:
        lowered = role if actor.session else _WITHOUT_SESSION.get(role, role)
        case = Case(event, actor.person, of_team, lowered, state, scope)
        if reason := _refusal(rule, case):
            if lowered is not role and not _refusal(rule, _as(case, role)):
                reason = "session"
            return Judgement(verdict, reason)
        if verdict is FORBIDDEN_NOW or (role_now is role_then and actor.team == team):
            break
        role, of_team, verdict = role_now, actor.team, FORBIDDEN_NOW
    if rule.clash is not None and (reason := rule.clash(case)):
        return Judgement(CONFLICT, reason)
    return ACCEPTED


_TAKEN = "escalation.taken"
_ENTITY = {kind: kind.partition(".")[0] for kind in RULES}
_WITH_SENSE = frozenset(
    kind
    for kind, entity in _ENTITY.items()
    if entity in ("person", "team") or kind not in KINDS or KINDS[kind].merge is Merge.FIELD
)
"""Kinds whose body may be senseless."""

_GRANTED: Mapping[Role, Mapping[str, tuple[Condition, ...]]] = {
    role: {
        kind: tuple(grant.condition for grant in rule.grants if role in grant.roles)
        for kind, rule in RULES.items()
        if rule.clash is None and kind != _TAKEN and kind not in LOCAL_KINDS
    }
    for role in Role
}
"""Conditions one of which has to hold, by role and kind; without the kinds that need more."""


def acting_as(role: Role, *, session: bool) -> Role:
    """The role that counts. Until they sign in, leaders and directors are agents, and who only
    reads or administers is nobody; what they may read goes by it too.
    """
    if session:
        return role
    return _WITHOUT_SESSION.get(role, role)


_WITHOUT_SESSION = {
    Role.LEADER: Role.AGENT,
    Role.DIRECTOR: Role.AGENT,
    Role.INSPECTOR: Role.TRAINEE,
    Role.ADMINISTRATOR: Role.TRAINEE,
}


def _senseless(event: Event) -> str:
    """Why a body means nothing, or means something its kind is not for."""
    if event.entity in ("person", "team"):
        return "people" if wrong_change(event.kind, event.entity_id, event.body) else ""
    kind = KINDS.get(event.kind)
    if kind is None or kind.merge is not Merge.FIELD:
        return ""
    changes = event.body.get("set")
    if type(changes) is not dict and not isinstance(changes, Mapping):
        return "fields"
    only = _ONLY_FIELDS.get(event.kind)
    if only is not None:
        return "" if changes.keys() <= only else "fields"
    apart = _APART_FIELDS.get(event.entity, frozenset())
    return "fields" if apart & changes.keys() else ""


_ONLY_FIELDS = {
    "ticket.assigned": frozenset({"owner"}),
    "ticket.voided": frozenset({VOID_REASON, VOID_AT}),
}
_APART_FIELDS = {"ticket": frozenset().union(*_ONLY_FIELDS.values())}
"""Fields with a rule of their own: no other kind may slip them in."""


def _as(case: Case, role: Role) -> Case:
    return Case(case.event, case.person, case.team, role, case.state, case.scope)


def _claims_another(event: Event) -> bool:
    """Whether an acknowledgement is in somebody else's name: its words begin with the number of
    its author.
    """
    if (by := event.body.get("by")) is None:
        return False
    number, rest = event.actor, by[len(event.actor) :] if isinstance(by, str) else ""
    return not isinstance(by, str) or not by.startswith(number) or rest[:1].isalnum()


def _refusal(rule: Rule, case: Case) -> str:
    """Why no grant fits; empty when one does."""
    reason, role = "", case.role
    for grant in rule.grants:
        if role in grant.roles:
            failed = grant.condition(case)
            if not failed:
                return ""
            reason = reason or failed
    return reason or _BY_ROLE[case.role]


_BY_ROLE: Mapping[Role, str] = {
    Role.TRAINEE: "trainee",
    Role.AGENT: "role",
    Role.INSPECTOR: "reads_only",
    Role.LEADER: "role",
    Role.DIRECTOR: "role",
    Role.ADMINISTRATOR: "administers",
}
