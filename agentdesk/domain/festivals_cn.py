"""Days that are public holidays by law in China, apart from the days off around them.

The regulation on public holidays (国务院《全国年节及纪念日放假办法》, as changed from 1 January
2025) names thirteen days: New Year's Day, four days of Spring Festival from its eve, Qingming,
1 and 2 May, Dragon Boat, Mid-Autumn, and 1 to 3 October. Notices say which days around them are
off as well; those are exchanged for weekend days. Lunar dates are computed, not announced:
the table below was made with two independent programs that agree.
"""

from __future__ import annotations

from datetime import date, timedelta

_MonthDay = tuple[int, int]

# Spring Festival, Qingming, Dragon Boat, Mid-Autumn.
_MOVING: dict[int, tuple[_MonthDay, _MonthDay, _MonthDay, _MonthDay]] = {
    2025: ((1, 29), (4, 4), (5, 31), (10, 6)),
    2026: ((2, 17), (4, 5), (6, 19), (9, 25)),
    2027: ((2, 6), (4, 5), (6, 9), (9, 15)),
    2028: ((1, 26), (4, 4), (5, 28), (10, 3)),
    2029: ((2, 13), (4, 4), (6, 16), (9, 22)),
    2030: ((2, 3), (4, 5), (6, 5), (9, 12)),
    2031: ((1, 23), (4, 5), (6, 24), (10, 1)),
    2032: ((2, 11), (4, 4), (6, 12), (9, 19)),
    2033: ((1, 31), (4, 4), (6, 1), (9, 8)),
    2034: ((2, 19), (4, 5), (6, 20), (9, 27)),
    2035: ((2, 8), (4, 5), (6, 10), (9, 16)),
    2036: ((1, 28), (4, 4), (5, 30), (10, 4)),
    2037: ((2, 15), (4, 4), (6, 18), (9, 24)),
    2038: ((2, 4), (4, 5), (6, 7), (9, 13)),
    2039: ((1, 24), (4, 5), (5, 27), (10, 2)),
    2040: ((2, 12), (4, 4), (6, 14), (9, 20)),
    2041: ((2, 1), (4, 4), (6, 3), (9, 10)),
    2042: ((1, 22), (4, 4), (6, 22), (9, 28)),
    2043: ((2, 10), (4, 5), (6, 11), (9, 17)),
    2044: ((1, 30), (4, 4), (5, 31), (10, 5)),
    2045: ((2, 17), (4, 4), (6, 19), (9, 25)),
    2046: ((2, 6), (4, 4), (6, 8), (9, 15)),
    2047: ((1, 26), (4, 5), (5, 29), (10, 4)),
    2048: ((2, 14), (4, 4), (6, 15), (9, 22)),
    2049: ((2, 2), (4, 4), (6, 4), (9, 11)),
    2050: ((1, 23), (4, 4), (6, 23), (9, 30)),
}

_FIXED: tuple[_MonthDay, ...] = ((1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3))


def is_statutory(day: date) -> bool:
    """Whether a date is a public holiday by law; before 2025 and after 2050 fixed dates only."""
    if (day.month, day.day) in _FIXED:
        return True
    moving = _MOVING.get(day.year)
    if moving is None:
        return False
    spring, *others = moving
    eve = date(day.year, *spring) - timedelta(days=1)
    return timedelta(0) <= day - eve < timedelta(days=4) or (day.month, day.day) in others
