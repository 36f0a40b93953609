"""From a mapping to the parts of a calendar; every mistake is named with its field."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from difflib import get_close_matches
from itertools import pairwise

from msgspec import Struct

from agentdesk.domain.sla.instants import DAY, FIRST_YEAR, LAST_YEAR, SECOND
from agentdesk.domain.sla.table import Hours
from agentdesk.errors import SlaError

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""Names of the weekdays in the file format, Monday first."""

KEYS = ("timezone", "hours", "holidays", "extra_workdays", "published", "name")

MOST = 20_000
"""Most dates in one list: fifty years of daily exceptions."""

_CLOCK = re.compile(r"(\d\d):([0-5]\d)(?::([0-5]\d))?", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_LONGEST = 60
_HOURS_FORM = '[["09:00", "18:00"]]'


def brief(value: object) -> str:
    """A value as an error may show it, however large it is."""
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


class Read(Struct, frozen=True):
    """What a mapping says; fields as in :class:`agentdesk.domain.sla.Calendar`."""

    timezone: str
    week: tuple[Hours, ...]
    holidays: tuple[date, ...]
    extra_workdays: tuple[tuple[date, Hours], ...]
    published: tuple[int, ...]
    name: str


def calendar(data: Mapping[str, object]) -> Read:
    """The parts of a calendar.

    Raises:
        SlaError: the first mistake, with ``field``.
    """
    data = _mapping(data, "calendar", "{…}")
    for key in data:
        if key not in KEYS:
            raise _unknown(key, key, KEYS)
    timezone = data.get("timezone")
    if timezone is None:
        raise SlaError("sla.missing", field="timezone", expected="Asia/Shanghai")
    if not isinstance(timezone, str):
        raise SlaError(
            "sla.type", field="timezone", value=brief(timezone), expected="Asia/Shanghai"
        )
    week = _week(data.get("hours", {}))
    extra = _extra(data.get("extra_workdays") or {})
    if not any(week) and not any(hours for _, hours in extra):
        raise SlaError("sla.empty", field="hours")
    name = data.get("name", "")
    if not isinstance(name, str):
        raise SlaError("sla.type", field="name", value=brief(name), expected='"…"')
    holidays = _holidays(data.get("holidays") or [])
    return Read(timezone, week, holidays, extra, _years(data.get("published") or []), name)


def day(value: object, field: str) -> date:
    """A date, given as ``2026-10-01`` or as a date of TOML.

    Raises:
        SlaError: it is none (``sla.date``).
    """
    if isinstance(value, date) and not isinstance(value, datetime):
        found = value
    else:
        try:
            if not isinstance(value, str) or not _DATE.fullmatch(value):
                raise ValueError(value)
            found = date.fromisoformat(value)
        except ValueError as error:
            raise SlaError(
                "sla.date", field=field, value=brief(value), expected="2026-10-01"
            ) from error
    if not FIRST_YEAR < found.year < LAST_YEAR:
        raise SlaError("sla.date", field=field, value=brief(value), expected="2026-10-01")
    return found


def clock(value: object, field: str, *, closing: bool) -> int:
    """Microseconds past midnight of ``09:00`` or ``09:00:30``; ``24:00`` only when closing.

    Raises:
        SlaError: it is no such time (``sla.time``).
    """
    match = _CLOCK.fullmatch(value) if isinstance(value, str) else None
    if match is not None:
        hours, minutes, seconds = (int(part or 0) for part in match.groups())
        wall = (hours * 3600 + minutes * 60 + seconds) * SECOND
        if wall < DAY or (closing and wall == DAY):
            return wall
    raise SlaError("sla.time", field=field, value=brief(value), expected="00:00 … 24:00")


def hours(value: object, field: str) -> Hours:
    """The intervals of a day: in order, joined where they touch.

    Raises:
        SlaError: a time is wrong, an interval ends before it begins (``sla.backwards``) or two
            overlap (``sla.overlap``).
    """
    if not isinstance(value, (list, tuple)):
        raise SlaError("sla.type", field=field, value=brief(value), expected=_HOURS_FORM)
    spans: list[tuple[int, int, str]] = []
    for number, pair in enumerate(value):
        place = f"{field}[{number}]"
        if not isinstance(pair, (list, tuple)) or len(pair) != 2:
            raise SlaError(
                "sla.type", field=place, value=brief(pair), expected='["09:00", "18:00"]'
            )
        opens = clock(pair[0], f"{place}[0]", closing=False)
        closes = clock(pair[1], f"{place}[1]", closing=True)
        if closes <= opens:
            raise SlaError("sla.backwards", field=place, value=f"{pair[0]}–{pair[1]}")
        spans.append((opens, closes, place))
    spans.sort()
    joined: list[tuple[int, int]] = []
    for before, after in pairwise(spans):
        if after[0] < before[1]:
            raise SlaError("sla.overlap", field=after[2], other=before[2])
    for opens, closes, _ in spans:
        if joined and joined[-1][1] == opens:
            joined[-1] = (joined[-1][0], closes)
        else:
            joined.append((opens, closes))
    return tuple(joined)


def _week(value: object) -> tuple[Hours, ...]:
    given = _mapping(value, "hours", '{"mon": [["09:00", "18:00"]], …}')
    for name in given:
        if name not in DAYS:
            raise _unknown(f"hours.{name}", name, DAYS)
    return tuple(hours(given.get(name) or [], f"hours.{name}") for name in DAYS)


def _holidays(value: object) -> tuple[date, ...]:
    if not isinstance(value, (list, tuple)) or len(value) > MOST:
        raise SlaError(
            "sla.type", field="holidays", value=brief(value), expected='["2026-10-01", …]'
        )
    return tuple(sorted({day(item, f"holidays[{at}]") for at, item in enumerate(value)}))


def _extra(value: object) -> tuple[tuple[date, Hours], ...]:
    form = '{"2026-10-10": [["09:00", "18:00"]]}'
    given = _mapping(value, "extra_workdays", form)
    found: dict[date, Hours] = {}
    for key, item in given.items():
        field = f"extra_workdays.{key}"
        found[day(key, field)] = hours(item, field)
    return tuple(sorted(found.items()))


def _years(value: object) -> tuple[int, ...]:
    if not isinstance(value, (list, tuple)) or not all(type(year) is int for year in value):
        raise SlaError("sla.type", field="published", value=brief(value), expected="[2025, 2026]")
    return tuple(sorted(set(value)))


def _mapping(value: object, field: str, form: str) -> Mapping[str, object]:
    if not isinstance(value, Mapping) or len(value) > MOST:
        raise SlaError("sla.type", field=field, value=brief(value), expected=form)
    return value


def _unknown(field: str, key: object, known: tuple[str, ...]) -> SlaError:
    nearest = get_close_matches(str(key), known, n=1)
    return SlaError("sla.unknown", field=field, nearest=nearest[0] if nearest else "")
