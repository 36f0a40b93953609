"""What a stream says is taken up at once, as far as it follows, and never half."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentdesk.domain.events import Draft, EntityId
from agentdesk.sync.transport import Failure, Frame, TransportError
from agentdesk.wire import Alive, Live

if TYPE_CHECKING:
    from tests.unit.sync.conftest import Site

TEAM = "team:A"


def test_the_stream_brings_events_without_a_pull_and_a_gap_is_pulled(site: Site) -> None:
    one, two = site.desk("8001"), site.desk("8002")
    one.run(3)
    two.run(3)
    alive = Alive(site.service.epoch, site.ms, {TEAM: 0, "seat:s8002": 0})
    two.engine.offer([Frame("open"), Frame("hello", site.service.epoch, alive=alive)])
    two.run(20)
    pulls = two.net.asked.count("pull")
    for number in (1, 2, 3):
        one.act("call.offered", number)
    one.run(5)
    stored = site.service.after(0)
    lives = [Frame("event", site.service.epoch, live=Live(0, stored[0]))]
    two.engine.offer(lives * 2)
    two.engine.step()
    assert two.replica.cursors()[TEAM].cursor.seq == stored[0].seq
    assert two.net.asked.count("pull") == pulls
    two.engine.offer([Frame("event", site.service.epoch, live=Live(stored[1].seq, stored[2]))])
    two.run(2)
    assert two.replica.cursors()[TEAM].cursor.seq == stored[2].seq
    assert two.net.asked.count("pull") > pulls
    assert two.engine.status.streaming


def test_a_transaction_the_stream_cuts_is_shown_whole(site: Site) -> None:
    one, two = site.desk("8001"), site.desk("8002")
    one.run(3)
    two.run(3)
    call = EntityId(f"{1:032x}")
    drafts = [
        Draft("call.offered", "call", call, {"at": 1}),
        Draft("call.set", "call", call, {"at": 1, "set": {"note": "一起"}}),
    ]
    one.store.commit(drafts, actor="8001")
    one.run(3)
    first, second = site.service.after(0)
    epoch = site.service.epoch
    two.engine.offer([Frame("event", epoch, live=Live(0, first, more=True))])
    two.net.fail = lambda name: TransportError(Failure.NETWORK) if name == "pull" else None
    for _ in range(3):
        two.engine.step()
    assert two.store.state("call", call).items == {}
    two.engine.offer([Frame("event", epoch, live=Live(first.seq, second))])
    two.engine.step()
    held = two.store.state("call", call)
    assert len(held.items) == 1 and held.value("note") == "一起"
