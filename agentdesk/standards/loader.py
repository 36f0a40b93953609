"""Choosing a pack: a centre's own file first, the shipped one otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from agentdesk.domain.pack import Pack
from agentdesk.domain.title import Title
from agentdesk.errors import PackError
from agentdesk.standards.checks import Items
from agentdesk.standards.packfile import (
    SUFFIX,
    assemble,
    load_pack,
    load_shipped,
    not_found,
    parse_tables,
    read_bytes,
    shipped,
    shipped_tables,
    shipped_title,
)
from agentdesk.standards.schema import PACK_ID

if TYPE_CHECKING:
    from agentdesk.domain.clause import Clause
    from agentdesk.standards.reader import Item

__all__ = ["PackRegistry", "load_pack", "load_shipped", "shipped"]


_EXTENDS = re.compile(rb"^\s*extends\s*=\s*[\"']([\w-]+)[\"']", re.MULTILINE)
"""What a file extends, even where the rest of it cannot be read."""


class PackRegistry:
    """The packs of one installation.

    A centre puts its own files into ``centre_dir``, one pack a file, named for the pack's
    id: ``F6.toml`` replaces the shipped F6. A file may extend another pack, its own namesake
    among the shipped ones too. A file that is wrong is left aside and noted in ``problems``,
    and the shipped pack of that id, or else the shipped one it builds on, stands in for it: a
    call is never lost to a typing mistake in a pack.

    Args:
        centre_dir: the centre's folder; None, or one that does not exist, is an empty one.
    """

    def __init__(self, centre_dir: Path | None = None) -> None:
        self.problems: list[PackError] = []
        self._loaded: dict[str, Pack] = {}
        self._clauses: dict[str, list[Item]] = {}
        self._centre = self._list(centre_dir) if centre_dir is not None else {}

    def ids(self) -> tuple[str, ...]:
        """Ids of all packs that may be asked for, shipped and the centre's own."""
        return tuple(sorted({*shipped(), *self._centre}))

    def get(self, pack_id: str) -> Pack:
        """The pack with that id; loaded once.

        Raises:
            PackError: no such pack; or only a broken centre file has that id, and it builds
                on no shipped one.
        """
        if pack_id not in self._loaded:
            self._loaded[pack_id] = self._load(pack_id)
        return self._loaded[pack_id]

    def title(self, pack_id: str) -> Title:
        """The name of a pack; a shipped one need not be loaded for it.

        Raises:
            PackError: as :meth:`get`.
        """
        if pack_id in self._loaded or pack_id in self._centre or pack_id not in shipped():
            return self.get(pack_id).title
        return shipped_title(pack_id)

    def clauses(self, pack_id: str) -> tuple[Clause, ...]:
        """The written rules of a pack: those of the standards it builds on, then its own.

        Raises:
            PackError: as :meth:`get`.
        """
        from agentdesk.standards.clauses import load_clauses, make_clause

        pack = self.get(pack_id)
        found = {
            clause.id: clause
            for behind in dict.fromkeys((*reversed(pack.extends), pack.id))
            for clause in load_clauses(behind)
        }
        for item in self._clauses.get(pack_id, ()):
            found[item.name] = make_clause(item.values, pack_id)
        return tuple(found.values())

    def tables(self, pack_id: str, *, original: bool = False) -> Items:
        """The tables of a pack that another extends; see ``merge.Library``.

        Raises:
            PackError: its file is wrong.
        """
        if original or pack_id not in self._centre:
            return shipped_tables(pack_id)
        return self._own_tables(pack_id)

    def check(self) -> list[PackError]:
        """Load every pack and return all problems."""
        return self._check(self.ids())

    def check_own(self) -> list[PackError]:
        """The same for the centre's own packs only: the shipped ones are tested and large."""
        return self._check(sorted(self._centre))

    def _check(self, pack_ids: Iterable[str]) -> list[PackError]:
        for pack_id in pack_ids:
            try:
                self.get(pack_id)
            except PackError as problem:
                self._note(problem)
        return self.problems

    def _load(self, pack_id: str) -> Pack:
        if pack_id not in self._centre:
            if pack_id not in shipped():
                raise not_found(pack_id, self.ids())
            return load_shipped(pack_id)
        try:
            pack, items = assemble(self._own_tables(pack_id), self)
        except PackError as problem:
            instead = self._shipped_behind(pack_id)
            if instead is None:
                raise
            self._note(problem)
            return load_shipped(instead)
        self._clauses[pack_id] = list(items["clause"])
        return pack

    def _own_tables(self, pack_id: str) -> Items:
        path = self._centre[pack_id]
        items = parse_tables(read_bytes(path, str(path)), str(path))
        named = items["pack"][0].text("id")
        if named != pack_id:
            raise _misnamed(path, named, f"{named}{SUFFIX}")
        return items

    def _shipped_behind(self, pack_id: str) -> str | None:
        """The shipped pack that stands in for a broken one."""
        passed: set[str] = set()
        while pack_id not in shipped():
            if pack_id in passed or pack_id not in self._centre:
                return None
            passed.add(pack_id)
            path = self._centre[pack_id]
            try:
                found = _EXTENDS.search(read_bytes(path, str(path)))
            except PackError:
                return None
            if found is None:
                return None
            pack_id = found.group(1).decode("utf-8", "replace")
        return pack_id

    def _list(self, folder: Path) -> dict[str, Path]:
        try:
            paths = sorted(path for path in folder.iterdir() if path.suffix == SUFFIX)
        except FileNotFoundError:
            return {}
        except OSError as error:
            self._note(_problem("unreadable", folder, error.strerror or str(error), "*.toml"))
            return {}
        found = {}
        # `f6.toml` is meant as F6 on every file system.
        spelling = {pack_id.casefold(): pack_id for pack_id in shipped()}
        for path in paths:
            if not PACK_ID.fullmatch(path.stem):
                self._note(_misnamed(path, path.name, f"F6{SUFFIX}"))
                continue
            found[spelling.get(path.stem.casefold(), path.stem)] = path
        return found

    def _note(self, problem: PackError) -> None:
        if str(problem) not in map(str, self.problems):
            self.problems.append(problem)


def _misnamed(path: Path, value: str, expected: str) -> PackError:
    return _problem("misnamed", path, value, expected)


def _problem(code: str, path: Path, value: str, expected: str) -> PackError:
    return PackError(
        f"pack.{code}",
        file=str(path),
        line=1,
        key="pack.id",
        value=value,
        expected=expected,
        nearest="",
    )
