"""``FrameApp``: base of the console app.

::

    class ConsoleApp(FrameApp):
        PLACES = (Place("1", "call", CallScreen), Place("9", "settings", make_settings))

        def __init__(self, desk: Desk, config: Config) -> None:
            super().__init__(language=config.language, theme=config.theme, keys=config.keys,
                             clock=desk.clock, locate=partial(located, config))

        def on_mount(self) -> None:
            self.go("call")                 # or self.go_first_start(...)

        def tick(self, now: datetime) -> None:
            self.set_header(HeaderModel(...))
            super().tick(now)               # sends it down to the screens

What a command does is ``action_<name>`` on the focused widget, the screen or the app, whichever
comes first; a call command pressed on another screen first goes back to the call. Toasts:
``app.say(text)``, never ``notify``. Set ``TEXTUAL_DISABLE_KITTY_KEY=1`` before Textual is
imported (``tui.main`` does).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import ClassVar, Literal

from msgspec import Struct
from textual.dom import DOMNode
from textual.screen import Screen
from textual.timer import Timer
from textual.widget import Widget

from agentdesk.domain.text import visible
from agentdesk.errors import AgentdeskError, ConfigError
from agentdesk.strings import Strings
from agentdesk.tui.bindings import bindings, textual_keymap
from agentdesk.tui.commands import all_commands, by_id
from agentdesk.tui.commands.command import Command
from agentdesk.tui.dialog import Dialog
from agentdesk.tui.field_keys import leave_to_field
from agentdesk.tui.frame import FrameScreen
from agentdesk.tui.going import Going
from agentdesk.tui.keymap import read_keymap
from agentdesk.tui.quick import QuickApp
from agentdesk.tui.themes import THEMES, Look, css_variables, textual_theme
from agentdesk.tui.widgets.banner import BannerLine
from agentdesk.tui.widgets.header import HeaderModel
from agentdesk.tui.widgets.lines import Line as _LINE
from agentdesk.tui.widgets.nav import NavItem

Severity = Literal["information", "warning", "error"]
ERROR_SECONDS = 15.0
"""How long an error stays."""
MESSAGE_SECONDS = 6.0
"""How long a message stays in the banner's row."""
NEEDED = (80, 24)
"""Columns and rows the console needs."""
APP_COMMANDS = tuple(command for command in all_commands() if command.group != "list")
"""Commands bound on the app; list commands are bound on the lists."""


class Place(Struct, frozen=True):
    """A screen that has a digit.

    Attributes:
        digit: its key while no text field has the focus.
        id: name, ``place.<id>`` in the string tables and the mode of the app.
        screen: makes the screen when it is first shown.
    """

    digit: str
    id: str
    screen: Callable[[], Screen[None]]


