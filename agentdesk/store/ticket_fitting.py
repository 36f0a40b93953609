"""What a filter of tickets means in SQL: its conditions, and the values they are asked with.

A word of a search is looked for as it stands. It may also name a category, a state or a
severity, or be pinyin written out (``kuandai``); only a search with such a word pays for it:
each comparison less shows at 100,000 tickets.
"""

from __future__ import annotations

import re
import sqlite3

from agentdesk.domain.spelling import is_spelt, spelt
from agentdesk.store.rows import TicketFilter

WORDS = 4
"""Words of a search that are looked for; more are left out."""

_FITS = """
    (:states = '' OR instr(:states, ' ' || t.state || ' '))
    AND (:owner = '' OR t.owner = :owner)
    AND (:category = '' OR t.category = :category)
    AND (:tier = '' OR t.tier = :tier)
    AND (:zone = '' OR t.zone = :zone)
    AND (:department = '' OR t.department = :department)
    AND (:level = 0 OR t.level <= :level)
    AND (:idle_before IS NULL OR t.changed_at < :idle_before)
    AND (:due_before IS NULL OR d.due_at < :due_before)
    AND (NOT :followup OR t.followup_since IS NOT NULL)
    AND (NOT :form_out OR t.form_sent_at IS NOT NULL)
    AND (NOT :correcting OR t.correcting)
    AND (:number = '' OR substr(t.number, -length(:number)) = :number)
"""
STANDS = "instr(t.search, :word{n})"
"""A word stands in what is searched."""
# The severity stands in no index: it is looked at only where a word names one.
_NAMES = (
    "instr(:meant{n}, ' category:' || t.category || ' ')"
    " OR instr(:meant{n}, ' state:' || t.state || ' ')"
    " OR (instr(:meant{n}, ' severity:') AND"
    " instr(:meant{n}, ' severity:' || t.severity || ' '))"
)
SPELT = "(:spelt{n} <> '' AND spelt(:spelt{n}, t.search))"
"""A word is pinyin of something there; see :func:`teach`."""


def _each(condition: str) -> str:
    return "".join(f" AND ({condition.format(n=at)})" for at in range(WORDS))


ALL_FIT = _FITS + _each(STANDS)
"""Every word stands in the ticket."""
MEANT_FIT = _FITS + _each(f"{STANDS} OR {_NAMES}")
"""Or names what the ticket is."""
SPELT_FIT = _FITS + _each(f"{STANDS} OR {_NAMES} OR {SPELT}")
"""Or is pinyin written out; the connection must know the words, see :func:`teach`."""


def teach(connection: sqlite3.Connection) -> None:
    """Let a connection answer :data:`SPELT_FIT`."""
    connection.create_function("spelt", 2, _found, deterministic=True)


def _found(word: str, text: str | None) -> bool:
    return text is not None and spelt(word, text)


def any_state(wanted: TicketFilter) -> bool:
    """Whether the list may hold tickets that are over."""
    return wanted.closed or bool({"closed", "cancelled"} & set(wanted.states))


def words_of(wanted: TicketFilter) -> list[str]:
    """The words looked for, in lower case."""
    return wanted.text.lower().split()[:WORDS]


def spelt_of(wanted: TicketFilter) -> list[str]:
    """For each word itself where it may be pinyin written out, else nothing."""
    return [word if is_spelt(word) else "" for word in words_of(wanted)]


def digits_of(wanted: TicketFilter) -> str:
    """The digits a number must end with."""
    return re.sub(r"\D", "", wanted.number)


def values_of(wanted: TicketFilter) -> dict[str, object]:
    """What the conditions are asked with."""
    words, spelt_words = words_of(wanted), spelt_of(wanted)
    rest = [""] * WORDS
    words, spelt_words, meant = words + rest, spelt_words + rest, [*wanted.meanings, *rest]
    return {
        "states": f" {' '.join(wanted.states)} " if wanted.states else "",
        "owner": wanted.owner,
        "category": wanted.category,
        "tier": wanted.tier,
        "zone": wanted.zone,
        "department": wanted.department,
        "level": wanted.level,
        "idle_before": wanted.idle_before,
        "due_before": wanted.due_before,
        "followup": int(wanted.followup),
        "form_out": int(wanted.form_out),
        "correcting": int(wanted.correcting),
        "number": digits_of(wanted),
        "state": wanted.states[0] if wanted.states else "",
        **{f"word{at}": words[at] for at in range(WORDS)},
        **{f"meant{at}": f" {meant[at]} " if meant[at] else "" for at in range(WORDS)},
        **{f"spelt{at}": spelt_words[at] for at in range(WORDS)},
    }
