"""Decisions about a call: ``decide(call, command, context) -> events or a refusal``.

Pure: the present instant, the pack and fresh ids come in with the context. What a guard
advises against is returned as :class:`Advised`; the same command with a reason passes and
leaves a ``call.guarded`` event for quality inspection.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

from agentdesk.domain.call import commands as c
from agentdesk.domain.call.gaps import gaps
from agentdesk.domain.call.guards import advice
from agentdesk.domain.call.state import Call, Phase
from agentdesk.domain.call.taken import NUMBER, taken_over
from agentdesk.domain.events import Draft, EntityId
from agentdesk.domain.followups import EscalationView
from agentdesk.domain.moments import to_ms
from agentdesk.domain.pack import Pack

Decision = tuple[Draft, ...] | c.Refused | c.Advised


class Context(Struct, frozen=True):
    """What a decision may look at besides the call.

    Attributes:
        now: the present instant, aware.
        new_id: gives a fresh entity id (for the callback a missed call leaves).
        pack: the standard of this call.
        escalations: those of this call.
        standing: marked words nobody answered for; they are recorded with the close.
    """

    now: datetime
    pack: Pack
    new_id: Callable[[], EntityId]
    escalations: tuple[EscalationView, ...] = ()
    standing: tuple[c.RecordPhrase, ...] = ()

    @property
    def at(self) -> int:
        """``now`` in milliseconds."""
        return to_ms(self.now)


def decide(call: Call | None, command: c.Command, context: Context) -> Decision:
    """What ``command`` makes happen.

    Returns:
        Events to store (none when it is already so), a :class:`Refused` when the command
        makes no sense in the call's phase, or the first :class:`Advised` guard.
    """
    if isinstance(command, c.Offer):
        return _offer(call, command, context)
    if call is None:
        return c.Refused("refused.no_call")
    phases = _PHASES.get(type(command))
    if phases is not None and call.phase not in phases:
        return c.Refused("refused.phase", {"phase": call.phase.value})
    advised = advice(call, command, context.pack, context.now)
    because = getattr(command, "because", "").strip()
    if advised and not because:
        return advised[0]
    decided = _HANDLERS[type(command)](call, command, context)
    if not isinstance(decided, tuple):
        return decided
    passed = tuple(
        _draft(call, "call.guarded", context, guard=a.guard.value, rule=a.rule, reason=because)
        for a in advised
    )
    return (*passed, *decided)


def _draft(call: Call, kind: str, context: Context, **body: Any) -> Draft:
    return Draft(kind, "call", call.id, {"at": context.at, **body})


def _offer(call: Call | None, command: c.Offer, context: Context) -> Decision:
    if call is not None:
        return ()
    body = {
        "at": context.at,
        "number": command.number,
        "name": command.name,
        "direction": command.direction,
        "queue": command.queue,
        "source": command.source,
        "external_id": command.external_id,
        "pack": context.pack.id,
    }
    if command.owed:
        body |= {"about": command.about, "owed": command.owed}
    offered = Draft("call.offered", "call", command.call_id, body)
    if command.source != "manual":
        return (offered,)
    # A card opened by hand: the customer is on the line already.
    body = {"at": context.at, "pack": context.pack.id}
    return (offered, Draft("call.answered", "call", command.call_id, body))


def _answer(call: Call, command: c.Answer, context: Context) -> Decision:
    return (_draft(call, "call.answered", context, pack=context.pack.id),)


def _miss(call: Call, command: c.Miss, context: Context) -> Decision:
    missed = _draft(call, "call.missed", context, cause=command.cause)
    if call.direction != "inbound" or not call.number:
        return (missed,)
    body = {
        "at": context.at,
        "call": call.id,
        "number": call.number,
        "customer": call.name,
        "minutes": context.pack.callback_minutes,
    }
    return (missed, Draft("callback.made", "callback", context.new_id(), body))


def _hold(call: Call, command: c.Hold, context: Context) -> Decision:
    return (_draft(call, "call.held", context),)


def _resume(call: Call, command: c.Resume, context: Context) -> Decision:
    return (_draft(call, "call.resumed", context),)


def _transfer(call: Call, command: c.Transfer, context: Context) -> Decision:
    if not command.to.strip():
        return c.Refused("refused.transfer_to")
    return (_draft(call, "call.transferred", context, to=command.to, warm=command.warm),)


def _say(call: Call, command: c.Say, context: Context) -> Decision:
    line = context.pack.line(command.line_id)
    marks = [mark.value for mark in line.marks] if line else []
    body = {
        "line": command.line_id,
        "rule": line.rule if line else "",
        "text": command.text,
        "names": command.names,
        "polite": command.polite,
        "marks": marks,
    }
    return (_draft(call, "call.said", context, **body),)


def _tick(call: Call, command: c.Tick, context: Context) -> Decision:
    if command.requirement not in {item.id for item in context.pack.requirements}:
        return c.Refused("refused.requirement", {"requirement": command.requirement})
    kind = "call.unticked" if command.undo else "call.ticked"
    return (_draft(call, kind, context, requirement=command.requirement),)


def _silent(call: Call, command: c.Silent, context: Context) -> Decision:
    return (_draft(call, "call.silent", context),)


def _set(call: Call, command: c.SetFields, context: Context) -> Decision:
    given = {**call.values, **command.values}
    taken = taken_over(given, given.get(NUMBER) or call.number, context.pack)
    values = {**command.values, **taken}
    changed = {k: v for k, v in values.items() if call.values.get(k, "") != v}
    drafts = []
    for part in _parts(changed):
        source = {key: NUMBER for key in part if key in taken}
        origin = {"from": source} if source else {}
        drafts.append(_draft(call, "call.set", context, set=part, **origin))
    return tuple(drafts)


def _parts(values: dict[str, str]) -> list[dict[str, str]]:
    """The values in as few events as fit (an event has at most 32 KiB)."""
    parts: list[dict[str, str]] = []
    room = 0
    for name, text in values.items():
        size = len(json.dumps(text, ensure_ascii=False).encode(errors="replace"))
        if size > room:
            parts.append({})
            room = _PART_BYTES
        parts[-1][name] = text
        room -= size
    return parts


def _phrase(call: Call, command: c.RecordPhrase, context: Context) -> Decision:
    return (_phrase_draft(call, command, context),)


def _phrase_draft(call: Call, command: c.RecordPhrase, context: Context) -> Draft:
    body = {
        "rule": command.rule,
        "phrase": command.phrase,
        "outcome": command.outcome,
        "reason": command.reason,
        "where": command.where,
        "category": command.category,
    }
    return _draft(call, "call.phrase", context, **body)


def _promise(call: Call, command: c.Promise, context: Context) -> Decision:
    minutes = command.minutes or context.pack.callback_minutes
    if not 0 < minutes <= 14 * 24 * 60:
        return c.Refused("refused.promise_minutes", {"minutes": minutes})
    body = {"at": context.at, "call": call.id, "minutes": minutes, "text": command.text}
    return (Draft("promise.made", "promise", command.promise_id, body),)


def _escalate(call: Call, command: c.Escalate, context: Context) -> Decision:
    pack = context.pack
    keys = [level.key for level in pack.levels]
    reason = next((item for item in pack.reasons if item.key == command.reason), None)
    if reason is None or command.level not in keys:
        return c.Refused("refused.escalation_unknown")
    if not command.proposal.strip():
        return c.Refused("refused.escalation_proposal", rule=reason.rule)
    standing = [e for e in context.escalations if e.state != "withdrawn" and e.level in keys]
    reached = max((keys.index(e.level) for e in standing), default=-1)
    wanted = keys.index(command.level)
    skipped = keys[reached + 1 : wanted]
    if skipped and not reason.emergency:
        return c.Refused("refused.escalation_skip", {"level": skipped[0]}, reason.rule)
    body = {
        "at": context.at,
        "call": call.id,
        "reason": command.reason,
        "rule": reason.rule,
        "level": command.level,
        "proposal": command.proposal,
        "emergency": reason.emergency,
        "skipped": skipped,
        "report_owed": bool(skipped),
    }
    return (Draft("escalation.raised", "escalation", command.escalation_id, body),)


def _withdraw(call: Call, command: c.Withdraw, context: Context) -> Decision:
    held = next((e for e in context.escalations if e.id == command.escalation_id), None)
    if held is None or held.state != "sent":
        return c.Refused("refused.withdraw_gone")
    if context.now - held.raised_at > timedelta(seconds=c.UNDO_SECONDS):
        return c.Refused("refused.withdraw_late", {"seconds": c.UNDO_SECONDS})
    body = {"at": context.at}
    return (Draft("escalation.withdrawn", "escalation", command.escalation_id, body),)


def _reveal(call: Call, command: c.Reveal, context: Context) -> Decision:
    if not command.reason.strip():
        return c.Refused("refused.reveal_reason")
    body = {"field": command.field, "reason": command.reason}
    return (_draft(call, "call.revealed", context, **body),)


def _end(call: Call, command: c.End, context: Context) -> Decision:
    if call.phase is Phase.OFFERED:
        return _miss(call, c.Miss(command.cause or "abandoned"), context)
    return (_draft(call, "call.ended", context, by=command.by, cause=command.cause),)


def _close(call: Call, command: c.Close, context: Context) -> Decision:
    known = {item.key for item in context.pack.dispositions}
    if command.disposition and command.disposition not in known:
        return c.Refused("refused.disposition", {"disposition": command.disposition})
    missing = list(gaps(call, context.pack, command.disposition))
    body = {"disposition": command.disposition, "missing": missing, "reason": command.because}
    standing = (_phrase_draft(call, item, context) for item in context.standing)
    taken = _set(call, c.SetFields(), context)  # what the record rests on stands in it
    assert isinstance(taken, tuple)
    return (*taken, *standing, _draft(call, "call.closed", context, **body))


_PART_BYTES = 24 * 1024
"""A part is more only if one field alone is."""

_LIVE = frozenset({Phase.TALKING, Phase.HELD})
_CARD = _LIVE | {Phase.WRAP_UP}

_PHASES: Mapping[type, frozenset[Phase]] = {
    c.Answer: frozenset({Phase.OFFERED}),
    c.Miss: frozenset({Phase.OFFERED}),
    c.Hold: frozenset({Phase.TALKING}),
    c.Resume: frozenset({Phase.HELD}),
    c.Transfer: _LIVE,
    c.Say: _LIVE,
    c.Silent: frozenset({Phase.TALKING}),
    c.Tick: _CARD,
    c.Promise: _CARD,
    c.Escalate: _CARD,
    c.End: _LIVE | {Phase.OFFERED},
    c.Close: frozenset({Phase.WRAP_UP}),
}
"""Phases a command makes sense in; a command not listed makes sense in any."""

_HANDLERS: Mapping[type, Callable[[Call, Any, Context], Decision]] = {
    c.Answer: _answer,
    c.Miss: _miss,
    c.Hold: _hold,
    c.Resume: _resume,
    c.Transfer: _transfer,
    c.Say: _say,
    c.Tick: _tick,
    c.Silent: _silent,
    c.SetFields: _set,
    c.RecordPhrase: _phrase,
    c.Promise: _promise,
    c.Escalate: _escalate,
    c.Withdraw: _withdraw,
    c.Reveal: _reveal,
    c.End: _end,
    c.Close: _close,
}
