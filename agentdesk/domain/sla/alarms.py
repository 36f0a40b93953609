"""Warnings: one for an item, a target and a band, whoever looks and however often."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from agentdesk.domain.sla.state import LATE, ClockState, Level, State


class Alarm(Struct, frozen=True):
    """A warning that is due.

    Attributes:
        item: id of the ticket or promise.
        band: id of the band, or ``late``.
    """

    item: str
    clock: str
    band: str

    @property
    def key(self) -> tuple[str, str, str]:
        """What is remembered, so that nobody warns of it again."""
        return self.item, self.clock, self.band


def alarms(
    standing: Iterable[tuple[str, ClockState]], given: Iterable[tuple[str, str, str]]
) -> list[Alarm]:
    """Warnings nobody has given yet: one for an item, a target and a band, for ever.

    Args:
        standing: ids of items with the states of their clocks.
        given: keys of all earlier alarms, of every seat and from before every restart.
    """
    known = set(given)
    found = []
    for item, clock_state in standing:
        if clock_state.level not in (Level.WARN, Level.LATE) or clock_state.stopped_us is not None:
            continue
        alarm = Alarm(item, clock_state.clock.id, clock_state.band)
        if clock_state.state is not State.PAUSED and alarm.key not in known:
            known.add(alarm.key)
            found.append(alarm)
    return found


def roll_up(new: Iterable[Alarm]) -> tuple[tuple[str, str, int], ...]:
    """What a leader gets instead of one alarm for each item: ``(clock, band, items)``.

    Missed targets stand first, then the most frequent.
    """
    counts: dict[tuple[str, str], int] = {}
    for alarm in new:
        counts[alarm.clock, alarm.band] = counts.get((alarm.clock, alarm.band), 0) + 1
    rows = [(clock, band, count) for (clock, band), count in counts.items()]
    return tuple(sorted(rows, key=lambda row: (row[1] != LATE, -row[2], row[0], row[1])))
