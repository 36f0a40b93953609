"""The one place that reaches into Textual's private parts, to do less for a key and a screen.

Read in textual 8.2.8; ``tests/tui/pilot/test_quick.py`` fails when a release changes what is
built on here:

* ``Compositor._get_renders`` draws every line of every widget whose *clip* meets the dirty
  rows, also of those behind the widget that changed. :class:`QuickCompositor` draws the dirty
  rows only, and stops at a widget that covers all of them.
* ``App._load_screen_css`` and ``App._init_mode`` read the whole stylesheet anew three times,
  and style what is shown again, when a screen is shown first. :class:`QuickApp` reads what is
  new and styles the new screen. So the CSS of a screen names the screen in every selector.
* ``App.switch_mode`` paints nothing for 50 ms, lest a screen is seen half made, and
  ``Screen._on_screen_resume`` styles every widget again. :class:`QuickApp` waits for new screens
  only, :class:`QuickScreen` styles again when the stylesheet has changed meanwhile.
* While nothing may be painted, ``Screen._compositor_refresh`` draws everything nevertheless, and
  ``App._display`` throws it away. :class:`QuickScreen` does not draw it.
* A screen gets the classes of its breakpoints with its first size, when all is styled already,
  and all is styled again. :class:`QuickApp` gives them before.
* A mode is made when it is shown first. :meth:`QuickApp.make_ready` makes it out of sight.
"""

from __future__ import annotations

from asyncio import sleep
from collections.abc import Iterable
from time import monotonic
from typing import Any, TypeVar

from textual._compositor import Compositor
from textual._context import active_message_pump
from textual.app import App
from textual.events import Event, InputEvent, Key, Paste, ScreenResume
from textual.geometry import Offset, Region, Size
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import AwaitMount, Widget

from agentdesk.tui.whole import Whole

T = TypeVar("T")


class QuickCompositor(Compositor):
    """Draws what has changed, and nothing behind it."""

    def _get_renders(
        self, crop: Region | None = None
    ) -> Iterable[tuple[Region, Region, list[Strip]]]:
        """Widgets from front to back with their lines, as far as they meet ``crop``.

        Whole rows are drawn: the compositor cuts them where widgets begin and end.
        """
        if crop is None:
            crop = self.size.region
        for widget, (region, clip) in self.visible_widgets.items():
            part = region.intersection(clip)
            if not part.overlaps(crop):
                continue
            rows = part.intersection(Region(part.x, crop.y, part.width, crop.height))
            yield region, rows, widget.render_lines(rows.translate(-region.offset))
            if part.contains_region(crop):
                return


class QuickScreen(Whole, Screen[T]):
    """A screen with a quicker compositor."""

    def __init__(
        self, name: str | None = None, id: str | None = None, classes: str | None = None
    ) -> None:
        super().__init__(name, id, classes)
        self._compositor = QuickCompositor()

    def _on_screen_resume(self, event: ScreenResume) -> None:
        """Textual calls this first, then its own."""
        if self._css_update_count == self.app._css_update_count:
            event.refresh_styles = False

    def _compositor_refresh(self) -> None:
        """Draw; later, while what is drawn would not be painted."""
        if self.app._batch_count and self.is_current:
            self.refresh()
        else:
            super()._compositor_refresh()


