"""A thorough look at a pack, with the real phrase checker: for ``packs lint`` and tests.

Loading already refuses a pack that contradicts itself. Here the examples a pack gives for
each banned phrase are run, and everything it says is checked as if an agent had typed it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from agentdesk.domain.pack import Pack
from agentdesk.domain.phrases import PhraseBook


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong in a pack that loads.

    Attributes:
        code: ``missed`` (a bad example is not found), ``false_alarm`` (a good example is),
            or ``own_ban`` (something to say is itself banned).
        rule: clause of the phrase.
        where: the line id, or the clause whose replacement or example it is.
        text: the sentence.
    """

    code: str
    rule: str
    where: str
    text: str


def lint(pack: Pack) -> tuple[Finding, ...]:
    """Everything found wrong; empty for a sound pack."""
    return tuple((*_examples(pack), *_own_words(pack)))


def _examples(pack: Pack) -> Iterator[Finding]:
    whole = PhraseBook(pack.phrases)
    for rule in pack.phrases:
        # Alone, so that a longer phrase of another rule cannot stand in for this one.
        alone = PhraseBook([rule])
        for text in rule.bad:
            if not alone.check(text):
                yield Finding("missed", rule.rule, rule.rule, text)
        for text in rule.good:
            for hit in whole.check(text):
                yield Finding("false_alarm", hit.rule.rule, rule.rule, text)


def _own_words(pack: Pack) -> Iterator[Finding]:
    book = PhraseBook(pack.phrases)
    said = [(line.id, line.text) for line in pack.lines]
    said += [(rule.rule, rule.replacement) for rule in pack.phrases]
    said += [(reason.key, reason.proposal) for reason in pack.reasons]
    said += [(rule, text) for rule, text in pack.guidance]
    for where, text in said:
        for hit in book.check(text):
            yield Finding("own_ban", hit.rule.rule, where, text)
