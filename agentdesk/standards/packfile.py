"""Reading one pack file."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from agentdesk.domain.pack import Pack
from agentdesk.errors import PackError
from agentdesk.standards.build import build
from agentdesk.standards.checks import check
from agentdesk.standards.reader import read
from agentdesk.standards.schema import MAX_FILE_BYTES, PACK_ID
from agentdesk.standards.source import Source, nearest

SUFFIX = ".toml"


def load_pack(source: Path | Traversable, name: str | None = None) -> Pack:
    """Read one pack file.

    Args:
        source: the file.
        name: what to call it in errors; default its path, or its name inside the package.

    Raises:
        PackError: it cannot be read or is wrong; ``file``, ``line``, ``key``, ``value``,
            ``expected`` and ``nearest`` say where and how. Nothing else is ever raised.
    """
    called = name or (str(source) if isinstance(source, Path) else source.name)
    return parse_pack(_bytes(source, called), called)


def parse_pack(data: bytes, name: str) -> Pack:
    """The pack in the bytes of a file called ``name``.

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
    items = read(document, source)
    pack = build(items)
    check(pack, items)
    return pack


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


def _bytes(source: Path | Traversable, name: str) -> bytes:
    """At most one byte more than allowed, so a huge file costs no memory."""
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
