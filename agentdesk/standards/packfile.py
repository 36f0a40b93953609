"""Reading one pack file."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TYPE_CHECKING

from agentdesk.domain.pack import Pack
from agentdesk.domain.title import Title
from agentdesk.errors import PackError
from agentdesk.standards.build import build
from agentdesk.standards.checks import Items, check
from agentdesk.standards.reader import Item, read
from agentdesk.standards.schema import MAX_FILE_BYTES, PACK_ID
from agentdesk.standards.source import Source, nearest

if TYPE_CHECKING:
    from agentdesk.standards.merge import Library

SUFFIX = ".toml"


def load_pack(
    source: Path | Traversable, name: str | None = None, library: Library | None = None
) -> Pack:
    """Read one pack file.

    Args:
        source: the file.
        name: what to call it in errors; default its path, or its name inside the package.
        library: where the packs it may extend are found; default the shipped ones.

    Raises:
        PackError: it cannot be read or is wrong; ``file``, ``line``, ``key``, ``value``,
            ``expected`` and ``nearest`` say where and how. Nothing else is ever raised.
    """
    called = name or (str(source) if isinstance(source, Path) else source.name)
    return parse_pack(read_bytes(source, called), called, library)


def parse_pack(data: bytes, name: str, library: Library | None = None) -> Pack:
    """The pack in the bytes of a file called ``name``.

    Raises:
        PackError: as :func:`load_pack`.
    """
    return assemble(parse_tables(data, name), library)[0]


def parse_tables(
    data: bytes, name: str, report: Callable[[PackError], None] | None = None
) -> dict[str, list[Item]]:
    """The tables of a file called ``name``, each checked, not yet with each other.

    Args:
        report: told of every wrong table; without it the first ends the reading.

    Raises:
        PackError: as :func:`load_pack`.
    """
    if len(data) > MAX_FILE_BYTES:
        raise _plain("too_large", name, value=len(data), expected=MAX_FILE_BYTES)
    try:
        # Editors on Windows put a byte order mark in front; it is no mistake.
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        byte = f"0x{data[error.start]:02X}"
        raise _plain("encoding", name, line=line, value=byte, expected="UTF-8") from error
    source = Source(name, text.replace("\r\n", "\n"))
    try:
        document = tomllib.loads(text)
    except RecursionError as error:
        raise source.syntax_error("too deeply nested") from error
    except ValueError as error:  # TOMLDecodeError, and what int() and datetime() refuse
        raise source.syntax_error(str(error)) from error
    return read(document, source, report)


def assemble(items: Items, library: Library | None = None) -> tuple[Pack, Items]:
    """The pack of a file's tables and of what it extends, and all tables that went into it.

    Raises:
        PackError: as :func:`load_pack`.
    """
    items, extends = inherited(items, library)
    pack = build(items, extends)
    check(pack, items)
    return pack, items


def inherited(items: Items, library: Library | None = None) -> tuple[Items, tuple[str, ...]]:
    """A file's tables with those of the packs it extends, and the ids of these.

    Raises:
        PackError: as :func:`merge.inherit`.
    """
    if not items["pack"][0].has("extends"):
        return items, ()
    from agentdesk.standards.merge import inherit  # only a centre's files extend

    return inherit(items, library or ShippedLibrary())


class ShippedLibrary:
    """The packs that come with the program, for a file that extends one."""

    def ids(self) -> tuple[str, ...]:
        """Ids of the packs that can be extended."""
        return shipped()

    def tables(self, pack_id: str, *, original: bool = False) -> Items:
        """The tables of one of them.

        Args:
            original: has no meaning here, where nothing can replace a pack.
        """
        return shipped_tables(pack_id)


def shipped_tables(pack_id: str) -> Items:
    """The tables of a shipped pack, for a file that extends it.

    Raises:
        PackError: ``pack.not_found``: there is none with that id.
    """
    if pack_id not in shipped():
        raise not_found(pack_id, shipped())
    file = _folder() / (pack_id + SUFFIX)
    return parse_tables(read_bytes(file, file.name), file.name)


def shipped() -> tuple[str, ...]:
    """Ids of the packs that come with the program, in alphabetical order."""
    return tuple(sorted(_shipped_ids()))


def load_shipped(pack_id: str) -> Pack:
    """A pack that comes with the program.

    Raises:
        PackError: ``pack.not_found``: there is none with that id.
    """
    # The id is compared, never joined to a path, so it cannot lead anywhere else.
    if pack_id not in shipped():
        raise not_found(pack_id, shipped())
    return load_pack(_folder() / (pack_id + SUFFIX))


def shipped_title(pack_id: str) -> Title:
    """The name of a pack that comes with the program; only the head of its file is read.

    Raises:
        PackError: ``pack.not_found``: there is none with that id.
    """
    if pack_id not in shipped():
        raise not_found(pack_id, shipped())
    file = _folder() / (pack_id + SUFFIX)
    # Every shipped file begins with its table ``[pack]``, and lists follow.
    head = read_bytes(file, file.name).partition(b"\n[[")[0]
    table = tomllib.loads(head.decode("utf-8"))["pack"]
    return Title(table["title"], table["title_en"])


def not_found(pack_id: str, known: tuple[str, ...]) -> PackError:
    """The error for an id no pack has."""
    return PackError(
        "pack.not_found",
        file="",
        line=0,
        key="pack",
        value=pack_id[:120],
        expected=" ".join(known),
        nearest=nearest(pack_id, known),
    )


def _folder() -> Traversable:
    return files("agentdesk.standards") / "packs"


def _shipped_ids() -> Iterator[str]:
    for entry in _folder().iterdir():
        stem = entry.name.removesuffix(SUFFIX)
        if stem != entry.name and PACK_ID.fullmatch(stem):
            yield stem


def read_bytes(source: Path | Traversable, name: str) -> bytes:
    """What a file holds, at most one byte more than allowed: a huge file costs no memory.

    Raises:
        PackError: ``pack.unreadable``: it cannot be read, or is no plain file.
    """
    try:
        # Anything but a plain file (a pipe, a device) could keep the console waiting.
        if not source.is_file():
            raise _plain("unreadable", name, value="", expected="*.toml")
        with source.open("rb") as stream:
            return bytes(stream.read(MAX_FILE_BYTES + 1))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise _plain("unreadable", name, value=reason, expected="*.toml") from error


def _plain(code: str, name: str, *, value: object, expected: object, line: int = 1) -> PackError:
    return PackError(
        f"pack.{code}",
        file=name,
        line=line,
        key="",
        value=value,
        expected=expected,
        nearest="",
    )
