"""A ringing call or an alarm: one line that never takes the focus.

Its row is always reserved, so nothing moves when a call rings::

    screen.banner.show("call", "来电", "138****8000 王先生", key="F2", action="接听", tone="accent")
    screen.banner.clear("call")

Several notices stack: the most urgent is shown with how many more wait.
"""

from __future__ import annotations

from msgspec import Struct
from textual.strip import Strip
from textual.widget import Widget

from agentdesk.tui.cells import cell_len, fit
from agentdesk.tui.widgets.lines import Line, Piece, draw, look_of, safe

TONES = ("bad", "alarm", "warn", "accent", "good", "quiet")
"""Tones, most urgent first."""


class Notice(Struct, frozen=True):
    """One notice: a title, its text and the key that settles it.

    Attributes:
        lasting: it may stand for hours; whatever else there is goes before it.
    """

    title: str
    text: str = ""
    key: str = ""
    action: str = ""
    tone: str = "accent"
    lasting: bool = False


def banner_line(notices: list[Notice], width: int) -> Line:
    """The most urgent notice in ``width`` cells; the key is never cut off."""
    if not notices:
        return Line()
    top = min(notices, key=lambda each: (each.lasting, TONES.index(each.tone)))
    fill = "on-strip" if top.tone in ("bad", "alarm") else "on-panel"
    end: list[Piece] = []
    if top.key:
        end += [("  ", "text"), (top.key, "accent bold"), (f" {top.action}", "bright")]
    if len(notices) > 1:
        end.append((f"  +{len(notices) - 1}", "warn bold"))
    end.append((" ", "text"))
    room = max(0, width - 2 - sum(cell_len(text) for text, _ in end))
    title = fit(safe(top.title), room)
    start: list[Piece] = [("▌ ", top.tone), (title, f"{top.tone} bold")]
    if text := fit(safe(top.text), max(0, room - cell_len(title) - 2)):
        start += [("  ", "text"), (text, "bright")]
    return Line((*start, *end), fill)


def told_line(message: tuple[str, str], notices: list[Notice], width: int) -> Line:
    """A passing message; beside it what rings, which is never hidden."""
    text, tone = message
    beside = banner_line(notices, max(44, width // 2)).pieces if notices else ()
    room = width - sum(cell_len(piece) for piece, _ in beside) - 3
    told = fit(safe(text), max(0, room))
    return Line((*beside, ("▌ ", tone), (told, "bright bold")), "on-panel")


class BannerLine(Widget):
    """The banner widget."""

    DEFAULT_CSS = """
    BannerLine { height: 1; background: $background; color: $foreground; }
    """

    def __init__(self) -> None:
        super().__init__(id="banner")
        self._notices: dict[str, Notice] = {}
        self._message: tuple[str, str] | None = None

    def tell(self, text: str, tone: str) -> None:
        """Show a passing message; the caller takes it down with ``hush``."""
        self._message = (text, tone)
        self.refresh()

    def hush(self) -> None:
        """Take the message down."""
        self._message = None
        self.refresh()

    def show(
        self,
        key_id: str,
        title: str,
        text: str = "",
        *,
        key: str = "",
        action: str = "",
        tone: str = "accent",
        lasting: bool = False,
    ) -> None:
        """Add or change the notice ``key_id``."""
        notice = Notice(title, text, key, action, tone, lasting)
        if self._notices.get(key_id) != notice:
            self._notices[key_id] = notice
            self.refresh()

    def clear(self, key_id: str) -> None:
        """Take the notice away; unknown ids are fine."""
        if self._notices.pop(key_id, None) is not None:
            self.refresh()

    def ids(self) -> tuple[str, ...]:
        """Ids of what waits, oldest first."""
        return tuple(self._notices)

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What waits, oldest first."""
        return tuple(self._notices.values())

    def render_line(self, y: int) -> Strip:
        """Draw the line."""
        width = self.size.width
        notices = list(self._notices.values())
        told = self._message
        content = told_line(told, notices, width) if told else banner_line(notices, width)
        return draw(content, width, look_of(self), self.rich_style)
