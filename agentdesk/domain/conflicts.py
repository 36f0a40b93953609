"""Matters on which standards say different things; why they are never mixed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import permutations

from agentdesk.domain.title import Title


@dataclass(frozen=True, slots=True)
class Conflict:
    """One matter.

    Attributes:
        matter: what it is about.
        need: what the console does about it.
        sides: the positions, each the rule ids that hold it.
    """

    matter: Title
    need: Title
    sides: tuple[tuple[str, ...], ...]

    @property
    def rules(self) -> tuple[str, ...]:
        """All rule ids, in order."""
        return tuple(rule for side in self.sides for rule in side)

    @property
    def packs(self) -> tuple[str, ...]:
        """Ids of the standards that have a say in it, in order of appearance."""
        return tuple(dict.fromkeys(rule.partition("-")[0] for rule in self.rules))


def about_rule(conflicts: Iterable[Conflict], rule: str) -> tuple[Conflict, ...]:
    """Those a clause has a side in."""
    return tuple(item for item in conflicts if rule in item.rules)


def between(
    conflicts: Iterable[Conflict], left: Iterable[str], right: Iterable[str]
) -> tuple[Conflict, ...]:
    """Those in which two packs stand on different sides.

    Args:
        left, right: the id of a pack together with those it extends. What both build on is
            no matter between them.
    """
    here, there = set(left), set(right)
    return tuple(item for item in conflicts if _apart(item, here, there))


def _apart(conflict: Conflict, here: set[str], there: set[str]) -> bool:
    sides = [{rule.partition("-")[0] for rule in side} for side in conflict.sides]
    return any(
        one != other
        for side, others in permutations(sides, 2)
        for one in side & here
        for other in others & there
    )
