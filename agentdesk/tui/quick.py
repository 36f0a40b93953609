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
"""

from __future__ import annotations

from collections.abc import Iterable
from time import monotonic
from typing import Any, TypeVar

from textual._compositor import Compositor
from textual.app import App
from textual.events import Event, InputEvent, Paste, ScreenResume
from textual.geometry import Region
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import AwaitMount

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


class QuickApp(App[T], inherit_bindings=False):
    """An app that shows a screen the first time without reading all of its CSS again.

    Attributes:
        touched: when something was typed, pasted or clicked last, by ``time.monotonic``.
    """

    touched = 0.0
    _at_once = False

    async def on_event(self, event: Event) -> None:
        """Remember when somebody did something last."""
        if isinstance(event, InputEvent | Paste):
            self.touched = monotonic()
        await super().on_event(event)

    def switch_mode(self, mode: str) -> AwaitMount:
        """Show the screens of a mode; those that were shown before are painted at once."""
        self._at_once = bool(self._screen_stacks.get(mode))
        try:
            return super().switch_mode(mode)
        finally:
            self._at_once = False

    def delay_update(self, delay: float = 0.05) -> None:
        """Paint nothing for so many seconds, unless it is all there."""
        if not self._at_once:
            super().delay_update(delay)

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
