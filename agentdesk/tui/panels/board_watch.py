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
    """

    alarms: tuple[Alarm, ...]
    next_at: datetime | None
    first: TicketRow | None


def look(desk: Desk, first: TicketRow | None) -> Look:
    """Let the clocks tell what they have to; on the desk's thread.

    Args:
        first: the order due first as far as known; it is read again when None.
    """
    ticked = desk.tickets.tick()
    if first is not None:
        first = desk.tickets.row(first.id)
    if first is None or not first.open or first.due_at is None:
        first = next(iter(desk.tickets.board(TicketFilter(), 0, 1).rows), None)
    return Look(ticked.alarms, ticked.next_at, first)


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
