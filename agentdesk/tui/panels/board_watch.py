"""Looking at the orders' clocks while the console runs, and telling what they say once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from agentdesk.desk.ticket_views import Alarm
from agentdesk.domain.sla.state import LATE
from agentdesk.store.rows import TicketFilter, TicketRow
from agentdesk.tui.keymap import display
from agentdesk.tui.panels.board_items import MARK, Namer, Standing

if TYPE_CHECKING:
    from agentdesk.desk.desk import Desk
    from agentdesk.tui.app import ConsoleApp


class Look(Struct, frozen=True):
    """What a look found.

    Attributes:
        next_at: when it is worth looking again; None when nothing runs.
        first: the order that is due first of all.
        late: how many of one's own orders are past their due time.
        pending: due times are still being reckoned.
    """

    alarms: tuple[Alarm, ...]
    next_at: datetime | None
    first: TicketRow | None
    late: int = 0
    pending: bool = False


def look(desk: Desk, first: TicketRow | None, me: str) -> Look:
    """Let the clocks tell what they have to; on the desk's thread.

    Args:
        first: the order due first as far as known; it is read again when None.
        me: whose late orders are counted; all of them if empty.
    """
    ticked = desk.tickets.tick()
    if first is not None:
        first = desk.tickets.row(first.id)
    if first is None or not first.open or first.due_at is None:
        mine = TicketFilter(owner=me if desk.shared else "")  # a team's board is long
        first = next(iter(desk.tickets.board(mine, 0, 1).rows), None)
    late = desk.tickets.late_count(me)
    return Look(ticked.alarms, ticked.next_at, first, late, ticked.pending)


def looked(app: ConsoleApp, found: Look, next_look: datetime) -> datetime:
    """Tell what a look found; when to look again, at the latest at ``next_look``.

    The clocks change by themselves at instants the desk knows: between them, and as long as
    nobody acts, no order can become late, so the badge stands until the next look.
    """
    if found.alarms:
        warn(app, found.alarms)
    app.orders_late = found.late
    if found.pending:  # a slice at a time: whoever acts comes in between
        return app.clock()
    return next_look if found.next_at is None else min(next_look, found.next_at)


def warn(app: ConsoleApp, alarms: Sequence[Alarm]) -> None:
    """One alarm by name, several as one roll-up; in the banner's row, the focus stays."""
    s = app.s
    late = sum(alarm.band == LATE for alarm in alarms)
    if len(alarms) == 1:
        text = alarm_text(alarms[0], Namer(s, app.snapshot.pack, ""))
    else:
        keys = app.keymap.get("go-board", ())
        name = "many" if 0 < late < len(alarms) else "late" if late else "near"
        text = s(
            f"board.alarm.{name}",
            late=late,
            near=len(alarms) - late,
            key=display(keys[0]) if keys else "–",
        )
    app.say(text, "warning")
    if late:
        app.bell()


def alarm_text(alarm: Alarm, namer: Namer) -> str:
    """One alarm in words: which order, whose, which clock."""
    s, row = namer.s, alarm.row
    standing = Standing.LATE if alarm.band == LATE else Standing.WARN
    clock_id = alarm.key.partition("/")[0]
    found = next((p for p in namer.pack.provisions if p.id == clock_id), None)
    item = namer.ticket(row)
    return s(
        "board.alarm.one",
        glyph=MARK[standing][0],
        word=s(f"board.level.{standing.value}"),
        what=item.what,
        who=item.who,
        clock=found.title.get(s.language) if found is not None else clock_id,
    )
