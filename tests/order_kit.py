"""Orders for tests of what a leader sees: those of a whole team, shared out."""

from __future__ import annotations

from agentdesk.desk import demo_orders
from agentdesk.desk.demo import MovingClock
from agentdesk.desk.desk import Desk
from agentdesk.domain.events import Draft, EntityId
from agentdesk.domain.moments import to_ms
from agentdesk.domain.ticket import commands as c
from agentdesk.store.rows import TicketFilter

AREAS = ("城东", "城西", "开发区", "")
OWNERS = ("8012", "8015", "8021", "8033")


def orders_of_a_team(desk: Desk, clock: MovingClock) -> None:
    """The orders of four agents in three areas, two of nobody, some late, some nearly."""
    orders = tuple(each for each in demo_orders.MATTERS for _ in range(4))
    demo_orders.tell(desk, clock, orders)
    for at, row in enumerate(desk.tickets.board(TicketFilter(), 0, 100).rows):
        desk.tickets.act(row.id, c.SetFields({"area": AREAS[at % 7 % 4]}))
        desk.tickets.act(row.id, c.Assign(OWNERS[at % 11 % 4]))
    at = to_ms(clock())
    for number in range(2):  # came in from elsewhere, nobody follows them
        body = {"at": at, "owner": "", "call": "", "pack": "C5", "values": {"category": "fault"}}
        opened = Draft("ticket.opened", "ticket", EntityId(f"{number:032x}"), body)
        desk._store.commit((opened,), actor="")
