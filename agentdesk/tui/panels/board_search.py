"""What is typed in the board's search, as a filter of the store.

Words are looked for in summary, customer, number and owner, and in pinyin initials. A sign in
front says what a word means: ``#8000`` end of the number, ``@8012`` owner (``@`` alone: me),
``=已派`` state, ``<明天10:30`` due before, ``!`` overdue, ``P1`` priority, ``*`` closed ones too.
"""

from __future__ import annotations

import re
from datetime import datetime

from msgspec.structs import replace

from agentdesk.domain.moments import to_ms
from agentdesk.domain.pinyin import matches
from agentdesk.domain.sla.calendar import Calendar
from agentdesk.domain.sla.words import read_time
from agentdesk.domain.ticket.state import TicketState
from agentdesk.store.rows import TicketFilter
from agentdesk.strings import Strings

_LEVEL = re.compile(r"[pPＰ]([1-4])")
_SIGNS = str.maketrans("＃＠＝＜！＊", "#@=<!*")


def read_query(
    query: str, base: TicketFilter, now: datetime, me: str, calendar: Calendar, s: Strings
) -> TicketFilter:
    """``base`` narrowed by what is typed.

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
    return replace(found, text=text)


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
