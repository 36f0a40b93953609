"""Where a standard uses a clause, in words: what is said, what is banned, the figure."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

from agentdesk.domain.pack import CallClock, Pack, PhraseRule
from agentdesk.domain.provision import Provision
from agentdesk.domain.uses import Use
from agentdesk.strings import Strings
from agentdesk.tui.panels.common import span
from agentdesk.tui.panels.strip import category_name

_SLOT = re.compile(r"\{([a-z_]+)\}")
_OPERATOR = {"<=": "max", ">=": "min", ">": "above", "=": "same", "~": "about"}


def use_words(use: Use, pack: Pack, s: Strings) -> tuple[str, tuple[str, ...]]:
    """Name of the item, and what else there is to read of it."""
    tell = _TELLERS.get(use.kind, _provision)
    name = use.title.get(s.language)
    if use.kind == "guard" and f"std.guard.{use.id}" in s:
        name = s(f"std.guard.{use.id}")
    if use.kind == "phrase" and (classes := _classes(use, pack)):
        name = s("std.use.classes", names=s("std.and").join(category_name(c, s) for c in classes))
    return name, tuple(part for part in tell(use, pack, s) if part)


def _line(use: Use, pack: Pack, s: Strings) -> tuple[str, ...]:
    found = pack.line(use.id)
    return (spoken(found.text, s),) if found else ()


def spoken(text: str, s: Strings) -> str:
    """A line with the names of its blanks: 您好，〔姓氏〕."""

    def named(match: re.Match[str]) -> str:
        key = f"call.slot.{match[1]}"
        return f"〔{s(key)}〕" if key in s else match[0]

    return _SLOT.sub(named, text)


def _phrase(use: Use, pack: Pack, s: Strings) -> tuple[str, ...]:
    rules = (item for item in pack.phrases if item.rule == use.id)
    # A clause may have several rules; the words tell them apart.
    named = (item for item in rules if use.title.zh in ("、".join(item.phrases), item.category))
    return tuple(_replacement(item, s) for item in named)


def _classes(use: Use, pack: Pack) -> tuple[str, ...]:
    """Of a rule without words of its own: the classes whose words serve it."""
    rules = (item for item in pack.phrases if item.rule == use.id and not item.phrases)
    return next((item.classes for item in rules if item.category == use.title.zh), ())


def _replacement(item: PhraseRule, s: Strings) -> str:
    return s("std.use.replace", text=item.replacement) if item.replacement else ""


def _requirement(use: Use, pack: Pack, s: Strings) -> tuple[str, ...]:
    found = next((item for item in pack.requirements if item.id == use.id), None)
    if found is None or found.target < 2:
        return ()
    return (s("std.use.times", count=found.target),)


def _clock(use: Use, pack: Pack, s: Strings) -> tuple[str, ...]:
    found = pack.clock(use.id)
    return (s("std.use.limit", figure=_length(found, s)),) if found else ()


def _length(clock: CallClock, s: Strings) -> str:
    length = span(timedelta(seconds=clock.limit_seconds))
    if clock.rings is None:
        return length
    return f"{s('std.use.rings', count=clock.rings)} ({length})"


def _category(use: Use, pack: Pack, s: Strings) -> tuple[str, ...]:
    found = pack.category(use.id)
    if found is None or not found.required:
        return ()
    fields = (pack.form_field(key) for key in found.required)
    names = [item.title.get(s.language) for item in fields if item is not None]
    return (s("std.use.required", items=s("std.and").join(names)),)


def _reason(use: Use, pack: Pack, s: Strings) -> tuple[str, ...]:
    found = next((item for item in pack.reasons if item.key == use.id), None)
    if found is None:
        return ()
    level = next((item.title for item in pack.levels if item.key == found.level), None)
    named = level.get(s.language) if level else found.level
    return (s("std.use.level", level=named), found.proposal)


def _nothing(use: Use, pack: Pack, s: Strings) -> tuple[str, ...]:
    return ()


def _provision(use: Use, pack: Pack, s: Strings) -> tuple[str, ...]:
    items = (i for i in pack.provisions if i.kind.value == use.kind and i.id == use.id)
    return tuple(provision_figure(item, s) for item in items)


def provision_figure(item: Provision, s: Strings) -> str:
    """Figure, period and whom it concerns, in one line."""
    parts = [_figure(item, s)]
    if item.period:
        parts.append(_word(s, "period", item.period))
    parts += [_word(s, "tier", each) for each in item.tiers]
    parts += [_word(s, "network", each) for each in item.networks]
    parts += [_word(s, "role", each) for each in item.roles]
    return "  ".join(part for part in parts if part)


def _figure(item: Provision, s: Strings) -> str:
    if item.op == "by":
        return s("std.op.by", at=item.at)
    if item.op in ("same_day", "at_once"):
        return s(f"std.op.{item.op}")
    if item.amount is None:
        return s("std.use.open") if item.kind.value == "limit" else ""
    amount = str(item.amount)
    if item.amount_max is not None and item.amount_max != item.amount:
        amount = f"{amount}-{item.amount_max}"
    key = f"std.unit.{item.unit}"
    figure = s(key, n=amount) if key in s else f"{amount} {item.unit}".strip()
    operator = _OPERATOR.get(item.op, "same")
    return s(f"std.op.{operator}", figure=figure)


def _word(s: Strings, area: str, value: str) -> str:
    key = f"std.{area}.{value}"
    return s(key) if key in s else value


_TELLERS: dict[str, Callable[[Use, Pack, Strings], tuple[str, ...]]] = {
    "line": _line,
    "phrase": _phrase,
    "requirement": _requirement,
    "clock": _clock,
    "category": _category,
    "reason": _reason,
    "field": _nothing,
    "level": _nothing,
    "disposition": _nothing,
    "guard": _nothing,
    "guidance": _nothing,
}
