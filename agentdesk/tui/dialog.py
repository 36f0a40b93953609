"""What every dialog of the frame has in common.

A dialog is left with Esc, and in a second way: the key that opened it, or backspace in an
empty field. It gives its answer to the callback of ``push_screen``::

    app.push_screen(ReasonScreen("为什么保留这句？", ("客户原话", "误报")), self._kept)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, TypeVar, cast

from textual.await_complete import AwaitComplete
from textual.binding import Binding
from textual.screen import ModalScreen

from agentdesk.strings import Strings
from agentdesk.tui.commands.lists import Leave
from agentdesk.tui.whole import Whole

if TYPE_CHECKING:
    from agentdesk.tui.base import FrameApp

T = TypeVar("T")


class Dialog(Whole, ModalScreen[T]):
    """Base of the dialogs.

    Args:
        opener: id of the command that opened it; its key closes it again.
    """

    DEFAULT_CSS = """
    Dialog { align: center middle; background: $background 70%; }
    Dialog > .box {
        width: 88%; max-width: 100; height: auto; max-height: 90%;
        background: $panel; padding: 1 2; border-left: outer $accent;
    }
    Dialog .title { height: 1; background: $panel; }
    Dialog .lines { background: $panel; }
    Dialog RowList { background: $panel; }
    Dialog SafeInput, Dialog SafeInput:focus { background: $selected; color: $bright; }
    """
    BINDINGS = [Binding(",".join(Leave.keys), "leave", show=False)]
    IS_HELP: ClassVar[bool] = False
    """Whether it explains things itself: asking for help in it changes nothing."""

    def __init__(self, *, opener: str = "") -> None:
        super().__init__()
        self.opener = opener

    @property
    def frame(self) -> FrameApp:
        """The app."""
        return cast("FrameApp", self.app)

    @property
    def s(self) -> Strings:
        """The texts of the interface language."""
        return self.frame.s

    @property
    def room(self) -> int:
        """Rows the box may take: nine tenths of the terminal, as its style has it."""
        return self.app.size.height * 9 // 10

    def command_pressed(self, command_id: str) -> bool:
        """A command key was pressed while this dialog is open; True when it was meant for it."""
        if command_id == self.opener:
            self.action_leave()
            return True
        return False

    def dismiss(self, result: T | None = None) -> AwaitComplete:
        """Close with an answer. A second key of the same burst answers nothing any more, and one
        that comes when something else stands above already is not heard."""
        if not (self.whole and self.is_active):
            return AwaitComplete()
        return super().dismiss(result)

    def action_leave(self) -> None:
        """Close without an answer."""
        self.dismiss(None)
