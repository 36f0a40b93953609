"""Taking back what was done to a promise or callback."""

from __future__ import annotations

from typing import Any

import pytest

from agentdesk.domain.call import commands as call
from agentdesk.domain.call.commands import Refused
from agentdesk.domain.events import Draft, EntityId
from agentdesk.domain.ticket.undo import UNDO_SECONDS

Bench = Any
"""Of conftest; test folders are no packages."""


def promised(bench: Bench) -> EntityId:
    bench.take()
    promise = EntityId(bench.desk.new_id())
    bench.do(call.Promise(promise, 30, "王先生"))
    return promise


def missed(bench: Bench) -> EntityId:
    bench.phone("offered", "9")
    bench.clock.after(20)
    bench.phone("ended", "9")
    found: EntityId = bench.desk.snapshot().callbacks[0].id
    return found


@pytest.mark.parametrize("entity", ["promise", "callback"])
def test_what_was_settled_is_owed_again_and_stays_so(bench: Bench, entity: str) -> None:
    owed = promised(bench) if entity == "promise" else missed(bench)
    before = (bench.desk.snapshot().promises, bench.desk.snapshot().callbacks)
    bench.desk.settle(entity, owed)
    assert (bench.desk.snapshot().promises, bench.desk.snapshot().callbacks) != before
    bench.clock.after(UNDO_SECONDS)
    outcome = bench.desk.tickets.undo_owed(entity, owed)
    assert outcome.problem is None
    assert (bench.desk.snapshot().promises, bench.desk.snapshot().callbacks) == before
    again = bench.again()
    assert (again.promises, again.callbacks) == before
    assert bench.kinds().count(f"{entity}.set") == 2, "nothing is deleted"
    bench.desk.settle(entity, owed)
    assert not (bench.desk.snapshot().promises or bench.desk.snapshot().callbacks)


def test_put_off_twice_one_undo_leads_to_the_first(bench: Bench) -> None:
    promise = promised(bench)
    first = bench.desk.snapshot().promises[0].due_at
    for hours in (2, 3):
        later = first.replace(hour=first.hour + hours)
        assert bench.desk.tickets.reschedule(promise, later, "客户不方便").problem is None
        bench.clock.after(1)
    assert bench.desk.tickets.undo_owed("promise", promise).problem is None
    assert bench.desk.snapshot().promises[0].due_at == first.replace(hour=first.hour + 2)
    problem = bench.desk.tickets.undo_owed("promise", promise).problem
    assert isinstance(problem, Refused) and problem.key == "refused.undo.done"


def refusal(bench: Bench, promise: EntityId) -> str:
    stored = len(bench.journal())
    problem = bench.desk.tickets.undo_owed("promise", promise).problem
    assert isinstance(problem, Refused) and len(bench.journal()) == stored
    key: str = problem.key
    return key


def test_only_at_once_and_only_ones_own(bench: Bench) -> None:
    promise = promised(bench)
    assert refusal(bench, promise) == "refused.undo.kept", "a promise given is no slip"
    assert refusal(bench, EntityId("9" * 32)) == "refused.undo.kept"
    bench.desk.settle("promise", promise)
    bench.clock.after(UNDO_SECONDS + 1)
    assert refusal(bench, promise) == "refused.undo.late"
    changed = Draft("promise.set", "promise", promise, {"at": 1, "set": {"state": "open"}})
    bench.store.commit((changed,), actor="9001")
    assert refusal(bench, promise) == "refused.undo.other"


def test_what_a_later_version_sets_is_left_alone(bench: Bench) -> None:
    promise = promised(bench)
    body = {"at": 1, "set": {"state": "done", "mood": "glad"}}
    bench.store.commit((Draft("promise.set", "promise", promise, body),), actor="8012")
    assert refusal(bench, promise) == "refused.undo.kept"
