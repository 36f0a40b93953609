"""Which ticket comes first: kind of matter, urgency, tier, in that order.

Outage and payment come before everything, inquiries wait in the normal queue
(T0-2.1-priority-outage-payment, T0-2.1-inquiry-normal, T0-2.1-priority-factors).
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from agentdesk.domain.ticket.words import kind_of

LEVELS = (1, 2, 3, 4)
"""1 comes first."""

KIND_ORDER: Mapping[str, int] = {"outage": 0, "payment": 0, "inquiry": 2, "suggestion": 2, "": 2}
"""Other kinds of matter stand between these."""

_MIDDLE = 1
URGENCY_ORDER: Mapping[str, int] = {
    "urgent": 0,
    "urgent_fault": 0,
    "accident": 0,
    "high": 1,
    "major": 1,
    "major_fault": 1,
    "low": 3,
}
"""Urgency and severity share one scale; what is not named is normal."""

_NORMAL = 2
TIER_ORDER: Mapping[str, int] = {"diamond": 0, "gold": 1, "silver": 2}
_NO_TIER = 3

RULE_KIND = "T0-2.1-priority-outage-payment"
RULE_INQUIRY = "T0-2.1-inquiry-normal"
RULE_FACTORS = "T0-2.1-priority-factors"


class Part(Struct, frozen=True):
    """One factor: its value, its place (0 first) and the clause it comes from."""

    factor: str
    value: str
    place: int
    rule: str


class Priority(Struct, frozen=True):
    """A place in the queue.

    Attributes:
        level: 1 to 4, what people call it.
        rank: for sorting, smaller first; equal ranks go by due time.
        chosen: a person set the level by hand.
        parts: the factors in the order they count.
    """

    level: int
    rank: int
    chosen: bool
    parts: tuple[Part, ...]


def priority_of(values: Mapping[str, str]) -> Priority:
    """The priority of a ticket with these fields (keys as :mod:`words` gives them)."""
    kind = kind_of(values.get("category", ""))
    kind_place = KIND_ORDER.get(kind, _MIDDLE)
    urgency = _most_urgent(values.get("urgency", ""), values.get("severity", ""))
    urgency_place = URGENCY_ORDER.get(urgency, _NORMAL)
    tier = values.get("tier", "")
    tier_place = TIER_ORDER.get(tier, _NO_TIER)
    level = _level(kind_place, urgency_place)
    wanted = values.get("priority", "").strip().upper().removeprefix("P")
    chosen = wanted in map(str, LEVELS)
    if chosen:
        level = int(wanted)
    parts = (
        Part("kind", kind, kind_place, RULE_INQUIRY if kind == "inquiry" else RULE_KIND),
        Part("urgency", urgency, urgency_place, RULE_FACTORS),
        Part("tier", tier, tier_place, RULE_FACTORS),
    )
    rank = level * 1000 + kind_place * 100 + urgency_place * 10 + tier_place
    return Priority(level, rank, chosen, parts)


def _most_urgent(*words: str) -> str:
    given = [word for word in words if word]
    return min(given, key=lambda word: URGENCY_ORDER.get(word, _NORMAL), default="")


def _level(kind: int, urgency: int) -> int:
    if kind == 0 or urgency == 0:
        return 1
    if urgency == 1:
        return 2
    return 4 if kind == KIND_ORDER["inquiry"] or urgency > _NORMAL else 3
