"""Two short questions: a reason, and a yes or no.

::

    app.push_screen(ReasonScreen("显示完整号码的原因", ("核对客户", "回拨"), opener="reveal"), done)
    app.push_screen(ConfirmScreen("结束通话？", detail="还没说结束语", opener="finish"), done)

``ReasonScreen`` answers the text (never empty) or None; ``ConfirmScreen`` True or None.
"""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input

from agentdesk.tui.cells import wrap
from agentdesk.tui.dialog import Dialog
from agentdesk.tui.keymap import display
from agentdesk.tui.widgets.inputs import QuickInput
from agentdesk.tui.widgets.lines import Line, LinesPanel, line, safe


class ReasonScreen(Dialog[str]):
    """Ask for a reason: a digit takes a preset, or it is typed.

    Args:
        question: one line.
        presets: at most nine ready answers.
        detail: what it is about, may be long.
        value: text to begin with.
        opener: id of the command that opened it.
    """

    DEFAULT_CSS = "ReasonScreen #reason-text { margin: 1 0; }"

    def __init__(
        self,
        question: str,
        presets: Sequence[str] = (),
        *,
        detail: str = "",
        value: str = "",
        opener: str = "",
    ) -> None:
        super().__init__(opener=opener)
        self._question = question
        self._presets = tuple(presets)[:9]
        self._detail = detail
        self._value = value

    def compose(self) -> ComposeResult:
        """Question, presets, field, hint."""
        lines: list[Line] = [line((self._question, "bright bold"))]
        lines += [line((text, "text")) for text in wrap(safe(self._detail), 60) if text][:6]
        for number, preset in enumerate(self._presets, 1):
            lines.append(line((f"  {number} ", "accent bold"), (preset, "text")))
        panel = LinesPanel(lines, classes="lines")
        panel.styles.height = len(lines)
        with Vertical(classes="box"):
            yield panel
            yield QuickInput(
                self._value, placeholder=self.s("frame.reason.placeholder"), id="reason-text"
            )
            hint = LinesPanel([line((self.s("frame.reason.hint"), "quiet"))], id="reason-hint")
            hint.add_class("title")
            yield hint

    def on_mount(self) -> None:
        """Type at once."""
        field = self.query_one("#reason-text", Input)
        field.focus()
        field.cursor_position = len(field.value)

    def on_quick_input_digit(self, event: QuickInput.Digit) -> None:
        """Take a preset."""
        event.stop()
        place = int(event.digit) - 1
        if place < len(self._presets):
            self._answer(self._presets[place])

    def on_quick_input_leave(self, event: QuickInput.Leave) -> None:
        """Backspace in the empty field."""
        event.stop()
        self.action_leave()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take the typed text; an empty one is no reason."""
        event.stop()
        if text := event.value.strip():
            self._answer(text)
        else:
            hint = self.query_one("#reason-hint", LinesPanel)
            hint.set_lines([line(("▲ ", "bad"), (self.s("frame.reason.missing"), "bad"))])

    def _answer(self, text: str) -> None:
        if self.is_current:
            self.dismiss(text)


class ConfirmScreen(Dialog[bool]):
    """Ask before an act that cannot be undone, with another key than the one that began it.

    Args:
        question: one line.
        detail: what will happen.
        yes: key that confirms.
        opener: id of the command that opened it; its keys only close the question.
    """

    DEFAULT_CSS = "ConfirmScreen LinesPanel { background: $panel; }"

    def __init__(
        self, question: str, *, detail: str = "", yes: str = "enter", opener: str = ""
    ) -> None:
        super().__init__(opener=opener)
        self._question = question
        self._detail = detail
        self._yes = yes

    def compose(self) -> ComposeResult:
        """Question, detail, keys."""
        lines = [line((self._question, "bright bold"))]
        lines += [line((text, "text")) for text in wrap(safe(self._detail), 60) if text][:8]
        yes, no = self.s("frame.confirm.yes"), self.s("frame.confirm.no")
        lines += [
            line(),
            line(
                (display(self._yes), "accent bold"),
                (f" {yes}    ", "text"),
                (self.s("frame.confirm.leave"), "accent bold"),
                (f" {no}", "text"),
            ),
        ]
        panel = LinesPanel(lines, classes="lines")
        panel.styles.height = len(lines)
        with Vertical(classes="box"):
            yield panel

    def on_key(self, event: events.Key) -> None:
        """Confirm, or leave with backspace; nothing else does anything."""
        if event.key == self._yes and self.is_current:
            event.stop()
            self.dismiss(True)
        elif event.key == "backspace":
            event.stop()
            self.action_leave()
