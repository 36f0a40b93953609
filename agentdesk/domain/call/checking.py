"""What a standard finds wrong in what the agent writes: banned words, numbers, 你.

The screen marks it while it is typed; what nobody answered for is recorded when the text is
given away. Both ask here, so that what is recorded is what was marked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from functools import lru_cache

from agentdesk.domain.call.commands import PhraseOutcome, RecordPhrase
from agentdesk.domain.call.state import PLAIN_YOU, PRIVATE
from agentdesk.domain.pack import Match, Need, Pack, PhraseRule, Severity
from agentdesk.domain.phrases import Hit, PhraseBook, uses_ni

NOTE = "note"
PROPOSAL = "proposal"
REASON = "reason"
"""Fields that are the console's own; the others are the pack's."""

_CACHED_LINES = 1024
_CACHED_LENGTH = 2000  # code points; what is longer was not typed
_DIGITS_OF_A_NUMBER = 11
"""No number that is looked for is shorter."""

Settled = Set[tuple[str, str]]
"""Marks the agent kept with a reason, as ``(rule id, text)``; see :func:`spoken_of`."""


class Checker:
    """Checks the texts of calls under one standard. Nothing is prepared before the first.

    What was found in a line is kept: only the line that is typed in costs anything.

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
        self._known = lru_cache(maxsize=_CACHED_LINES)(self._scan)

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
        numbers = self._holds_no_number(key)
        offset = 0
        found: list[Hit] = []
        for line in text.split("\n"):
            check = self._known if len(line) <= _CACHED_LENGTH else self._scan
            for hit in check(line, numbers):
                if (hit.rule.rule, spoken_of(hit)) not in settled:
                    start, end = hit.start + offset, hit.end + offset
                    found.append(Hit(start, end, hit.text, hit.rule, hit.phrase))
            offset += len(line) + 1
        return tuple(found)

    def _scan(self, line: str, numbers: bool) -> tuple[Hit, ...]:
        """Everything wrong in a line; ``numbers``: those of people too."""
        found = [*self.book.check(line)]
        if self._nin is not None:
            rule = self._nin
            found += (Hit(start, end, line[start:end], rule) for start, end in uses_ni(line))
        if numbers and len(line) >= _DIGITS_OF_A_NUMBER and (clause := self._clause()):
            found += _numbers(line, clause)
        found.sort(key=lambda hit: (hit.start, -hit.end))
        return tuple(_apart(found))

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


def _numbers(line: str, clause: str) -> Iterator[Hit]:
    from agentdesk.domain.phrases.detectors import detect

    for found in detect(line):
        rule = _rule(clause, PRIVATE, found.masked, Severity.REASON)
        yield Hit(found.start, found.end, found.text, rule)


def _apart(hits: list[Hit]) -> Iterator[Hit]:
    """The hits that do not begin inside an earlier one."""
    reached = 0
    for hit in hits:
        if hit.start >= reached:
            reached = hit.end
            yield hit
