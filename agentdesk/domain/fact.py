"""Examination questions about a standard, for practice."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class FactType(Enum):
    """How a question is asked and answered."""

    SINGLE = "single"  # one letter
    MULTI = "multi"  # several letters
    JUDGE = "judge"  # right or wrong, as letters
    FILL = "fill"  # one string for each blank ``____``
    ORDER = "order"  # all letters in the right order
    SHORT = "short"  # key points
    ESSAY = "essay"  # marked by a person; no answer

    @property
    def chosen(self) -> bool:
        """Whether it is answered by choosing among the options."""
        return self in (FactType.SINGLE, FactType.MULTI, FactType.JUDGE, FactType.ORDER)


@dataclass(frozen=True, slots=True)
class Fact:
    """One question; its answer is right only inside its own standard.

    Attributes:
        id: ``QZ-F6-001``.
        pack: the standard it asks about.
        rules: the clauses it tests.
        question: in Chinese; ``____`` is a blank.
        options: what can be chosen, lettered A, B, ... in order.
        answer: letters of ``options``; for ``FILL`` a string for each blank, alternatives
            parted by ``|``; for ``SHORT`` the key points.
        explanation: why, or empty.
        points: what the examination gives for it; 0 if it does not say.
    """

    id: str
    pack: str
    type: FactType
    rules: tuple[str, ...]
    question: str
    options: tuple[str, ...]
    answer: tuple[str, ...]
    explanation: str = ""
    points: int = 0

    @property
    def letters(self) -> tuple[str, ...]:
        """The letters of the options."""
        return tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ"[: len(self.options)])
