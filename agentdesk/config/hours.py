"""``[hours]``: when the centre works, as ``config.toml`` writes it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path

from agentdesk.config.lines import line_of
from agentdesk.config.model import Hours, Spans
from agentdesk.config.wrong import shown, wrong_value
from agentdesk.domain.sla import reading
from agentdesk.errors import ConfigError, SlaError

EXPECTED = '["08:00-12:00", "13:30-17:30"]'
_SPAN = re.compile(r"\s*(\d\d:\d\d)\s*[-–—]\s*(\d\d:\d\d)\s*", re.ASCII)
_CODES = {"sla.backwards": "config.hours.backwards", "sla.overlap": "config.hours.overlap"}
_OTHERS = ("visiting", "public_holidays")


def read_hours(table: object, path: Path, lines: Mapping[str, int]) -> Hours:
    """The hours of a ``[hours]`` table.

    As soon as one weekday is named, those that are not are free.

    Raises:
        ConfigError: a name, a time or an interval is wrong, or nobody ever works; the
            parameters name file, line, key, the value and what was expected.
    """

    if not isinstance(table, dict):
        raise wrong_value(path, lines, "hours", table, "[hours]")
    known = (*reading.DAYS, *_OTHERS)
    week: dict[str, Spans] = {}
    visiting: Spans | None = None
    public_holidays: bool | None = None
    for name, value in table.items():
        key = f"hours.{name}"
        if name not in known:
            near = get_close_matches(shown(name.lower()), known, n=1)
            nearest = f"hours.{near[0]}" if near else ""
            where = {"file": str(path), "line": line_of(lines, key), "key": key}
            raise ConfigError("config.unknown_key", **where, nearest=nearest)
        if name == "public_holidays":
            if not isinstance(value, bool):
                raise wrong_value(path, lines, key, value, "true | false")
            public_holidays = value
            continue
        try:
            spans = _spans(value)
        except _Wrong as error:
            code = _CODES.get(error.code)
            if code is None:
                raise wrong_value(path, lines, key, error.value, EXPECTED) from error
            where = {"file": str(path), "line": line_of(lines, key), "key": key}
            raise ConfigError(code, **where, value=shown(error.value)) from error
        if name == "visiting":
            if not spans:
                raise _empty(path, lines, key)
            visiting = spans
        else:
            week[name] = spans
    usual = Hours()
    if week and not any(week.values()):
        raise _empty(path, lines, "hours")
    return Hours(
        week=week or usual.week,
        visiting=usual.visiting if visiting is None else visiting,
        public_holidays=usual.public_holidays if public_holidays is None else public_holidays,
    )


class _Wrong(Exception):
    """A day's hours mean nothing; ``code`` says why."""

    def __init__(self, code: str, value: object) -> None:
        super().__init__()
        self.code, self.value = code, value


def _spans(value: object) -> Spans:
    """The intervals of a day, checked by the engine that will count with them."""
    if not isinstance(value, list):
        raise _Wrong("", value)
    spans: list[tuple[str, str]] = []
    for text in value:
        match = _SPAN.fullmatch(text) if isinstance(text, str) else None
        if match is None:
            raise _Wrong("", text)
        spans.append((match[1], match[2]))
        try:
            reading.hours(spans, "")
        except SlaError as error:
            raise _Wrong(error.code, text) from error
    return tuple(spans)


def _empty(path: Path, lines: Mapping[str, int], key: str) -> ConfigError:
    return ConfigError("config.hours.empty", file=str(path), line=line_of(lines, key), key=key)
