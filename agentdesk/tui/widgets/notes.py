"""``SafeTextArea``: several lines of typed text, with marks that are drawn under phrases.

::

    area = SafeTextArea(id="note")
    area.set_highlights([(hit.start, hit.end, "bad underline") for hit in book.check(area.text)])

Offsets are code points of ``area.text``; the third value is a role of ``themes``. Check
phrases once per burst (``call_later``), not per key. Undo is ``ctrl+z``, redo ``ctrl+y``; Tab
leaves the field. Lines break by cells, as Chinese is written.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual import events
from textual.document._document_navigator import DocumentNavigator
from textual.widgets import TextArea
from textual.widgets.text_area import EditResult, Location

from agentdesk.domain.text import clean
from agentdesk.tui.marks import Highlight
from agentdesk.tui.widgets.lines import look_of
from agentdesk.tui.widgets.wrapping import CellWrappedDocument


class SafeTextArea(TextArea):
    """A note field; see the module.

    Args:
        text: first text.
        placeholder: shown while empty.
        max_length: most code points kept.
    """

    DEFAULT_CSS = """
    SafeTextArea, SafeTextArea:focus {
        border: none; padding: 0 1; background: $field; color: $foreground;
        scrollbar-size-vertical: 1;
    }
    SafeTextArea:focus { color: $bright; }
    SafeTextArea .text-area--placeholder { color: $quiet; }
    SafeTextArea .text-area--cursor { background: $bright; color: $background; }
    SafeTextArea .text-area--selection { background: $selected; color: $bright; }
    """
    MAX_LENGTH: ClassVar[int] = 8_000  # of four bytes each: just within one event

    def __init__(
        self,
        text: str = "",
        *,
        placeholder: str = "",
        max_length: int = MAX_LENGTH,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        self._limit = max_length
        self._phrase_marks: tuple[Highlight, ...] = ()
        self._line_marks: dict[int, list[Highlight]] = {}
        super().__init__(
            clean(text, multiline=True)[:max_length],
            placeholder=placeholder,
            soft_wrap=True,
            tab_behavior="focus",
            show_line_numbers=False,
            highlight_cursor_line=False,
            id=id,
            classes=classes,
        )
        self.cursor_blink = False
        self.match_cursor_bracket = False

    def load_text(self, text: str) -> None:
        """Replace everything; the undo history begins anew."""
        super().load_text(clean(text, multiline=True)[: self._limit])

    def replace(
        self,
        insert: str,
        start: Location,
        end: Location,
        *,
        maintain_selection_offset: bool = True,
    ) -> EditResult:
        """Replace a range with cleaned text; what does not fit is cut off."""
        insert = clean(insert, multiline=True)
        if len(insert) > 1:  # one key more or less is not worth measuring the text
            replaced = len(self.get_text_range(start, end))
            insert = insert[: max(0, self._limit - len(self.text) + replaced)]
        return super().replace(
            insert, start, end, maintain_selection_offset=maintain_selection_offset
        )

    def insert(
        self,
        text: str,
        location: Location | None = None,
        *,
        maintain_selection_offset: bool = True,
    ) -> EditResult:
        """Insert cleaned text."""
        return super().insert(
            clean(text, multiline=True),
            location,
            maintain_selection_offset=maintain_selection_offset,
        )

    async def on_paste(self, event: events.Paste) -> None:
        """Paste cleaned text at the caret."""
        event.stop()
        event.prevent_default()
        if not self.read_only:
            result = self.replace(event.text, *self.selection, maintain_selection_offset=False)
            self.move_cursor(result.end_location)

    @property
    def words(self) -> str:
        """The text, as :class:`~agentdesk.tui.marks.Checked` has it."""
        return self.text

    @property
    def room(self) -> int:
        """Most code points it holds."""
        return self._limit

    def put(self, text: str, start: int, end: int) -> None:
        """Replace code points; one undo takes exactly this back."""
        self.history.checkpoint()
        self.replace(text, self._location(start), self._location(end))
        self.history.checkpoint()

    @property
    def caret(self) -> int:
        """Place of the caret as a code point offset of ``text``."""
        row, column = self.cursor_location
        return sum(len(self.document.get_line(i)) + 1 for i in range(row)) + column

    def move_caret(self, offset: int) -> None:
        """Put the caret at a code point offset of ``text``."""
        self.move_cursor(self._location(offset))

    def _location(self, offset: int) -> Location:
        """Row and column of a code point offset of ``text``."""
        for row in range(self.document.line_count):
            length = len(self.document.get_line(row))
            if offset <= length:
                return row, max(0, offset)
            offset -= length + 1
        return self.document.end

    @property
    def highlights(self) -> tuple[Highlight, ...]:
        """The marks drawn now."""
        return self._phrase_marks

    def set_highlights(self, highlights: Sequence[Highlight]) -> None:
        """Draw these marks and no others; marks outside the text are ignored."""
        new = tuple(highlights)
        if new == self._phrase_marks:
            return
        self._phrase_marks = new
        self._line_marks = {}
        start = 0
        for row in range(self.document.line_count):
            end = start + len(self.document.get_line(row))
            for first, last, role in new:
                if first < end and last > start:
                    self._line_marks.setdefault(row, []).append(
                        (max(0, first - start), min(last, end) - start, role)
                    )
            start = end + 1
        self.notify_style_update()  # clears the cache of drawn lines
        self.refresh()

    def get_line(self, line_index: int) -> Text:
        """The line with its marks; called when a row is drawn."""
        text = super().get_line(line_index)
        for start, end, role in self._line_marks.get(line_index, ()):
            text.stylize(look_of(self).style(role), start, end)
        return text

    def _set_document(self, text: str, language: str | None) -> None:
        """Use our wrapping. Textual breaks at Western words only (textual 8.2.8, pinned)."""
        super()._set_document(text, language)
        self.wrapped_document = CellWrappedDocument(self.document, tab_width=self.indent_width)
        self.navigator = DocumentNavigator(self.wrapped_document)
        self._rewrap_and_refresh_virtual_size()
