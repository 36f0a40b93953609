"""Meters, clocks and gaps: what the standard wants, counted and timed."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from agentdesk.domain.call import commands as c
from agentdesk.domain.call.decide import Context, decide
from agentdesk.domain.call.gaps import category_gaps, gaps
from agentdesk.domain.call.meters import Meter, meters
from agentdesk.domain.call.timers import Level, Timer, answered_late, long_hold, timers
from agentdesk.domain.moments import from_ms, to_ms
from agentdesk.domain.pack import CallClock, Title

if TYPE_CHECKING:
    from tests.unit.domain.call.conftest import Seat

MS = timedelta(milliseconds=1)


def meter(seat: Seat, name: str, *, banned: int = 0, ni: int = 0) -> Meter:
    found = meters(seat.call, seat.pack, banned=banned, ni=ni)
    return next(item for item in found if item.requirement.id == name)


def shown(item: Meter) -> tuple[int, int, bool]:
    return item.value, item.target, item.done


# ------------------------------------------------------------------------------ meters


def test_the_three_voices_fill_as_their_lines_are_spoken(n2_seat: Seat) -> None:
    seat = n2_seat
    seat.talk()
    names = ("greeting", "acknowledgement", "closing")
    assert [shown(item) for item in meters(seat.call, seat.pack)] == [(0, 1, False)] * 3
    for done, line_id in enumerate(("inbound-greeting", "inquiry", "closing"), 1):
        seat.say(line_id)
        state = [meter(seat, name).done for name in names]
        assert state == [True] * done + [False] * (3 - done)


def test_a_line_spoken_twice_counts_once(seat: Seat) -> None:
    seat.talk()
    seat.say("closing", "closing")
    assert shown(meter(seat, "closing")) == (1, 1, True)


@pytest.mark.parametrize(
    ("name", "field", "counts", "figure"),
    [
        ("name", "names", (1,), (1, 2, False)),
        ("name", "names", (1, 1), (2, 2, True)),
        ("name", "names", (2, 1), (3, 2, True)),
        ("polite", "polite", (2,), (2, 3, False)),
        ("polite", "polite", (2, 0, 1), (3, 3, True)),
    ],
)
def test_names_and_polite_words_add_up_over_the_call(
    seat: Seat, name: str, field: str, counts: tuple[int, ...], figure: tuple[int, int, bool]
) -> None:
    seat.talk()
    for count in counts:
        seat.say("track-query", **{field: count})
    assert shown(meter(seat, name)) == figure


def test_ticks_by_hand_count_and_are_taken_back(seat: Seat) -> None:
    seat.talk()
    seat.say("inbound-greeting", names=1)
    seat.do(c.Tick("name"))
    assert shown(meter(seat, "name")) == (2, 2, True)
    seat.do(c.Tick("name", undo=True))
    assert shown(meter(seat, "name")) == (1, 2, False)
    seat.do(c.Tick("name", undo=True))
    assert shown(meter(seat, "name")) == (1, 2, False), "what a line did is not undone"
    seat.do(c.Tick("name"))
    assert shown(meter(seat, "name")) == (2, 2, True), "too many undos are not owed"
    refused = c.Refused("refused.requirement", {"requirement": "smile"})
    assert seat.ask(c.Tick("smile")) == refused


def test_bans_are_met_until_they_are_broken(seat: Seat) -> None:
    seat.talk()
    for name in ("nin", "banned"):
        assert shown(meter(seat, name)) == (0, 0, True)
        assert meter(seat, name).ban
    assert shown(meter(seat, "nin", ni=2)) == (2, 0, False)
    assert shown(meter(seat, "banned", banned=1)) == (1, 0, False)
    seat.do(c.RecordPhrase("F6-5.1", "不知道", "replaced"))
    assert shown(meter(seat, "banned")) == (0, 0, True)
    seat.do(c.RecordPhrase("F6-5.1", "不知道", "kept", "客户原话"))
    assert shown(meter(seat, "banned", banned=1)) == (2, 0, False)


def test_only_what_the_pack_demands_is_measured(seat: Seat, n2_seat: Seat) -> None:
    for each, count in ((seat, 9), (n2_seat, 3)):
        each.talk()
        assert len(meters(each.call, each.pack)) == count


# ------------------------------------------------------------------------------ clocks


def clock(seat: Seat, name: str) -> Timer:
    return next(item for item in timers(seat.call, seat.pack, seat.now) if item.clock.id == name)


RING = [
    (0, Level.RUNNING),
    (9.999, Level.RUNNING),
    (10, Level.WARN),
    (14.999, Level.WARN),
    (15, Level.OVER),
    (15.001, Level.OVER),
]


@pytest.mark.parametrize(("seconds", "level"), RING)
def test_the_ring_clock_to_the_millisecond(seat: Seat, seconds: float, level: Level) -> None:
    seat.ring()
    seat.after(seconds)
    ring = clock(seat, "ring")
    assert (ring.level, ring.late) == (level, level is Level.OVER)
    assert ring.remaining == timedelta(seconds=15 - seconds)


@pytest.mark.parametrize(("seconds", "late"), [(14.999, False), (15, True), (15.001, True)])
def test_an_answer_is_late_for_clock_and_greeting_alike(
    seat: Seat, seconds: float, late: bool
) -> None:
    seat.talk(after=seconds)
    seat.after(300)
    ring = clock(seat, "ring")
    assert (ring.level, ring.late) == (Level.DONE, late)
    assert ring.elapsed == timedelta(seconds=seconds)
    assert answered_late(seat.call, seat.pack) is late


def test_an_outgoing_call_does_not_ring_here(seat: Seat) -> None:
    seat.talk(after=40, direction="outbound")
    assert clock(seat, "ring").level is Level.IDLE
    assert not answered_late(seat.call, seat.pack)


@pytest.mark.parametrize(
    ("seconds", "level"),
    [
        (89.999, Level.RUNNING),
        (90, Level.WARN),
        (119.999, Level.WARN),
        (120, Level.OVER),
        (120.001, Level.OVER),
    ],
)
def test_the_hold_clock_to_the_millisecond(seat: Seat, seconds: float, level: Level) -> None:
    seat.talk()
    assert clock(seat, "hold").level is Level.IDLE
    seat.do(c.Hold("客户同意"))
    seat.after(seconds)
    assert clock(seat, "hold").level is level
    seat.do(c.Resume())
    seat.after(60)
    over = level is Level.OVER
    hold = clock(seat, "hold")
    assert (hold.level, hold.late, hold.elapsed) == (Level.DONE, over, timedelta(seconds=seconds))
    assert long_hold(seat.call, seat.pack) is over


def test_a_second_hold_has_a_clock_of_its_own(seat: Seat) -> None:
    seat.talk()
    for seconds in (150, 20):
        seat.do(c.Hold("客户同意"))
        assert clock(seat, "hold").elapsed == timedelta()
        seat.after(seconds)
        seat.do(c.Resume())
    assert seat.call.held_total == timedelta(seconds=170)
    assert not long_hold(seat.call, seat.pack)


@pytest.mark.parametrize(("wait", "level"), [(4.999, Level.RUNNING), (5, Level.OVER)])
def test_the_silence_clock_stops_with_a_word(seat: Seat, wait: float, level: Level) -> None:
    seat.talk()
    assert clock(seat, "silence").level is Level.IDLE
    seat.do(c.Silent())
    seat.after(wait)
    assert clock(seat, "silence").level is level
    seat.say("apology")
    assert clock(seat, "silence").level is Level.IDLE


def test_talk_and_wrap_up_clocks_where_a_pack_has_them(seat: Seat) -> None:
    title = Title("通话", "Talk")
    clocks = tuple(CallClock(name, "X-1", title, 60, 40) for name in ("talk", "wrap_up", "promise"))
    seat.pack = replace(seat.pack, clocks=clocks)
    seat.ring()
    seat.after(5)
    assert [item.level for item in timers(seat.call, seat.pack, seat.now)] == [Level.IDLE] * 2
    seat.do(c.Answer())
    seat.after(60)
    assert clock(seat, "talk").level is Level.OVER
    seat.do(c.End("customer"))
    seat.after(59.999)
    assert (clock(seat, "talk").level, clock(seat, "talk").late) == (Level.DONE, True)
    assert (clock(seat, "wrap_up").level, clock(seat, "wrap_up").late) == (Level.WARN, False)
    seat.do(c.Close("informed"))
    seat.after(600)
    assert clock(seat, "wrap_up").elapsed == timedelta(seconds=59.999)


def test_a_missed_call_has_no_wrap_up(seat: Seat) -> None:
    title = Title("整理", "Wrap-up")
    seat.pack = replace(seat.pack, clocks=(CallClock("wrap_up", "X-1", title, 60, 40),))
    seat.ring()
    seat.do(c.Miss())
    seat.after(100)
    assert clock(seat, "wrap_up").level is Level.IDLE


def test_a_clock_that_was_set_back_shows_no_negative_time(seat: Seat) -> None:
    seat.talk()
    seat.do(c.Hold("客户同意"))
    seat.after(-30)
    assert clock(seat, "hold").elapsed == timedelta()
    seat.do(c.Resume())
    assert seat.call.held_total == timedelta()


def test_instants_keep_every_millisecond(seat: Seat) -> None:
    """Counting in floats loses one now and then."""
    for _ in range(3000):
        seat.now += 1001 * MS
        assert from_ms(to_ms(seat.now)) == seat.now
    with pytest.raises(ValueError, match="zone"):
        to_ms(seat.now.replace(tzinfo=None))


# -------------------------------------------------------------------------------- gaps


CATEGORIES = [
    ("tracking", ("waybill",)),
    ("inquiry", ("content",)),
    ("stopped", ("waybill", "phone")),
    ("damage", ("waybill", "content")),
    ("lost", ("waybill", "phone", "value_proof", "id_copy", "waybill_copy")),
    ("complaint", ("content", "phone")),
]


@pytest.mark.parametrize(("category", "wanted"), CATEGORIES)
def test_each_category_wants_its_own_fields(
    seat: Seat, category: str, wanted: tuple[str, ...]
) -> None:
    seat.talk(number="")
    seat.do(c.SetFields({"category": category, "branch": "城南网点"}))
    assert category_gaps(seat.call, seat.pack) == wanted
    assert gaps(seat.call, seat.pack) == (*wanted, "disposition")
    seat.do(c.SetFields({wanted[0]: "SL2026"}))
    assert category_gaps(seat.call, seat.pack) == wanted[1:]
    seat.do(c.SetFields({wanted[0]: " \n"}))
    assert category_gaps(seat.call, seat.pack) == wanted, "blanks fill nothing"


@pytest.mark.parametrize("category", ["", "repair"])
def test_without_a_category_that_is_the_gap(seat: Seat, category: str) -> None:
    seat.talk()
    seat.do(c.SetFields({"category": category}))
    assert gaps(seat.call, seat.pack, "resolved") == ("category",)
    assert gaps(seat.call, replace(seat.pack, categories=()), "resolved") == ()


def test_the_callers_number_is_the_contact_number_until_another_is_given(seat: Seat) -> None:
    seat.served("complaint", content="送错了")
    stored = [event.body for event in seat.mine() if "phone" in event.body.get("set", ())]
    assert [body["from"] for body in stored] == [{"phone": "number"}]
    assert seat.call.values["phone"] == seat.call.number
    assert category_gaps(seat.call, seat.pack) == ()
    assert seat.ask(c.SetFields({"phone": ""})) == (), "an empty field is the caller's number"
    seat.do(c.SetFields({"phone": "13900139000"}))
    assert "from" not in seat.mine()[-1].body
    seat.do(c.SetFields({"phone": ""}))
    assert seat.call.values["phone"] == seat.call.number
    assert seat.mine()[-1].body["from"] == {"phone": "number"}


def test_what_a_closed_record_rests_on_stands_in_it(seat: Seat) -> None:
    """Versions before kept the number of a call, and no contact number."""
    seat.served("complaint", number="", content="送错了")
    call = replace(seat.call, number="13800138000")
    close = c.Close("complaint_logged", "客户着急")
    drafts = decide(call, close, Context(seat.now, seat.pack, seat.new_id))
    assert isinstance(drafts, tuple)
    kinds = [draft.kind for draft in drafts]
    assert kinds == ["call.guarded", "call.set", "call.closed"]
    assert drafts[1].body["set"] == {"phone": "13800138000"} and not drafts[2].body["missing"]


def test_a_call_closed_with_gaps_is_on_the_list_until_they_are_filled(seat: Seat) -> None:
    seat.served("complaint", number="", content="送错了")
    seat.do(c.Close("complaint_logged"))
    assert seat.call.closing_gaps == seat.call.gaps == ("phone",)
    seat.do(c.SetFields({"phone": "  "}))
    assert seat.call.gaps == ("phone",), "blanks fill nothing"
    seat.do(c.SetFields({"phone": "13800138000"}))
    call = seat.call
    assert not call.gaps
    assert call.closing_gaps == ("phone",)
    seat.do(c.SetFields({"phone": ""}))
    assert seat.call.gaps == ("phone",), "emptied again it is missing again"


def test_a_disposition_left_out_may_be_given_later(seat: Seat) -> None:
    seat.served(waybill="SL2026")
    refused = c.Refused("refused.disposition", {"disposition": "whatever"})
    assert seat.ask(c.Close("whatever")) == refused
    seat.do(c.Close(""))
    assert (seat.call.gaps, seat.call.disposition) == (("disposition",), "")
    seat.do(c.SetFields({"disposition": "informed"}))
    assert (seat.call.gaps, seat.call.disposition) == ((), "informed")
