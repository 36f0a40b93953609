"""The card under the call screen: what is typed, when it is kept, what is wrong in it.

Drawing is :class:`agentdesk.tui.screens.call_view.CallView`'s.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, cast

from textual.widgets import TextArea

from agentdesk.desk.snapshot import Snapshot
from agentdesk.domain.call.guide import NOTHING, Guide
from agentdesk.domain.scripts import Filled
from agentdesk.tui.frame import FrameScreen
from agentdesk.tui.marks import NOTHING_MARKED, check_note
from agentdesk.tui.screens.card import Card
from agentdesk.tui.widgets.form import RecordForm
from agentdesk.tui.widgets.notes import SafeTextArea

if TYPE_CHECKING:
    from agentdesk.tui.app import ConsoleApp


class CallCard(FrameScreen):
    """Typing, saving and checking of the card."""

    def __init__(self, snapshot: Snapshot, now: datetime) -> None:
        # A class set after mounting styles every widget anew: at start the desk is idle.
        super().__init__(classes="-idle" if snapshot.call is None else None)
        self._snapshot = snapshot
        self._now = now
        self._card = Card()
        self.ready = False
        self._loaded = ""
        self._saved_at: datetime | None = None
        self._dirty = False
        self._save_due = False
        self._check_due = False
        self._marks = NOTHING_MARKED
        self._guide: Guide = NOTHING
        self._filled: Filled | None = None

    @property
    def console(self) -> ConsoleApp:
        """The app, with the desk."""
        return cast("ConsoleApp", self.app)

    @property
    def note(self) -> SafeTextArea:
        """The note field."""
        return self.query_one("#note", SafeTextArea)

    @property
    def form(self) -> RecordForm:
        """The contact form."""
        return self.query_one(RecordForm)

    @property
    def snapshot(self) -> Snapshot:
        """What is drawn."""
        return self._snapshot

    def draw(self) -> None:
        """Draw every panel."""
        raise NotImplementedError

    def draw_centre(self) -> None:
        """Draw what to say, what is wrong, how the note stands."""
        raise NotImplementedError

    # ------------------------------------------------------------ typing and checks

    def values(self) -> dict[str, str]:
        """Every field of the card as it stands."""
        return {**self.form.values(), "note": self.note.text}

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """The note changed: check once per burst, keep within the second."""
        event.stop()
        self.typed()
        if not self._check_due:
            self._check_due = True
            self.call_later(self._check_burst)

    def on_record_form_changed(self, event: RecordForm.Changed) -> None:
        """The form changed; a surname fills every line at once."""
        event.stop()
        self.typed()
        if event.key == "upset":
            self.store_fields()
        self.draw()

    def typed(self) -> None:
        """Something was typed; saved after a short pause, and no later than that."""
        self._dirty = True
        self._save_soon()

    def _save_soon(self) -> None:
        if not self._save_due and self._loaded:
            self._save_due = True
            self.set_timer(self.console.save_after, self.save_typing, name="save")

    def on_text_area_selection_changed(self, event: TextArea.SelectionChanged) -> None:
        """The caret moved: a restart comes back to it."""
        event.stop()
        self._save_soon()

    def on_descendant_focus(self) -> None:
        """Another field: a restart comes back to it."""
        super().on_descendant_focus()
        self._save_soon()

    def save_typing(self) -> None:
        """Hand what stands on the card to the store."""
        self._save_due = False
        call = self._snapshot.call
        if call is None or call.id != self._loaded:
            return
        key, cursor = self._focus_state()
        self._dirty = False
        self.console.save_typing(self._loaded, self.values(), key, cursor)

    def unsaved(self) -> None:
        """The store did not take it: say so until it does."""
        self._dirty = bool(self._loaded)
        self.draw_centre()

    def saved(self, call_id: str, at: datetime) -> None:
        """The store has it."""
        if call_id == self._loaded:
            self._saved_at = at
            self.draw_centre()

    def _focus_state(self) -> tuple[str, tuple[int, int]]:
        if self.focused is self.note:
            return "note", self.note.cursor_location
        key = self.form.key_of(self.focused)
        column = getattr(self.focused, "cursor_position", 0) if key else 0
        return key, (0, int(column))

    def _check_burst(self) -> None:
        self._check_due = False
        if self.is_mounted:
            before = self._marks
            self._check()
            # The columns show of the note only how much is wrong in it.
            if self._marks == before:
                self.draw_centre()
            else:
                self.draw()

    def _check(self) -> None:
        """Mark banned phrases, and 你 where the standard wants 您."""
        book, pack = self.console.book, self._snapshot.pack
        self._marks = check_note(self.note.text, book, pack, self._card.dismissed)
        self.note.set_highlights(self._marks.highlights)

    def store_fields(self) -> None:
        """Make what is typed an event now."""
        raise NotImplementedError
