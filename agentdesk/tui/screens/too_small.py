"""Shown over everything while the terminal is smaller than 80×24; goes away by itself."""

from __future__ import annotations

from textual.app import ComposeResult

from agentdesk.tui.cells import cell_len, fit
from agentdesk.tui.dialog import Dialog
from agentdesk.tui.widgets.lines import Line, LinesPanel, line


class TooSmall(Dialog[None]):
    """Says what size there is and what is needed. Everything below stays as it was.

    Args:
        needed: columns and rows.
    """

    IS_HELP = True

    DEFAULT_CSS = """
    TooSmall { background: $background; align: left top; }
    TooSmall > LinesPanel { width: 100%; height: 100%; }
    """

    def __init__(self, needed: tuple[int, int]) -> None:
        super().__init__()
        self._needed = needed

    def compose(self) -> ComposeResult:
        """One panel, centred by hand so that any size works."""
        yield LinesPanel(id="too-small")

    def on_mount(self) -> None:
        """Show the size."""
        self.show_size()

    def on_resize(self) -> None:
        """Show the new size."""
        self.show_size()

    def show_size(self) -> None:
        """Write present and needed size into the middle."""
        width, height = self.app.size
        texts = (
            ("▲ " + self.s("frame.small.title"), "warn bold"),
            (self.s("frame.small.now", columns=width, rows=height), "bright"),
            (self.s("frame.small.needed", columns=self._needed[0], rows=self._needed[1]), "text"),
            (self.s("frame.small.kept"), "quiet"),
        )
        lines: list[Line] = [line()] * max(0, (height - len(texts)) // 2)
        for text, role in texts:
            kept = fit(text, width)
            lines.append(line((" " * max(0, (width - cell_len(kept)) // 2), "text"), (kept, role)))
        self.query_one(LinesPanel).set_lines(lines)

    def action_leave(self) -> None:
        """It cannot be closed: there is no room for what is below."""
