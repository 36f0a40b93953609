"""What a call leaves behind: promises, callbacks of missed calls, escalations."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec import Struct

from agentdesk.domain.call.commands import Refused
from agentdesk.domain.events import Draft, EntityId
from agentdesk.domain.fold import EntityState
from agentdesk.domain.hlc import wall
from agentdesk.domain.moments import from_ms, to_ms


class PromiseView(Struct, frozen=True):
    """A callback promised to a customer.

    Attributes:
        minutes: the figure that was given.
        install: the seat that gave it.
        state: ``open`` or ``done``; only an explicit act ends a promise.
    """

    id: EntityId
    call_id: EntityId
    text: str
    minutes: int
    made_at: datetime
    due_at: datetime
    state: str
    done_at: datetime | None
    install: str = ""


class CallbackView(Struct, frozen=True):
    """A missed call that must be called back."""

    id: EntityId
    call_id: EntityId
    number: str
    customer: str
    made_at: datetime
    due_at: datetime
    state: str
    install: str = ""


class EscalationView(Struct, frozen=True):
    """Help called in.

    Attributes:
        state: ``sent`` (stored here), ``withdrawn`` or ``taken``.
        report_owed: an emergency skipped a level, the direct superior is owed a report.
        taken_by: who took it, in the words they gave; ``taker`` is their agent number.
        raised_by: agent number of whoever called for help, ``install`` the seat it was at.
        sent_at: the same instant by the server's clock once it has confirmed it: seats' own
            clocks may be wrong.
        delivered: the server has confirmed it; on others' consoles it always is.
        confirmed: the server has confirmed who took it. Until then somebody else may be first.
        claims: agent numbers of all who took it, the winner first.
    """

    id: EntityId
    call_id: EntityId
    reason: str
    level: str
    proposal: str
    raised_at: datetime
    emergency: bool
    report_owed: bool
    state: str
    taken_by: str
    taken_at: datetime | None
    taker: str = ""
    raised_by: str = ""
    install: str = ""
    sent_at: datetime | None = None
    delivered: bool = False
    confirmed: bool = False
    claims: tuple[str, ...] = ()


def read_promise(promise_id: EntityId, state: EntityState) -> PromiseView | None:
    """The promise ``state`` tells of."""
    made = state.first("promise.made")
    if made is None:
        return None
    at = from_ms(int(made.body["at"]))
    minutes = int(made.body["minutes"])
    due = state.value("due_at")
    done = state.value("done_at")
    return PromiseView(
        promise_id,
        EntityId(str(made.body.get("call", ""))),
        str(made.body.get("text", "")),
        minutes,
        at,
        from_ms(int(due)) if due is not None else at + timedelta(minutes=minutes),
        str(state.value("state", "open")),
        from_ms(int(done)) if done is not None else None,
        made.install,
    )


def read_callback(callback_id: EntityId, state: EntityState) -> CallbackView | None:
    """The callback ``state`` tells of."""
    made = state.first("callback.made")
    if made is None:
        return None
    body = made.body
    at = from_ms(int(body["at"]))
    return CallbackView(
        callback_id,
        EntityId(str(body.get("call", ""))),
        str(body.get("number", "")),
        str(body.get("customer", "")),
        at,
        at + timedelta(minutes=int(body.get("minutes", 30))),
        str(state.value("state", "open")),
        made.install,
    )


def read_escalation(escalation_id: EntityId, state: EntityState) -> EscalationView | None:
    """The escalation ``state`` tells of."""
    raised = state.first("escalation.raised")
    if raised is None:
        return None
    withdrawn = state.first("escalation.withdrawn")
    claims = sorted(
        (item for item in state.items.values() if item.kind == "escalation.taken"),
        key=lambda item: item.claim,
    )
    taken = claims[0] if claims else None
    body = raised.body
    return EscalationView(
        escalation_id,
        EntityId(str(body.get("call", ""))),
        str(body.get("reason", "")),
        str(body.get("level", "")),
        str(body.get("proposal", "")),
        from_ms(int(body["at"])),
        bool(body.get("emergency", False)),
        bool(body.get("report_owed", False)) and not state.value("report_done", False),
        "withdrawn" if withdrawn else "taken" if taken else "sent",
        str(taken.body.get("by", taken.actor)) if taken else "",
        from_ms(int(taken.body["at"])) if taken else None,
        taken.actor if taken else "",
        raised.actor,
        raised.install,
        wall(raised.stamp),
        raised.seq is not None,
        taken is not None and taken.seq is not None,
        tuple(dict.fromkeys(item.actor for item in claims)),
    )


def take_escalation(
    item: EscalationView, actor: str, who: str, now: datetime
) -> tuple[Draft, ...] | Refused:
    """A leader takes a call for help; who was first is for the server to say.

    Args:
        actor: agent number of the leader.
        who: how the others read it, number and name.

    Returns:
        The event; none when ``actor`` has taken it already.
    """
    if item.state == "withdrawn":
        return Refused("refused.escalation_withdrawn")
    if actor in item.claims:
        return ()
    if item.state == "taken":
        return Refused("refused.escalation_taken", {"by": item.taken_by})
    if not actor or item.raised_by == actor:
        return Refused("refused.escalation_own")
    return (Draft("escalation.taken", "escalation", item.id, {"at": to_ms(now), "by": who}),)


LONGEST_PROMISE = timedelta(days=14)
"""How far ahead a promise may be put; as for a new one."""


def reschedule(
    promise: PromiseView, due_at: datetime, reason: str, now: datetime
) -> tuple[Draft, ...] | Refused:
    """Agree another time with the customer; the promise stays open and keeps its history.

    Besides being done this is the only thing that moves a promise: a target that changes, a
    ticket that closes, a call that ends never do.

    Returns:
        The events; none when that is its time already.
    """
    if promise.state != "open":
        return Refused("refused.promise_over")
    if not reason.strip():
        return Refused("refused.promise_reason")
    if not now < due_at <= now + LONGEST_PROMISE:
        return Refused("refused.promise_time")
    if to_ms(due_at) == to_ms(promise.due_at):
        return ()
    body = {
        "at": to_ms(now),
        "set": {"due_at": to_ms(due_at)},
        "from": to_ms(promise.due_at),
        "reason": reason,
    }
    return (Draft("promise.set", "promise", promise.id, body),)
