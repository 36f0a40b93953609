"""``FrameScreen``: base of every full screen — header, screens row, banner, body, footer.

::

    class CallScreen(FrameScreen):
        PLACE = "call"                                   # id of its place, see FrameApp.PLACES
        ACTS = (Escalate, Hold, Finish)              # offered in the footer and in help
        DEFAULT_CSS = "CallScreen #body { layout: horizontal; }"

        def compose_body(self) -> ComposeResult:
            yield NotePanel()

        def tick(self, now: datetime) -> None: ...       # each second, while it is shown or not
        def relabel(self) -> None: ...                   # the language or theme changed
        def jump_targets(self) -> Sequence[Widget]: ...  # regions of jump mode
        def action_hold(self) -> None: ...
        def check_action(self, action, parameters): ...  # False hides, None dims

Call ``refresh_bindings()`` when what can be done has changed: the footer follows.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Container
from textual.widget import Widget

from agentdesk.strings import Strings
from agentdesk.tui.commands import frame as frame_commands
from agentdesk.tui.commands.command import Command
from agentdesk.tui.commands.lists import Leave
from agentdesk.tui.keymap import display
from agentdesk.tui.quick import QuickScreen
from agentdesk.tui.widgets.banner import BannerLine
from agentdesk.tui.widgets.footer import FooterItem, FooterLine
from agentdesk.tui.widgets.header import HeaderLine, HeaderModel
from agentdesk.tui.widgets.lines import Line
from agentdesk.tui.widgets.nav import NavItem, NavLine

if TYPE_CHECKING:
    from agentdesk.tui.base import FrameApp


class FrameScreen(QuickScreen[None]):
    """A full screen of the console; see the module.

    Attributes:
        PLACE: id of the place, marked in the screens row; ``""`` for none.
        ACTS: commands of this screen, in the order the footer shows them. Pinned
            commands of other screens (escalate) are in the footer anyway.
        LEAVABLE: whether digits and call keys may go to another screen.
    """

    PLACE: ClassVar[str] = ""
    ACTS: ClassVar[tuple[type[Command], ...]] = ()
    LEAVABLE: ClassVar[bool] = True
    DEFAULT_CSS = """
    FrameScreen { background: $background; color: $foreground; layers: base; }
    FrameScreen > #body { width: 100%; height: 1fr; background: $background; }
    """

    BINDINGS = [
        Binding(",".join(Leave.keys), "leave_field", show=False),
        # At once, ahead of the focused field's queue: otherwise text typed fast behind a Tab
        # goes to the field that was left (textual 8.2.8).
        Binding("tab", "app.focus_next", show=False, priority=True),
        Binding("shift+tab", "app.focus_previous", show=False, priority=True),
    ]

    @property
    def frame(self) -> FrameApp:
        """The app."""
        return cast("FrameApp", self.app)

    @property
    def s(self) -> Strings:
        """The texts of the interface language."""
        return self.frame.s

    @property
    def banner(self) -> BannerLine:
        """The banner of this screen."""
        return self.query_one(BannerLine)

    def compose(self) -> ComposeResult:
        """The frame around ``compose_body``."""
        yield HeaderLine()
        yield NavLine()
        yield BannerLine()
        with Container(id="body"):
            yield from self.compose_body()
        yield FooterLine()

    def compose_body(self) -> ComposeResult:
        """What is between banner and footer."""
        yield from ()

    # What a subclass may say about itself

    def tick(self, now: datetime) -> None:
        """A second has passed; called for every screen that exists."""

    def relabel(self) -> None:
        """Language or theme changed: set every text again."""

    def jump_targets(self) -> Sequence[Widget]:
        """Regions of jump mode in reading order: everything that can have the focus."""
        return [widget for widget in self.focus_chain if widget.region.area]

    def commands_here(self) -> Sequence[type[Command]]:
        """Commands help lists first."""
        return self.ACTS

    def explanation(self) -> Sequence[Line]:
        """Lines help shows first: what the focused thing is, its clause, its sum."""
        return ()

    def leads_back(self) -> bool:
        """Whether Esc leads back from here to where one was; the footer then says so."""
        return False

    def action_leave_field(self) -> None:
        """Esc: leave the text field, keeping everything; digits and letters are keys again."""
        self.set_focus(None)

    # The frame

    def show_header(self, model: HeaderModel) -> None:
        """Draw the header."""
        for header in self.query(HeaderLine):
            header.set_model(model)

    def show_nav(self, items: Sequence[NavItem]) -> None:
        """Draw the screens row."""
        for nav in self.query(NavLine):
            nav.set_items(items, self.PLACE)

    def refresh_frame(self) -> None:
        """Draw header, screens row and footer again where they changed."""
        if self.is_mounted and self.whole:
            self.show_header(self.frame.header)
            self.show_nav(self.frame.nav_items())
            for footer in self.query(FooterLine):
                footer.set_items(self.footer_items())

    def footer_items(self) -> list[FooterItem]:
        """The keys that matter now."""
        own = [command for command in self.ACTS if command.footer_rank is not None]
        pinned = [command for command in self.frame.pinned_commands() if command not in own]
        back = FooterItem(
            Leave.id(), display(Leave.keys[0]), self.s(Leave.label_key()), pinned=True
        )
        return [back] * self.leads_back() + [
            self._footer_item(command, state)
            for command in (*own, *pinned)
            if (state := self.frame.command_state(command)) is not False
        ]

    def _footer_item(self, command: type[Command], state: bool | None) -> FooterItem:
        keys = self.frame.keymap.get(command.id(), command.keys)
        return FooterItem(
            command.id(),
            display(keys[0]) if keys else "",
            self.s(command.label_key()),
            rank=command.footer_rank or 0,
            pinned=command.pinned,
            danger=command.danger,
            dim=state is None,
            right=command in frame_commands.COMMANDS,
        )

    def on_mount(self) -> None:
        """Follow focus and state."""
        self.bindings_updated_signal.subscribe(self, lambda _: self.refresh_frame())

    def on_screen_resume(self) -> None:
        """Catch up with what changed while another screen was shown."""
        self.refresh_frame()
        self.frame.check_size()
        self.once_drawn(self.place_cursor)

    def place_cursor(self) -> None:
        """Put the terminal's cursor to the caret, where an input method opens, or to the
        focused widget. An input that is mounted moves it away (textual 8.2.8)."""
        focused = self.focused
        if focused is not None:
            caret = getattr(focused, "cursor_screen_offset", None)
            self.app.cursor_position = focused.region.offset if caret is None else caret

    def on_descendant_focus(self) -> None:
        """The keys that matter may be others now."""
        self.once_drawn(self.refresh_frame)

    def on_footer_line_pressed(self, event: FooterLine.Pressed) -> None:
        """A key of the footer was clicked."""
        event.stop()
        if event.command_id == Leave.id():
            self.action_leave_field()
        else:
            self.frame.run_command(event.command_id)

    def on_nav_line_chosen(self, event: NavLine.Chosen) -> None:
        """A screen was clicked."""
        event.stop()
        self.frame.go(event.place)
