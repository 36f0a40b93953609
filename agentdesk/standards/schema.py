"""The pack file format: which tables there are, and which keys each may hold.

A centre's own people edit these files, so everything not listed here is a mistake that is
reported with its line, never ignored. The format in one look::

    [pack]            once: id, title, title_en, titles, callback_minutes; extends, remove
    [[line]]          a sentence to say
    [[phrase]]        a banned phrase with a better wording
    [[requirement]]   what every call must show
    [[clock]]         a time limit of the call
    [[field]]         a field of the contact form
    [[category]]      a kind of contact and its must-fill fields
    [[level]]         a step of the escalation ladder, lowest first
    [[reason]]        why a call is escalated
    [[disposition]]   how a call ended, in the order of the digits
    [guards]          guard = "rule id"
    [[guidance]]      a poster rule, one shown at a time beside the call
    [[clause]]        the text of a rule of the centre's own (shipped ones are in clauses/)
    [[limit]]         a time limit beside the call: of a ticket, a promise, a chat, a shift
    [[target]]        a figure to reach
    [[step]]          a step of a procedure
    [[heading]]       a heading of the handover log
    [[roster]]        a rule of leave, swaps and attendance
    [[report]]        a report or meeting
    [[duty]]          what a role does or guards against
    [[entitlement]]   what a customer's tier is given
    [[grade]]         a grade, score or training requirement

A pack stands alone unless it says ``extends = "F6"``. Then it needs an ``id`` only and inherits
everything: an item with the same ``id``, ``key`` or (phrase, guidance) ``rule`` as an inherited
one replaces it in place, others are added, single tables are merged key by key, and
``remove = ["line:greeting-weekend"]`` drops what is not wanted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from agentdesk.domain.calendar_cn import YEARS
from agentdesk.domain.clause import Way
from agentdesk.domain.pack import (
    CLOCK_IDS,
    MOMENTS,
    Guard,
    Mark,
    Match,
    Need,
    Severity,
)
from agentdesk.domain.provision import (
    CLOCK_MARKS,
    NETWORKS,
    OPERATORS,
    PERIODS,
    ROLES,
    TIERS,
    UNITS,
    ProvisionKind,
)

MAX_FILE_BYTES = 512 * 1024
"""A shipped pack has about 50 KB; ten times that is a mistake, not a standard."""

MAX_TEXT = 400
"""Longest string in a pack, in characters: a sentence that must be said in one breath."""

MAX_ITEMS = 500
"""Most tables of one kind; most strings in one list."""

MAX_DISPOSITIONS = 9
"""Wrap-up chooses with one digit."""

PACK_ID = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,31}")
ITEM_ID = re.compile(r"[a-z][a-z0-9_-]{0,63}")
CLOCK_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
RULE_ID = re.compile(r"[A-Z]\d-[A-Za-z0-9][A-Za-z0-9.-]{0,63}")


class Kind(Enum):
    """What a key holds."""

    TEXT = "text"  # one line of text
    TEXTS = "texts"  # a list of such lines
    NUMBER = "number"  # a whole number
    FLAG = "flag"  # true / false
    PACK_ID = "pack_id"
    ITEM_ID = "item_id"
    RULE = "rule"  # clause of the rule catalogue
    CLOCK_TIME = "clock_time"  # 10:00
    WHEN = "when"  # { condition = "value" or ["value", "value"] }


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a table.

    Attributes:
        choices: allowed values; empty means free.
        low, high: bounds of a number, both allowed.
    """

    kind: Kind
    required: bool = False
    choices: tuple[str, ...] = ()
    low: int = 0
    high: int = 24 * 3600


def _must(kind: Kind, **more: object) -> Key:
    return Key(kind, required=True, **more)  # type: ignore[arg-type]


def _values(enum: type[Enum]) -> tuple[str, ...]:
    return tuple(str(item.value) for item in enum)


HOLIDAYS = tuple(dict.fromkeys(day.name for year in YEARS.values() for day in year.days))
"""Names the holiday condition may have beside yes and no."""

FIELD_KINDS = ("text", "phone", "time", "flag")

_TITLE = {"title": _must(Kind.TEXT), "title_en": _must(Kind.TEXT)}
_RULE = {"rule": _must(Kind.RULE)}
_ID = {"id": _must(Kind.ITEM_ID)}
_KEY = {"key": _must(Kind.ITEM_ID)}

