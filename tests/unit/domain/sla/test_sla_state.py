"""How a clock stands, when it warns, and the sum behind it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from agentdesk.domain.sla import Calendar
from agentdesk.domain.sla.alarms import Alarm, alarms, roll_up
from agentdesk.domain.sla.clocks import Band, Binding, Choice, Clock
from agentdesk.domain.sla.state import (
    ClockState,
    History,
    Level,
    Pause,
    State,
    plan,
    state,
    states,
)
from agentdesk.domain.sla.sums import SegmentKind, explain, sum_line
from agentdesk.domain.sla.target import NO_TARGET, Target, lasting
from agentdesk.domain.title import Title
from agentdesk.errors import SlaError
from agentdesk.strings import Strings

OFFICE = Calendar.from_dict(
    {
        "timezone": "Asia/Shanghai",
        "hours": {
            day: [["09:00", "12:00"], ["13:30", "18:00"]]
            for day in ("mon", "tue", "wed", "thu", "fri")
        },
        "holidays": ["2026-04-06"],
    }
)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def at(text: str, day: str = "2026-03-10") -> datetime:
    return datetime.fromisoformat(f"{day}T{text}+08:00")


def clock(target: Target | timedelta = 2 * HOUR, **more: object) -> Clock:
    given: dict[str, object] = {
        "id": "resolve",
        "rule": "T0-1.3-resolve-2h",
        "title": Title("两小时解决", "Resolved in two hours"),
        "start": "ticket_created",
        "stop": "resolved",
        "target": lasting(target) if isinstance(target, timedelta) else target,
        "calendar": OFFICE,
        "every_hour": Calendar.round_the_clock("Asia/Shanghai"),
        "pauses": ("waiting_customer",),
        **more,
    }
    return Clock(**given)  # type: ignore[arg-type]


def history(*marks: tuple[str, str], pauses: tuple[tuple[str, str | None], ...] = ()) -> History:
    return History(
        tuple((name, at(when)) for name, when in marks),
        tuple(
            Pause(at(begin), at(end) if end else None, "waiting_customer") for begin, end in pauses
        ),
    )


CREATED = ("ticket_created", "09:00")


def stand(now: str, past: History, one: Clock | None = None) -> ClockState:
    return state(plan(one or clock(), past), at(now))


def test_from_created_to_late() -> None:
    past = history(CREATED)
    fine = stand("09:30", past)
    assert (fine.state, fine.level, fine.remaining) == (State.RUNNING, Level.OK, 1.5 * HOUR)
    assert (fine.due, fine.elapsed, fine.next_change) == (at("11:00"), HOUR / 2, at("10:36"))
    warned = stand("10:36", past)
    assert (warned.level, warned.band) == (Level.WARN, "warn")
    last = stand("11:00", past)
    assert (last.state, last.level, last.missed_at) == (State.RUNNING, Level.WARN, None)
    assert last.next_change == at("11:00:00.000001")
    late = stand("11:00:00.000001", past)
    assert (late.state, late.level, late.missed_at) == (State.BREACHED, Level.LATE, at("11:00"))
    assert late.next_change is None
    assert stand("12:30", past).remaining == -HOUR


def test_before_it_starts_and_without_a_target_there_is_nothing() -> None:
    assert stand("09:00", history()).state is State.NONE
    none = stand("10:00", history(CREATED), clock(NO_TARGET))
    assert (none.state, none.due, none.remaining, none.elapsed) == (State.NONE, None, None, HOUR)


def test_done_in_time_and_done_late() -> None:
    met = stand("17:00", history(CREATED, ("resolved", "11:00")))
    assert (met.state, met.level, met.stopped_at) == (State.MET, Level.OK, at("11:00"))
    late = stand("17:00", history(CREATED, ("resolved", "11:01")))
    assert (late.state, late.missed_at, late.elapsed) == (State.BREACHED, at("11:00"), 121 * MINUTE)
    # Told about it before it happened, the clock still runs.
    assert stand("10:00", history(CREATED, ("resolved", "11:00"))).state is State.RUNNING


def test_an_open_pause_freezes_what_is_left() -> None:
    past = history(CREATED, pauses=(("09:20", None),))
    for now in ("09:20", "11:30", "17:59"):
        paused = stand(now, past)
        assert (paused.state, paused.due, paused.remaining) == (State.PAUSED, None, 100 * MINUTE)
        assert paused.next_change is None
    assert stand("09:19", past).state is State.RUNNING


def test_a_pause_after_the_miss_changes_nothing() -> None:
    past = history(CREATED, pauses=(("11:30", None),))
    late = stand("16:00", past)
    assert (late.state, late.due, late.missed_at) == (State.BREACHED, at("11:00"), at("11:00"))
    assert late.remaining == -HOUR / 2


def test_pauses_of_other_reasons_do_not_count() -> None:
    past = History((("ticket_created", at("09:00")),), (Pause(at("09:10"), None, "lunch"),))
    assert stand("10:00", past).due == at("11:00")


def test_what_was_finished_and_reopened_was_paused_between() -> None:
    past = history(CREATED, ("resolved", "09:30"), ("reopened", "11:30"), ("resolved", "14:30"))
    done = stand("17:00", past)
    assert (done.state, done.due, done.elapsed) == (State.MET, at("14:30"), 2 * HOUR)
    again = stand("11:45", history(CREATED, ("resolved", "09:30"), ("reopened", "11:30")))
    assert (again.state, again.remaining) == (State.RUNNING, 75 * MINUTE)
    answered = clock(stop="first_response")
    past = history(CREATED, ("first_response", "09:30"), ("reopened", "11:30"))
    assert stand("17:00", past, answered).state is State.MET


def test_an_answer_before_the_ticket_is_an_answer_at_once() -> None:
    past = history(CREATED, ("first_response", "08:50"))
    met = stand("10:00", past, clock(stop="first_response"))
    assert (met.state, met.elapsed) == (State.MET, timedelta(0))


def test_a_new_priority_keeps_the_start_and_all_pauses() -> None:
    past = history(CREATED, pauses=(("09:10", "09:40"), ("09:50", "10:00")))
    before, after = clock(4 * HOUR, id="normal"), clock(HOUR, id="urgent")
    assert stand("10:30", past, before).due == at("15:10")
    urgent = stand("10:30", past, after)
    assert (urgent.start, urgent.due, urgent.elapsed) == (at("09:00"), at("10:40"), 50 * MINUTE)


def test_a_recorded_miss_stays_and_is_marked_as_disputed() -> None:
    past = history(CREATED, pauses=(("09:00", "10:30"),))  # came in late by sync
    kept = state(plan(clock(), past, missed=at("11:00")), at("11:30"))
    assert (kept.state, kept.missed_at, kept.disputed) == (State.BREACHED, at("11:00"), True)
    plain = state(plan(clock(), past), at("11:30"))
    assert (plain.state, plain.disputed) == (State.RUNNING, False)
    sure = state(plan(clock(), history(CREATED), missed=at("10:59")), at("11:30"))
    assert (sure.missed_at, sure.disputed) == (at("10:59"), False)


def test_bands_by_share_and_by_what_is_left() -> None:
    bands = (Band("last", left=10 * MINUTE), Band("half", share=50), Band("all", left=3 * HOUR))
    one = clock(bands=bands)
    past = history(CREATED)
    assert [stand(now, past, one).band for now in ("09:00", "10:00", "10:50")] == [
        "all",
        "half",
        "last",
    ]
    assert stand("09:00", past, one).next_change == at("10:00")


def test_at_least_is_reached_or_too_short() -> None:
    wait = clock(timedelta(seconds=5), binding=Binding.THRESHOLD, stop="agent_hangup")
    past = history(CREATED)
    assert stand("09:00:04.9", past, wait).state is State.RUNNING
    assert stand("09:00:04.9", past, wait).next_change == at("09:00:05")
    assert stand("09:00:05", past, wait).state is State.REACHED
    assert stand("09:00:05", past, wait).level is Level.NONE
    hasty = history(CREATED, ("agent_hangup", "09:00:04"))
    assert stand("09:10", hasty, wait).state is State.SHORT


def test_answering_before_the_second_ring_is_early() -> None:
    rings = clock(replace(lasting(timedelta(seconds=15)), least=timedelta(seconds=5)))
    assert stand("09:10", history(CREATED, ("resolved", "09:00:04")), rings).early
    assert not stand("09:10", history(CREATED, ("resolved", "09:00:06")), rings).early


def test_many_at_once_are_the_same_one_by_one() -> None:
    pasts = [
        history(("ticket_created", f"{hour:02}:{minute:02}"), pauses=pauses)
        for hour in (9, 11, 13)
        for minute in (0, 17)
        for pauses in ((), (("11:10", "11:40"),), (("11:30", "14:00"),), (("13:40", None),))
    ]
    plans = [plan(clock(), past) for past in pasts]
    for now in ("08:00", "11:20", "13:50", "17:00"):
        assert states(plans, at(now)) == [state(one, at(now)) for one in plans]


def test_an_instant_without_a_zone_is_named() -> None:
    naive = datetime(2026, 3, 10, 9)
    for past, field in (
        (History((("ticket_created", naive),)), "ticket_created"),
        (History((), (Pause(naive, None, "waiting_customer"),)), "pause.start"),
    ):
        with pytest.raises(SlaError) as caught:
            plan(clock(), past)
        assert caught.value.params["field"] == field


def test_one_alarm_for_an_item_a_target_and_a_band() -> None:
    past = history(CREATED)
    given: set[tuple[str, str, str]] = set()
    heard = []
    for now in ("09:30", "10:36", "10:40", "11:01", "11:02", "17:00"):
        new = alarms([("工单-1", stand(now, past))], given)
        given |= {alarm.key for alarm in new}
        heard += [(now, alarm.band) for alarm in new]
    assert heard == [("10:36", "warn"), ("11:01", "late")]


def test_no_alarm_for_what_is_done_or_paused() -> None:
    done = stand("17:00", history(CREATED, ("resolved", "11:01")))
    held = stand("17:00", history(CREATED, pauses=(("10:50", None),)))
    assert (held.level, held.state) == (Level.WARN, State.PAUSED)
    assert alarms([("1", done), ("2", held)], ()) == []


def test_a_leader_gets_one_roll_up() -> None:
    late = [Alarm(str(number), "resolve", "late") for number in range(3)]
    warned = [Alarm(str(number), "dispatch", "warn") for number in range(500)]
    assert roll_up([*warned, *late]) == (("resolve", "late", 3), ("dispatch", "warn", 500))


def test_the_sum_adds_up_in_words() -> None:
    past = history(("ticket_created", "11:30"), pauses=(("11:40", "11:52"),))
    found = explain(Choice(clock(HOUR), ()), past, at("11:45"))
    assert found is not None
    assert sum_line(found, Strings("zh-CN")) == (
        "2026-03-10 11:30 + 60 分 + 暂停 12 分 + 午休 90 分 = 14:12"
    )
    assert sum_line(found, Strings("en")) == (
        "2026-03-10 11:30 + 60 min + paused 12 min + lunch 90 min = 14:12"
    )
    assert (found.worked, found.paused) == (HOUR, 12 * MINUTE)
    kinds = [segment.kind.value for segment in found.segments]
    assert kinds == ["work", "pause", "work", "break", "work"]


def test_the_sum_names_nights_weekends_and_holidays() -> None:
    start = History((("ticket_created", at("17:30", "2026-04-02")),))
    found = explain(Choice(clock(10 * HOUR), ()), start, at("09:00"))
    assert found is not None
    assert [(part.kind, part.length) for part in found.segments] == [
        (SegmentKind.WORK, HOUR / 2),
        (SegmentKind.NIGHT, 15 * HOUR),
        (SegmentKind.WORK, 3 * HOUR),
        (SegmentKind.BREAK, 1.5 * HOUR),
        (SegmentKind.WORK, 4.5 * HOUR),
        (SegmentKind.HOLIDAY, 87 * HOUR),
        (SegmentKind.WORK, 2 * HOUR),
    ]
    weekend = History((("ticket_created", at("12:00", "2026-03-14")),))
    found = explain(Choice(clock(HOUR), ()), weekend, at("09:00"))
    assert found is not None
    assert [part.kind for part in found.segments] == [SegmentKind.WEEKEND, SegmentKind.WORK]


def test_the_sum_of_a_pause_that_lasts_ends_with_it() -> None:
    past = history(CREATED, pauses=(("09:20", None),))
    found = explain(Choice(clock(), ()), past, at("16:00"))
    assert found is not None
    assert found.due is None
    assert sum_line(found, Strings()).endswith("= 暂停中，无到期时间")
    assert explain(Choice(clock(), ()), history(), at("16:00")) is None
