"""What a standard finds wrong in what the agent writes: banned words, numbers, 你.

The screen marks it while it is typed; what nobody answered for is recorded when the text is
given away. Both ask here, so that what is recorded is what was marked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from functools import lru_cache
from typing import TYPE_CHECKING

from agentdesk.domain.call.commands import PhraseOutcome, RecordPhrase
from agentdesk.domain.call.state import PLAIN_YOU, PRIVATE
from agentdesk.domain.pack import Match, Need, Pack, PhraseRule, Severity
from agentdesk.domain.phrases import Hit, PhraseBook, uses_ni

if TYPE_CHECKING:
    from agentdesk.domain.phrases.detectors import Found

NOTE = "note"
PROPOSAL = "proposal"
REASON = "reason"
"""Fields that are the console's own; the others are the pack's."""

_DIGITS_OF_A_NUMBER = 11
"""No number that is looked for is shorter."""

Settled = Set[tuple[str, str]]
"""Marks the agent kept with a reason, as ``(rule id, text)``; see :func:`spoken_of`."""


class Checker:
    """Checks the texts of calls under one standard. Nothing is prepared before the first.

    Args:
        book: the pack's forbidden phrases.
        pack: says which fields hold words, and which clauses ask for 您 and discretion.
    """

    def __init__(self, book: PhraseBook, pack: Pack) -> None:
        self.book = book
        self.pack = pack
        need = (item for item in pack.requirements if item.need is Need.NIN)
        nin = next(need, None)
        self._nin = _rule(nin.rule, PLAIN_YOU, "您", Severity.ADVISE) if nin else None
        self._private: str | None = None
        self._asked = False  # whether the pack was asked for its clause on discretion

    def writes(self, key: str) -> bool:
        """Whether a field holds the agent's own words: no choice, name, time or number."""
        if key in (NOTE, PROPOSAL, REASON):
            return True
        field = self.pack.form_field(key)
        return field is not None and field.kind == "text" and key not in _NAMES

    def hits(self, key: str, text: str, settled: Settled = frozenset()) -> tuple[Hit, ...]:
        """Everything wrong in the text of a field, in order and apart from each other.

        Args:
            settled: what was kept with a reason; it is not shown again.
        """
        if not text or not self.writes(key):
            return ()
        found = [*self.book.check(text)]
        if self._nin is not None:
            rule = self._nin
            found += (Hit(start, end, text[start:end], rule) for start, end in uses_ni(text))
        if self._holds_no_number(key) and (clause := self._clause()):
            found += _numbers(text, clause)
        found.sort(key=lambda hit: (hit.start, -hit.end))
        return tuple(hit for hit in _apart(found) if (hit.rule.rule, spoken_of(hit)) not in settled)

    def standing(
        self, values: Mapping[str, str], settled: Settled = frozenset()
    ) -> tuple[RecordPhrase, ...]:
        """What stands unanswered in a card's fields, each wording of a field once."""
        found = {
            (key, hit.rule.rule, spoken_of(hit)): record(hit, key, "unanswered")
            for key, text in values.items()
            for hit in self.hits(key, text, settled)
        }
        return tuple(found.values())

    def _holds_no_number(self, key: str) -> bool:
        """Whether a person's number has no place in the field (it has in a member number's)."""
        field = self.pack.form_field(key)
        if field is None:
            return True
        return not (field.sensitive or key in _NUMBERED or key.endswith("_no"))

    def _clause(self) -> str | None:
        if not self._asked:
            from agentdesk.domain.phrases.detectors import confidentiality_rule

            self._asked, self._private = True, confidentiality_rule(self.pack)
        return self._private


_NAMES = frozenset(("surname", "name", "reporter", "complainant", "address_form"))
"""Text fields that hold a name: 那 is one too."""
_NUMBERED = frozenset(("waybill", "account"))
"""Text fields that hold the number of a thing."""


def record(hit: Hit, where: str, outcome: PhraseOutcome, reason: str = "") -> RecordPhrase:
    """The command that records what became of a hit."""
    return RecordPhrase(
        hit.rule.rule, spoken_of(hit), outcome, reason, where, category=hit.rule.category
    )


def spoken_of(hit: Hit) -> str:
    """A hit as it is recorded: a number only masked, so that the record does not leak it."""
    return hit.rule.replacement if hit.rule.category == PRIVATE else hit.text


def is_banned(hit: Hit) -> bool:
    """Whether it is one of the pack's banned phrases, and not a number or 你."""
    return hit.rule.category not in (PRIVATE, PLAIN_YOU)


def _rule(clause: str, category: str, better: str, severity: Severity) -> PhraseRule:
    return PhraseRule(clause, category, Match.ANYWHERE, severity, (), replacement=better)


def _numbers(text: str, clause: str) -> Iterator[Hit]:
    offset = 0
    for line in text.split("\n"):
        if len(line) >= _DIGITS_OF_A_NUMBER:
            for found in _of_line(line):
                start, end = found.start + offset, found.end + offset
                rule = _rule(clause, PRIVATE, found.masked, Severity.REASON)
                yield Hit(start, end, found.text, rule)
        offset += len(line) + 1


@lru_cache(maxsize=512)
def _of_line(line: str) -> tuple[Found, ...]:
    """The numbers of people in a line; only the line that is typed in is looked at anew."""
    from agentdesk.domain.phrases.detectors import detect

    return detect(line)


def _apart(hits: list[Hit]) -> Iterator[Hit]:
    """The hits that do not begin inside an earlier one."""
    reached = 0
    for hit in hits:
        if hit.start >= reached:
            reached = hit.end
            yield hit