class QuickApp(App[T], inherit_bindings=False):
    """An app that shows a screen the first time without reading all of its CSS again.

    Attributes:
        touched: when something was typed, pasted or clicked last, by ``time.monotonic``.
        pressed: the key that is being handled; empty for clicks and everything else.
        leaving: the way out was taken: keys and the mouse mean nothing any more.
    """

    touched = 0.0
    pressed = ""
    leaving = False
    _at_once = False
    _cursor = Offset(0, 0)

    def __init__(self) -> None:
        super().__init__()
        self._in_the_making: set[str] = set()

    @property
    def cursor_position(self) -> Offset:
        """Where the terminal's cursor stands, and the window of an input method."""
        return self._cursor

    @cursor_position.setter
    def cursor_position(self, at: Offset) -> None:
        """Only what is shown moves it: an input that is made out of sight would, too."""
        asking = active_message_pump.get(None)
        shown = (
            asking.is_attached and asking.screen.is_current if isinstance(asking, Widget) else True
        )
        if shown:
            self._cursor = at

    async def on_event(self, event: Event) -> None:
        """Remember when somebody did something last; nobody does any more on leaving."""
        if isinstance(event, InputEvent | Paste):
            if self.leaving:
                return
            self.touched = monotonic()
        self.pressed = event.key if isinstance(event, Key) else ""
        try:
            await super().on_event(event)
        finally:
            self.pressed = ""

    def switch_mode(self, mode: str) -> AwaitMount:
        """Show the screens of a mode; those that were shown before are painted at once."""
        self._at_once = mode not in self._in_the_making and bool(self._screen_stacks.get(mode))
        try:
            return super().switch_mode(mode)
        finally:
            self._at_once = False

    async def make_ready(self, mode: str) -> None:
        """Make the screen of a mode out of sight: it is shown then like one seen before.

        It goes piece by piece, as everything Textual mounts; a key that comes meanwhile is
        handled between two of them.
        """
        if mode in self._screen_stacks:
            return
        self._in_the_making.add(mode)
        try:
            make = self._modes[mode]
            screen = self.get_screen(make() if callable(make) else make)
            _name_size(screen, self.size)
            # As ``_get_screen`` does it, which lets the app wait for it, and every key with it.
            mounted = AwaitMount(screen, self._register(self, screen))
            self._screen_stacks[mode] = [screen]
            self._load_screen_css(screen)
            await mounted
            if not screen.is_current:
                screen._refresh_layout(self.size)
        finally:
            self._in_the_making.discard(mode)

    async def draw_ahead(self, mode: str) -> None:
        """Draw the widgets of a screen that is ready, one by one, for when it is shown."""
        (screen, *_) = self._screen_stacks.get(mode, [None])
        if screen is None or screen.is_current:
            return
        for widget, (region, clip) in list(screen._compositor.visible_widgets.items()):
            part = region.intersection(clip)
            if widget.is_attached and not screen.is_current:
                widget.render_lines(part.translate(-region.offset))
            await sleep(0)  # for a key

    def delay_update(self, delay: float = 0.05) -> None:
        """Paint nothing for so many seconds, unless it is all there."""
        if not self._at_once:
            super().delay_update(delay)

    def _get_screen(self, screen: Screen[Any] | str) -> tuple[Screen[Any], AwaitMount]:
        """A screen that was not shown yet is styled once, for the size it will have."""
        found = self.get_screen(screen)
        if not found.is_running:
            _name_size(found, self.size)
        return super()._get_screen(found)

    def _load_screen_css(self, screen: Screen[Any]) -> None:
        """Read the CSS of a screen that was not shown yet, and style it alone by it."""
        sheet = self.stylesheet
        fresh = [path for path in screen.css_path if not sheet.has_source(str(path), "")]
        if screen.CSS or screen._css_update_count != -1:
            super()._load_screen_css(screen)
            return
        if fresh:
            sheet.read_all(fresh)
            sheet.parse()  # what was read before is kept parsed
            sheet.update(screen)
        # It was styled when it was registered, by the colours as they are now.
        screen._css_update_count = self._css_update_count


def _name_size(screen: Screen[Any], size: Size) -> None:
    """Give a screen that is not styled yet the classes of its breakpoints."""
    across, down = screen.HORIZONTAL_BREAKPOINTS or (), screen.VERTICAL_BREAKPOINTS or ()
    names = screen._get_breakpoint_classes(size.width, list(across))
    names |= screen._get_breakpoint_classes(size.height, list(down))
    screen.add_class(*names, update=False)
