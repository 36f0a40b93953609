"""What is marked in a text field, and how the better wording is put in.

Every field an agent writes in is a :class:`Checked` one: the note, the form's text fields, the
field of a dialog. What is wrong is the business of ``domain.call.checking``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from msgspec import Struct

from agentdesk.domain.call.checking import Checker, is_banned
from agentdesk.domain.call.commands import PhraseOutcome
from agentdesk.domain.call.state import PLAIN_YOU
from agentdesk.domain.pack import Severity
from agentdesk.domain.phrases import Hit, PhraseBook

Highlight = tuple[int, int, str]
"""Start, end (code points) and role."""

_ROLE = {
    Severity.ADVISE: "warn underline",
    Severity.REASON: "bad underline",
    Severity.BLOCK: "bad bold underline",
}


class Checked(Protocol):
    """A text field whose words are checked. Offsets are code points of ``words``."""

    @property
    def words(self) -> str:
        """The whole text."""

    @property
    def caret(self) -> int:
        """Where the caret stands."""

    @property
    def room(self) -> int:
        """Most code points it holds."""

    def move_caret(self, offset: int) -> None:
        """Put the caret somewhere."""

    def set_highlights(self, highlights: Sequence[Highlight]) -> None:
        """Draw these marks and no others."""

    def put(self, text: str, start: int, end: int) -> None:
        """Replace a stretch; one undo takes exactly this back."""


class Marks(Struct, frozen=True):
    """Marks of one text, by place: banned phrases, numbers, 你 where 您 is wanted."""

    hits: tuple[Hit, ...] = ()

    def near(self, caret: int) -> Hit | None:
        """The mark at the caret, or the first one; 你 only where nothing else is wrong."""
        worse = [hit for hit in self.hits if hit.rule.category != PLAIN_YOU]
        here = [hit for hit in self.hits if hit.start <= caret <= hit.end]
        return next(iter(here or worse or self.hits), None)

    @property
    def banned(self) -> int:
        """How many are banned phrases."""
        return sum(is_banned(hit) for hit in self.hits)

    @property
    def ni(self) -> int:
        """How often the customer is called 你."""
        return sum(hit.rule.category == PLAIN_YOU for hit in self.hits)

    @property
    def highlights(self) -> list[Highlight]:
        """What the field draws."""
        return [(hit.start, hit.end, _ROLE[hit.rule.severity]) for hit in self.hits]


class Proof(Struct, frozen=True):
    """How a dialog checks its field.

    Attributes:
        where: name of the field in the record.
        settled: marks kept with a reason before, as ``(rule id, text)``.
        record: told what became of a mark.
        keep: asks why a mark stays, records it, then calls back.
    """

    checker: Checker
    where: str
    settled: frozenset[tuple[str, str]]
    record: Callable[[Hit, PhraseOutcome], None]
    keep: Callable[[Hit, Callable[[], None]], None]


def put_better(field: Checked, hit: Hit, book: PhraseBook) -> str:
    """Put the better wording in place of a mark, the caret right after it.

    Returns:
        Why it could not be done, as a key of the string tables; empty when it was done.
    """
    before = field.words
    if before[hit.start : hit.end] != hit.text:
        return "warn.no_hit"
    if not hit.rule.replacement:
        return "warn.no_better"
    after, caret = book.replace(before, hit)
    if len(after) > field.room:
        return "warn.no_room"
    start, end, new = _changed(before, after)
    field.put(new, start, end)
    field.move_caret(caret)
    return ""


def _changed(before: str, after: str) -> tuple[int, int, str]:
    """The stretch of ``before`` that differs, and what stands there in ``after``."""
    start = 0
    shorter = min(len(before), len(after))
    while start < shorter and before[start] == after[start]:
        start += 1
    tail = 0
    while tail < shorter - start and before[-1 - tail] == after[-1 - tail]:
        tail += 1
    return start, len(before) - tail, after[start : len(after) - tail]
