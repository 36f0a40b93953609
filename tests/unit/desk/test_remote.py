"""What a server brings: a desk works its own calls, looks at others', and says what waits."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import pytest

from agentdesk.desk.remote import KEEP_DAYS, SLICE, SyncPort
from agentdesk.desk.remote_views import Arrived
from agentdesk.desk.snapshot import Profile
from agentdesk.desk.worker import InlineWorker
from agentdesk.domain.call import commands as c
from agentdesk.domain.events import Draft, EntityId, Event
from agentdesk.domain.ids import Ids
from agentdesk.domain.moments import to_ms
from agentdesk.domain.ticket import commands as t
from agentdesk.store import Store
from agentdesk.store.installing import Snapshot
from agentdesk.store.replica import Applied, Replica
from agentdesk.wire import Cursor, Live, Page, Trailer, encode
from tests.seat_kit import TEAM, Site, to_send

if TYPE_CHECKING:
    from tests.unit.desk.conftest import Bench

THEIRS, OTHERS = EntityId("a" * 32), EntityId("b" * 32)


class Net:
    """This seat, a colleague's, and the site between them."""

    def __init__(self, bench: Bench, folder: Path) -> None:
        self.bench, self.site = bench, Site()
        ids = Ids(lambda: to_ms(bench.clock()), Random(77).getrandbits)
        self.other = Store.open(folder / "other.sqlite3", clock=bench.clock, new_id=ids)
        self.news: list[Arrived] = []
        bench.desk.shared = True
        self.port = SyncPort(InlineWorker(lambda: bench.desk), self.news.append)

    def they(self, *drafts: Draft, actor: str = "8020") -> None:
        """A colleague does something, and this seat hears of it."""
        self.hear(self.other.commit(drafts, actor=actor))

    def hear(self, events: Iterable[Event], verdict: str = "ok", reason: str = "") -> None:
        """The server has accepted something and says so."""
        after = self.site.cursor
        applied = self.port.apply(self.site.take(events, verdict, reason), after)
        assert not applied.behind

    def mine(self) -> list[Event]:
        """What this seat has to send, as events."""
        return to_send(self.bench.desk)


@pytest.fixture
def net(bench: Bench, tmp_path: Path) -> Net:
    return Net(bench, tmp_path)


def offered(call: EntityId, at: int, number: str = "13900139000", **more: object) -> Draft:
    body = {"at": at, "number": number, "source": "pbx", "external_id": "x1", **more}
    return Draft("call.offered", "call", call, body)


def raised(entity: EntityId, at: int, call: EntityId = THEIRS) -> Draft:
    body = {"at": at, "call": call, "reason": "cannot_calm", "level": "team_leader"}
    return Draft("escalation.raised", "escalation", entity, body | {"proposal": "请协助"})


def test_a_snapshot_reaches_the_desk_piece_by_piece(net: Net) -> None:
    now = to_ms(net.bench.clock())
    net.they(offered(THEIRS, now))
    page = net.site.take(net.other.commit([offered(OTHERS, now)], actor="8020"), "ok", "")
    lines = [encode(event) + b"\n" for event in page.events]
    digest = sha256(b"".join(lines)).hexdigest()
    snapshot = Snapshot(page.scope, lines, Trailer(page.epoch, page.cur, len(lines), digest))
    net.news.clear()
    while not snapshot.done:
        net.port.take_snapshot(snapshot)
    # What is not in it went, and what is in it came: both were told of.
    assert [news.calls for news in net.news] == [True, True]
    store = net.bench.store
    assert not store.state("call", THEIRS).items and store.state("call", OTHERS).items
    assert net.port.cursors()[page.scope].cursor == page.cur and store.refold() == []


# --------------------------------------------------------------------- others' calls


def test_a_colleagues_call_neither_rings_nor_becomes_a_card(net: Net) -> None:
    now = to_ms(net.bench.clock())
    net.they(offered(THEIRS, now))
    net.they(Draft("call.answered", "call", THEIRS, {"at": now}))
    found = net.news[-1].snapshot
    assert (found.call, found.ringing, found.waiting, found.incomplete) == (None, (), (), ())
    assert net.news[-1].calls
    assert net.bench.desk.today() == ()
    assert net.bench.desk.open_card(THEIRS).snapshot.call is None
    again = net.bench.again()
    assert (again.call, again.ringing, again.waiting, again.incomplete) == (None, (), (), ())


