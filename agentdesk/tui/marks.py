"""What is wrong in a note: banned phrases, and 你 where the standard wants 您."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

from agentdesk.domain.pack import Need, Pack, Severity
from agentdesk.domain.phrases import Hit, PhraseBook, uses_ni
from agentdesk.tui.widgets.notes import Highlight

_ROLE = {
    Severity.ADVISE: "warn underline",
    Severity.REASON: "bad underline",
    Severity.BLOCK: "bad bold underline",
}


@dataclass(frozen=True, slots=True)
class Marks:
    """Marks of one text.

    Attributes:
        hits: banned phrases that were not kept with a reason, by place.
        ni: where the customer is called 你, as code point spans.
    """

    hits: tuple[Hit, ...] = ()
    ni: tuple[tuple[int, int], ...] = ()

    def near(self, caret: int) -> Hit | None:
        """The phrase at the caret, or the first one."""
        here = [hit for hit in self.hits if hit.start <= caret <= hit.end]
        return next(iter(here or self.hits), None)

    @property
    def highlights(self) -> list[Highlight]:
        """What the note field draws."""
        drawn: list[Highlight] = [(start, end, "warn underline") for start, end in self.ni]
        return drawn + [(hit.start, hit.end, _ROLE[hit.rule.severity]) for hit in self.hits]


NOTHING_MARKED = Marks()


def check_note(text: str, book: PhraseBook, pack: Pack, dismissed: Set[tuple[str, str]]) -> Marks:
    """Check a note.

    Args:
        dismissed: phrases the agent kept with a reason, as ``(rule id, text)``.
    """
    if not text:
        return NOTHING_MARKED
    hits = tuple(h for h in book.check(text) if (h.rule.rule, h.text) not in dismissed)
    wants_nin = any(item.need is Need.NIN for item in pack.requirements)
    return Marks(hits, tuple(uses_ni(text)) if wants_nin else ())
