"""Who may do what: the table, the two moments that count, and nobody in another's name."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentdesk.domain.authority import (
    ACCEPTED,
    RULES,
    SESSION_KINDS,
    Judgement,
    acting_as,
    judge,
)
from agentdesk.domain.events import KINDS, EntityId, Event, EventId, Stamp
from agentdesk.domain.fold import EntityState, fold
from agentdesk.domain.people import Role
from agentdesk.domain.scopes import LOCAL_KINDS, team_scope
from agentdesk.server.caller import Caller
from agentdesk.strings import LANGUAGES, Strings

TEAM = "A1"
OTHER = "B2"


def caller(
    person: str = "1001", role: Role = Role.AGENT, team: str = TEAM, *, session: bool = True
) -> Caller:
    return Caller(person, "李小雨", role, team, "台席3", "install-1", session, ())


def event(
    kind: str,
    actor: str = "1001",
    body: dict[str, Any] | None = None,
    *,
    id: str = "",
    entity_id: str = "f" * 32,
    install: str = "install-1",
) -> Event:
    default = {"set": {"name": "王丽"}} if KINDS[kind].merge.value == "field" else {}
    return Event(
        EventId(id or f"{abs(hash((kind, actor))):032x}"[-32:]),
        kind,
        1,
        kind.partition(".")[0],
        EntityId(entity_id),
        default if body is None else body,
        Stamp(1 << 16),
        actor,
        install,
        EventId("0" * 32),
    )


def begun(entity: str, by: str, *more: Event) -> EntityState:
    root = {
        "call": "call.offered",
        "ticket": "ticket.opened",
        "escalation": "escalation.raised",
        "promise": "promise.made",
        "callback": "callback.made",
    }[entity]
    return fold([event(root, by, {"at": 1, "note": "客户张女士"}), *more])


def verdict(
    happened: Event,
    who: Caller,
    state: EntityState | None = None,
    *,
    then: Role | None = None,
    scope: str = team_scope(TEAM),
) -> Judgement:
    return judge(happened, who, then or who.role, who.role, state or EntityState(), scope)


# The table.


def test_every_kind_has_a_rule_and_every_rule_a_kind() -> None:
    assert RULES.keys() == KINDS.keys()


def test_only_local_kinds_are_granted_to_nobody() -> None:
    assert {kind for kind, rule in RULES.items() if not rule.grants} == LOCAL_KINDS


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_trainee_does_nothing_real(kind: str) -> None:
    assert verdict(event(kind), caller(role=Role.TRAINEE)) != ACCEPTED


def _sound(kind: str) -> dict[str, Any] | None:
    """A body that is no mistake by itself; None for the usual one."""
    if kind == "ticket.voided":
        return VOID
    return {"set": {"owner": "1002"}} if kind == "ticket.assigned" else None


VOID: dict[str, Any] = {"set": {"_void_reason": "重复登记", "_void_at": 5}}


@pytest.mark.parametrize("kind", sorted(KINDS.keys() - LOCAL_KINDS))
def test_an_agent_may_do_everything_that_needs_no_session(kind: str) -> None:
    got = verdict(event(kind, body=_sound(kind)), caller(session=False))
    assert (got == ACCEPTED) == (kind not in SESSION_KINDS)


@pytest.mark.parametrize("role", [Role.INSPECTOR, Role.ADMINISTRATOR])
@pytest.mark.parametrize("kind", sorted(KINDS.keys() - LOCAL_KINDS))
def test_inspectors_read_and_administrators_keep_the_register(kind: str, role: Role) -> None:
    allowed = {
        Role.INSPECTOR: {"call.revealed", "ticket.breached", "ticket.warned"},
        Role.ADMINISTRATOR: {"person.set", "team.set"},
    }[role]
    got = verdict(event(kind, body=_sound(kind)), caller(role=role))
    assert (got == ACCEPTED) == (kind in allowed)


@pytest.mark.parametrize("kind", sorted(SESSION_KINDS))
@pytest.mark.parametrize("role", list(Role))
def test_leader_kinds_without_a_session_are_refused(kind: str, role: Role) -> None:
    got = verdict(event(kind), caller(role=role, session=False))
    assert got.verdict == "forbidden"
    if verdict(event(kind), caller(role=role)) == ACCEPTED:
        assert got.reason == "session"


def test_the_kinds_that_need_a_session_are_those_above_an_agent() -> None:
    assert {"escalation.taken", "person.set", "team.set"} == SESSION_KINDS


def test_what_stays_at_a_seat_is_never_taken_in() -> None:
    got = verdict(event("seat.set", body={"set": {"agent_name": "李小雨"}}), caller())
    assert got == Judgement("invalid", "local")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_refusal_has_words(language: str) -> None:
    strings = Strings(language)
    reasons = {
        verdict(event(kind, actor, body), who, state).reason
        for kind in KINDS
        for actor in ("1001", "1002")
        for body in (None, _sound(kind), {})
        for who in (caller(role=r, session=s) for r in Role for s in (True, False))
        for state in (None, begun("call", "1009"), begun("escalation", "1001"))
    } - {""}
    assert len(reasons) >= 8
    assert {reason for reason in reasons if f"verdict.{reason}" not in strings} == set()


# The actor.


@given(
    st.sampled_from(sorted(KINDS)),
    st.sampled_from(list(Role)),
    st.sampled_from(list(Role)),
    st.booleans(),
    st.text(min_size=1, max_size=8).filter(lambda name: name != "1001"),
)
def test_no_event_of_another_actor_is_ever_taken_in(
    kind: str, then: Role, now: Role, session: bool, actor: str
) -> None:
    got = verdict(event(kind, actor), caller(role=now, session=session), then=then)
    assert got == Judgement("forged", "forged")


@pytest.mark.parametrize(
    ("by", "forged"),
    [
        ("2001", False),
        ("2001 王丽", False),
        (None, False),
        ("2002", True),
        ("20011", True),
        ("张强 2001", True),
        ("", True),
        (2001, True),
        (["2001"], True),
    ],
)
def test_an_acknowledgement_bears_its_authors_number(by: object, forged: bool) -> None:
    leader = caller("2001", Role.LEADER)
    taken = event("escalation.taken", "2001", {"at": 1, "by": by})
    got = verdict(taken, leader, begun("escalation", "1001"))
    assert (got.verdict == "forged") == forged


# The two moments.


def test_whoever_was_demoted_meanwhile_is_told_so() -> None:
    taken = event("escalation.taken", "2001", {"at": 1})
    state = begun("escalation", "1001")
    assert verdict(taken, caller("2001", Role.LEADER), state) == ACCEPTED
    got = verdict(taken, caller("2001", Role.AGENT), state, then=Role.LEADER)
    assert got == Judgement("forbidden_now", "role")


def test_a_promotion_does_not_reach_back() -> None:
    taken = event("escalation.taken", "2001", {"at": 1})
    leader = caller("2001", Role.LEADER)
    got = verdict(taken, leader, begun("escalation", "1001"), then=Role.AGENT)
    assert got == Judgement("forbidden", "role")


@given(
    st.sampled_from(sorted(KINDS)),
    st.sampled_from(list(Role)),
    st.sampled_from(list(Role)),
    st.booleans(),
)
def test_both_moments_have_to_allow_it(kind: str, then: Role, now: Role, session: bool) -> None:
    happened, who = event(kind, body=_sound(kind)), caller(role=now, session=session)
    was = verdict(happened, caller(role=then, session=session)) == ACCEPTED
    still = verdict(happened, who) == ACCEPTED
    got = verdict(happened, who, then=then)
    assert (got == ACCEPTED) == (was and still)
    if got.verdict == "forbidden_now":
        assert was and not still


def test_who_moved_to_another_team_leaves_its_work_behind() -> None:
    nudged = event("ticket.nudged", body={"whom": "工程部老周"})
    state = begun("ticket", "1002")
    moved = caller(team=OTHER)
    got = judge(nudged, moved, Role.AGENT, Role.AGENT, state, team_scope(TEAM), team_then=TEAM)
    assert got == Judgement("forbidden_now", "other_team")


# Own, team, seat.


def test_a_call_belongs_to_whoever_took_it() -> None:
    said = event("call.said", body={"at": 1, "text": "您好"})
    assert verdict(said, caller(), begun("call", "1001")) == ACCEPTED
    assert verdict(said, caller(), begun("call", "1002")).reason == "not_own"
    answered = begun("call", "1002", event("call.answered", "1001", {"at": 2}))
    assert verdict(said, caller(), answered) == ACCEPTED


def test_the_record_of_a_call_is_completed_at_the_same_seat_or_by_the_leader() -> None:
    filled = {"set": {"note": "客户张女士要求回电"}}
    state = begun("call", "1002")
    assert verdict(event("call.set", body=filled), caller(), state) == ACCEPTED
    elsewhere = event("call.set", body=filled, install="install-9")
    assert verdict(elsewhere, caller(), state).reason == "not_own"
    leader = caller("2001", Role.LEADER)
    elsewhere = event("call.set", "2001", filled, install="install-9")
    assert verdict(elsewhere, leader, state) == ACCEPTED
    assert verdict(elsewhere, leader, state, scope=team_scope(OTHER)) != ACCEPTED


def test_an_order_is_the_teams_and_the_directors() -> None:
    told = event("ticket.told", body={"at": 1})
    state = begun("ticket", "1002")
    assert verdict(told, caller(), state) == ACCEPTED
    assert verdict(told, caller(), state, scope=team_scope(OTHER)).reason == "other_team"
    far = caller("3001", Role.DIRECTOR, "")
    assert verdict(event("ticket.told", "3001", {"at": 1}), far, state) == ACCEPTED
    without = caller("3001", Role.DIRECTOR, "", session=False)
    got = verdict(event("ticket.told", "3001", {"at": 1}), without, state)
    assert got == Judgement("forbidden", "session")


def test_handing_on_what_a_colleague_follows_is_the_leaders() -> None:
    theirs = begun("ticket", "1002", event("ticket.assigned", "1002", {"set": {"owner": "1002"}}))
    mine = {"set": {"owner": "1001"}}
    assert verdict(event("ticket.assigned", body=mine), caller(), theirs).reason == "not_own"
    assert (
        verdict(event("ticket.assigned", "2001", mine), caller("2001", Role.LEADER), theirs)
        == ACCEPTED
    )
    nobodys = begun("ticket", "1002")
    assert verdict(event("ticket.assigned", body=mine), caller(), nobodys) == ACCEPTED


def test_an_order_others_worked_on_is_voided_by_the_leader() -> None:
    state = begun("ticket", "1001")
    assert verdict(event("ticket.voided", body=VOID), caller(), state) == ACCEPTED
    clock = begun("ticket", "1001", event("ticket.breached", "1002", {"key": "解决"}))
    assert verdict(event("ticket.voided", body=VOID), caller(), clock) == ACCEPTED
    worked = begun("ticket", "1001", event("ticket.nudged", "1002", {"whom": "工程部"}))
    assert verdict(event("ticket.voided", body=VOID), caller(), worked).reason == "touched"
    leader = caller("2001", Role.LEADER)
    assert verdict(event("ticket.voided", "2001", VOID), leader, worked) == ACCEPTED
    back = {"set": {"_void_reason": "", "_void_at": None}}
    assert verdict(event("ticket.voided", body=back), caller(), worked) == ACCEPTED


@pytest.mark.parametrize("field", ["owner", "_void_reason", "_void_at"])
@pytest.mark.parametrize("kind", ["ticket.set", "ticket.classed"])
def test_no_other_kind_slips_in_a_field_with_a_rule_of_its_own(kind: str, field: str) -> None:
    got = verdict(event(kind, body={"set": {"surname": "王", field: "1001"}}), caller())
    assert got == Judgement("invalid", "fields")


@pytest.mark.parametrize("body", [{}, {"set": None}, {"set": "姓名"}, {"set": ["a"]}])
def test_a_change_without_fields_means_nothing(body: dict[str, Any]) -> None:
    assert verdict(event("ticket.set", body=body), caller()).verdict == "invalid"


# Countersigning.


@pytest.mark.parametrize("role", [Role.LEADER, Role.DIRECTOR])
def test_nobody_acknowledges_their_own_call_for_help(role: Role) -> None:
    leader = caller("2001", role)
    got = verdict(event("escalation.taken", "2001"), leader, begun("escalation", "2001"))
    assert got == Judgement("forbidden", "self")


def test_a_leader_acknowledges_in_their_own_team_only() -> None:
    state = begun("escalation", "1001")
    taken = event("escalation.taken", "2001", {"by": "2001"})
    assert verdict(taken, caller("2001", Role.LEADER), state) == ACCEPTED
    got = verdict(taken, caller("2001", Role.LEADER, OTHER), state)
    assert got == Judgement("forbidden", "other_team")


def test_the_second_acknowledgement_stays_on_record_and_loses_by_the_claim() -> None:
    state = begun("escalation", "1001", event("escalation.taken", "2001", id="1" * 32))
    taken = event("escalation.taken", "2002")
    assert verdict(taken, caller("2002", Role.LEADER), state) == ACCEPTED


def test_what_was_taken_is_not_withdrawn_nor_the_other_way_round() -> None:
    taken = begun("escalation", "1001", event("escalation.taken", "2001"))
    got = verdict(event("escalation.withdrawn"), caller(), taken)
    assert got == Judgement("conflict", "taken")
    withdrawn = begun("escalation", "1001", event("escalation.withdrawn"))
    got = verdict(event("escalation.taken", "2001"), caller("2001", Role.LEADER), withdrawn)
    assert got == Judgement("conflict", "withdrawn")


def test_nobody_changes_their_own_role() -> None:
    admin = caller("9001", Role.ADMINISTRATOR, "")
    body = {"set": {"role": "director"}}
    own = event("person.set", "9001", body, entity_id="9001")
    assert verdict(own, admin, scope="site") == Judgement("forbidden", "self")
    other = event("person.set", "9001", body, entity_id="1001")
    assert verdict(other, admin, scope="site") == ACCEPTED


def test_without_a_session_nobody_is_more_than_an_agent() -> None:
    assert {acting_as(role, session=False) for role in Role} == {Role.AGENT, Role.TRAINEE}
    assert all(acting_as(role, session=True) is role for role in Role)