def test_a_colleagues_call_of_the_same_line_is_not_told_of_by_this_phone(net: Net) -> None:
    net.they(offered(THEIRS, to_ms(net.bench.clock())))
    net.bench.phone("offered", "x1", number="13800138000")
    (ringing,) = net.bench.desk.snapshot().ringing
    assert ringing.number == "13800138000"
    assert ringing.id != THEIRS


def test_what_colleagues_promised_is_not_owed_here(net: Net) -> None:
    now = to_ms(net.bench.clock())
    promise = {"at": now, "call": THEIRS, "minutes": 30, "text": "查件"}
    callback = {"at": now, "call": THEIRS, "number": "13900139000", "minutes": 30}
    net.they(
        offered(THEIRS, now),
        Draft("promise.made", "promise", OTHERS, promise),
        Draft("callback.made", "callback", EntityId("c" * 32), callback),
    )
    found = net.news[-1].snapshot
    assert (found.promises, found.callbacks) == ((), ())
    assert not net.bench.desk.settle("promise", OTHERS).events
    again = net.bench.again()
    assert (again.promises, again.callbacks) == ((), ())
    assert net.bench.desk.tickets.day_clear().clear


def test_a_customer_colleagues_know_is_known_here(net: Net) -> None:
    now = to_ms(net.bench.clock())
    fields = {"at": now, "set": {"surname": "王", "title": "先生"}}
    net.they(
        offered(THEIRS, now, number="13800138000"),
        Draft("call.answered", "call", THEIRS, {"at": now}),
        Draft("call.set", "call", THEIRS, fields),
    )
    net.bench.clock.after(3600)
    net.bench.phone("offered", "y1", number="13800138000")
    known = net.bench.desk.answer_or_new().snapshot.known
    assert known is not None
    assert (known.surname, known.title, known.exact) == ("王", "先生", True)


def test_own_calls_go_on_while_they_are_confirmed(net: Net) -> None:
    net.bench.take()
    call = net.bench.call.id
    waiting = net.bench.desk.transfers().waiting_count
    assert waiting > 0
    net.hear(net.mine())
    assert net.bench.call.id == call
    assert net.bench.desk.transfers().waiting_count == 0


# ------------------------------------------------------------------------ work orders


def test_a_teams_order_is_on_the_board_but_its_owner_records_what_is_late(net: Net) -> None:
    desk = net.bench.desk
    desk.set_profile(Profile("8012", "李敏", "示例", "T0", "zh-CN", ""))
    opened = desk.tickets.open(t.Open(desk.new_id(), {"category": "complaint"}, "宽带不通"))
    assert opened.ticket is not None
    ticket = opened.ticket.id
    me = desk.snapshot().profile.agent_no
    assert opened.ticket.owner in ("", me)
    desk.tickets.act(ticket, t.Assign("8020", "班组分派"))
    owner = desk.tickets.get(ticket)
    assert owner is not None and owner.owner == "8020"
    net.bench.clock.after(30 * 86400)
    assert desk.tickets.tick().alarms == ()
    kinds = [event.kind for event in net.bench.store.events_of("ticket", ticket)]
    assert "ticket.breached" not in kinds
    desk.tickets.act(ticket, t.Assign(me, "自己跟进"))
    kinds = [event.kind for event in net.bench.store.events_of("ticket", ticket)]
    assert "ticket.breached" in kinds


def test_orders_from_elsewhere_come_to_the_board(net: Net) -> None:
    desk = net.bench.desk
    desk.tickets.ready()
    now = to_ms(net.bench.clock())
    body = {"at": now, "pack": "F6", "owner": "8020", "values": {"category": "tracking"}}
    net.they(Draft("ticket.opened", "ticket", OTHERS, body | {"summary": "催件"}))
    assert net.news[-1].tickets == {OTHERS}
    row = desk.tickets.row(OTHERS)
    assert row is not None and row.owner == "8020"


# ---------------------------------------------------------------------- calls for help