class FrameApp(Going, QuickApp[None], inherit_bindings=False):
    """The frame; see the module.

    Args:
        language: ``zh-CN`` or ``en``.
        theme: key of ``THEMES``; an unknown one falls back to the first with a toast.
        keys: overrides of ``config.toml [keys]``; any mistake falls back to the defaults.
        clock: the present moment, aware; the only source of time of the frame.
        locate: adds file and line to an error about ``[keys]``.
    """

    PLACES: tuple[Place, ...] = ()
    HOME: ClassVar[str] = "call"
    BINDINGS = bindings(APP_COMMANDS)
    ENABLE_COMMAND_PALETTE = False
    ESCAPE_TO_MINIMIZE = False
    CSS = """
    /* As wide as the right column: what is said and typed stays readable. */
    Toast {
        width: 31; max-width: 31; background: $panel; color: $foreground;
        border-left: outer $accent;
    }
    Toast.-warning { border-left: outer $warn; }
    Toast.-error { border-left: outer $bad; }
    """

    def __init__(
        self,
        *,
        language: str = "zh-CN",
        theme: str = "dark",
        keys: Mapping[str, str] | None = None,
        clock: Callable[[], datetime],
        locate: Callable[[ConfigError], ConfigError] = lambda error: error,
    ) -> None:
        super().__init__()
        self.animation_level = "none"
        self.clock = clock
        self.s = Strings(language)
        self.look = Look(THEMES.get(theme, THEMES["dark"]))
        self.header = HeaderModel()
        self.waiting: dict[str, int] = {}
        self._hush: Timer | None = None
        self._cover: Dialog[None] | None = None  # while the terminal is too small
        self.messages: list[str] = []  # messages that still stand; the newest is drawn
        self.keymap, problems = read_keymap(all_commands(), keys or {})
        self._problems: list[AgentdeskError] = [locate(problem) for problem in problems]
        self._screens: dict[str, Screen[None]] = {}
        self._theme_name = theme if theme in THEMES else "dark"
        self._theme_unknown = "" if theme in THEMES else theme
        for name in THEMES:
            self.register_theme(textual_theme(name))
        self.theme = f"agentdesk-{self._theme_name}"
        self.set_keymap(textual_keymap(all_commands(), self.keymap))
        for place in self.PLACES:
            self.add_mode(place.id, self._maker(place))

    def _maker(self, place: Place) -> Callable[[], Screen[None]]:
        """The factory of a place that remembers the screen."""

        def make() -> Screen[None]:
            self._screens[place.id] = screen = place.screen()
            return screen

        return make

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Our colours exist in every theme."""
        return css_variables(THEMES["dark"])

    def on_ready(self) -> None:
        """Start the one clock of the app; say what was wrong with the configuration."""
        for problem in self._problems:
            self.say_error(problem)
        if self._theme_unknown:
            self.say(self.s("frame.theme.unknown", name=self._theme_unknown), "warning")
        self._beat()

    # Time

    def _beat(self) -> None:
        """Tick now and again at the beginning of the next second."""
        if not self.is_running:  # being taken down: the screens are half gone
            return
        now = self.clock()
        self.tick(now)
        self.set_timer(1.0 - now.microsecond / 1_000_000, self._beat, name="beat")

    def tick(self, now: datetime) -> None:
        """Send the tick down. Countdowns are computed from deadlines, never counted down."""
        for screen in self.frame_screens():
            screen.tick(now)
        self.check_size()

    # Screens

    def frame_screens(self) -> list[FrameScreen]:
        """Every full screen that exists, shown or not."""
        known = [*self._screens.values(), *self.screen_stack]
        unique = {id(screen): screen for screen in known if isinstance(screen, FrameScreen)}
        return [screen for screen in unique.values() if screen.is_mounted and screen.whole]

    def place_screen(self, place: str) -> Screen[None] | None:
        """The screen of a place if it was shown once."""
        return self._screens.get(place)

    def go(self, place: str) -> None:
        """Show a place; it keeps its focus and everything typed."""
        if any(each.id == place for each in self.PLACES):
            self.switch_mode(place)

    def nav_items(self) -> list[NavItem]:
        """The screens row; ``self.waiting[place]`` is the badge."""
        return [
            NavItem(p.digit, p.id, self.s(f"place.{p.id}"), self.waiting.get(p.id, 0))
            for p in self.PLACES
        ]

    def set_header(self, model: HeaderModel) -> None:
        """Show this header on every screen."""
        if model != self.header:
            self.header = model
            for screen in self.frame_screens():
                screen.show_header(model)

    def check_size(self) -> None:
        """Cover everything while the terminal is too small, and uncover it again."""
        if not self.screen_stack:
            return
        small = self.size.width < NEEDED[0] or self.size.height < NEEDED[1]
        top, cover = self.screen, self._cover
        if small and top is not cover:
            from agentdesk.tui.screens.too_small import TooSmall

            self._cover = TooSmall(NEEDED)
            self.push_screen(self._cover)
        elif not small and cover is not None and top is cover and top.is_mounted:
            cover.dismiss(None)
            self._cover = None

    def on_resize(self) -> None:
        """The terminal has another size."""
        self.call_later(self.check_size)

    # Words and colours

    def say(self, text: str, severity: Severity = "information", *, title: str = "") -> None:
        """Tell the user something; the text may come from anybody.

        A message stands in the banner's row, an error, which may need several lines, in a
        toast. (A toast tears wide characters where edges of widgets lie below it: textual
        8.2.8 cuts every row at all of them.)
        """
        if severity == "error":
            self.notify(
                visible(text),
                title=visible(title),
                severity=severity,
                timeout=ERROR_SECONDS,
                markup=False,
            )
            return
        whole = visible(f"{title}: {text}" if title else text)
        self.messages.append(whole)
        for screen in self.frame_screens():
            for banner in screen.query(BannerLine):
                banner.tell(whole, "warn" if severity == "warning" else "accent")
        if self._hush is not None:
            self._hush.stop()
        self._hush = self.set_timer(MESSAGE_SECONDS, self._hush_all, name="hush")

    def _hush_all(self) -> None:
        self._hush = None
        self.messages.clear()
        for screen in self.frame_screens():
            for banner in screen.query(BannerLine):
                banner.hush()

    def say_error(self, error: AgentdeskError) -> None:
        """A toast with the words of an error."""
        title, body = self.s.error(error)
        self.say(body, "error", title=title)

    def set_language(self, language: str) -> None:
        """Change the interface language of everything that is open."""
        self.s = Strings(language)
        self._relabel()

    def set_theme(self, name: str) -> None:
        """Change the theme; unknown names change nothing."""
        if name in THEMES:
            self._theme_name = name
            self.look = Look(THEMES[name])
            self.theme = f"agentdesk-{name}"
            self._relabel()

    @property
    def theme_name(self) -> str:
        """Key of ``THEMES``."""
        return self._theme_name

    def _relabel(self) -> None:
        for screen in self.frame_screens():
            screen.relabel()
            screen.refresh_frame()
            screen.refresh(layout=False)
            for widget in screen.walk_children(Widget):
                widget.refresh()

    # Commands

    def pinned_commands(self) -> list[type[Command]]:
        """Commands that are in the footer of every screen."""
        return [command for command in APP_COMMANDS if command.pinned]

    def _chain(self) -> list[DOMNode]:
        """Who is asked for an action: focused widget upwards, screen, app."""
        focused = self.focused
        return list(focused.ancestors_with_self) if focused else [self.screen, self]

    def _owner(self, command: type[Command]) -> tuple[DOMNode | None, bool | None]:
        """Who runs a command, and whether it can now."""
        name = command.action()
        chain = self._chain()
        home = self._screens.get(self.HOME)
        if command.group == "call" and home is not None and home not in chain and self._free():
            chain.append(home)
        for node in chain:
            if hasattr(node, f"action_{name}"):
                state = node.check_action(name, ())
                if state is not False:
                    return node, state
        return None, False

    def command_state(self, command: type[Command]) -> bool | None:
        """True: can run; None: not now; False: means nothing here."""
        return self._owner(command)[1]

    async def action_command(self, command_id: str) -> None:
        """Run a command by id, as its key does.

        A key that means nothing now is left to the field that is typed in, if it edits by it:
        ``ctrl+u`` promises a call back, and empties a search while there is no call.

        Raises:
            SkipAction: the key is the field's.
        """
        command = by_id(command_id)
        top = self.screen
        if isinstance(top, Dialog):
            if top.command_pressed(command_id):
                return
            if not command.anywhere:
                leave_to_field(self)
                return
        if isinstance(top, Dialog) and top.IS_HELP and command_id == "help":
            return
        owner, state = self._owner(command)
        if owner is None or state is None:
            if self._screens.get(self.HOME) not in self._chain():
                leave_to_field(self)
            self.say(self.s("frame.not_now", command=self.s(command.label_key())), "warning")
            return
        if owner is not self and owner is self._screens.get(self.HOME):
            self.go(self.HOME)
        await self.run_action(command.action(), owner)

    def run_command(self, command_id: str) -> None:
        """Run a command soon; for clicks and dialogs."""
        self.call_later(self.action_command, command_id)

    def _run_chosen(self, command: type[Command] | None) -> None:
        if command is not None and command.group != "list":
            self.run_command(command.id())

    def action_palette(self) -> None:
        """Search every command."""
        from agentdesk.tui.screens.palette import Palette

        states = {command: self.command_state(command) for command in APP_COMMANDS}
        palette = Palette(APP_COMMANDS, self.keymap, self.s, lambda each: states[each])
        self.push_screen(palette, self._run_chosen)

    def action_help(self) -> None:
        """Explain the focused place."""
        from agentdesk.tui.screens.help import HelpScreen

        here: Sequence[type[Command]] = ()
        why: Sequence[object] = ()
        for node in self._chain():
            here = here or getattr(node, "commands_here", tuple)()
            why = why or getattr(node, "explanation", tuple)()
        lines = [each for each in why if isinstance(each, _LINE)]
        self.push_screen(
            HelpScreen(here, all_commands(), self.keymap, self.s, lines), self._run_chosen
        )

    def action_jump(self) -> None:
        """Label every region."""
        from agentdesk.tui.screens.jump import JumpScreen

        screen = self.screen
        if isinstance(screen, FrameScreen) and (targets := screen.jump_targets()):
            self.push_screen(JumpScreen(targets), self._jumped)

    def _jumped(self, target: Widget | None) -> None:
        if target is not None:
            target.focus()

    def _free(self) -> bool:
        """Whether another screen may be shown now."""
        return not isinstance(self.screen, FrameScreen) or self.screen.LEAVABLE

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Going elsewhere needs a screen that may be left, and one that exists."""
        if action.startswith("go_"):
            place = action.removeprefix("go_")
            return self._free() and any(each.id == place for each in self.PLACES)
        return True
