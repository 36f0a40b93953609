"""``Choice``: one of a few options, each on its own row, always visible.

Arrows (or ``j k``) choose at once, digits too; Tab goes on. ``Choice.Changed`` carries the
chosen value::

    Choice([("zh-CN", "简体中文"), ("en", "English")], value="zh-CN", id="language")
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual.binding import Binding
from textual.events import Click, Key
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from agentdesk.tui.cells import cell_len, fit
from agentdesk.tui.widgets.lines import draw, line, look_of, safe

Option = tuple[str, str]
"""Value and what is read."""


class Choice(Widget, can_focus=True):
    """The options; see the module.

    Args:
        options: value and text of each.
        value: the one chosen; an unknown one means the first.
        most: rows shown at once; more options scroll.
    """

    DEFAULT_CSS = """
    Choice { height: auto; background: $background; color: $foreground; }
    """
    BINDINGS = [
        Binding("down,j,right", "step(1)", show=False),
        Binding("up,k,left", "step(-1)", show=False),
        Binding("home,g", "step(-999)", show=False),
        Binding("end,G", "step(999)", show=False),
    ]

    @dataclass
    class Changed(Message):
        """Another option was chosen."""

        choice: Choice
        value: str

        @property
        def control(self) -> Choice:
            """The sender."""
            return self.choice

    def __init__(
        self,
        options: Sequence[Option],
        value: str = "",
        *,
        most: int = 8,
        id: str | None = None,
    ) -> None:
        super().__init__(id=id)
        self._options = tuple(options)
        self._at = next((n for n, each in enumerate(options) if each[0] == value), 0)
        self._top = 0
        self._rows = min(most, len(self._options))
        self.styles.height = max(1, self._rows)
        self._scroll()

    @property
    def value(self) -> str:
        """The chosen value, ``""`` when there are no options."""
        return self._options[self._at][0] if self._options else ""

    def set_options(self, options: Sequence[Option]) -> None:
        """Other texts for the same values (the language changed)."""
        self._options = tuple(options)
        self._at = min(self._at, max(0, len(self._options) - 1))
        self.refresh()

    def _scroll(self) -> None:
        self._top = max(0, min(self._top, self._at))
        self._top = max(self._top, self._at - self._rows + 1)

    def choose(self, index: int) -> None:
        """Choose an option by place; places outside go to the nearest."""
        index = max(0, min(index, len(self._options) - 1))
        if self._options and index != self._at:
            self._at = index
            self._scroll()
            self.refresh()
            self.post_message(self.Changed(self, self.value))

    def action_step(self, step: int) -> None:
        """Choose another one."""
        self.choose(self._at + step)

    def on_key(self, event: Key) -> None:
        """Digits choose directly; Enter goes on like Tab."""
        if event.character and event.character in "123456789１２３４５６７８９":
            event.stop()
            place = int(event.character) - 1
            if place < len(self._options):
                self.choose(place)
        elif event.key == "enter":
            event.stop()
            self.screen.focus_next()

    def on_click(self, event: Click) -> None:
        """Choose the option under the pointer."""
        self.choose(self._top + event.y)

    def on_focus(self) -> None:
        """Show that the arrows work here."""
        self.refresh()

    def on_blur(self) -> None:
        """Show that they do not."""
        self.refresh()

    def _more(self, y: int) -> str:
        """How many options are out of sight above the first row and below the last."""
        below = len(self._options) - self._top - self._rows
        if y == self._rows - 1 and below > 0:
            return f"  ↓ {below}"
        return f"  ↑ {self._top}" if y == 0 and self._top else ""

    def render_line(self, y: int) -> Strip:
        """Draw one option."""
        width = self.size.width
        at = self._top + y
        if at >= len(self._options):
            return draw(line(), width, look_of(self), self.rich_style)
        chosen = at == self._at
        more = self._more(y)
        text = fit(safe(self._options[at][1]), max(1, width - 6 - cell_len(more)))
        here = chosen and self.has_focus
        content = line(
            (" ● " if chosen else " ○ ", "accent" if chosen else "quiet"),
            (f"{at + 1} " if at < 9 else "  ", "accent bold" if self.has_focus else "quiet"),
            (text, "bright bold" if chosen else "text"),
            (more, "quiet"),
            fill="on-selected" if here else "",
        )
        return draw(content, width, look_of(self), self.rich_style)
