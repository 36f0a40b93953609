"""Jump mode: a label on every region, one key goes there.

Labels are digits first: under an input method letters do not arrive as keys.
"""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.app import ComposeResult
from textual.widget import Widget

from agentdesk.tui.dialog import Dialog
from agentdesk.tui.widgets.lines import LinesPanel, line

LABELS = "123456789abcdefghijklmnopqrstuvwxyz"
"""Labels in the order regions get them."""


class JumpScreen(Dialog[Widget]):
    """Answers the widget to focus, or None.

    Args:
        targets: regions, in reading order; those not visible are left out by the caller.
    """

    DEFAULT_CSS = """
    JumpScreen { background: $background 40%; align: left top; layers: labels; }
    JumpScreen > #jump-hint { dock: bottom; width: 100%; height: 1; background: $header; }
    JumpScreen > .label { position: absolute; width: 3; height: 1; background: $accent; }
    """

    def __init__(self, targets: Sequence[Widget]) -> None:
        super().__init__(opener="jump")
        self._targets = dict(zip(LABELS, targets, strict=False))

    def compose(self) -> ComposeResult:
        """One small label at the corner of each region."""
        for label, target in self._targets.items():
            tag = LinesPanel([line((f" {label} ", "background on-accent bold"))], classes="label")
            tag.styles.offset = (target.region.x, target.region.y)
            yield tag
        yield LinesPanel([line((f" {self.s('frame.jump.hint')}", "text"))], id="jump-hint")

    def on_key(self, event: events.Key) -> None:
        """Go there; any other key leaves."""
        if event.key == "escape":
            return
        event.stop()
        event.prevent_default()
        if self.is_current:
            self.dismiss(self._targets.get((event.character or "").lower()))
