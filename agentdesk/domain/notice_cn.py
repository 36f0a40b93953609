"""A year's notice in the ``holiday-cn`` file format: checked, read and written.

::

    {"year": 2027,
     "papers": ["https://www.gov.cn/…"],
     "days": [{"name": "元旦", "date": "2027-01-01", "isOffDay": true}, …]}
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from agentdesk.domain.calendar_cn import Day, Year
from agentdesk.domain.sla import reading
from agentdesk.domain.text import clean
from agentdesk.errors import SlaError

KEYS = ("year", "papers", "days")
_DAY_KEYS = ("name", "date", "isOffDay")

FIRST, LAST = 2000, 2100
"""Years a notice may be of."""

MOST_DAYS = 366
LONGEST_NAME = 40
LONGEST_PAPER = 300


def read_year(data: object) -> Year:
    """The notice in a mapping read from JSON.

    Keys that begin with ``$`` are passed over. A date may lie in the year or in December of
    the year before, where a break at New Year begins.

    Raises:
        SlaError: the first mistake: a key is missing (``sla.missing``) or unknown
            (``sla.unknown``), a value is of another kind (``sla.type``, ``sla.date``), a date
            lies outside the year (``notice.outside``) or stands twice (``notice.twice``), a
            weekend day is declared a make-up day on a weekday (``notice.weekday``), or there are
            no days, since the year is not published yet (``notice.empty``). ``field`` names it.
    """
    if not isinstance(data, Mapping):
        raise SlaError("sla.type", field="file", value=type(data).__name__, expected='{"year": …}')
    for key in data:
        if key not in KEYS and not str(key).startswith("$"):
            raise SlaError("sla.unknown", field=str(key), nearest="")
    for key in ("year", "days"):
        if key not in data:
            raise SlaError("sla.missing", field=key, expected="2027" if key == "year" else "[…]")
    year = data["year"]
    if type(year) is not int or not FIRST <= year <= LAST:
        raise SlaError("sla.type", field="year", value=year, expected=f"{FIRST} … {LAST}")
    papers = _papers(data.get("papers") or [])
    rows = data["days"]
    if not isinstance(rows, list) or len(rows) > MOST_DAYS:
        raise SlaError("sla.type", field="days", value=type(rows).__name__, expected="[…]")
    if not rows:
        raise SlaError("notice.empty", field="days", year=year)
    days: dict[date, Day] = {}
    for at, row in enumerate(rows):
        day = _day(row, f"days[{at}]", year)
        if day.date in days:
            raise SlaError("notice.twice", field=f"days[{at}].date", value=day.date.isoformat())
        days[day.date] = day
    return Year(year, papers, tuple(day for _, day in sorted(days.items())))


def show_year(year: Year) -> dict[str, object]:
    """The mapping :func:`read_year` reads."""
    return {
        "year": year.year,
        "papers": list(year.papers),
        "days": [
            {"name": day.name, "date": day.date.isoformat(), "isOffDay": day.is_off_day}
            for day in year.days
        ],
    }


def _papers(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(paper, str) for paper in value):
        raise SlaError(
            "sla.type", field="papers", value=reading.brief(value), expected='["https://…"]'
        )
    return tuple(clean(paper)[:LONGEST_PAPER] for paper in value)


def _day(row: object, field: str, year: int) -> Day:
    if not isinstance(row, Mapping):
        form = '{"name": …, "date": …, "isOffDay": …}'
        raise SlaError("sla.type", field=field, value=reading.brief(row), expected=form)
    for key in row:
        if key not in _DAY_KEYS:
            raise SlaError("sla.unknown", field=f"{field}.{key}", nearest="")
    for key in _DAY_KEYS:
        if key not in row:
            raise SlaError("sla.missing", field=f"{field}.{key}", expected="…")
    name, off = row["name"], row["isOffDay"]
    if not isinstance(name, str) or not clean(name).strip() or len(name) > LONGEST_NAME:
        raise SlaError(
            "sla.type", field=f"{field}.name", value=reading.brief(name), expected='"元旦"'
        )
    if type(off) is not bool:
        raise SlaError(
            "sla.type", field=f"{field}.isOffDay", value=reading.brief(off), expected="true / false"
        )
    day = reading.day(row["date"], f"{field}.date")
    if day.year != year and (day.year, day.month) != (year - 1, 12):
        raise SlaError("notice.outside", field=f"{field}.date", value=day.isoformat(), year=year)
    if not off and day.weekday() < 5:
        raise SlaError("notice.weekday", field=f"{field}.date", value=day.isoformat())
    return Day(clean(name).strip(), day, off)
