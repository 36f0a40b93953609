"""Where a standard uses each of its clauses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from agentdesk.domain.pack import Pack
from agentdesk.domain.title import Title


@dataclass(frozen=True, slots=True)
class Use:
    """One item of a pack that cites a clause.

    Attributes:
        kind: its table in a pack file: ``line``, ``phrase``, ``clock``, ``limit``, ...; for a
            guard ``guard``.
        id: its name in that table; for a phrase the rule itself.
        title: what people call it; for phrases and guidance their own words.
    """

    kind: str
    id: str
    title: Title


def uses_of(pack: Pack) -> dict[str, tuple[Use, ...]]:
    """Rule id -> the items of the pack that cite it, in the order of the file's tables."""
    found: dict[str, list[Use]] = {}
    for rule, use in _uses(pack):
        if rule:
            found.setdefault(rule, []).append(use)
    return {rule: tuple(uses) for rule, uses in found.items()}


def _uses(pack: Pack) -> Iterator[tuple[str, Use]]:
    for line in pack.lines:
        yield line.rule, Use("line", line.id, line.title)
    for phrase in pack.phrases:
        words = "、".join(phrase.phrases) or phrase.category
        yield phrase.rule, Use("phrase", phrase.rule, Title(words, words))
    for requirement in pack.requirements:
        yield requirement.rule, Use("requirement", requirement.id, requirement.title)
    for clock in pack.clocks:
        yield clock.rule, Use("clock", clock.id, clock.title)
    for field in pack.fields:
        yield field.rule, Use("field", field.key, field.title)
    for category in pack.categories:
        yield category.rule, Use("category", category.key, category.title)
    for level in pack.levels:
        yield level.rule, Use("level", level.key, level.title)
    for reason in pack.reasons:
        yield reason.rule, Use("reason", reason.key, reason.title)
    for disposition in pack.dispositions:
        yield disposition.rule, Use("disposition", disposition.key, disposition.title)
    for guard, rule in pack.guards.items():
        yield rule, Use("guard", guard.value, Title(guard.value, guard.value))
    for rule, text in pack.guidance:
        yield rule, Use("guidance", rule, Title(text, text))
    for item in pack.provisions:
        yield item.rule, Use(item.kind.value, item.id, item.title)
