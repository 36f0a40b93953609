"""One agent's calls through the desk, without a screen. Run as a script and ended rudely.

``call_child.py PATH SEED``: begins calls and serves them for ever. After each step that is
on the disk it prints one line, ``<step> <JSON>``: what a reopened desk must still know.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from agentdesk.desk.desk import Desk
from agentdesk.desk.snapshot import Outcome, Profile
from agentdesk.domain.call import commands as c
from agentdesk.domain.events import EntityId
from agentdesk.domain.ids import Ids
from agentdesk.domain.moments import to_ms
from agentdesk.domain.phone import PhoneEvent
from agentdesk.standards.loader import load_shipped
from agentdesk.store import Store

NOTE = "客户来电称快件五天没有更新，很着急，已致歉并答应核实后回电。\n客户要求今天送到。"
FILLED = {"surname": "王", "title": "先生", "category": "complaint", "phone": "13800138000"}


def now() -> datetime:
    return datetime.now(UTC)


def open_desk(path: Path) -> Desk:
    ids = Ids(lambda: to_ms(now()), Random().getrandbits)
    store = Store.open(path, clock=now, new_id=ids)
    seat = Profile("8012", "李敏", "示例速运", "F6", "zh-CN", "")
    zone = ZoneInfo("Asia/Shanghai")
    return Desk(store, load_shipped, clock=now, new_id=ids, zone=zone, defaults=seat)


def tell(step: str, **known: object) -> None:
    """One write of one short line: a kill leaves a whole line or none."""
    os.write(sys.stdout.fileno(), f"{step} {json.dumps(known)}\n".encode())


class Agent:
    """Serves calls and says what is durable."""

    def __init__(self, desk: Desk, seed: int) -> None:
        self._desk = desk
        self._chance = Random(seed)

    def _id(self) -> str:
        call = self._desk.snapshot().call
        return call.id if call else ""

    def _did(self, step: str, outcome: Outcome) -> None:
        if outcome.problem is not None:
            raise RuntimeError(f"{step}: {outcome.problem}")
        events = [event.id for event in outcome.events]
        call = outcome.snapshot.call
        tell(step, call=call.id if call else "", events=events)

    def type(self, values: Mapping[str, str]) -> Iterator[dict[str, str]]:
        """The note, character by character; each prefix is durable before the next."""
        end = self._chance.randint(5, len(NOTE))
        call = EntityId(self._id())
        for length in range(1, end + 1):
            text = NOTE[:length]
            typed = {**values, "note": text}
            lines = text.split("\n")
            cursor = (len(lines) - 1, len(lines[-1]))
            self._desk.save_typing(call, typed, "note", cursor)
            tell("typed", call=call, values=typed, focus="note", cursor=cursor)
            yield typed

    def serve(self, name: str) -> None:
        """One call from ring to close; its external id is ``name``."""
        desk, did = self._desk, self._did
        number = f"1380013{self._chance.randrange(10000):04d}"
        did("offer", desk.phone(PhoneEvent("offered", name, "push", number=number)))
        did("answer", desk.answer_or_new())
        did("say", desk.act(c.Say("inbound-greeting", "您好，很高兴为您服务。", 0, 1)))
        typed: dict[str, str] = {}
        for typed in self.type(FILLED):
            if len(typed["note"]) == 4:
                did("say", desk.act(c.Say("hold-query", "请您稍等，可以吗？"), typed))
                did("hold", desk.act(c.Hold(), typed))
                did("resume", desk.act(c.Resume(), typed))
        did("promise", desk.act(c.Promise(desk.new_id(), 30, "核实"), typed))
        raised = c.Escalate(desk.new_id(), "hostile", "team_leader", "请协助安抚")
        did("escalate", desk.act(raised, typed))
        did("say", desk.act(c.Say("closing", "谢谢您的来电，再见。"), typed))
        did("end", desk.act(c.End("customer"), typed))
        did("close", desk.act(c.Close("complaint_logged"), typed))


def main(path: str, seed: str) -> None:
    desk = open_desk(Path(path))
    agent = Agent(desk, int(seed))
    left = desk.snapshot()
    for call in (left.call, *left.waiting):
        if call is not None and call.phase.live:  # cut off in the last life: end it first
            desk.open_card(call.id)
            desk.act(c.End("unknown", "restart"))
    for call in desk.snapshot().ringing:
        desk.phone(PhoneEvent("ended", call.external_id, "push"))
    tell("ready")
    serial = 0
    while True:
        serial += 1
        agent.serve(f"{seed}-{serial}")


if __name__ == "__main__":
    main(*sys.argv[1:])
