"""What the Standards screen shows: every pack with its clauses, read beside the screen.

::

    for entry in read_entries(registry, first=("F6",)):
        library = library.with_entry(entry)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from msgspec import Struct

from agentdesk.domain.clause import Clause
from agentdesk.domain.conflicts import Conflict
from agentdesk.domain.pack import Pack
from agentdesk.domain.title import Title
from agentdesk.domain.uses import Use, uses_of
from agentdesk.errors import PackError
from agentdesk.tui.widgets.clauses_search import Findable, findable


class Registry(Protocol):
    """Where the packs come from (``standards.loader.PackRegistry``)."""

    problems: list[PackError]

    def ids(self) -> tuple[str, ...]:
        """Ids of all packs."""

    def get(self, pack_id: str) -> Pack:
        """One pack, or a ``PackError``."""

    def clauses(self, pack_id: str) -> tuple[Clause, ...]:
        """Its clauses, those it inherits too."""


class Entry(Struct, frozen=True):
    """One standard.

    Attributes:
        id: the id it is asked for by.
        title: its name; the id alone while only a broken file has it.
        clauses: its clauses, inherited ones too.
        found: the same clauses made ready for searching.
        pack: what is in force of it; None when nothing could be read.
        uses: rule id -> items of the pack that cite it.
        problems: what is wrong with the centre's own file.
    """

    id: str
    title: Title
    clauses: tuple[Clause, ...] = ()
    found: tuple[Findable, ...] = ()
    pack: Pack | None = None
    uses: Mapping[str, tuple[Use, ...]] = {}
    problems: tuple[PackError, ...] = ()

    @property
    def own(self) -> tuple[Clause, ...]:
        """Its clauses without those it inherits from another standard."""
        return tuple(clause for clause in self.clauses if clause.pack == self.id)

    @property
    def family(self) -> tuple[str, ...]:
        """Its id and those of the standards it builds on."""
        return (self.id, *self.pack.extends) if self.pack else (self.id,)


class Library(Struct, frozen=True):
    """Every standard that was read so far.

    Attributes:
        ids: ids of all standards there are, in the order they are listed.
        entries: those that were read.
        conflicts: what they say differently.
    """

    ids: tuple[str, ...] = ()
    entries: Mapping[str, Entry] = {}
    conflicts: tuple[Conflict, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether everything was read."""
        return bool(self.ids) and all(pack_id in self.entries for pack_id in self.ids)

    def with_entry(self, entry: Entry) -> Library:
        """The same with one more."""
        return Library(self.ids, {**self.entries, entry.id: entry}, self.conflicts)

    def listed(self) -> tuple[Entry, ...]:
        """What was read, in the order of the list."""
        return tuple(self.entries[each] for each in self.ids if each in self.entries)

    def clause(self, rule: str) -> Clause | None:
        """The clause with a rule id, if its standard was read."""
        entry = self.home(rule)
        if entry is None:
            return None
        return next((clause for clause in entry.clauses if clause.id == rule), None)

    def home(self, rule: str) -> Entry | None:
        """The standard a clause belongs to; one that inherits it where it has none of its own."""
        named = self.entries.get(rule.partition("-")[0])
        listed = self.listed()
        for entry in (named, *listed) if named is not None else listed:
            if any(clause.id == rule for clause in entry.clauses):
                return entry
        return None


def read_library(registry: Registry) -> Library:
    """The list of what there is, before any pack is read."""
    from agentdesk.standards.conflicts import load_conflicts

    return Library(registry.ids(), {}, load_conflicts())


def read_entries(registry: Registry, ids: Iterable[str], first: Sequence[str]) -> Iterator[Entry]:
    """Read the standards one after another, those of ``first`` before all others.

    A broken file never ends it: its entry holds the problem, and what stands in for it.
    """
    for pack_id in sorted(ids, key=lambda each: (each not in first, each)):
        yield _read(registry, pack_id)


def _read(registry: Registry, pack_id: str) -> Entry:
    try:
        pack = registry.get(pack_id)
        clauses = registry.clauses(pack_id)
    except PackError as problem:
        return Entry(pack_id, Title(pack_id, pack_id), problems=(problem,))
    uses = uses_of(pack)
    words = {rule: _words(pack, uses[rule]) for rule in uses}
    found = tuple(findable(clause, words.get(clause.id, "")) for clause in clauses)
    return Entry(pack_id, pack.title, clauses, found, pack, uses, _problems(registry, pack_id))


def _words(pack: Pack, uses: Sequence[Use]) -> str:
    """What is said and named where a clause is used."""
    lines = {line.id: line.text for line in pack.lines}
    parts = [use.title.zh for use in uses]
    parts += [lines[use.id] for use in uses if use.kind == "line" and use.id in lines]
    return " ".join(parts)


def _problems(registry: Registry, pack_id: str) -> tuple[PackError, ...]:
    """What is wrong with the file that bears the id; another one stands in for it."""
    return tuple(
        problem
        for problem in registry.problems
        if Path(str(problem.params.get("file", ""))).stem.casefold() == pack_id.casefold()
    )
