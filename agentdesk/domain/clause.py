"""Clauses: the written rules a standard is made of, in this project's own restatement."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct


class Way(Enum):
    """How the console serves a clause."""

    CONSOLE = "console"  # measured or enforced
    RECORD = "record"  # stored or reported
    POSTER = "poster"  # shown as guidance


class Clause(Struct, frozen=True):
    """One rule of a standard.

    Attributes:
        id: rule id, ``F6-4.1-inbound-greeting``.
        pack: id of the standard it belongs to.
        section: number in the source, ``4.1``.
        kind: ``time_limit``, ``phrase_forbidden``, ... as the catalogue names it.
        way: how it is served.
        title_en: short English title.
        text: what it says, in Chinese.
        conflicts: ids of clauses of other standards that say otherwise.
        see: ids of related clauses.
        note: where the source is unclear, in English.
        heading_only: the source has the heading and no text.
    """

    id: str
    pack: str
    section: str
    kind: str
    way: Way
    title_en: str
    text: str
    conflicts: tuple[str, ...] = ()
    see: tuple[str, ...] = ()
    note: str = ""
    heading_only: bool = False
