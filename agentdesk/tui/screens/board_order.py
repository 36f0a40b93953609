"""The form of an order: customer, category, its must-fill fields, one line for the lists.

::

    app.push_screen(OrderForm(pack, values, title=…), done)    # OrderDraft or None

Enter goes on, and saves at the last field; so does F9 anywhere. What a must-fill field lacks
is said once, and saved all the same the second time: the order shows it until it is filled.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Input

from agentdesk.domain.pack import Pack
from agentdesk.domain.text import mask_phone
from agentdesk.domain.ticket.asked import asked
from agentdesk.domain.ticket.words import CHANNEL, NETWORK, SEVERITY, TIER, canonical
from agentdesk.tui.cells import fit, pad, wrap
from agentdesk.tui.dialog import Dialog
from agentdesk.tui.keymap import display
from agentdesk.tui.panels.board_detail import field_name
from agentdesk.tui.widgets.choice_line import ChoiceLine
from agentdesk.tui.widgets.form import LABEL, RecordForm
from agentdesk.tui.widgets.inputs import SafeInput
from agentdesk.tui.widgets.lines import Line, LinesPanel, line

_LATER = frozenset({"result", "assignee", "department", "dispatched_at", "followup_at"})
_LATER |= {"followup_result", "reported_at", "complained_at", "phone", "owner"}
_LATER |= {"fault_result", "fault_cause", "accident_result", "reporter", "complainant"}
"""Fields the order's own course fills in."""

CLASSES = {"severity": SEVERITY, "tier": TIER, "network": NETWORK, "channel": CHANNEL}
"""The choices there are; which of them are asked for is the standard's."""


class OrderDraft(Struct, frozen=True):
    """What was typed."""

    values: Mapping[str, str]
    summary: str


