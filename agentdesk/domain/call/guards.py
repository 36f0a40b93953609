"""Guards: moments at which the standard wants something first.

A guard advises and records; it never traps an agent (console.md, "Guards"). Each is on
only where the pack cites a rule for it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from agentdesk.domain.call.commands import (
    Advised,
    Close,
    Command,
    End,
    Hold,
    Promise,
    Transfer,
)
from agentdesk.domain.call.gaps import category_gaps
from agentdesk.domain.call.meters import met
from agentdesk.domain.call.state import Call
from agentdesk.domain.pack import Guard, Mark, Pack

Check = Callable[[Call, Command, Pack, datetime], bool]
"""True when the guard has something to say."""


def silence_over(call: Call, pack: Pack, now: datetime) -> bool:
    """The idle customer had the standard's seconds after the last words (F6-4.5-wait-5s)."""
    clock = pack.clock("silence")
    if call.silent_since is None or clock is None:
        return False
    return now - call.silent_since >= timedelta(seconds=clock.limit_seconds)


def _hang_up(call: Call, command: Command) -> bool:
    return isinstance(command, End) and command.by == "agent" and call.phase.live


def _before_closing(call: Call, command: Command, pack: Pack, now: datetime) -> bool:
    return _hang_up(call, command) and not met(call, pack, Mark.CLOSING)


def _anything_else(call: Call, command: Command, pack: Pack, now: datetime) -> bool:
    return _hang_up(call, command) and not met(call, pack, Mark.ANYTHING_ELSE)


def _customer_first(call: Call, command: Command, pack: Pack, now: datetime) -> bool:
    return _hang_up(call, command) and not silence_over(call, pack, now)


def _consent(call: Call, command: Command, pack: Pack, now: datetime) -> bool:
    if not isinstance(command, Hold):
        return False
    return not call.marked_since(Mark.HOLD_CONSENT, now - CONSENT_LASTS)


def _cold(call: Call, command: Command, pack: Pack, now: datetime) -> bool:
    return isinstance(command, Transfer) and call.upset and not command.warm


def _figure(call: Call, command: Command, pack: Pack, now: datetime) -> bool:
    return isinstance(command, Promise) and not command.minutes


def _read_back(call: Call, command: Command, pack: Pack, now: datetime) -> bool:
    category = pack.category(call.values.get("category"))
    if category is None or not category.read_back or met(call, pack, Mark.READ_BACK):
        return False
    filled = not category_gaps(call, pack)
    return filled and (isinstance(command, Close) or _hang_up(call, command))


CONSENT_LASTS = timedelta(seconds=60)
"""How long an announced hold counts as agreed."""

CHECKS: dict[Guard, Check] = {
    Guard.ANYTHING_ELSE_FIRST: _anything_else,
    Guard.HANG_UP_BEFORE_CLOSING: _before_closing,
    Guard.READ_BACK_BEFORE_SAVE: _read_back,
    Guard.CUSTOMER_HANGS_UP_FIRST: _customer_first,
    Guard.CONSENT_BEFORE_HOLD: _consent,
    Guard.NO_COLD_TRANSFER_UPSET: _cold,
    Guard.PROMISE_NEEDS_FIGURE: _figure,
}
"""In the order they speak."""


def advice(call: Call, command: Command, pack: Pack, now: datetime) -> tuple[Advised, ...]:
    """Every guard of the pack that advises against ``command`` now."""
    return tuple(
        Advised(guard, pack.guards[guard])
        for guard, check in CHECKS.items()
        if guard in pack.guards and check(call, command, pack, now)
    )
