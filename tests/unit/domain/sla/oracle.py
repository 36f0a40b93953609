"""Two calculators made differently from the engine, to compare it with.

:class:`Sweep` collects every instant at which anything changes (an opening, a closing, a pause)
and walks over them with ``datetime`` objects. :func:`walk` goes minute by minute and asks the
wall clock each time; it works for times on whole minutes in zones that never change.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from heapq import merge
from random import Random
from zoneinfo import ZoneInfo

Spec = Mapping[str, object]
Pauses = Sequence[tuple[datetime, datetime | None]]

Change = tuple[datetime, int, int]
"""When, and by how much the number of open hours and of pauses changes."""

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC")
NEVER = datetime(9000, 1, 1, tzinfo=UTC)


def _hours(spec: Spec, day: date) -> list[tuple[timedelta, timedelta]]:
    extra = spec["extra_workdays"]
    holidays = spec["holidays"]
    week = spec["hours"]
    assert isinstance(extra, dict) and isinstance(holidays, list) and isinstance(week, dict)
    name = day.isoformat()
    rows = extra[name] if name in extra else [] if name in holidays else week[DAYS[day.weekday()]]
    return [(_wall(opens), _wall(closes)) for opens, closes in rows]


def _wall(text: str) -> timedelta:
    hours, minutes = text.split(":")
    return timedelta(hours=int(hours), minutes=int(minutes))


def _local(spec: Spec, day: date, wall: timedelta) -> datetime:
    """A wall time as UTC; what does not exist moves forward, what is double is the first."""
    naive = datetime(day.year, day.month, day.day) + wall
    return naive.replace(tzinfo=ZoneInfo(str(spec["timezone"])), fold=0).astimezone(UTC)


class Sweep:
    """A calendar's openings and closings of 2026 and a month around it, in order."""

    def __init__(self, spec: Spec) -> None:
        changes: list[Change] = []
        for offset in range(-31, 365 + 60):
            day = date(2026, 1, 1) + timedelta(days=offset)
            for opens, closes in _hours(spec, day):
                begin, end = _local(spec, day, opens), _local(spec, day, closes)
                if begin < end:
                    changes += [(begin, 1, 0), (end, -1, 0)]
        self._changes = sorted(changes)

    def due(self, start: datetime, target: timedelta, pauses: Pauses) -> datetime | None:
        """The due time, if it is within the year."""
        if not target:
            return None
        held_changes: list[Change] = []
        for paused, resumed in pauses:
            if resumed is None or paused < resumed:
                held_changes += [(paused, 0, 1), (resumed or NEVER, 0, -1)]
        open_, held, done = 0, 0, timedelta(0)
        before = datetime(1, 1, 1, tzinfo=UTC)
        for at, opening, holding in merge(self._changes, sorted(held_changes)):
            begin = max(before, start)
            if open_ and not held and at > begin:
                if done + (at - begin) >= target:
                    return begin + (target - done)
                done += at - begin
            before = at
            open_ += opening
            held += holding
        return None


def walk(spec: Spec, start: datetime, minutes: int, pauses: Pauses, days: int) -> datetime | None:
    """The due time of a whole number of minutes, if it is within ``days`` of the start."""
    zone = ZoneInfo(str(spec["timezone"]))
    minute = timedelta(minutes=1)
    at, left = start, minutes
    while left and at < start + timedelta(days=days):
        local = at.astimezone(zone)
        wall = timedelta(hours=local.hour, minutes=local.minute)
        opened = any(opens <= wall < closes for opens, closes in _hours(spec, local.date()))
        held = any(begin <= at and (end is None or at < end) for begin, end in pauses)
        left -= opened and not held
        at += minute
    return at if minutes and not left else None


def random_spec(random: Random, zones: Sequence[str] = ZONES) -> dict[str, object]:
    """A calendar with odd hours, holidays and make-up days in 2026."""
    first = date(2026, 1, 1)

    def hours() -> list[list[str]]:
        cuts = sorted(random.sample(range(0, 24 * 12 + 1), 2 * random.choice((1, 1, 2, 3))))
        texts = [f"{cut // 12:02}:{cut % 12 * 5:02}" for cut in cuts]
        return [list(pair) for pair in zip(texts[::2], texts[1::2], strict=True)]

    def some_day() -> str:
        return (first + timedelta(days=random.randrange(365))).isoformat()

    week = {day: hours() if random.random() < 0.75 else [] for day in DAYS}
    week[random.choice(DAYS)] = [["00:00", "24:00"]]
    return {
        "timezone": random.choice(zones),
        "hours": week,
        "holidays": [some_day() for _ in range(random.randrange(40))],
        "extra_workdays": {some_day(): hours() for _ in range(random.randrange(10))},
    }


def random_pauses(
    random: Random, start: datetime, unit: timedelta
) -> list[tuple[datetime, datetime | None]]:
    """Pauses that overlap, repeat, are empty or negative, and sometimes one that lasts."""
    found: list[tuple[datetime, datetime | None]] = []
    for _ in range(random.choice((0, 0, 1, 2, 5))):
        begin = start + unit * random.randrange(-1000, 20_000)
        found.append((begin, begin + unit * random.randrange(-10, 5000)))
    if random.random() < 0.1:
        found.append((start + unit * random.randrange(20_000), None))
    random.shuffle(found)
    return found


def random_case(
    random: Random,
) -> tuple[datetime, timedelta, list[tuple[datetime, datetime | None]]]:
    """A start in the first ten months of 2026, a target up to sixty hours, and pauses."""
    start = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(
        microseconds=random.randrange(300 * 86_400 * 10**6)
    )
    target = timedelta(microseconds=random.randrange(60 * 3600 * 10**6))
    unit = timedelta(seconds=17, microseconds=3)
    return start, target, random_pauses(random, start, unit)