def test_a_call_for_help_goes_from_noted_to_delivered_to_taken(net: Net) -> None:
    bench = net.bench
    bench.take()
    bench.do(c.Escalate(OTHERS, "cannot_calm", "team_leader", "请协助"))
    (item,) = bench.desk.snapshot().escalations
    assert (item.state, item.delivered) == ("sent", False)
    net.hear(net.mine())
    (item,) = bench.desk.snapshot().escalations
    assert (item.state, item.delivered, item.raised_by) == ("sent", True, "8012")
    net.they(
        Draft(
            "escalation.taken",
            "escalation",
            OTHERS,
            {"at": to_ms(bench.clock()), "by": "9001 王芳"},
        ),
        actor="9001",
    )
    (item,) = bench.desk.snapshot().escalations
    assert (item.state, item.taken_by, item.confirmed) == ("taken", "9001 王芳", True)


def test_a_leader_takes_one_and_may_lose_it(net: Net) -> None:
    desk = net.bench.desk
    net.they(raised(OTHERS, to_ms(net.bench.clock())))
    outcome = desk.take_help(OTHERS)
    assert [(e.kind, e.actor, e.body["by"]) for e in outcome.events] == [
        ("escalation.taken", "8012", "8012 李敏")
    ]
    (item,) = desk.snapshot().escalations
    assert (item.taker, item.confirmed) == ("8012", False)
    assert desk.take_help(OTHERS).events == ()  # once is enough
    # Somebody else was first for the server, although later by the clock.
    net.bench.clock.after(5)
    body = {"at": to_ms(net.bench.clock()), "by": "9001 王芳"}
    net.they(Draft("escalation.taken", "escalation", OTHERS, body), actor="9001")
    net.hear(net.mine())
    (item,) = desk.snapshot().escalations
    assert (item.taker, item.confirmed, item.claims) == ("9001", True, ("9001", "8012"))


@pytest.mark.parametrize("how", ["own", "withdrawn", "taken", "unknown"])
def test_what_cannot_be_taken_is_refused(net: Net, how: str) -> None:
    now = to_ms(net.bench.clock())
    if how != "unknown":
        net.they(raised(OTHERS, now), actor="8012" if how == "own" else "8020")
    if how == "withdrawn":
        net.they(Draft("escalation.withdrawn", "escalation", OTHERS, {"at": now}))
    if how == "taken":
        body = {"at": now, "by": "9001 王芳"}
        net.they(Draft("escalation.taken", "escalation", OTHERS, body), actor="9001")
    outcome = net.bench.desk.take_help(OTHERS)
    assert isinstance(outcome.problem, c.Refused)
    expected = "withdrawn" if how == "unknown" else how
    assert outcome.problem.key == f"refused.escalation_{expected}"
    assert outcome.events == ()


# --------------------------------------------------------- what waits, what was refused


def test_every_act_tells_the_exchange_and_waits_to_be_sent(net: Net) -> None:
    told: list[int] = []
    net.bench.desk.committed = lambda: told.append(1)
    net.bench.take()
    assert told
    found = net.bench.desk.transfers()
    assert found.waiting_count == len(found.waiting) > 0
    assert {held.kind for held in found.waiting} >= {"call.offered", "call.answered"}
    assert all(held.actor == "8012" and not held.verdict for held in found.waiting)
    assert "seat.set" not in {held.kind for held in found.waiting}


def test_what_was_not_accepted_counts_no_more_but_keeps_its_text(net: Net) -> None:
    net.bench.take()
    net.hear(net.mine())
    net.bench.do(c.SetFields({"note": "客户说包裹湿了"}))
    net.hear(net.mine(), "forbidden_now", "trainee")
    assert net.bench.call.values.get("note", "") == ""
    found = net.bench.desk.transfers()
    (held,) = found.refused
    assert (found.refused_count, held.verdict, held.reason) == (1, "forbidden_now", "trainee")
    assert held.body["set"] == {"note": "客户说包裹湿了"}
    assert found.waiting_count == 0


def test_a_kind_of_a_newer_version_is_kept_and_counted(net: Net) -> None:
    event = Event(
        id=net.bench.desk.new_id(),  # type: ignore[arg-type]
        kind="robot.danced",
        version=1,
        entity="robot",
        entity_id=OTHERS,
        body={"at": 1},
        stamp=1,  # type: ignore[arg-type]
        actor="8020",
        install="x",
        txn=net.bench.desk.new_id(),  # type: ignore[arg-type]
    )
    net.hear([event])
    assert net.bench.desk.transfers().parked == 1
    net.port.rewind(TEAM, Cursor(), "e2")
    assert net.bench.desk.transfers().parked == 0


