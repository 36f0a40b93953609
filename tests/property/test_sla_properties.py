"""What holds for every calendar, start, target and pause."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentdesk.domain.sla import Calendar, due, elapsed
from agentdesk.domain.sla.clocks import Choice, Clock
from agentdesk.domain.sla.instants import from_us, to_us, union
from agentdesk.domain.sla.reading import DAYS
from agentdesk.domain.sla.state import History, Level, Pause, plan, state
from agentdesk.domain.sla.sums import SegmentKind, explain
from agentdesk.domain.sla.target import Target, due_by, lasting, read_target
from agentdesk.domain.sla.words import read_time
from agentdesk.domain.title import Title
from agentdesk.errors import SlaError

ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/St_Johns", "Africa/Casablanca", "Asia/Gaza")
Pauses = list[tuple[datetime, datetime | None]]


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


@st.composite
def _hours(draw: st.DrawFn) -> list[list[str]]:
    cuts = draw(st.sets(st.integers(0, 1440), max_size=6))
    ends = sorted(cuts)[: len(cuts) // 2 * 2]
    return [[_clock(begin), _clock(end)] for begin, end in zip(ends[::2], ends[1::2], strict=True)]


_DATES = st.dates(datetime(2025, 12, 1).date(), datetime(2027, 2, 1).date())


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    week = {day: draw(_hours()) for day in DAYS}
    week[draw(st.sampled_from(DAYS))] = [["00:00", "24:00"]]
    return Calendar.from_dict(
        {
            "timezone": draw(st.sampled_from(ZONES)),
            "hours": week,
            "holidays": [day.isoformat() for day in draw(st.sets(_DATES, max_size=9))],
            "extra_workdays": {
                day.isoformat(): draw(_hours()) for day in draw(st.sets(_DATES, max_size=4))
            },
        }
    )


instants = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC))
targets = st.timedeltas(timedelta(microseconds=1), timedelta(hours=90))


@st.composite
def pauses(draw: st.DrawFn) -> Pauses:
    spans: Pauses = []
    for _ in range(draw(st.integers(0, 4))):
        begin = draw(instants)
        length = draw(st.timedeltas(timedelta(hours=-1), timedelta(days=20)))
        spans.append((begin, begin + length))
    return spans


@given(calendars(), instants, targets, pauses())
def test_elapsed_at_the_due_time_is_the_target_and_never_before(
    calendar: Calendar, start: datetime, target: timedelta, spans: Pauses
) -> None:
    found = due(calendar, start, target, spans)
    assert found is not None
    assert elapsed(calendar, start, found, spans) == target
    before = found - timedelta(microseconds=1)
    assert elapsed(calendar, start, before, spans) == target - timedelta(microseconds=1)


@given(calendars(), instants, targets, pauses(), pauses())
def test_a_pause_never_makes_a_due_time_earlier(
    calendar: Calendar, start: datetime, target: timedelta, some: Pauses, more: Pauses
) -> None:
    first, second = (
        due(calendar, start, target, some),
        due(calendar, start, target, [*more, *some]),
    )
    assert first is not None and second is not None
    assert second >= first
    late = [(first, None)]
    assert due(calendar, start, target, [*some, *late]) == first


@given(calendars(), instants, targets, pauses(), st.data())
def test_splitting_doubling_and_shuffling_pauses_changes_nothing(
    calendar: Calendar, start: datetime, target: timedelta, spans: Pauses, data: st.DataObject
) -> None:
    expected = due(calendar, start, target, spans)
    split: Pauses = []
    for begin, end in spans:
        assert end is not None
        share = data.draw(st.integers(0, 100))
        cut = begin + (end - begin) * share // 100
        split += [(begin, cut), (cut, end), (begin, end)]
    assert due(calendar, start, target, data.draw(st.permutations(split))) == expected


@given(calendars(), instants, targets, targets, pauses())
def test_due_grows_with_the_target(
    calendar: Calendar, start: datetime, one: timedelta, more: timedelta, spans: Pauses
) -> None:
    first = due(calendar, start, one, spans)
    second = due(calendar, start, one + more, spans)
    assert first is not None and second is not None and first < second


@given(calendars(), instants, instants, instants, pauses())
def test_elapsed_adds_up(
    calendar: Calendar, one: datetime, two: datetime, three: datetime, spans: Pauses
) -> None:
    first, middle, last = sorted((one, two, three))
    whole = elapsed(calendar, first, last, spans)
    parts = elapsed(calendar, first, middle, spans) + elapsed(calendar, middle, last, spans)
    assert whole == parts
    assert timedelta(0) <= whole <= last - first


@given(st.lists(st.sampled_from(["[]", "missing", "null"]), min_size=7, max_size=7))
def test_a_calendar_without_working_time_is_refused(days: list[str]) -> None:
    hours: dict[str, object] = {
        day: [] if kind == "[]" else None
        for day, kind in zip(DAYS, days, strict=True)
        if kind != "missing"
    }
    with pytest.raises(SlaError, match=r"sla\.empty"):
        Calendar.from_dict({"timezone": "Asia/Shanghai", "hours": hours})


def _one(calendar: Calendar, target: Target) -> Clock:
    return Clock(
        id="resolve",
        rule="T0-1.3-resolve-2h",
        title=Title("解决", "Resolved"),
        start="ticket_created",
        stop="resolved",
        target=target,
        calendar=calendar,
        every_hour=Calendar.round_the_clock(calendar.timezone),
        pauses=("waiting_customer",),
    )


_KINDS = st.sampled_from(
    ["4h", "90m", "2d", "1mo", "3wd", "same_day", "by 10:00", "by 10:00 +2wd", "0h"]
)


@given(calendars(), _KINDS, instants, pauses(), st.data())
def test_any_order_of_the_same_events_gives_the_same_state(
    calendar: Calendar, kind: str, start: datetime, spans: Pauses, data: st.DataObject
) -> None:
    clock = _one(calendar, read_target(kind))
    names = st.sampled_from(["ticket_created", "resolved", "reopened", "dispatched"])
    marks = [("ticket_created", start), *data.draw(st.lists(st.tuples(names, instants)))]
    held = [Pause(begin, end, "waiting_customer") for begin, end in spans]
    now = data.draw(instants)
    expected = state(plan(clock, History(tuple(marks), tuple(held))), now)
    shuffled = History(
        tuple(data.draw(st.permutations(marks))), tuple(data.draw(st.permutations(held)))
    )
    assert state(plan(clock, shuffled), now) == expected


@given(calendars(), _KINDS, instants, pauses(), instants)
def test_nothing_changes_before_the_next_change(
    calendar: Calendar, kind: str, start: datetime, spans: Pauses, now: datetime
) -> None:
    held = tuple(Pause(begin, end, "waiting_customer") for begin, end in spans)
    planned = plan(_one(calendar, read_target(kind)), History((("ticket_created", start),), held))
    current = state(planned, now)
    change = current.next_change
    if change is None:
        assert current.level in (Level.NONE, Level.LATE)
        return
    assert change > now
    just_before = state(planned, change - timedelta(microseconds=1))
    assert (just_before.level, just_before.band) == (current.level, current.band)
    after = state(planned, change)
    assert (after.level, after.band) != (current.level, current.band)


@given(calendars(), _KINDS, instants, pauses())
def test_the_sum_adds_up_to_the_due_time(
    calendar: Calendar, kind: str, start: datetime, spans: Pauses
) -> None:
    clock = _one(calendar, read_target(kind))
    held = tuple(Pause(begin, end, "waiting_customer") for begin, end in spans)
    past = History((("ticket_created", start),), held)
    shown = explain(Choice(clock, ()), past, start)
    assert shown is not None
    at = shown.start
    for segment in shown.segments:
        assert segment.begin == at
        at = segment.end
    assert at == (shown.due or start)
    assert shown.worked == shown.target
    rest = sum(
        (part.end - part.begin for part in shown.segments if part.kind is not SegmentKind.WORK),
        timedelta(0),
    )
    assert shown.due is None or shown.start + shown.target + rest == shown.due
    assert shown.due == due_by(clock.target, calendar, start, tuple(spans))


@given(st.lists(st.tuples(st.integers(-50, 50), st.integers(-50, 50))))
def test_a_union_covers_the_same_points_once(spans: list[tuple[int, int]]) -> None:
    joined = union(spans)
    covered = {point for begin, end in spans for point in range(begin, end)}
    assert {point for begin, end in joined for point in range(begin, end)} == covered
    assert sum(end - begin for begin, end in joined) == len(covered)


@given(st.datetimes(datetime(1901, 1, 1), datetime(9799, 12, 31), timezones=st.just(UTC)))
def test_instants_survive_being_numbers(moment: datetime) -> None:
    assert from_us(to_us(moment, "x")) == moment


OFFICE = Calendar.from_dict(
    {"timezone": "Asia/Shanghai", "hours": {day: [["09:00", "18:00"]] for day in DAYS[:5]}}
)
_BITS = ["+", "明天", "后天", "下周", "一", "三", "十", "点", "半", "下午", "晚上", "个工作日", ":"]
_BITS += ["10", "30", "9", "月", "日", "2027", "-", "/", " ", "小时后", "m", "h", "٣", "\u202e"]


@settings(max_examples=500)
@given(st.one_of(st.text(max_size=30), st.lists(st.sampled_from(_BITS)).map("".join)), instants)
def test_whatever_is_typed_is_a_time_to_come_or_a_clear_error(text: str, now: datetime) -> None:
    try:
        found = read_time(text, now, OFFICE)
    except SlaError as error:
        assert error.code.startswith("sla.words.")
    else:
        assert found > now


@given(instants, st.datetimes(datetime(2026, 1, 1), datetime(2029, 1, 1)))
def test_a_whole_date_and_time_means_itself(now: datetime, typed: datetime) -> None:
    typed = typed.replace(second=0, microsecond=0)
    local = typed.replace(tzinfo=OFFICE.zone.info)
    for form in ("%Y-%m-%d %H:%M", "%Y年%m月%d日%H:%M", "%Y/%m/%d  %H:%M"):
        if local > now:
            assert read_time(typed.strftime(form), now, OFFICE) == local
        else:
            with pytest.raises(SlaError, match=r"sla\.words\.past"):
                read_time(typed.strftime(form), now, OFFICE)


@given(instants, st.integers(1, 9000))
def test_a_span_is_that_long(now: datetime, minutes: int) -> None:
    hours, rest = divmod(minutes, 60)
    assert read_time(f"+{hours}h{rest}m", now, OFFICE) - now == timedelta(minutes=minutes)
    assert read_time(f"{minutes}分钟后", now, OFFICE) - now == timedelta(minutes=minutes)


@given(st.text(max_size=20))
def test_any_text_is_a_target_or_refused(text: str) -> None:
    try:
        assert isinstance(read_target(text), Target)
    except SlaError as error:
        assert error.params["field"] == "target"


@given(targets, instants)
def test_a_duration_is_what_due_says(target: timedelta, start: datetime) -> None:
    assert due_by(lasting(target), OFFICE, start) == due(OFFICE, start, target)