class OrderForm(Dialog[OrderDraft]):
    """The form; see the module.

    Args:
        pack: its categories and fields.
        values: what is known already; ``summary`` among them.
        title: what the form is for.
    """

    DEFAULT_CSS = """
    OrderForm > .box { padding: 1 2; }
    OrderForm #order-scroll { height: auto; max-height: 20; background: $panel; }
    OrderForm RecordForm, OrderForm LinesPanel, OrderForm ChoiceLine { background: $panel; }
    OrderForm FieldRow { background: $panel; }
    OrderForm #order-classes, OrderForm .order-row { height: auto; }
    OrderForm .order-row > LinesPanel { width: 14; height: 1; }
    OrderForm .order-row { height: 1; }
    OrderForm #order-title { height: 2; }
    OrderForm #order-hint { height: 2; margin: 1 0 0 0; }
    """

    def __init__(
        self, pack: Pack, values: Mapping[str, str], *, title: str, opener: str = "new-order"
    ) -> None:
        super().__init__(opener=opener)
        self._pack = pack
        self._values = dict(values)
        self._title = title
        self._told: tuple[str, ...] = ()

    def compose(self) -> ComposeResult:
        """Customer and category, what chooses the clocks, the one line."""
        self.form = RecordForm(self.s, self._pack)
        self.form.upset.display = False
        self.choices = {
            name: ChoiceLine(
                [(key, self.s(f"board.{name}.{key}")) for key in table],
                none=self.s("call.choice.none"),
                id=f"order-{name}",
            )
            for name, table in CLASSES.items()
        }
        self.summary = SafeInput(
            self._values.get("summary", ""),
            placeholder=self.s("board.form.summary"),
            max_length=120,
            id="order-summary",
        )
        self.labels = {name: LinesPanel() for name in (*CLASSES, "summary")}
        with Vertical(classes="box"):
            yield LinesPanel([line((self._title, "bright bold"))], id="order-title")
            with VerticalScroll(id="order-scroll", can_focus=False):
                yield self.form
                for name, choice in (*self.choices.items(), ("summary", self.summary)):
                    with Horizontal(classes="order-row", id=f"order-row-{name}"):
                        yield self.labels[name]
                        yield choice
            yield LinesPanel([self._hint()], id="order-hint")

    def sort_rows(self) -> None:
        """What is chosen below is not typed above as well; what is a must has a star.

        What the standard has no use for is not asked, unless it was filled in already.
        """
        category = self._pack.category(self.form.category.value)
        wanted = asked(self._pack, category.key if category else "")
        for name, choice in self.choices.items():
            row = self.query_one(f"#order-row-{name}")
            row.display = name in wanted or bool(choice.value)
        required = category.required if category else ()
        for row in self.form.rows:
            if row.key in CLASSES:
                row.display = False
        for name, label in self.labels.items():
            star = ("*", "warn bold") if name in required else (" ", "quiet")
            label.set_lines([line((pad(self.s(f"board.field.{name}"), LABEL - 2), "quiet"), star)])

    def on_record_form_changed(self, event: RecordForm.Changed) -> None:
        """Another category has other fields."""
        event.stop()
        if event.key == "category":
            self.soon(self.sort_rows)
        elif event.key == "number":
            number = self.form.values().get("number", "").strip()
            self.form.take_over(number, mask_phone(number))

    def _hint(self) -> Line:
        keys = self.frame.keymap.get("finish", ())
        return line((self.s("board.form.hint", key=display(keys[0]) if keys else "–"), "quiet"))

    def on_mount(self) -> None:
        """Show what is known; begin where something is missing."""
        self.form.load(self._values)
        self.form.ask_number(True)
        if number := self._values.get("number", ""):
            self.form.hide_number(mask_phone(number))
            self.form.take_over(number, mask_phone(number))
        for name, choice in self.choices.items():
            choice.set_value(canonical(name, self._values.get(name, "")))
        self.sort_rows()
        first = self.form.category if not self._values.get("category") else self.form.surname
        if not self._values.get("number"):
            first = self.form.number
        first.focus()

    def command_pressed(self, command_id: str) -> bool:
        """F9 saves."""
        if command_id == "finish":
            self.save()
            return True
        return super().command_pressed(command_id)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter in the last field saves."""
        event.stop()
        if event.input is self.summary:
            self.save()

    def draft(self) -> OrderDraft:
        """What stands in the form."""
        values = self.form.values()
        values.pop("upset", None)
        for name, choice in self.choices.items():
            # A word of the centre's own that stands for none of the choices is kept.
            values[name] = choice.value or self._own(name)
        values.pop("summary", None)
        return OrderDraft(values, self.summary.value.strip())

    def _own(self, name: str) -> str:
        known = self._values.get(name, "")
        return "" if canonical(name, known) in CLASSES[name] else known

    def missing(self, draft: OrderDraft) -> tuple[str, ...]:
        """Must-fill fields that are empty and that nobody but the agent can fill."""
        category = self._pack.category(draft.values.get("category", ""))
        if category is None:
            return ("category",) if self._pack.categories else ()
        empty = (key for key in category.required if key not in _LATER)
        return tuple(key for key in empty if not draft.values.get(key, "").strip())

    def save(self) -> None:
        """Answer; what is missing is said once before."""
        draft = self.draft()
        missing = self.missing(draft)
        nothing = not draft.summary and not draft.values.get("category")
        if nothing or (missing and missing != self._told):
            self._told = missing
            self._say(missing, nothing)
            first = missing[0] if missing else ""
            widget = self.choices.get(first) or self.form.widget_of(first)
            (widget or self.summary).focus()
        elif self.is_current:
            self.dismiss(draft)

    def _say(self, missing: tuple[str, ...], nothing: bool) -> None:
        names = self.s("sla.list").join(field_name(self._pack, key, self.s) for key in missing)
        key = "board.form.empty" if nothing else "board.form.missing"
        hint = self.query_one("#order-hint", LinesPanel)
        width = max(20, hint.size.width - 2)
        parts = wrap(self.s(key, fields=fit(names, 60)), width)[:2]
        hint.set_lines(
            [line(("▲ " if n == 0 else "  ", "bad"), (p, "bad")) for n, p in enumerate(parts)]
        )
