"""Made-up work of a seat, as events ready to be sent: calls, notes, promises, work orders.

The shapes and sizes are those the console writes (about 140 bytes of body an event, eleven to
twenty events a call, now and then two in one transaction). Numbers are from a range nobody has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from hashlib import sha256
from random import Random
from typing import Any

import msgspec

from agentdesk.domain.events import EntityId, Stamp
from agentdesk.domain.hlc import tick
from agentdesk.domain.ids import Ids
from agentdesk.wire import WireEvent

_encode = msgspec.json.Encoder(order="sorted").encode

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GREETING = "您好，这里是客户服务热线，很高兴为您服务，请问有什么可以帮您？"
LINES = (
    "请您稍等，我马上为您查询，大约需要一分钟。",
    "感谢您的耐心等待，我们已经核实到您的地址和联系电话。",
    "非常抱歉给您添了麻烦，我们会安排专人在三十分钟内与您联系。",
    "请问还有其他可以帮您的吗？",
    "感谢您的来电，祝您生活愉快，再见。",
)
NOTES = (
    "客户称空调不制冷，外机有异响，约明天上午上门检查，已核对地址与电话。",
    "快件外包装破损，内件完好，客户要求说明原因，已请客户保留外包装。",
    "宽带多次掉线，重启光猫无效，客户下午两点后在家，需带备用设备。",
)
CONTENT = "客户反映多日未收到货，物流停在中转站，要求今天给出答复并安排派送。"
RESULT = "在城南网点找到，已安排下午派送，客户表示满意。"

Act = tuple[str, str, str, dict[str, Any]]
"""Kind, entity, id of the entity, body without its time."""


class Hand:
    """Whoever works at one seat: writes events with ids, stamps and seals.

    Args:
        person: work number.
        install: id of the seat's store.
        random: makes the story; two hands with the same seed do the same.
        now_ms: wall clock.
    """

    def __init__(
        self, person: str, install: str, random: Random, now_ms: Callable[[], int]
    ) -> None:
        self.person, self.install = person, install
        self._random, self._now = random, now_ms
        self._ids = Ids(now_ms, random.getrandbits)
        self._stamp = Stamp(0)
        self._seal = b""
        self._story = self._stories()

    def act(self) -> list[WireEvent]:
        """The next thing done: the events of one transaction, as of now."""
        txn, at = self._ids(), self._now()
        made: list[WireEvent] = []
        for kind, entity, entity_id, body in next(self._story):
            self._stamp = tick(self._stamp, at)
            id = self._ids()
            prev = self._seal.hex() or None
            self._seal = sha256(self._seal + bytes.fromhex(id)).digest()
            raw = msgspec.Raw(_encode({"at": at, **body}))
            made.append(
                WireEvent(
                    id, txn, kind, 1, entity, entity_id, self._stamp, self.person, self.install,
                    raw, prev,
                )
            )  # fmt: skip
        return made

    def events(self, count: int) -> list[WireEvent]:
        """At least ``count`` events, ending where a transaction ends."""
        made: list[WireEvent] = []
        while len(made) < count:
            made += self.act()
        return made

    def batch(self, count: int) -> list[WireEvent]:
        """Exactly ``count`` events; the last transaction may be cut short."""
        return self.events(count)[:count]

    def _stories(self) -> Iterator[list[Act]]:
        while True:
            yield from self._call()

    def _call(self) -> Iterator[list[Act]]:
        random = self._random
        call = EntityId(self._ids())
        surname, number = random.choice(SURNAMES), f"1400{random.randrange(10**7):07}"

        def act(kind: str, **body: Any) -> Act:
            return (kind, "call", call, body)

        def said(line: str, text: str, *marks: str) -> Act:
            return act("call.said", line=line, text=text, marks=list(marks), names=0, polite=2)

        def fields(**values: str) -> Act:
            return act("call.set", set=values)

        yield [
            act(
                "call.offered", number=number, direction="inbound", external_id="", name="",
                pack="F6", queue="", source="push",
            )
        ]  # fmt: skip
        yield [act("call.answered", pack="F6")]
        yield [said("inbound-greeting", GREETING, "greeting")]
        yield [fields(surname=surname, title=random.choice(("先生", "女士")), phone=number)]
        yield [fields(category="repair"), said("wait", LINES[0])]
        for _ in range(random.randrange(1, 4)):
            yield [said("state", random.choice(LINES[1:3]), "acknowledgement")]
        yield [fields(note=random.choice(NOTES))]
        yield [act("call.ticked", requirement="read_back")]
        if random.random() < 0.25:
            yield [self._promise(call, surname)]
        if random.random() < 0.3:
            yield from self._order(call, surname, number)
        yield [said("anything-else", LINES[3], "anything_else")]
        yield [said("closing", LINES[4], "closing")]
        yield [act("call.ended", by="customer", cause="")]
        yield [act("call.closed", disposition="resolved", missing=[], reason="")]

    def _promise(self, call: str, surname: str) -> Act:
        body = {"call": call, "minutes": 30, "text": f"{surname}先生"}
        return ("promise.made", "promise", self._ids(), body)

    def _order(self, call: str, surname: str, number: str) -> Iterator[list[Act]]:
        ticket = self._ids()

        def act(kind: str, **body: Any) -> Act:
            return (kind, "ticket", ticket, body)

        opened = {"call": call, "owner": self.person, "pack": "F6"}
        details = {"content": CONTENT, "number": number, "surname": surname, "title": "先生"}
        yield [
            act("ticket.opened", **opened, values={"category": "complaint"}),
            act("ticket.set", set=details),
        ]
        yield [act("ticket.reached", mark="callback_promised", text="已答应 30 分钟内回电")]
        yield [act("ticket.resolved", result=RESULT)]
        yield [act("ticket.told", how="", text="")]
        yield [act("ticket.closed", missing=[], reason="")]
