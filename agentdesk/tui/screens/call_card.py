"""The card under the call screen: what is typed, when it is kept, what is wrong in it.

Drawing is :class:`agentdesk.tui.screens.call_view.CallView`'s.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, cast

from agentdesk.desk.snapshot import Snapshot
from agentdesk.domain.call.guide import NOTHING, Guide
from agentdesk.domain.scripts import Filled
from agentdesk.tui.frame import FrameScreen
from agentdesk.tui.marks import Marks
from agentdesk.tui.panels.strip import Spot
from agentdesk.tui.panels.today import field_title
from agentdesk.tui.screens.card import Card

if TYPE_CHECKING:
    from textual.widgets import TextArea

    from agentdesk.tui.app import ConsoleApp
    from agentdesk.tui.marks import Checked
    from agentdesk.tui.panels.common import View
    from agentdesk.tui.widgets.form import RecordForm
    from agentdesk.tui.widgets.notes import SafeTextArea


class CallCard(FrameScreen):
    """Typing, saving and checking of the card."""

    def __init__(self, snapshot: Snapshot, now: datetime) -> None:
        # A class set after mounting styles every widget anew: at start the desk is idle.
        super().__init__(classes="-idle" if snapshot.call is None else None)
        self._snapshot = snapshot
        self._now = now
        self._card = Card()
        self.ready = False
        self.has_card = False  # note and form are there; they come behind the first paint
        self._loaded = ""
        self._saved_at: datetime | None = None
        self._dirty = False
        self._save_due = False
        self._check_due: set[str] = set()  # fields typed in since the last check
        self._marks: dict[str, Marks] = {}  # by field; only those with something wrong
        self._guide: Guide = NOTHING
        self._filled: Filled | None = None

    @property
    def console(self) -> ConsoleApp:
        """The app, with the desk."""
        return cast("ConsoleApp", self.app)

    @property
    def note(self) -> SafeTextArea:
        """The note field."""
        from agentdesk.tui.widgets.notes import SafeTextArea

        return self.query_one("#note", SafeTextArea)

    @property
    def note_text(self) -> str:
        """What the note says; nothing before there is a card."""
        return self.note.text if self.has_card else ""

    @property
    def form(self) -> RecordForm:
        """The contact form."""
        from agentdesk.tui.widgets.form import RecordForm

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
        return {**self.form.values(), "note": self.note.text} if self.has_card else {}

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """The note changed: check once per burst, keep within the second."""
        event.stop()
        self.typed()
        self._check_soon("note")

    def on_record_form_changed(self, event: RecordForm.Changed) -> None:
        """The form changed; a surname fills every line at once."""
        event.stop()
        self.typed()
        self._check_soon(event.key)
        if event.key == "upset":
            self.store_fields()
        if event.key == "category":
            self._check()  # other fields stand there now
        self.draw()

    def typed(self) -> None:
        """Something was typed; saved after a short pause, and no later than that."""
        self._dirty = True
        self._save_soon()

    def _save_soon(self) -> None:
        if not self._save_due and self._loaded:
            self._save_due = True
            self.after(self.console.save_after, self.save_typing)

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

    def _check_soon(self, key: str) -> None:
        """Check a field once the burst that changed it is over."""
        if not self._check_due:
            self.soon(self._check_burst)
        self._check_due.add(key)

    def _check_burst(self) -> None:
        keys, self._check_due = self._check_due, set()
        if self.is_mounted:
            before = dict(self._marks)
            self._check(keys)
            # The columns show of the note only how much is wrong in it.
            if self._marks == before:
                self.draw_centre()
            else:
                self.draw()

    def fields(self) -> dict[str, Checked]:
        """The text fields of the card, the note first."""
        return {"note": self.note, **self.form.texts()} if self.has_card else {}

    def _check(self, keys: Iterable[str] | None = None) -> None:
        """Mark what is wrong in these fields, or in all of them."""
        fields = self.fields()
        if keys is None:
            self._marks.clear()
        for key in fields if keys is None else fields.keys() & set(keys):
            hits = self.console.checker.hits(key, fields[key].words, self._card.dismissed)
            marks = Marks(hits)
            fields[key].set_highlights(marks.highlights)
            if hits:
                self._marks[key] = marks
            else:
                self._marks.pop(key, None)

    def view(self) -> View:
        """What the panels need to draw."""
        raise NotImplementedError

    def near_spot(self) -> Spot | None:
        """The mark that matters now: in the field with the caret, else in the first one."""
        if not self._marks:
            return None
        fields = self.fields()
        here = self._focus_state()[0]
        for key in (here, *fields):
            if (marks := self._marks.get(key)) and (hit := marks.near(fields[key].caret)):
                title = "" if key == "note" else field_title(key, self.view(), self._snapshot.pack)
                count = sum(len(each.hits) for each in self._marks.values())
                return Spot(key, hit, title, count)
        return None

    def store_fields(self) -> None:
        """Make what is typed an event now."""
        raise NotImplementedError