_PROVISION = {
    **_ID,
    **_RULE,
    **_TITLE,
    "flow": Key(Kind.ITEM_ID),
    "order": Key(Kind.NUMBER, high=9999),
    "start": Key(Kind.TEXT, choices=CLOCK_MARKS),
    "stop": Key(Kind.TEXT, choices=CLOCK_MARKS),
    "op": Key(Kind.TEXT, choices=OPERATORS),
    "amount": Key(Kind.NUMBER, high=1_000_000),
    "amount_max": Key(Kind.NUMBER, high=1_000_000),
    "unit": Key(Kind.TEXT, choices=UNITS),
    "at": Key(Kind.CLOCK_TIME),
    "period": Key(Kind.TEXT, choices=PERIODS),
    "tiers": Key(Kind.TEXTS, choices=TIERS),
    "networks": Key(Kind.TEXTS, choices=NETWORKS),
    "categories": Key(Kind.TEXTS),
    "zones": Key(Kind.TEXTS),
    "channels": Key(Kind.TEXTS),
    "severity": Key(Kind.ITEM_ID),
    "trigger": Key(Kind.ITEM_ID),
    "fields": Key(Kind.TEXTS),
    "roles": Key(Kind.TEXTS, choices=ROLES),
    "required": Key(Kind.FLAG),
    "pauses": Key(Kind.TEXTS),
}
"""Keys every kind of provision shares; which of them it needs is checked afterwards."""

TABLES: Mapping[str, Mapping[str, Key]] = {
    "pack": {
        "id": _must(Kind.PACK_ID),
        "extends": Key(Kind.PACK_ID),
        "remove": Key(Kind.TEXTS),
        **_TITLE,
        "titles": _must(Kind.TEXTS),
        "callback_minutes": _must(Kind.NUMBER, low=1, high=24 * 60),
    },
    "line": {
        **_ID,
        **_RULE,
        "moment": _must(Kind.TEXT, choices=MOMENTS),
        **_TITLE,
        "text": _must(Kind.TEXT),
        "marks": Key(Kind.TEXTS, choices=_values(Mark)),
        "when": Key(Kind.WHEN),
        "hears": Key(Kind.TEXTS),
        "minutes": Key(Kind.NUMBER, low=1, high=24 * 60),
        "order": Key(Kind.NUMBER, high=9999),
        "then": Key(Kind.ITEM_ID),
        "trigger": Key(Kind.ITEM_ID),
    },
    "phrase": {
        **_RULE,
        "category": _must(Kind.ITEM_ID),
        "match": _must(Kind.TEXT, choices=_values(Match)),
        "severity": _must(Kind.TEXT, choices=_values(Severity)),
        "phrases": Key(Kind.TEXTS),
        "cores": Key(Kind.TEXTS),
        "classes": Key(Kind.TEXTS),
        "count": Key(Kind.NUMBER, low=1, high=99),
        "replacement": Key(Kind.TEXT),
        "allow": Key(Kind.TEXTS),
        "bad": Key(Kind.TEXTS),
        "good": Key(Kind.TEXTS),
    },
    "requirement": {
        **_ID,
        **_RULE,
        **_TITLE,
        "need": _must(Kind.TEXT, choices=_values(Need)),
        "mark": Key(Kind.TEXT, choices=_values(Mark)),
        "target": Key(Kind.NUMBER, low=1, high=99),
        "words": Key(Kind.TEXTS),
    },
    "clock": {
        "id": _must(Kind.TEXT, choices=CLOCK_IDS),
        **_RULE,
        **_TITLE,
        "limit_seconds": _must(Kind.NUMBER, low=1),
        "warn_seconds": _must(Kind.NUMBER, low=0),
        "line": Key(Kind.ITEM_ID),
        "rings": Key(Kind.NUMBER, low=1, high=20),
    },
    "field": {
        **_KEY,
        **_RULE,
        **_TITLE,
        "kind": Key(Kind.TEXT, choices=FIELD_KINDS),
        "sensitive": Key(Kind.FLAG),
    },
    "category": {
        **_KEY,
        **_RULE,
        **_TITLE,
        "required": Key(Kind.TEXTS),
        "optional": Key(Kind.TEXTS),
        "lines": Key(Kind.TEXTS),
        "read_back": Key(Kind.FLAG),
    },
    "level": {**_KEY, **_RULE, **_TITLE},
    "reason": {
        **_KEY,
        **_RULE,
        **_TITLE,
        "level": _must(Kind.ITEM_ID),
        "emergency": Key(Kind.FLAG),
        "proposal": Key(Kind.TEXT),
    },
    "disposition": {**_KEY, **_TITLE, "rule": Key(Kind.RULE)},
    "guards": {name: Key(Kind.RULE) for name in _values(Guard)},
    "guidance": {**_RULE, "text": _must(Kind.TEXT)},
    "clause": {
        "id": _must(Kind.RULE),
        "section": _must(Kind.TEXT),
        "kind": _must(Kind.ITEM_ID),
        "way": _must(Kind.TEXT, choices=_values(Way)),
        "title_en": _must(Kind.TEXT),
        "text": _must(Kind.TEXT),
        "see": Key(Kind.TEXTS),
        "conflicts": Key(Kind.TEXTS),
        "note": Key(Kind.TEXT),
        "heading_only": Key(Kind.FLAG),
    },
    **{kind.value: _PROVISION for kind in ProvisionKind},
}
"""Tables in the order a file holds them, with their keys."""

SINGLE = ("pack", "guards")
"""Tables written ``[once]``; all others are ``[[repeated]]``."""

NEEDED = ("pack", "line", "field", "category", "disposition")
"""Tables without which no call can be taken."""
