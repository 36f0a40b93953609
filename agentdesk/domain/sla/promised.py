"""The figure of a promised callback as it is said: minutes, or a time."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime, timedelta

from agentdesk.domain.sla.calendar import Calendar
from agentdesk.domain.sla.words import read_time
from agentdesk.errors import SlaError

_MINUTES = re.compile(r"\+?([0-9]{1,6})(?:分钟?|m|min)?(?:[之以]?内)?", re.ASCII | re.IGNORECASE)
_WITHIN = re.compile("[之以]?内$")
_LENGTH = re.compile("[0-9零一二三四五六七八九十两个半]+(?:小时|钟头|分钟|天)[^0-9]*")
_FIGURE = re.compile("[0-9零一二三四五六七八九十两半]|[明后]天|明[早晚]|今晚|[周星]")


def read_promise(text: str, now: datetime, calendar: Calendar) -> int | None:
    """The minutes until a promised callback; None when the text has no figure at all.

    Understood are minutes (``+45``, ``45 分钟以内``) and whatever :func:`read_time` reads. A
    time of day is met early rather than late: parts of a minute are cut off.

    Raises:
        SlaError: there is a figure, but it is no time, or one that is past.
    """
    said = "".join(unicodedata.normalize("NFKC", text).split())
    if plain := _MINUTES.fullmatch(said):
        return int(plain[1])
    typed = _WITHIN.sub("", text.strip())
    # A promise is always some time from now: a length needs no sign in front.
    length = _LENGTH.fullmatch(said) and not typed.startswith("+")
    try:
        due = read_time(f"+{typed}" if length else typed, now, calendar)
    except SlaError:
        if _FIGURE.search(said):
            raise
        return None
    return max(1, (due - now) // timedelta(minutes=1))
