"""The contact form: surname, title, mood, category and the category's fields.

The fields change with the category (must-fill first). Rows are mounted when a category first
needs them and reused ever after.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Container, Horizontal
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input

from agentdesk.domain.call.taken import CONTACT
from agentdesk.domain.pack import FormField, Pack
from agentdesk.strings import Strings
from agentdesk.tui.cells import pad
from agentdesk.tui.frame import FrameScreen
from agentdesk.tui.widgets.choice_line import ChoiceLine
from agentdesk.tui.widgets.inputs import SafeInput
from agentdesk.tui.widgets.lines import LinesPanel, line

LABEL = 14
"""Cells of a label."""

FIXED = ("number", "surname", "title", "upset", "category")
"""Fields every card has, whatever its category; a category may demand them too."""


class FieldRow(Horizontal):
    """A label and an input for one field of the category."""

    DEFAULT_CSS = """
    FieldRow { height: 1; width: 1fr; padding: 0 1 0 0; }
    FieldRow > LinesPanel { width: 14; height: 1; }
    FieldRow > SafeInput { width: 1fr; }
    FieldRow > ChoiceLine { width: 1fr; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.key = ""
        self.label = LinesPanel()
        self.input = SafeInput()
        self.flag = ChoiceLine()
        self.is_flag = False
        self.required = False
        self.display = False

    def compose(self) -> ComposeResult:
        """Label and entry."""
        yield self.label
        yield self.input
        if self.is_flag:
            yield self.flag

    @property
    def value(self) -> str:
        """What the field holds; a flag holds ``1`` or nothing."""
        return self.flag.value if self.is_flag else self.input.value

    @property
    def entry(self) -> SafeInput | ChoiceLine:
        """The widget that is typed in or chosen from."""
        return self.flag if self.is_flag else self.input

    def set_value(self, value: str) -> None:
        """Show a value without telling anybody."""
        if self.is_flag:
            self.flag.set_value(value)
            return
        self.input.load(value)

    def offer(self, field: FormField | None, required: bool, s: Strings) -> None:
        """Stand for ``field``, or for nothing."""
        self.display = field is not None
        self.key = field.key if field else ""
        if field is None:
            return
        star = ("*", "warn bold") if required else (" ", "quiet")
        title = field.title.get(s.language)
        self.label.set_lines([line((pad(title, LABEL - 2), "quiet"), star)])
        self.required = required
        self.is_flag = field.kind == "flag"
        self.input.display = not self.is_flag
        self.flag.display = self.is_flag
        if self.is_flag and self.is_mounted and not self.flag.is_attached:
            self.mount(self.flag)
        self.flag.set_options([("", s("call.flag.0")), ("1", s("call.flag.1"))])
        self.input.placeholder = s("call.required") if required else ""


class RecordForm(Widget):
    """The whole form.

    Args:
        s: the string tables.
        pack: gives titles, categories and fields.
    """

    # With priority the focus moves before the next key is handed out.
    BINDINGS = [Binding("enter", "next", show=False, priority=True)]
    DEFAULT_CSS = """
    RecordForm { height: auto; width: 1fr; layout: vertical; }
    RecordForm > Horizontal { height: 1; }
    RecordForm > Horizontal > LinesPanel { width: 14; height: 1; }
    RecordForm #number { width: 26; }
    RecordForm #surname { width: 12; margin: 0 2 0 0; }
    RecordForm #title { width: 1fr; }
    RecordForm #upset { width: 16; }
    RecordForm > Horizontal > .short { width: 7; }
    RecordForm #fields { layout: grid; grid-size: 2; grid-rows: 1; height: auto; grid-gutter: 0 1; }
    """

    @dataclass
    class Changed(Message):
        """Something on the form changed; ``key`` is the field."""

        form: RecordForm
        key: str

        @property
        def control(self) -> RecordForm:
            """The sender."""
            return self.form

    def __init__(self, s: Strings, pack: Pack) -> None:
        super().__init__(id="form")
        self._s = s
        self._pack = pack
        self._kept: dict[str, str] = {}
        self._taken = ("", "")
        self.number = SafeInput(max_length=24, id="number")
        self.number_row = Horizontal()
        self.number_row.display = False
        self.surname = SafeInput(max_length=12, id="surname")
        self.title_choice = ChoiceLine(id="title", none=s("call.choice.none"))
        self.upset = ChoiceLine(id="upset")
        self.category = ChoiceLine(id="category", none=s("call.choice.none"))
        self.rows: list[FieldRow] = []
        self._labels = {key: LinesPanel() for key in ("number", "surname", "title", "category")}
        self._labels["title"].add_class("short")

    def compose(self) -> ComposeResult:
        """Two fixed rows and the pool."""
        with self.number_row:
            yield self._labels["number"]
            yield self.number
        with Horizontal():
            yield self._labels["surname"]
            yield self.surname
            yield self._labels["title"]
            yield self.title_choice
        with Horizontal():
            yield self._labels["category"]
            yield self.category
            yield self.upset
        yield Container(id="fields")

    @property
    def pack(self) -> Pack:
        """Whose choices and fields are offered."""
        return self._pack

    def on_mount(self) -> None:
        """Fill labels and options."""
        self.set_pack(self._pack, self._s)

    def _mount_rows(self, count: int) -> None:
        """Have at least ``count`` rows; they stay for the next category."""
        while len(self.rows) < count:
            self.rows.append(FieldRow())
        if self.is_mounted and (new := [row for row in self.rows if not row.is_attached]):
            self.query_one("#fields", Container).mount(*new)
            if isinstance(self.screen, FrameScreen):
                self.call_after_refresh(self.screen.place_cursor)

    def set_pack(self, pack: Pack, s: Strings) -> None:
        """Offer another standard's choices and fields."""
        self._pack, self._s = pack, s
        for key, panel in self._labels.items():
            panel.set_lines([line((pad(s(f"call.field.{key}"), LABEL - 1), "quiet"))])
        self.title_choice.set_options([(t, t) for t in pack.titles], s("call.choice.none"))
        self.upset.set_options([("", s("call.upset.0")), ("1", s("call.upset.1"))])
        options = [(c.key, c.title.get(s.language)) for c in pack.categories]
        self.category.set_options(options, s("call.choice.none"))
        self._arrange()

    def _arrange(self) -> None:
        """Give the pool's rows to the fields of the category."""
        category = self._pack.category(self.category.value)
        keys = [*category.required, *category.optional] if category else []
        keys = [key for key in keys if key not in FIXED]  # they stand above already
        self._mount_rows(len(keys))
        for number, row in enumerate(self.rows):
            if row.key:
                self._kept[row.key] = self._value_of(row)
            key = keys[number] if number < len(keys) else ""
            field = self._pack.form_field(key) if key else None
            row.offer(field, bool(category and key in category.required), self._s)
            if field is not None:
                self._show_value(row)

    def _show_value(self, row: FieldRow) -> None:
        """What a field holds; the caller's number is not shown, only that it is taken over."""
        number, shown = self._taken
        value = self._kept.get(row.key, "")
        if row.key == CONTACT and number:
            row.input.placeholder = self._s("call.taken", number=shown)
            value = "" if value == number else value
        row.set_value(value)

    def _value_of(self, row: FieldRow) -> str:
        """What stands in a field; an empty contact number is still the caller's."""
        if row.key == CONTACT and not row.value.strip() and self._taken[0]:
            return self._taken[0] if self._kept.get(CONTACT) == self._taken[0] else ""
        return row.value

    def take_over(self, number: str, shown: str) -> None:
        """The caller's number, offered as the contact number until another one is typed.

        Args:
            number: empty when nobody knows it.
            shown: how it may be read now: masked, unless it is revealed.
        """
        if (number, shown) == self._taken:
            return
        self._taken = number, shown
        for row in self.rows:
            if row.key == CONTACT:
                typed = row.value
                field = self._pack.form_field(CONTACT)
                row.offer(field, row.required, self._s)
                if not typed.strip() or typed == number:
                    self._show_value(row)

    def hide_number(self, shown: str) -> None:
        """A number that is known is not shown to be typed over; what is typed replaces it."""
        self.number.load("")
        self.number.placeholder = self._s("call.number.known", number=shown)

    def load(self, values: Mapping[str, str]) -> None:
        """Show a card's values; nothing is reported as changed."""
        self._kept = dict(values)
        for row in self.rows:
            row.key = ""
        with self.prevent(Input.Changed):
            self.surname.load(values.get("surname", ""))
            self.number.load(values.get("number", ""))
            self.title_choice.set_value(values.get("title", ""))
            self.upset.set_value(values.get("upset", ""))
            self.category.set_value(values.get("category", ""))
            self._arrange()

    def ask_number(self, wanted: bool) -> None:
        """Offer the number's field: only for a card whose number nobody knows."""
        self.number_row.display = wanted or self.number.has_focus

    def values(self) -> dict[str, str]:
        """Every field as it stands; fields of other categories keep what they had."""
        found = dict(self._kept)
        for row in self.rows:
            if row.key:
                found[row.key] = self._value_of(row)
        if self.number.value.strip():
            found["number"] = self.number.value
        found["surname"] = self.surname.value
        found["title"] = self.title_choice.value
        found["upset"] = self.upset.value
        found["category"] = self.category.value
        found.pop("note", None)
        return found

    def widget_of(self, key: str) -> Widget | None:
        """The widget that holds a field."""
        fixed: dict[str, Widget] = {
            "number": self.number,
            "surname": self.surname,
            "title": self.title_choice,
            "upset": self.upset,
            "category": self.category,
        }
        if key in fixed:
            return fixed[key]
        return next((row.entry for row in self.rows if row.key == key), None)

    def texts(self) -> dict[str, SafeInput]:
        """The text fields of the category, by key."""
        return {row.key: row.input for row in self.rows if row.key and not row.is_flag}

    def key_of(self, widget: Widget | None) -> str:
        """The field a widget holds; empty when it is none of the form's."""
        for key in FIXED:
            if self.widget_of(key) is widget:
                return key
        return next((row.key for row in self.rows if row.key and row.entry is widget), "")

    def on_input_changed(self, event: Input.Changed) -> None:
        """A text field changed."""
        event.stop()
        self.post_message(self.Changed(self, self.key_of(event.input)))

    def action_next(self) -> None:
        """Enter goes to the next field."""
        self.screen.focus_next()

    def on_choice_line_changed(self, event: ChoiceLine.Changed) -> None:
        """A choice changed; another category brings other fields."""
        event.stop()
        if event.control is self.category:
            self._arrange()
        self.post_message(self.Changed(self, self.key_of(event.control)))
