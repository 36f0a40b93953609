"""Meters: what the standard wants of every call, and how far this one is."""

from __future__ import annotations

from msgspec import Struct

from agentdesk.domain.call.state import Call
from agentdesk.domain.pack import Mark, Need, Pack, Requirement


class Meter(Struct, frozen=True):
    """One requirement with its count.

    Attributes:
        value: how often it was done (for bans: how often it was broken).
        target: how often it is wanted; for bans 0.
        done: whether the requirement is met now.
    """

    requirement: Requirement
    value: int
    target: int
    done: bool

    @property
    def ban(self) -> bool:
        """The figure counts breaches, not deeds."""
        return self.requirement.need in (Need.NIN, Need.BANNED)


def met(call: Call, pack: Pack, mark: Mark) -> bool:
    """Whether what ``mark`` stands for was done, by a line or by free speech ticked by hand."""
    if mark in call.marks:
        return True
    return any(call.ticks.get(item.id) for item in pack.requirements if item.mark is mark)


def meters(call: Call, pack: Pack, *, banned: int = 0, ni: int = 0) -> tuple[Meter, ...]:
    """The pack's requirements for ``call``.

    Args:
        banned: banned phrases standing in the agent's text right now.
        ni: uses of 你 to the customer standing there now.
    """
    return tuple(_meter(item, call, banned, ni) for item in pack.requirements)


def _meter(item: Requirement, call: Call, banned: int, ni: int) -> Meter:
    ticks = call.ticks.get(item.id, 0)
    if item.need is Need.MARK:
        value = min(1, ticks + (item.mark in call.marks))
        return Meter(item, value, 1, value >= 1)
    if item.need is Need.NAME_COUNT:
        value = ticks + sum(said.names for said in call.said)
        return Meter(item, value, item.target, value >= item.target)
    if item.need is Need.POLITE_COUNT:
        value = ticks + sum(said.polite for said in call.said)
        return Meter(item, value, item.target, value >= item.target)
    value = ni if item.need is Need.NIN else banned + len(call.kept_phrases)
    return Meter(item, value, 0, value == 0)
