"""``ChoiceLine``: one of a few options on a single row of a form.

::

    ChoiceLine([("inquiry", "咨询"), ("complaint", "投诉")], none="未选", id="category")

Arrows, digits and blank change it; Tab goes on. All options are drawn when they fit,
otherwise only the chosen one with its place. (``Choice`` gives each option a row of its own.)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual.events import Click, Key
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from agentdesk.tui.cells import cell_len, fit
from agentdesk.tui.widgets.lines import Line, Piece, draw, look_of

Option = tuple[str, str]
"""Value and what is read."""

_FULL_WIDTH = str.maketrans("０１２３４５６７８９", "0123456789")


class ChoiceLine(Widget, can_focus=True):
    """A one-row choice; see the module.

    Args:
        options: value and text of each.
        none: word for nothing chosen; None when one is always chosen.
    """

    DEFAULT_CSS = """
    ChoiceLine { height: 1; width: 1fr; background: $background; color: $foreground; }
    ChoiceLine:focus { background: $panel; }
    """

    @dataclass
    class Changed(Message):
        """Another option was chosen by hand."""

        choice: ChoiceLine
        value: str

        @property
        def control(self) -> ChoiceLine:
            """The sender."""
            return self.choice

    def __init__(
        self,
        options: Sequence[Option] = (),
        *,
        none: str | None = None,
        id: str | None = None,
    ) -> None:
        super().__init__(id=id)
        self._options = tuple(options)
        self._none = none
        self._value = "" if none is not None or not options else options[0][0]

    @property
    def value(self) -> str:
        """The chosen value; empty for none."""
        return self._value

    def set_options(self, options: Sequence[Option], none: str | None = None) -> None:
        """Offer these; a value that is not among them becomes none."""
        self._options = tuple(options)
        self._none = none
        self.set_value(self._value)

    def set_value(self, value: str) -> None:
        """Choose without telling anybody."""
        values = [key for key, _ in self._options]
        if value not in values:
            value = values[0] if self._none is None and values else ""
        self._value = value
        self.refresh()

    def _choose(self, index: int) -> None:
        if 0 <= index < len(self._options) and self._options[index][0] != self._value:
            self._value = self._options[index][0]
            self.refresh()
            self.post_message(self.Changed(self, self._value))

    @property
    def _index(self) -> int:
        return next((i for i, (key, _) in enumerate(self._options) if key == self._value), -1)

    def on_key(self, event: Key) -> None:
        """Arrows and blank move, digits pick."""
        count = len(self._options)
        digit = (event.character or "").translate(_FULL_WIDTH)
        if count and event.key in ("right", "space"):
            self._choose((self._index + 1) % count)
        elif count and event.key == "left":
            self._choose((self._index - 1) % count if self._index >= 0 else count - 1)
        elif len(digit) == 1 and digit in "123456789":
            self._choose(int(digit) - 1)
        elif event.key == "enter":
            self.screen.focus_next()
        else:
            return
        event.stop()
        event.prevent_default()

    def _pieces(self, width: int) -> list[tuple[Piece, int]]:
        """What is drawn, with the option each piece stands for (-1 for none)."""
        chosen = self._index
        strong = "bright bold on-selected" if self.has_focus else "bright bold on-field"
        if sum(cell_len(label) + 3 for _, label in self._options) <= width:
            return [
                ((f"●{label} ", strong), i) if i == chosen else ((f"○{label} ", "quiet"), i)
                for i, (_, label) in enumerate(self._options)
            ]
        label = self._options[chosen][1] if chosen >= 0 else (self._none or "")
        place = f" {chosen + 1}/{len(self._options)}" if chosen >= 0 else f" –/{len(self._options)}"
        return [
            (("‹", "accent"), chosen - 1),
            ((f" {fit(label, max(2, width - 9))} ", strong), chosen),
            (("›", "accent"), chosen + 1),
            ((place, "quiet"), -1),
        ]

    def render_line(self, y: int) -> Strip:
        """Draw the options."""
        width = self.size.width
        pieces = tuple(piece for piece, _ in self._pieces(width))
        return draw(Line(pieces), width, look_of(self), self.rich_style)

    def on_focus(self) -> None:
        """The chosen option is drawn brighter with the focus."""
        self.refresh()

    def on_blur(self) -> None:
        """And quieter without it."""
        self.refresh()

    def on_click(self, event: Click) -> None:
        """Choose what was clicked."""
        at = 0
        for (text, _), index in self._pieces(self.size.width):
            at += cell_len(text)
            if event.x < at:
                self._choose(index)
                return