# ------------------------------------------------------------------------- the port


def test_a_long_page_is_taken_in_slices_and_ends_where_it_says(net: Net) -> None:
    now = to_ms(net.bench.clock())
    calls = [EntityId(f"{number:032x}") for number in range(1, SLICE * 2 + 4)]
    events = [net.other.commit([offered(call, now)], actor="8020")[0] for call in calls]
    after = net.site.cursor
    applied = net.port.apply(net.site.take(events), after)
    assert len(net.news) == 3
    assert len(applied.new) == len(calls) == len(applied.entities)
    assert net.port.cursors()[TEAM].cursor == net.site.cursor
    again = net.port.apply(Page(TEAM, "e1", net.site.events, net.site.cursor, 9), Cursor())
    assert (again.new, again.entities) == ((), ())


def test_a_slice_never_ends_inside_a_transaction(net: Net, monkeypatch: pytest.MonkeyPatch) -> None:
    now = to_ms(net.bench.clock())
    calls = [EntityId(f"{number:032x}") for number in range(1, SLICE + 40)]
    drafts = [offered(call, now) for call in calls]
    first, whole = drafts[: SLICE - 2], drafts[SLICE - 2 :]
    events = [net.other.commit([each], actor="8020")[0] for each in first]
    events += net.other.commit(whole, actor="8020")
    parts: list[Page] = []
    apply = Replica.apply

    def noted(replica: Replica, page: Page, after: Cursor) -> Applied:
        parts.append(page)
        return apply(replica, page, after)

    monkeypatch.setattr(Replica, "apply", noted)
    after = net.site.cursor
    net.port.apply(net.site.take(events), after)
    ends = [(one.events[-1].txn, two.events[0].txn) for one, two in pairwise(parts)]
    assert all(one != two for one, two in ends)
    assert sum(len(part.events) for part in parts) == len(calls)


def test_what_others_finished_long_ago_is_forgotten_and_nothing_of_ones_own(net: Net) -> None:
    own, now = EntityId("c" * 32), to_ms(net.bench.clock())
    old = now - (KEEP_DAYS + 2) * 86_400_000
    ended = {"at": old, "disposition": "done"}
    for call in (THEIRS, OTHERS):
        at = old if call == THEIRS else now
        net.they(offered(call, at))
        net.they(Draft("call.missed", "call", call, {"at": at}))
    net.bench.store.commit(
        [offered(own, old), Draft("call.missed", "call", own, ended)], actor="8001"
    )
    cursor = net.port.cursors()[TEAM]
    assert net.port.tidy() is False
    left = {row[0] for row in net.bench.store.connection.execute("SELECT id FROM call")}
    assert left == {own, OTHERS}
    assert net.port.cursors()[TEAM] == cursor and net.bench.store.refold() == []


def test_live_events_are_known_at_once_and_a_gap_is_told(net: Net) -> None:
    net.they(raised(OTHERS, to_ms(net.bench.clock())))
    taken = net.other.commit(
        [Draft("escalation.withdrawn", "escalation", OTHERS, {"at": 1})], actor="8020"
    )
    (stored,) = net.site.take(taken).events
    (found,) = net.port.apply_live([Live(stored.seq - 1, stored)], "e1")
    assert not found.behind
    assert net.news[-1].snapshot.escalations[0].state == "withdrawn"
    later = net.site.take(net.other.commit([offered(THEIRS, 1)], actor="8020")).events[0]
    (found,) = net.port.apply_live([Live(later.seq, later)], "e1")
    assert found.behind


def test_what_is_taken_back_is_gone_from_the_screen(net: Net) -> None:
    net.they(raised(OTHERS, to_ms(net.bench.clock())))
    assert net.bench.desk.snapshot().escalations
    assert net.port.rewind(TEAM, Cursor(), "e2")
    assert net.news[-1].snapshot.escalations == ()


def test_names_of_people_come_with_the_site(net: Net) -> None:
    assert net.bench.desk.snapshot().names == {}
    body = {"at": 1, "set": {"name": "王芳", "role": "leader", "team": "A", "active": True}}
    net.they(Draft("person.set", "person", EntityId("9001"), body), actor="server")
    assert net.news[-1].snapshot.names == {"9001": "王芳"}
