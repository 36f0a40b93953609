"""``Picker``: choose one of some rows by digit, by search or with the arrows.

::

    rows = [PickRow(reason, reason.title.get(lang), detail=reason.rule, preview=reason.proposal)
            for reason in pack.reasons]
    app.push_screen(Picker(s("call.escalate.title"), rows, opener="escalate"), self._chosen)

    def _chosen(self, reason: Reason | None) -> None: ...    # None: left without choosing

The first nine rows have digits, which pick at once while the search field is empty. Search
understands text, pinyin and the row's key. What is typed can itself be an answer (``free``):
it then stands below what was found. Esc leaves, and so do backspace in the
empty field and the key that opened the picker.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from msgspec import Struct
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.widgets import Input

from agentdesk.domain.pinyin import SUBSEQUENCE, matches
from agentdesk.tui.cells import cell_len, fit, pad, wrap
from agentdesk.tui.dialog import Dialog
from agentdesk.tui.widgets.inputs import QuickInput
from agentdesk.tui.widgets.lines import Line, LinesPanel, line, safe
from agentdesk.tui.widgets.rows import RowList

T = TypeVar("T")


class PickRow(Struct, Generic[T], frozen=True):
    """One row.

    Attributes:
        value: what the picker answers.
        label: what is read first.
        key: short code or key at the left; ``""`` for a digit in the first nine rows.
        detail: quiet column at the right, for example a clause.
        group: heading it stands under while nothing is searched.
        preview: longer text shown below while the row is selected.
        search: more words to find it by.
        dim: shown quietly (cannot be done now) but still chosen.
    """

    value: T
    label: str
    key: str = ""
    detail: str = ""
    group: str = ""
    preview: str = ""
    search: str = ""
    dim: bool = False


def found(rows: Sequence[PickRow[T]], query: str, least: int = 0) -> list[PickRow[T]]:
    """The rows a query finds, best first; all of them for an empty query.

    Args:
        least: finds of no higher score (see :mod:`agentdesk.domain.pinyin`) do not count.
    """
    if not query.strip():
        return list(rows)
    scored: list[tuple[int, int, PickRow[T]]] = []
    for place, row in enumerate(rows):
        # A hit in the label counts more than the same hit in the other texts.
        fields = (row.label, row.key, row.search, row.detail, row.preview)
        scores = [score for text in fields if (score := matches(query, text) or 0) > least]
        first = matches(query, row.label)
        if scores:
            scored.append((-(max(scores) + (1 if first is not None else 0)), place, row))
    return [row for _, _, row in sorted(scored, key=lambda each: each[:2])]


class Picker(Dialog[T], Generic[T]):
    """The dialog; see the module.

    Args:
        title: what is chosen.
        rows: what there is.
        hint: one quiet line at the bottom; the default explains the keys.
        empty: shown when nothing is found.
        start: row the cursor begins on.
        preview_height: rows kept for the preview; 0 for none.
        opener: id of the command that opened it.
        free: makes an answer of what is typed; without it only rows can be chosen. Letters
            with gaps between them then find nothing: a number that is not known must not
            become somebody else's.
        digits: whether digits pick; where rows are found by number they are typed.
    """

    DEFAULT_CSS = """
    Picker > .box { height: 85%; }
    Picker #pick-preview { margin-top: 1; }
    Picker #pick-hint { height: 1; margin-top: 1; }
    Picker #pick-search { margin: 1 0; }
    """
    BINDINGS = [
        Binding("down,ctrl+down", "move(1)", show=False),
        Binding("up,ctrl+up", "move(-1)", show=False),
        Binding("pagedown", "move(8)", show=False),
        Binding("pageup", "move(-8)", show=False),
        Binding("slash,tab,shift+tab", "search", show=False),
    ]

    def __init__(
        self,
        title: str,
        rows: Sequence[PickRow[T]],
        *,
        hint: str = "",
        empty: str = "",
        start: int = 0,
        preview_height: int = 2,
        opener: str = "",
        free: Callable[[str], PickRow[T]] | None = None,
        digits: bool = True,
    ) -> None:
        super().__init__(opener=opener)
        self._free = free
        self._pick_digits = digits
        self._title = title
        self._all = list(rows)
        self._hint = hint
        self._empty = empty
        self._start = start
        self._preview_height = preview_height
        self._digits: list[PickRow[T]] = []
        self._key_width = 1
        self._list: RowList[PickRow[T] | str] = RowList(
            self._draw, selectable=lambda row: not isinstance(row, str), id="pick-rows"
        )

    def compose(self) -> ComposeResult:
        """Title, search, rows, preview, hint."""
        with Vertical(classes="box"):
            yield LinesPanel([line((self._title, "bright bold"))], classes="title")
            yield QuickInput(placeholder=self.s("frame.pick.search"), id="pick-search")
            yield self._list
            if self._preview_height:
                preview = LinesPanel(id="pick-preview", classes="lines")
                preview.styles.height = self._preview_height
                yield preview
            hint = self._hint or self.s("frame.pick.hint")
            yield LinesPanel([line((hint, "quiet"))], id="pick-hint", classes="lines")

    def on_mount(self) -> None:
        """Show everything."""
        self._fill("", self._start)
        search = self.query_one("#pick-search", QuickInput)
        search.picks = self._pick_digits
        search.focus()

    def set_rows(self, rows: Sequence[PickRow[T]]) -> None:
        """Other rows, for example when a search elsewhere has found more."""
        self._all = list(rows)
        self._fill(self.query_one("#pick-search", Input).value)

    def _fill(self, query: str, start: int = 0) -> None:
        kept = found(self._all, query, 0 if self._free is None else SUBSEQUENCE)
        if self._free is not None and query.strip():
            typed = self._free(query.strip())
            if all(row.value != typed.value for row in kept):
                kept.append(typed)
        grouped: list[PickRow[T] | str] = []
        cursor = 0
        group = ""
        for place, row in enumerate(kept):
            if not query and row.group and row.group != group:
                group = row.group
                grouped.append(group)
            if place == start:
                cursor = len(grouped)
            grouped.append(row)
        self._digits = (
            [] if query or not self._pick_digits else [row for row in kept if not row.key][:9]
        )
        self._key_width = max((cell_len(row.key) for row in kept), default=1) or 1
        self._list.set_rows(grouped, cursor)
        if not kept:
            self._show_preview(self._empty or self.s("frame.pick.empty"))

    def _draw(self, row: PickRow[T] | str, width: int, selected: bool) -> Line:
        if isinstance(row, str):
            return line((row, "quiet"))
        key = row.key
        if not key:
            key = next((str(n) for n, each in enumerate(self._digits, 1) if each is row), "")
        room = width - self._key_width - 4
        detail = fit(safe(row.detail), max(0, room // 2))
        label = pad(safe(row.label), max(0, room - cell_len(detail) - 1))
        role = "quiet" if row.dim else "bright" if selected else "text"
        return line(
            ("▌ " if selected else "  ", "accent"),
            (pad(key, self._key_width), "accent bold"),
            (f" {label} ", f"{role} bold" if selected else role),
            (detail, "quiet" if not selected else "text"),
            fill="on-selected" if selected else "",
        )

    def _show_preview(self, text: str) -> None:
        if self._preview_height:
            panel = self.query_one("#pick-preview", LinesPanel)
            lines = wrap(safe(text), max(8, panel.size.width or 60))
            panel.set_lines([line((each, "text")) for each in lines[: self._preview_height]])

    def on_input_changed(self, event: Input.Changed) -> None:
        """Search."""
        event.stop()
        self._fill(event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Choose the selected row."""
        event.stop()
        self._choose(self._list.selected)

    def on_quick_input_digit(self, event: QuickInput.Digit) -> None:
        """Choose by digit: a row whose key is the digit, or the row with that number."""
        event.stop()
        named = next((row for row in self._all if row.key == event.digit), None)
        place = int(event.digit) - 1
        self._choose(named or (self._digits[place] if place < len(self._digits) else None))

    def on_quick_input_leave(self, event: QuickInput.Leave) -> None:
        """Backspace in the empty field."""
        event.stop()
        self.action_leave()

    def on_row_list_moved(self, event: RowList.Moved) -> None:
        """Preview the row under the cursor."""
        event.stop()
        row = self._list.selected
        empty = self._empty or self.s("frame.pick.empty")
        self._show_preview(row.preview if isinstance(row, PickRow) else empty)

    def on_row_list_chosen(self, event: RowList.Chosen) -> None:
        """A row was clicked."""
        event.stop()
        self._choose(self._list.selected)

    def on_resize(self) -> None:
        """Wrap the preview anew."""
        row = self._list.selected
        if isinstance(row, PickRow):
            self.once_drawn(self._show_preview, row.preview)

    def action_move(self, step: int) -> None:
        """Move the cursor while the search field has the focus."""
        self._list.move(step)

    def action_search(self) -> None:
        """Back to the search field."""
        self.query_one("#pick-search").focus()

    def _choose(self, row: PickRow[T] | str | None) -> None:
        if isinstance(row, PickRow) and self.is_current:
            self.dismiss(row.value)
