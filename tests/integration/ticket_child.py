"""One agent's work orders through the desk, without a screen. Run as a script and ended rudely.

``ticket_child.py``: reads lines ``<seed> <path>``; for each it forks a life that acts on
orders for ever, and says how that life ended. (A life costs a fork, not a start of Python.)
After each act that is on the disk a life prints one line, ``<step> <JSON>``.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from agentdesk.desk.desk import Desk
from agentdesk.desk.snapshot import Profile
from agentdesk.desk.ticket_views import TicketOutcome
from agentdesk.domain.events import EntityId
from agentdesk.domain.ids import Ids
from agentdesk.domain.moments import to_ms
from agentdesk.domain.ticket import commands as c
from agentdesk.domain.ticket.state import Ticket
from agentdesk.standards.loader import load_shipped
from agentdesk.store import Store

find_pack = cache(load_shipped)
ACTOR = "8012"


def now() -> datetime:
    return datetime.now(UTC)


def open_desk(path: Path) -> tuple[Desk, Store]:
    ids = Ids(lambda: to_ms(now()), Random().getrandbits)
    store = Store.open(path, clock=now, new_id=ids)
    seat = Profile(ACTOR, "李敏", "示例物业", "P1", "zh-CN", "")
    zone = ZoneInfo("Asia/Shanghai")
    return Desk(store, find_pack, clock=now, new_id=ids, zone=zone, defaults=seat), store


def tell(step: str, **known: object) -> None:
    """One write of one short line: a kill leaves a whole line or none."""
    os.write(sys.stdout.fileno(), f"{step} {json.dumps(known)}\n".encode())


def seen(ticket: Ticket) -> dict[str, Any]:
    """What an order says of itself, for a comparison after the end."""
    return {
        "state": ticket.state.value,
        "owner": ticket.owner,
        "values": dict(ticket.values),
        "forms": [[form.department, form.result] for form in ticket.forms],
        "pauses": [pause.end is None for pause in ticket.pauses],
        "nudges": len(ticket.nudges),
        "told": ticket.told,
        "owed": len(ticket.owed),
    }


class Agent:
    """Works on orders and says what is durable."""

    def __init__(self, desk: Desk, seed: int) -> None:
        self._tickets = desk.tickets
        self._chance = Random(seed)

    def _did(self, step: str, outcome: TicketOutcome) -> None:
        if outcome.problem is not None or outcome.ticket is None:
            raise RuntimeError(f"{step}: {outcome.problem}")
        events = [[event.txn, event.id, event.kind] for event in outcome.events]
        tell(step, ticket=outcome.ticket.id, events=events, seen=seen(outcome.ticket))

    def serve(self) -> None:
        """One order from its intake to the closing and once more, in a course by chance."""
        tickets, new_id = self._tickets, self._tickets.new_id
        ticket_id, form, pause = new_id(), new_id(), new_id()
        values = {"category": "repair", "surname": "王", "title": "先生", "zone": "office"}
        values |= {"number": "13800138000", "content": "八层卫生间漏水，" * 20}
        opened = c.Open(ticket_id, values, "八层漏水", call_id=EntityId("c" * 32), read_back=True)
        self._did("open", tickets.open(opened))
        turns: list[tuple[str, Callable[[], TicketOutcome]]] = [
            (
                "fields",
                lambda: self._act(ticket_id, c.SetFields({"note": new_id(), "zone": "mall"})),
            ),
            ("rank", lambda: self._act(ticket_id, c.SetFields({"priority": "1"}, "客户着急"))),
            ("assign", lambda: self._act(ticket_id, c.Assign(f"80{self._chance.randrange(90)}"))),
            ("nudge", lambda: self._act(ticket_id, c.Nudge("工程部", "请尽快"))),
            ("pause", lambda: self._act(ticket_id, c.Pause(pause, "waiting_customer"))),
            ("resume", lambda: self._act(ticket_id, c.Resume())),
        ]
        self._chance.shuffle(turns)
        for step, act in turns:
            outcome = act()
            if outcome.events:
                self._did(step, outcome)
            if outcome.events and self._chance.random() < 0.5:
                self._did("undo", tickets.undo(ticket_id))
        self._did("zone", self._act(ticket_id, c.SetFields({"zone": "office"})))
        self._did("send", self._act(ticket_id, c.Dispatch(form, "工程部", because="客户着急")))
        self._did("back", self._act(ticket_id, c.ReturnForm(form, "已更换阀门")))
        self._did("reply", self._act(ticket_id, c.Reply("今日修好")))
        self._did("settle", self._act(ticket_id, c.Resolve("已修好", told=True)))
        self._did("call", self._act(ticket_id, c.FollowUp("满意")))
        self._did("close", self._act(ticket_id, c.Close("资料后补")))
        if self._chance.random() < 0.3:
            self._did("reopen", self._act(ticket_id, c.Reopen("又漏了")))
        tickets.tick()

    def _act(self, ticket_id: EntityId, command: c.Command) -> TicketOutcome:
        return self._tickets.act(ticket_id, command)


def live(path: Path, seed: int) -> None:
    desk, _ = open_desk(path)
    tell("ready")
    agent = Agent(desk, seed)
    while True:
        agent.serve()


def main() -> None:
    find_pack("P1")
    tell("waiting")
    for line in sys.stdin:
        seed, _, path = line.strip().partition(" ")
        child = os.fork()
        if not child:
            try:
                live(Path(path), int(seed))
            finally:
                os._exit(1)  # a life never ends by itself
        tell("born", pid=child)
        _, status = os.waitpid(child, 0)
        tell("dead", signal=os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0)


if __name__ == "__main__":
    main()
