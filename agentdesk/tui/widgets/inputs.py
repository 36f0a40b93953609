"""Text fields for Chinese typing.

An input method's commit comes as a burst of keys or as one paste; both are cleaned here, so
no control, joiner or direction mark ever gets into a value (``domain.text.clean``).

``SafeInput``: several pasted lines become one, too much text is cut instead of refused, and
the hardware cursor, where the input method opens its window, stands on the right cell. Marks
are drawn under phrases (``set_highlights``), and ``ctrl+z`` takes back the last better wording
that was put in: Textual's ``Input`` has no undo of its own.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text
from textual import events
from textual.binding import Binding
from textual.geometry import Offset, Region
from textual.message import Message
from textual.widgets import Input
from textual.widgets.input import Selection

from agentdesk.domain.text import clean
from agentdesk.tui.cells import cell_len
from agentdesk.tui.marks import Highlight
from agentdesk.tui.widgets.lines import look_of

EDITING = frozenset(
    key.strip()
    for each in Input.BINDINGS
    for key in (each.key if isinstance(each, Binding) else each[0]).split(",")
)
"""Keys a one-line field edits its text with; some of them are twins of a call's F-keys."""


class SafeInput(Input):
    """One line of typed text.

    Args:
        value: first value.
        placeholder: shown while empty.
        max_length: most characters (code points) kept; 0 for any number.
        id, classes: as usual.
    """

    DEFAULT_CSS = """
    SafeInput, SafeInput:focus {
        border: none; height: 1; padding: 0 1; background: $field; color: $foreground;
    }
    SafeInput:focus { background: $selected; color: $bright; }
    SafeInput > .input--placeholder { color: $quiet; }
    """
    BINDINGS = [Binding("ctrl+z", "take_back", show=False)]

    def __init__(
        self,
        value: str = "",
        *,
        placeholder: str = "",
        max_length: int = 200,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        self._marks: tuple[Highlight, ...] = ()
        self._put: tuple[int, str, str] | None = None  # where, what stood there, what does now
        super().__init__(
            clean(value)[: max_length or None],
            placeholder=placeholder,
            max_length=max_length,
            select_on_focus=False,
            id=id,
            classes=classes,
        )
        self.cursor_blink = False

    def edits_by(self, key: str) -> bool:
        """Whether it edits its text with a key, where that key means nothing else."""
        return key in EDITING

    def validate_value(self, value: str) -> str:
        """Whatever sets the value, it is clean and not too long."""
        return clean(value)[: self.max_length or None]

    def replace(self, text: str, start: int, end: int) -> None:
        """Replace a range; what does not fit is cut off, not refused."""
        text = clean(text)
        start, end = sorted((max(0, start), min(len(self.value), end)))
        if self.max_length:
            text = text[: max(0, self.max_length - len(self.value) + end - start)]
        super().replace(text, start, end)

    def load(self, value: str) -> None:
        """Show a value without telling anybody; marks and undo begin anew."""
        self._put = None
        self.set_highlights(())
        with self.prevent(Input.Changed):
            self.value = value

    @property
    def words(self) -> str:
        """The value, as :class:`~agentdesk.tui.marks.Checked` has it."""
        return self.value

    @property
    def caret(self) -> int:
        """Place of the caret in the value."""
        return self.cursor_position

    @property
    def room(self) -> int:
        """Most code points it holds."""
        return self.max_length or 1 << 20

    def move_caret(self, offset: int) -> None:
        """Put the caret at a place of the value."""
        self.cursor_position = offset

    def put(self, text: str, start: int, end: int) -> None:
        """Replace code points; ``ctrl+z`` takes exactly this back."""
        before = self.value[start:end]
        self.replace(text, start, end)
        self._put = (start, before, text)

    def action_take_back(self) -> None:
        """Undo the last :meth:`put`, if its text still stands where it was put."""
        if self._put is None:
            return
        start, before, now = self._put
        if self.value.startswith(now, start):
            self._put = None
            self.replace(before, start, start + len(now))
            self.cursor_position = start + len(before)

    @property
    def highlights(self) -> tuple[Highlight, ...]:
        """The marks drawn now."""
        return self._marks

    def set_highlights(self, highlights: Sequence[Highlight]) -> None:
        """Draw these marks and no others."""
        if (new := tuple(highlights)) != self._marks:
            self._marks = new
            self.refresh()

    @property
    def _value(self) -> Text:
        """The value as it is drawn (a hook of textual 8.2.8, pinned)."""
        text = super()._value
        for start, end, role in self._marks:
            text.stylize(look_of(self).style(role), start, end)
        return text

    def on_paste(self, event: events.Paste) -> None:
        """Paste all lines, joined by blanks."""
        event.stop()
        event.prevent_default()
        self.replace(event.text.strip("\r\n"), *self.selection)

    @property
    def cursor_screen_offset(self) -> Offset:
        """Cell of the caret on the screen. Textual's is one too far at the end of the text."""
        x, y, _width, _height = self.content_region
        return Offset(x + cell_len(self.value[: self.cursor_position]) - self.scroll_offset.x, y)

    def watch_selection(self, _: Selection) -> None:
        """Put the hardware cursor right again when the text has scrolled."""
        if self.has_focus:
            self.call_after_refresh(self._place_cursor)

    def _place_cursor(self) -> None:
        if self.has_focus:
            # After a paste Textual scrolls before it knows the new width (8.2.8).
            caret = Region(cell_len(self.value[: self.cursor_position]), 0, 1, 1)
            self.scroll_to_region(caret, animate=False, force=True, immediate=True)
            self.app.cursor_position = self.cursor_screen_offset


class QuickInput(SafeInput):
    """The field of a dialog: while it is empty a digit picks and backspace leaves.

    Backspace is the second way out of every dialog: a lone Esc takes a tenth of a second.

    Attributes:
        picks: whether a digit picks; where there is nothing to pick it is typed, as the first
            of a work number or a time is.
    """

    picks = True

    class Digit(Message):
        """A digit was pressed in the empty field."""

        def __init__(self, digit: str) -> None:
            super().__init__()
            self.digit = digit

    class Leave(Message):
        """Backspace was pressed in the empty field."""

    def on_key(self, event: events.Key) -> None:
        """Catch the keys that mean something else while the field is empty."""
        if self.value:
            return
        if event.key == "backspace":
            event.stop()
            event.prevent_default()
            self.post_message(self.Leave())
        elif self.picks and event.character and event.character in "123456789１２３４５６７８９":
            event.stop()
            event.prevent_default()
            self.post_message(self.Digit(str(int(event.character))))
