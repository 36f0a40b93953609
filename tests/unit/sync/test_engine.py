"""The exchange: what a seat and a server do to each other, and what never happens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from agentdesk.domain.events import Draft, EntityId
from agentdesk.sync.pace import Pace
from agentdesk.sync.reading import RESETS
from agentdesk.sync.status import State
from agentdesk.sync.transport import Failure, TransportError
from agentdesk.wire import Page, Push, Pushed, Retry

if TYPE_CHECKING:
    from tests.unit.sync.conftest import Desk, Site

TEAM = "team:A"


def network(*names: str) -> Any:
    return lambda name: TransportError(Failure.NETWORK) if name in names else None


def reasons(desk: Desk) -> list[str]:
    return [reason.code for reason in desk.engine.status.reasons]


def test_without_a_token_nothing_is_asked_and_everything_stays(site: Site) -> None:
    desk = site.desk("8001", signed_in=False)
    desk.act()
    desk.run()
    status = desk.engine.status
    assert (status.state, status.waiting, desk.net.asked) == (State.LOCAL, 1, [])


def test_acts_reach_the_server_and_the_other_seat(site: Site) -> None:
    one, two = site.desk("8001"), site.desk("8002")
    (event,) = one.act(note="空调不制冷")
    one.run()
    two.run()
    assert site.verdicts() == {event.id: "ok"}
    assert one.engine.status.state is two.engine.status.state is State.SYNCED
    held = two.store.state("call", EntityId(f"{1:032x}")).first("call.offered")
    assert held is not None and held.body["note"] == "空调不制冷"
    assert one.replica.site() == site.service.site
    # Somebody else's call is no call of this desk.
    assert two.store.open_calls() == [] and len(one.store.open_calls()) == 1


def test_who_sits_here_has_a_profile_that_never_leaves(site: Site) -> None:
    desk = site.desk("8001")
    seat = Draft("seat.set", "seat", EntityId("local"), {"set": {"agent_no": "8001"}})
    desk.store.commit([seat], actor="8001")
    desk.run()
    assert site.verdicts() == {}
    assert (desk.engine.status.state, desk.engine.status.waiting) == (State.SYNCED, 0)


def test_a_lost_reply_is_no_second_event(site: Site) -> None:
    desk = site.desk("8001")
    desk.net.fail = network("push!")
    desk.act()
    desk.run(10)
    assert desk.engine.status.waiting == 0  # the pull has brought it back all the same
    desk.net.fail = network("push!", "pull")
    desk.act("call.answered")
    desk.run(5)
    assert desk.engine.status.waiting == 1
    desk.net.fail = network()
    desk.run()
    assert len(site.verdicts()) == 2 and desk.engine.status.state is State.SYNCED


def test_pushing_goes_on_while_pulling_fails_and_the_other_way_round(site: Site) -> None:
    one, two = site.desk("8001"), site.desk("8002")
    one.run(3)
    two.run(3)
    one.net.fail, two.net.fail = network("pull"), network("push")
    (there,) = one.act()
    two.act("call.offered", 2)
    one.run(90)
    two.run(90)
    assert there.id in site.verdicts()
    assert two.store.state("call", EntityId(f"{1:032x}")).items
    assert one.engine.status.waiting == two.engine.status.waiting == 1
    assert "network" in reasons(one) and one.engine.status.state is State.OFFLINE
    one.net.fail = two.net.fail = network()
    one.run(90)
    two.run(90)
    assert one.engine.status.state is two.engine.status.state is State.SYNCED


def test_a_failed_push_comes_again_without_a_new_act(site: Site) -> None:
    desk = site.desk("8001")
    desk.net.fail = network("hello", "push", "pull")
    desk.act()
    desk.run(600)
    asked = len(desk.net.asked)
    assert 10 < asked < 60  # 1 to 60 seconds between attempts, at random
    desk.net.fail = network()
    desk.run(70)
    assert desk.engine.status.state is State.SYNCED


@pytest.mark.parametrize(("status", "code"), [(401, "revoked"), (403, "expired")])
def test_a_refused_token_stops_the_exchange_and_keeps_the_outbox(
    site: Site, status: int, code: str
) -> None:
    from tests.unit.sync.conftest import refused

    desk = site.desk("8001")
    desk.run(3)
    desk.act()
    desk.net.fail = lambda name: refused(status, code) if name == "push" else None
    desk.run(120)
    assert desk.net.asked.count("push") == 1
    assert (desk.engine.status.state, desk.engine.status.waiting) == (State.REFUSED, 1)
    assert reasons(desk)[0] == "signed_out"
    desk.net.fail = network()
    desk.sign_in(token="new")
    desk.run()
    assert (desk.engine.status.state, len(site.verdicts())) == (State.SYNCED, 1)


def test_nobodys_acts_are_sent_with_somebody_elses_token(site: Site) -> None:
    desk = site.desk("8001")
    desk.act()
    other = Draft("call.offered", "call", EntityId(f"{9:032x}"), {"at": 1})
    desk.store.commit([other], actor="8009")
    desk.run()
    assert set(site.verdicts().values()) == {"ok"} and len(site.verdicts()) == 1
    (reason,) = desk.engine.status.reasons
    assert (reason.code, reason.params) == ("waits_for", {"actor": "8009", "count": 1})
    desk.sign_in("8009")
    desk.run()
    assert len(site.verdicts()) == 2 and desk.engine.status.state is State.SYNCED


def test_what_a_leader_does_waits_until_they_sign_in(site: Site) -> None:
    desk = site.desk("8009", signed_in=False)
    desk.sign_in(token="the seat's", session=False)
    (there,) = desk.act("escalation.raised")
    desk.run(60)
    assert "push" not in desk.net.asked and desk.engine.status.waiting == 1
    assert "waits_for" in reasons(desk)
    desk.sign_in(token="with a PIN")
    desk.run(60)
    assert site.verdicts()[there.id] == "ok"
    assert desk.engine.status.state is State.SYNCED


def test_a_refused_act_no_longer_shows_and_its_text_is_kept(site: Site) -> None:
    desk = site.desk("8001")
    desk.act("call.offered")
    desk.act("call.set", set={"note": "对的"})
    desk.act("call.set", set={"note": "不许写的"}, wrong=True)
    assert desk.store.state("call", EntityId(f"{1:032x}")).value("note") == "不许写的"
    desk.run()
    assert desk.store.state("call", EntityId(f"{1:032x}")).value("note") == "对的"
    (refusal,) = desk.replica.not_accepted()
    assert (refusal.verdict, refusal.reason) == ("forbidden", "not_own")
    assert refusal.body["set"]["note"] == "不许写的"
    assert (desk.engine.status.state, desk.engine.status.not_accepted) == (State.SYNCED, 1)
    assert desk.store.refold() == [] and desk.store.audit() == []


def test_an_id_the_server_knows_with_another_content_blocks_nothing(site: Site) -> None:
    one, clone = site.desk("8001"), site.desk("8001")
    clone.store.install = one.store.install
    events = [one.act("call.offered", n)[0] for n in range(1, 6)]
    body = (b'{"at":7}', bytes.fromhex(events[2].id))
    one.run()
    # The same id with another content, as a tampered copy of the store would have it.
    for event in events:
        clone.act("call.offered", int(event.entity_id, 16))
    ids = [row[0] for row in clone.store.connection.execute("SELECT id FROM event ORDER BY lseq")]
    clone.store.connection.execute(
        "UPDATE event SET id = ?, body = ? WHERE id = ?", (body[1], body[0].decode(), ids[2])
    )
    clone.net.people = {t: w for t, w in one.net.people.items()}
    clone.sign_in()
    clone.run()
    pending = clone.replica.pending()
    assert pending.count == 0
    assert clone.engine.status.not_accepted == 1
    (shown,) = clone.replica.not_accepted()
    assert shown.id == events[2].id and "conflict" in (shown.reason, shown.verdict)


def test_a_batch_the_server_cannot_read_is_narrowed_down_to_what_is_wrong(site: Site) -> None:
    from tests.unit.sync.conftest import refused

    desk = site.desk("8001")
    desk.run(3)
    events = [desk.act("call.offered", n)[0] for n in range(1, 9)]
    bad, real = events[4].id, desk.net.push

    def push(token: str, msg: Push) -> Pushed:
        if any(event.id == bad for event in msg.events):
            raise refused(400, "bad_request", "events[4].actor")
        return real(token, msg)

    desk.net.push = push  # type: ignore[method-assign]
    desk.run()
    assert set(site.verdicts()) == {event.id for event in events} - {bad}
    assert desk.replica.pending().aside == {"invalid": 1}
    assert [each.id for each in desk.replica.not_accepted()] == [bad]
    assert reasons(desk) == ["set_aside"]


def test_an_event_the_server_does_not_know_yet_is_sent_again_later(site: Site) -> None:
    desk = site.desk("8001")
    (new,) = desk.act("call.offered", 1)
    desk.act("call.offered", 2)
    real, old = desk.net.push, True

    def push(token: str, msg: Push) -> Pushed:
        if not old:
            return real(token, msg)
        rest = [event for event in msg.events if event.id != new.id]
        answer = real(token, Push(msg.client_now, rest))
        return Pushed(answer.server_time, answer.received, [Retry(new.id, "unknown_kind")])

    desk.net.push = push  # type: ignore[method-assign]
    desk.run(600)
    assert len(site.verdicts()) == 1 and desk.engine.status.waiting == 1
    assert "unknown_kind" in reasons(desk)
    assert desk.net.asked.count("push") < 30
    old = False
    desk.run(600)
    assert len(site.verdicts()) == 2 and desk.engine.status.state is State.SYNCED


def test_what_lands_where_this_seat_may_not_read_waits_no_longer(site: Site) -> None:
    one, two = site.desk("8001"), site.desk("8002")
    one.act("call.offered", 1)
    one.run()
    two.sign_in(team="B", token="moved")
    two.act("call.set", 1, set={"note": "调到乙组之前写的"})
    two.run(10)
    assert len(site.verdicts()) == 2
    assert two.engine.status.waiting == 0 and reasons(two) == ["elsewhere"]
    assert two.engine.status.not_accepted == 0
    # It is offered again at the next beginning, in case the server has forgotten it.
    site.service.close()
    site.service = site.new_service(1)
    two.engine.hurry()
    two.run(10)
    assert len(site.verdicts()) == 1


def test_another_sites_server_is_refused_and_everything_is_kept(site: Site) -> None:
    desk = site.desk("8001")
    desk.act()
    desk.run()
    ours = site.service.site
    site.service.close()
    site.service = site.new_service(99)
    desk.act("call.answered")
    desk.engine.hurry()
    desk.run(600)
    assert (desk.engine.status.state, reasons(desk)) == (State.REFUSED, ["wrong_site"])
    assert site.verdicts() == {} and desk.replica.site() == ours
    assert desk.engine.status.waiting == 1


def test_a_server_that_forgot_is_told_again(site: Site) -> None:
    one, two = site.desk("8001"), site.desk("8002")
    events = [one.act("call.offered", n)[0].id for n in range(1, 30)]
    events += [two.act("call.offered", n)[0].id for n in range(30, 40)]
    one.run()
    two.run()
    one.run()
    old = site.service
    site.service = site.new_service(1)  # same site, same epoch, and empty
    assert site.service.site == old.site
    old.close()
    one.run(120)
    two.run(120)
    one.run()
    two.run()
    assert set(site.verdicts()) == set(events)
    for desk in (one, two):
        assert desk.engine.status.state is State.SYNCED
        assert desk.store.refold() == [] and desk.store.audit() == []
        assert len(desk.store.connection.execute("SELECT id FROM call").fetchall()) == 39


def test_a_past_that_changes_over_and_over_is_a_loop_that_is_shown(site: Site) -> None:
    desk = site.desk("8001")
    desk.act()
    desk.run()
    pull, epochs = desk.net.pull, iter(range(10_000))

    def fickle(*args: Any) -> Any:
        page = pull(*args)
        return (
            Page(page.scope, str(next(epochs)), page.events, page.cur, page.head)
            if isinstance(page, Page)
            else page
        )

    desk.net.pull = fickle  # type: ignore[method-assign, assignment]
    asked = desk.net.asked.count("common")
    desk.run(300)
    assert desk.net.asked.count("common") - asked <= 2 * RESETS
    assert desk.engine.status.state is State.RESET and "loop" in reasons(desk)
    assert len(desk.store.connection.execute("SELECT id FROM event").fetchall()) == 1


def test_a_lost_scope_is_forgotten_and_a_gained_one_read(site: Site) -> None:
    one, two = site.desk("8001"), site.desk("8002")
    one.act("call.offered", 1)
    one.run()
    two.run()
    assert two.store.state("call", EntityId(f"{1:032x}")).items
    two.sign_in(team="B")
    mine = two.act("call.offered", 2)
    two.run()
    assert not two.store.state("call", EntityId(f"{1:032x}")).items
    assert set(two.replica.cursors()) == {"seat:s8002", "team:B"}
    assert two.store.events_of("call", EntityId(f"{2:032x}")) != []
    assert two.store.refold() == [] and mine[0].id in site.verdicts()


def test_an_act_goes_at_once_and_quick_ones_go_together(site: Site) -> None:
    desk = site.desk("8001")
    desk.engine = desk.new_engine(Pace())
    desk.run(5)
    for number in range(1, 21):  # ten acts a second
        desk.act("call.offered", number)
        site.pass_(0.1)
        for _ in range(6):
            desk.engine.step()
        assert number > 1 or len(site.verdicts()) == 1
    desk.run(3)
    assert len(site.verdicts()) == 20 and desk.net.asked.count("push") <= 4


def test_a_busy_server_is_left_alone_as_long_as_it_asks(site: Site) -> None:
    from tests.unit.sync.conftest import refused

    desk = site.desk("8001")
    desk.run(3)
    desk.act()
    desk.net.fail = lambda name: refused(503, "busy", "", 40) if name == "push" else None
    began = site.ms
    desk.run(39)
    assert desk.net.asked.count("push") == 1 and "busy" in reasons(desk)
    desk.net.fail = network()
    desk.run(60)
    assert site.ms - began >= 40_000 and desk.engine.status.state is State.SYNCED


def test_nonsense_from_a_server_stops_one_scope_only(site: Site) -> None:
    one, two = site.desk("8001"), site.desk("8002")
    one.act()
    one.run()
    pull = two.net.pull

    def nonsense(*args: Any) -> Any:
        page = pull(*args)
        if isinstance(page, Page) and page.scope == TEAM:
            return Page(page.scope, page.epoch, page.events * 2, page.cur, page.head)
        return page

    two.net.pull = nonsense  # type: ignore[method-assign, assignment]
    two.act("call.offered", 2)
    two.run(120)
    assert "garbage" in reasons(two) and len(site.verdicts()) == 2
    assert not two.replica.cursors()[TEAM].cursor.seq and "seat:s8002" in two.replica.cursors()
    two.net.pull = pull  # type: ignore[method-assign]
    two.run(70)
    assert two.engine.status.state is State.SYNCED


def test_a_protocol_nobody_here_speaks_is_said_and_asked_for_seldom(site: Site) -> None:
    from tests.unit.sync.conftest import refused

    desk = site.desk("8001")
    desk.net.fail = lambda name: refused(426, "unsupported") if name == "hello" else None
    desk.run(600)
    assert (desk.engine.status.state, reasons(desk)) == (State.REFUSED, ["unsupported"])
    assert desk.net.asked.count("hello") <= 4


def test_a_day_offline_is_sent_in_the_order_it_was_written(site: Site) -> None:
    desk = site.desk("8001")
    written = [desk.act("call.offered", n)[0].id for n in range(1, 1203)]
    desk.run(120)
    assert list(site.verdicts()) == written
    assert desk.engine.status.state is State.SYNCED
    assert desk.store.audit() == [] and desk.store.refold() == []
