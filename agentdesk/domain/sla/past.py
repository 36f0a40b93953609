"""When something happened, as people type it: ``14:20``, ``昨天 16:05``, ``-15m``, ``10分钟前``.

The counterpart of :mod:`agentdesk.domain.sla.words`, which reads times to come.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta, tzinfo

from agentdesk.domain.sla.instants import to_us
from agentdesk.domain.sla.words import words_of
from agentdesk.errors import SlaError

EXAMPLES = "-15m · 10分钟前 · 14:20 · 昨天16:05 · 03-09 14:00"

_MINUS = re.compile(r"-(?=.)(?:([0-9]{1,3})d)?(?:([0-9]{1,3})h)?(?:([0-9]{1,4})m)?", re.ASCII)
_BEFORE = re.compile(
    r"(?:([0-9]{1,3})天)?(?:([0-9]{1,3})个?小时)?(?:([0-9]{1,4})分钟?)?(半个?小时)?之?[以]?前"
)
_NOW = frozenset({"现在", "刚才", "刚刚", "now"})
_DAYS = {"": 0, "今天": 0, "昨天": 1, "昨日": 1, "前天": 2}
_AT = re.compile(
    r"(?:(?P<near>今天|昨天|昨日|前天)\s*"
    r"|(?:(?P<year>[0-9]{4})[-./年])?(?P<month>[0-9]{1,2})[-./月](?P<day>[0-9]{1,2})(?:日\s*|\s+))?"
    r"(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})",
    re.ASCII,
)


def read_past(text: str, now: datetime, zone: tzinfo) -> datetime:
    """The instant a person means, never after ``now``, as local time of ``zone``.

    A date without a year is the latest one that is not to come.

    Args:
        now: the present; must have a zone.

    Raises:
        SlaError: nothing is typed (``sla.words.empty``), it is not understood
            (``sla.words.unknown``), there is no such date or time (``sla.words.impossible``)
            or it is still to come (``sla.words.future``). ``value`` is what was typed.
    """
    typed, said = words_of(text, EXAMPLES)
    to_us(now, "now")
    local = now.astimezone(zone)
    found = _ago(said.replace(" ", ""), local)
    if found is None:
        found = _moment(said, typed, local)
    if found is None:
        raise SlaError("sla.words.unknown", value=typed, expected=EXAMPLES)
    if found > now:
        raise SlaError("sla.words.future", value=typed)
    return found.astimezone(zone)


def _ago(said: str, now: datetime) -> datetime | None:
    if said in _NOW:
        return now
    match = _MINUS.fullmatch(said) or _BEFORE.fullmatch(said)
    if match is None or not any(match.groups()):
        return None
    days, hours, minutes = (int(part or 0) for part in match.groups()[:3])
    half = 30 if len(match.groups()) > 3 and match[4] else 0
    return now - timedelta(days=days, hours=hours, minutes=minutes + half)


def _moment(said: str, typed: str, now: datetime) -> datetime | None:
    match = _AT.fullmatch(said)
    if match is None:
        return None
    try:
        at = time(int(match["hour"]), int(match["minute"]))
        day = _day(match, now)
    except ValueError as error:
        raise SlaError("sla.words.impossible", value=typed) from error
    return datetime.combine(day, at, now.tzinfo)


def _day(match: re.Match[str], now: datetime) -> date:
    today = now.date()
    if match["month"] is None:
        return today - timedelta(days=_DAYS[match["near"] or ""])
    month, day = int(match["month"]), int(match["day"])
    if match["year"] is not None:
        return date(int(match["year"]), month, day)
    found = date(today.year, month, day)
    return found if found <= today else date(today.year - 1, month, day)
