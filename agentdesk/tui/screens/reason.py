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

from agentdesk.domain.call.checking import spoken_of
from agentdesk.tui.cells import wrap
from agentdesk.tui.commands import by_id
from agentdesk.tui.dialog import Dialog
from agentdesk.tui.keymap import display
from agentdesk.tui.marks import Marks, Proof, put_better
from agentdesk.tui.panels.strip import Spot, hit_lines
from agentdesk.tui.widgets.inputs import QuickInput
from agentdesk.tui.widgets.lines import Line, LinesPanel, line, safe


class ReasonScreen(Dialog[str]):
    """Ask for a reason: a digit takes a preset, or it is typed.

    Args:
        question: one line.
        presets: at most nine ready answers.
        detail: what it is about, may be long.
        value: text to begin with.
        asked: what the empty field asks for, when that is no reason.
        opener: id of the command that opened it.
        proof: checks what is typed; None: nothing is marked.
    """

    DEFAULT_CSS = """
    ReasonScreen #reason-text { margin: 1 0; }
    ReasonScreen #reason-marks { height: 3; margin: 0 0 1 0; display: none; }
    ReasonScreen #reason-marks.-found { display: block; }
    """

    def __init__(
        self,
        question: str,
        presets: Sequence[str] = (),
        *,
        detail: str = "",
        value: str = "",
        asked: str = "",
        opener: str = "",
        proof: Proof | None = None,
    ) -> None:
        super().__init__(opener=opener)
        self._proof = proof
        self._settled = set(proof.settled) if proof else set()
        self._marks = Marks()
        self._check_due = False
        self._question = question
        self._presets = tuple(presets)[:9]
        self._detail = detail
        self._value = value
        self._asked = asked

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
            asked = self._asked or self.s(
                "frame.reason.placeholder" if self._presets else "frame.text.placeholder"
            )
            yield QuickInput(self._value, placeholder=asked, id="reason-text")
            yield LinesPanel(id="reason-marks")
            hint = LinesPanel([line((self.s("frame.reason.hint"), "quiet"))], id="reason-hint")
            hint.add_class("title")
            yield hint

    def on_mount(self) -> None:
        """Type at once."""
        self.field.picks = bool(self._presets)
        self.field.focus()
        self.field.cursor_position = len(self.field.value)

    @property
    def field(self) -> QuickInput:
        """Where the reason is typed."""
        return self.query_one("#reason-text", QuickInput)

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
            self._leave_standing()
            self._answer(text)
        else:
            hint = self.query_one("#reason-hint", LinesPanel)
            hint.set_lines([line(("▲ ", "bad"), (self.s("frame.reason.missing"), "bad"))])

    def _answer(self, text: str) -> None:
        if self.is_current:
            self.dismiss(text)

    # What is wrong in the text

    def on_input_changed(self, event: Input.Changed) -> None:
        """Check once per burst."""
        event.stop()
        if self._proof is not None and not self._check_due:
            self._check_due = True
            self.soon(self._check)

    def _check(self) -> None:
        self._check_due = False
        if self._proof is None or not self.whole:
            return
        hits = self._proof.checker.hits(self._proof.where, self.field.value, self._settled)
        self._marks = Marks(hits)
        self.field.set_highlights(self._marks.highlights)
        strip = self.query_one("#reason-marks", LinesPanel)
        strip.set_class(bool(hits), "-found")
        # The strip has a width only once it is shown.
        self.once_drawn(self._draw_marks)

    def _draw_marks(self) -> None:
        strip = self.query_one("#reason-marks", LinesPanel)
        spot = self._spot()
        keys = {name: self._key(name) for name in ("replace-phrase", "dismiss-phrase")}
        size = (max(20, strip.size.width), 3)
        strip.set_lines(hit_lines(spot, keys, self.s, size) if spot else [])

    def _key(self, command_id: str) -> str:
        keys = self.frame.keymap.get(command_id, by_id(command_id).keys)
        return display(keys[0]) if keys else ""

    def _spot(self) -> Spot | None:
        hit = self._marks.near(self.field.caret)
        where = self._proof.where if self._proof else ""
        return Spot(where, hit, count=len(self._marks.hits)) if hit else None

    def command_pressed(self, command_id: str) -> bool:
        """The keys that settle a mark work here too."""
        spot = self._spot()
        if spot is None or self._proof is None:
            return super().command_pressed(command_id)
        if command_id == "replace-phrase":
            if problem := put_better(self.field, spot.hit, self._proof.checker.book):
                self.frame.say(self.s(problem), "warning")
            else:
                self._proof.record(spot.hit, "replaced")
            return True
        if command_id == "dismiss-phrase":
            mark = (spot.hit.rule.rule, spoken_of(spot.hit))
            self._proof.keep(spot.hit, lambda: self._settle(mark))
            return True
        return super().command_pressed(command_id)

    def _settle(self, mark: tuple[str, str]) -> None:
        self._settled.add(mark)
        self._check()

    def _leave_standing(self) -> None:
        """The text is given away: what was not answered for is recorded as such."""
        if self._proof is None:
            return
        self._check()
        told = {(hit.rule.rule, spoken_of(hit)): hit for hit in self._marks.hits}
        for hit in told.values():
            self._proof.record(hit, "unanswered")


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
