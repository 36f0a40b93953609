"""What is typed in the board's search, as a filter of the store.

Words are looked for in summary, customer, number and owner, by pinyin too, as initials or
written out (``kd``, ``kuandai``). A sign in front says what a word means: ``#8000`` end of the
number, ``@8012`` owner (``@`` alone: me), ``=已派`` state, ``<明天10:30`` due before, ``!``
overdue, ``P1`` priority, ``*`` closed ones too. A word that names a category, a state or a
severity (投诉, complaint, ``ts``, ``tousu``) also finds what is of that kind.
"""

from __future__ import annotations

import re
from datetime import datetime

from msgspec.structs import replace

from agentdesk.domain.moments import to_ms
from agentdesk.domain.pack import Pack
from agentdesk.domain.pinyin import PREFIX, initials, matches, spelling
from agentdesk.domain.sla.calendar import Calendar
from agentdesk.domain.sla.words import read_time
from agentdesk.domain.ticket.state import TicketState
from agentdesk.store.rows import TicketFilter
from agentdesk.strings import Strings

_LEVEL = re.compile(r"[pPＰ]([1-4])")
_SIGNS = str.maketrans("＃＠＝＜！＊", "#@=<!*")
SEVERITIES = ("accident", "urgent_fault", "major_fault", "major", "urgent", "general")
"""Severities that have a word."""


def read_query(
    query: str,
    base: TicketFilter,
    now: datetime,
    me: str,
    calendar: Calendar,
    s: Strings,
    pack: Pack,
) -> TicketFilter:
    """``base`` narrowed by what is typed.

    Args:
        pack: the seat's standard, for the names of categories.

    Raises:
        SlaError: what stands behind ``<`` is no time.
    """
    found, words = base, []
    for raw in query.split():
        token = raw[0].translate(_SIGNS) + raw[1:]
        sign, rest = token[0], token[1:]
        if sign == "#" and rest:
            found = replace(found, number=rest)
        elif sign == "@":
            found = replace(found, owner=rest or me)
        elif sign == "=" and rest:
            found = replace(found, states=_states(rest, s))
        elif sign == "<" and rest:
            found = replace(found, due_before=to_ms(read_time(rest, now, calendar)))
        elif token == "!":
            found = replace(found, due_before=to_ms(now))
        elif token == "*":
            found = replace(found, closed=True)
        elif match := _LEVEL.fullmatch(token):
            found = replace(found, level=int(match[1]))
        else:
            words.append(raw)
    text = " ".join(word for word in (base.text, *words) if word)
    meanings = tuple(meaning(word, pack, s) for word in text.split())
    return replace(found, text=text, meanings=meanings if any(meanings) else ())


def meaning(word: str, pack: Pack, s: Strings) -> str:
    """What a word names besides standing in an order, as :class:`TicketFilter` wants it."""
    kinds = [
        *(("category", each.key, (each.title.zh, each.title.en)) for each in pack.categories),
        *(("state", each.value, (s(f"board.state.{each.value}"),)) for each in TicketState),
        *(("severity", each, (s(f"board.severity.{each}"),)) for each in SEVERITIES),
    ]
    return " ".join(
        f"{kind}:{key}"
        for kind, key, names in kinds
        if not set(key) & set(" :") and any(_names(word, name) for name in (key, *names))
    )


def _names(word: str, name: str) -> bool:
    """Whether a word is a name or the beginning of one, or its pinyin: all initials, or spelt.

    One sign alone names nothing: it would find half of all orders.
    """
    if sum(map(str.isalnum, word)) < 2:
        return False
    score = matches(word, name)
    folded = word.lower()
    written = len(folded) > 2 and spelling(name).startswith(folded)
    return (score is not None and score >= PREFIX) or written or folded == initials(name)


def _states(word: str, s: Strings) -> tuple[str, ...]:
    """States whose word a search finds; a state nobody has when it finds none."""
    found = [
        state.value
        for state in TicketState
        if matches(word, s(f"board.state.{state.value}")) or word.lower() == state.value
    ]
    return tuple(found) or ("none",)


def plain_words(query: str) -> list[str]:
    """The words of a query without those that have a sign."""
    return [
        word
        for word in query.split()
        if word[0].translate(_SIGNS) not in "#@=<!*" and not _LEVEL.fullmatch(word)
    ]
