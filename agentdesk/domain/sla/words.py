"""Times as people type them: ``+45m``, ``明天10:30``, ``下周一 9点``, ``3个工作日``.

Nothing is guessed: a time that is past, a day without a time and an hour that may be morning
or afternoon are errors that say what to write instead. Typed times are always in the future.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from agentdesk.domain.sla.calendar import Calendar
from agentdesk.domain.sla.instants import to_us
from agentdesk.domain.sla.target import Kind, Target, due_by
from agentdesk.domain.sla.zones import EPOCH_DAY
from agentdesk.errors import SlaError

LONGEST = 60
"""Characters; what is longer is no time."""

FURTHEST = timedelta(days=3660)
"""A time further away is a mistake of typing."""

EXAMPLES = "+45m · +2h30m · 10:30 · 明天10:30 · 下周一 9点 · 12月3日 14:00 · 3个工作日"

_FULL_WIDTH = str.maketrans("０１２３４５６７８９：＋．，－／　", "0123456789:+.,-/ ")
_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_HAN = "[一二三四五六七八九]?十[一二三四五六七八九]?|[零〇一二两三四五六七八九]"
_NUMBER = rf"([0-9]{{1,4}}|{_HAN})"
_WEEKDAYS = {char: at for at, char in enumerate("一二三四五六")} | {"日": 6, "天": 6}

_PLUS = re.compile(r"\+?(?:([0-9]{1,4})d)?(?:([0-9]{1,4})h)?(?:([0-9]{1,5})m(?:in)?)?", re.ASCII)
_AFTER = re.compile(
    rf"\+?(?:{_NUMBER}天)?(?:{_NUMBER}个?(半)?(?:小时|钟头)(半)?)?(半个?(?:小时|钟头))?"
    rf"(?:{_NUMBER}(?:分钟|分))?(?:之?后|以后)?"
)
_WORKING = re.compile(rf"\+?{_NUMBER}(?:个)?工作日(?:内|之?后|以后)?")
_DAY = re.compile(
    r"(?P<near>今天|今日|明天|明日|明早|明晚|今晚|大后天|后天)"
    r"|(?P<weeks>本|这|下{0,2})个?(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天])"
    r"|(?:(?P<year>[0-9]{4})[年/.-])?(?P<month>[0-9]{1,2})(?:月|[/.-])(?P<day>[0-9]{1,2})(?:[日号]|(?![0-9:]))"
)
_NEAR = {"今": 0, "明": 1, "后": 2, "大": 3}
_PART = r"(?P<part>凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|夜里|早|晚)?"
_CLOCK = re.compile(rf"{_PART}(?P<hour>[0-9]{{1,2}}):(?P<minute>[0-9][0-9])", re.ASCII)
_SPOKEN = re.compile(
    rf"{_PART}(?P<hour>[0-9]{{1,2}}|{_HAN})[点时](?:整|钟)?"
    rf"(?:(?P<half>半)|(?P<quarter>[一三])刻|(?P<minute>[0-9]{{1,2}}|{_HAN})分?)?"
)
_SURE_FROM = 7
"""Spoken hours below this one may be in the morning or in the afternoon."""

# Part of the day -> hours it may be said of; spoken hours up to 12 are moved into it.
_PARTS = {
    "凌晨": (0, 6),
    "清晨": (4, 9),
    "早上": (4, 11),
    "早晨": (4, 11),
    "早": (4, 11),
    "上午": (6, 12),
    "中午": (11, 14),
    "下午": (12, 19),
    "傍晚": (16, 20),
    "晚上": (17, 24),
    "晚": (17, 24),
    "夜里": (18, 24),
}


def words_of(text: str, examples: str) -> tuple[str, str]:
    """What was typed, and the same in half width and small letters.

    Raises:
        SlaError: nothing is typed (``sla.words.empty``) or far too much
            (``sla.words.unknown``); ``examples`` say what would be understood.
    """
    typed = text.strip()
    said = typed.translate(_FULL_WIDTH).lower()
    if not said:
        raise SlaError("sla.words.empty", expected=examples)
    if len(said) > LONGEST:
        raise SlaError("sla.words.unknown", value=typed[:LONGEST], expected=examples)
    return typed, said


def read_time(text: str, now: datetime, calendar: Calendar) -> datetime:
    """The instant a person means, as local time of the calendar's zone.

    Understood are spans (``+45m``, ``+2h30m``, ``半小时后``, ``3天后``), working days
    (``3个工作日``: closing time of the third working day after today), and a day, a time or
    both (``10:30`` today, ``明天10:30``, ``下周一 9点``, ``12月3日 14:00``,
    ``2027-01-05 9:00``). A date without a year is the next one within half a year.

    Args:
        now: the present; must have a zone.

    Raises:
        SlaError: nothing is typed (``sla.words.empty``), it is not understood
            (``sla.words.unknown``), past (``sla.words.past``), too far away
            (``sla.words.far``), a day without a time (``sla.words.no_time``), an hour that may
            be meant in two ways (``sla.words.unclear``), or no date or time there is
            (``sla.words.impossible``). ``value`` is what was typed. Never anything else.
    """
    typed, said = words_of(text, EXAMPLES)
    to_us(now, "now")
    local = now.astimezone(calendar.zone.info)
    for reader in (_span, _working_days, _moment):
        found = reader(said, typed, local, calendar)
        if found is None:
            continue
        if found - now > FURTHEST:
            raise SlaError("sla.words.far", value=typed)
        return found.astimezone(calendar.zone.info)
    raise SlaError("sla.words.unknown", value=typed, expected=EXAMPLES)


def _span(said: str, typed: str, now: datetime, calendar: Calendar) -> datetime | None:
    packed = said.replace(" ", "")
    if match := _PLUS.fullmatch(packed):
        if packed[0] != "+" or not any(match.groups()):
            return None
        days, hours, minutes = (int(part or 0) for part in match.groups())
    elif match := _AFTER.fullmatch(packed):
        # "30分" alone may be a time of day; a span is marked at one end or the other.
        if packed[0] != "+" and not packed.endswith("后"):
            return None
        whole_days, whole_hours, half, and_half, only_half, whole_minutes = match.groups()
        days, hours, minutes = _number(whole_days), _number(whole_hours), _number(whole_minutes)
        minutes += 30 * sum(map(bool, (half, and_half, only_half)))
    else:
        return None
    length = timedelta(hours=hours, minutes=minutes)
    if days + hours + minutes <= 0:
        raise SlaError("sla.words.past", value=typed, nearest="")
    if days > FURTHEST.days or length > FURTHEST:
        raise SlaError("sla.words.far", value=typed)
    # Days are counted on the wall clock, hours and minutes as they pass.
    start = due_by(Target(Kind.DAYS, count=days), calendar, now) if days else now
    return None if start is None else start + length


def _working_days(said: str, typed: str, now: datetime, calendar: Calendar) -> datetime | None:
    match = _WORKING.fullmatch(said.replace(" ", ""))
    if match is None:
        return None
    count = _number(match[1])
    if count == 0:
        raise SlaError("sla.words.past", value=typed, nearest="")
    found = due_by(Target(Kind.WORKING_DAYS, count=count), calendar, now)
    if found is None:
        raise SlaError("sla.words.far", value=typed)
    return found


def _moment(said: str, typed: str, now: datetime, calendar: Calendar) -> datetime | None:
    match = _DAY.match(said)
    rest = said[match.end() :].strip(" ,，") if match else said
    if match is None and not rest:
        return None
    day = _day(match, typed, now) if match else now.date()
    part = ""
    if match and match["near"] and match["near"][-1] in "早晚":
        part = match["near"][-1]
    if match and not rest:
        raise SlaError("sla.words.no_time", value=typed)
    wall = _wall(rest, part, typed)
    if wall is None:
        return None
    midnight = day.toordinal() - EPOCH_DAY
    zone = calendar.zone
    found = zone.local(zone.instant(midnight, wall * 60_000_000))
    if found > now:
        return found
    if match and match["month"] and not match["year"]:
        later = _dated(now.year + 1, match, typed)
        if (later - now.date()).days <= 183:
            return zone.local(zone.instant(later.toordinal() - EPOCH_DAY, wall * 60_000_000))
        raise SlaError("sla.words.past", value=typed, nearest=f"{later.isoformat()} {rest}")
    raise SlaError("sla.words.past", value=typed, nearest=_next(match, rest))


def _next(match: re.Match[str] | None, rest: str) -> str:
    """What somebody who typed a past time may have meant."""
    if match is None:
        return f"明天{rest}"
    if match["weekday"] and not match["weeks"].startswith("下"):
        return f"下周{match['weekday']} {rest}"
    return ""


def _day(match: re.Match[str], typed: str, now: datetime) -> date:
    today = now.date()
    if match["near"]:
        return today + timedelta(days=_NEAR[match["near"][0]])
    if match["weekday"]:
        monday = today - timedelta(days=today.weekday())
        weeks = match["weeks"].count("下")
        return monday + timedelta(days=7 * weeks + _WEEKDAYS[match["weekday"]])
    return _dated(int(match["year"] or today.year), match, typed)


def _dated(year: int, match: re.Match[str], typed: str) -> date:
    try:
        return date(year, int(match["month"]), int(match["day"]))
    except ValueError as error:
        raise SlaError("sla.words.impossible", value=typed) from error


def _wall(rest: str, part: str, typed: str) -> int | None:
    """Minutes past midnight of a time; None if it is none."""
    packed = rest.replace(" ", "")
    match = _CLOCK.fullmatch(packed)
    spoken = match is None
    match = match or _SPOKEN.fullmatch(packed)
    if match is None:
        return None
    hour = _number(match["hour"])
    if spoken and match["half"]:
        minute = 30
    elif spoken and match["quarter"]:
        minute = 15 * _DIGITS[match["quarter"]]
    else:
        minute = _number(match["minute"])
    part = match["part"] or part
    if minute > 59 or hour > 24 or (hour == 24 and minute):
        raise SlaError("sla.words.impossible", value=typed)
    if part:
        hour = _in_part(hour, minute, part, typed)
    elif spoken and 1 <= hour < _SURE_FROM:
        raise SlaError(
            "sla.words.unclear",
            value=typed,
            first=f"{hour:02}:{minute:02}",
            second=f"{hour + 12}:{minute:02}",
        )
    return hour * 60 + minute


def _in_part(hour: int, minute: int, part: str, typed: str) -> int:
    """The hour of a day that ``下午3点`` and the like mean."""
    first, last = _PARTS[part]
    candidates = (hour, hour + 12) if hour <= 12 else (hour,)
    for candidate in candidates:
        if first <= candidate < last or (candidate == last and not minute):
            return candidate
    raise SlaError("sla.words.impossible", value=typed)


def _number(text: str | None) -> int:
    """Digits or Chinese numerals below a hundred as a number; nothing is 0."""
    if not text:
        return 0
    if text.isascii():
        return int(text)
    tens, ten, ones = text.partition("十")
    if not ten:
        return _DIGITS[text]
    return _DIGITS.get(tens, 1) * 10 + _DIGITS.get(ones, 0)
