"""One row of the board, whatever it stands for: a ticket, a promise, a callback, a reminder."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo
from enum import Enum

from msgspec import Struct

from agentdesk.domain.followups import CallbackView, PromiseView
from agentdesk.domain.moments import to_ms
from agentdesk.domain.pack import Pack
from agentdesk.domain.text import mask_phone
from agentdesk.store.rows import TicketRow
from agentdesk.strings import Strings
from agentdesk.tui.panels.common import minutes_words
from agentdesk.tui.panels.right import WARN_SHARE

CODE = 6
"""Characters of an id that name an order among those one has to do with."""

DAY_MS = 86_400_000


class Kind(Enum):
    """What a row stands for."""

    TICKET = "ticket"
    PROMISE = "promise"
    CALLBACK = "callback"
    REMINDER = "reminder"
    GROUP = "group"  # the heading of a group


class Standing(Enum):
    """How a row's clock stands."""

    NONE = "none"  # no deadline
    OK = "ok"
    WARN = "warn"
    LATE = "late"
    PAUSED = "paused"
    OVER = "over"


MARK = {
    Standing.NONE: ("○", "quiet"),
    Standing.OK: ("●", "good"),
    Standing.WARN: ("◐", "warn"),
    Standing.LATE: ("▲", "bad"),
    Standing.PAUSED: ("‖", "quiet"),
    Standing.OVER: ("✓", "quiet"),
}
"""Glyph and role of a standing; its word always stands beside it."""


class Item(Struct, frozen=True):
    """One row; times are milliseconds since 1970.

    Attributes:
        code: what people call it by.
        what: category, severity and tier, as far as known.
        title: one line that says what it is about.
        state: its word.
        level: priority, 1 comes first; 0 for none.
        remark: what this list says of it besides: who has the form, how often it was chased.
        ticket: the order it is or is about; None for promises and callbacks.
        call_id: the call it came from.
        script: of a reminder, what is said.
        form: of a follow-up, the one that is owed; of a reminder, the step.
        count: of a heading, how many rows its group has.
        folded: of a heading, that they are not shown.
        inside: of a folded heading, ``(due, warn)`` of those of them that are known.
    """

    kind: Kind
    id: str
    code: str = ""
    who: str = ""
    what: str = ""
    title: str = ""
    state: str = ""
    owner: str = ""
    level: int = 0
    due: int | None = None
    warn: int | None = None
    paused: bool = False
    over: bool = False
    remark: str = ""
    ticket: TicketRow | None = None
    call_id: str = ""
    form: str = ""
    script: tuple[str, ...] = ()
    count: int = 0
    folded: bool = False
    inside: tuple[tuple[int | None, int | None], ...] = ()

    def standing(self, now: int) -> Standing:
        """How it stands at ``now``."""
        if self.over:
            return Standing.OVER
        if self.paused:
            return Standing.PAUSED
        if self.due is None:
            return Standing.NONE
        if now > self.due:
            return Standing.LATE
        return Standing.WARN if self.warn is not None and now >= self.warn else Standing.OK


def figure(item: Item, now: int, zone: tzinfo, s: Strings) -> str:
    """Time left or overdue: seconds within a day, otherwise the day it is due."""
    if item.due is None or item.paused or item.over:
        return ""
    left = item.due - now
    if -DAY_MS < left < DAY_MS:
        seconds = abs(left) // 1000
        hours, rest = divmod(seconds, 3600)
        minutes, seconds = divmod(rest, 60)
        return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"
    if left < 0:
        return s("board.late.days", days=-left // DAY_MS)
    due = local(item.due, zone)
    tomorrow = local(now, zone).date() + timedelta(days=1)
    if due.date() == tomorrow:
        return s("board.due.tomorrow", time=f"{due:%H:%M}")
    return f"{due:%m-%d %H:%M}"


def local(at: int, zone: tzinfo) -> datetime:
    """Milliseconds since 1970 as local time."""
    return datetime.fromtimestamp(at / 1000, zone)


def word_of(prefix: str, value: str, s: Strings) -> str:
    """The word for a key such as a tier; what has none stays as it was typed."""
    key = f"{prefix}.{value}"
    return s(key) if key in s else value


class Namer(Struct, frozen=True):
    """Turns what the desk gives into rows.

    Attributes:
        pack: the seat's standard, for the names of categories.
        me: the agent's own number.
    """

    s: Strings
    pack: Pack
    me: str

    def category(self, key: str) -> str:
        """A category's name."""
        found = self.pack.category(key)
        return found.title.get(self.s.language) if found else key

    def what(self, row: TicketRow) -> str:
        """Category, severity and tier."""
        severity = "" if row.severity == "general" else row.severity
        tier = "" if row.tier == "ordinary" else row.tier
        parts = (
            self.category(row.category),
            word_of("board.severity", severity, self.s) if severity else "",
            word_of("board.tier", tier, self.s) if tier else "",
        )
        return " ".join(part for part in parts if part)

    def ticket(
        self, row: TicketRow, *, due: int | None = None, remark: str = "", form: str = ""
    ) -> Item:
        """The row of an order; ``due`` is another time than that of its next clock."""
        closed = not row.open
        state = "followup" if row.followup_since is not None and row.open else row.state
        if row.correcting:
            state = "correcting"
        return Item(
            Kind.TICKET,
            row.id,
            code=row.id[-CODE:],
            who=row.customer or mask_phone(row.number) or self.s("board.who.none"),
            what=self.what(row),
            title=row.summary,
            state=word_of("board.state", state, self.s),
            owner=row.owner,
            level=row.level,
            due=row.due_at if due is None else due,
            warn=row.warn_at if due is None else None,
            paused=bool(row.paused) and due is None,
            over=closed,
            remark=remark,
            ticket=row,
            call_id=row.call_id,
            form=form,
        )

    def promise(self, view: PromiseView) -> Item:
        """The row of a promised callback."""
        title = self.s("board.promised", length=minutes_words(view.minutes, self.s))
        return self._owed(Kind.PROMISE, view, view.text, title)

    def callback(self, view: CallbackView) -> Item:
        """The row of a missed call."""
        who = view.customer or mask_phone(view.number)
        return self._owed(Kind.CALLBACK, view, who, self.s("board.missed"))

    def _owed(self, kind: Kind, view: PromiseView | CallbackView, who: str, title: str) -> Item:
        made, due = to_ms(view.made_at), to_ms(view.due_at)
        return Item(
            kind,
            view.id,
            code=view.id[-CODE:],
            who=who or self.s("board.who.none"),
            what=self.s(f"board.kind.{kind.value}"),
            title=title,
            state=self.s(f"board.owed.{kind.value}"),
            owner=self.me,
            due=due,
            warn=made + int((due - made) * WARN_SHARE),
            call_id=view.call_id,
        )
