"""Choosing a pack: a centre's own file first, the shipped one otherwise."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from agentdesk.domain.pack import Pack
from agentdesk.errors import PackError
from agentdesk.standards.packfile import SUFFIX, load_pack, load_shipped, not_found, shipped
from agentdesk.standards.schema import PACK_ID

__all__ = ["PackRegistry", "load_pack", "load_shipped", "shipped"]


class PackRegistry:
    """The packs of one installation.

    A centre puts its own files into ``centre_dir``, one pack a file, named for the pack's
    id: ``F6.toml`` replaces the shipped F6. A file that is wrong is left aside and noted in
    ``problems``; a call is never lost to a typing mistake in a pack.

    Args:
        centre_dir: the centre's folder; None, or one that does not exist, is an empty one.
    """

    def __init__(self, centre_dir: Path | None = None) -> None:
        self.problems: list[PackError] = []
        self._loaded: dict[str, Pack] = {}
        self._centre = self._list(centre_dir) if centre_dir is not None else {}

    def ids(self) -> tuple[str, ...]:
        """Ids of all packs that may be asked for, shipped and the centre's own."""
        return tuple(sorted({*shipped(), *self._centre}))

    def get(self, pack_id: str) -> Pack:
        """The pack with that id; loaded once.

        Raises:
            PackError: no such pack; or only a broken centre file has that id.
        """
        if pack_id not in self._loaded:
            self._loaded[pack_id] = self._load(pack_id)
        return self._loaded[pack_id]

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
        if pack_id in self._centre:
            try:
                return self._load_own(pack_id)
            except PackError as problem:
                if pack_id not in shipped():
                    raise
                self._note(problem)
        elif pack_id not in shipped():
            raise not_found(pack_id, self.ids())
        return load_shipped(pack_id)

    def _load_own(self, pack_id: str) -> Pack:
        path = self._centre[pack_id]
        pack = load_pack(path)
        if pack.id != pack_id:
            raise _misnamed(path, pack.id, f"{pack.id}{SUFFIX}")
        return pack

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
