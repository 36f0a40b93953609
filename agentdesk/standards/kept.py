"""Packs kept in a form that is read in a millisecond.

Reading and checking a pack's TOML takes fifty times as long, and the console does it at every
start. What was read is kept as JSON in the cache folder, under a name made from everything it
was read from; whatever is wrong with a kept file, it is left aside and the pack is read anew.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

import msgspec

from agentdesk import __version__
from agentdesk.domain import pack as shapes
from agentdesk.domain.pack import Pack

_SHIPPED = Path(__file__).parent / "packs"
_MOST_BYTES = 8 << 20
"""A kept pack is about a tenth of a megabyte; anything so large was not written by us."""


def kept_pack(
    pack_id: str, centre_dir: Path | None, cache_dir: Path, read: Callable[[str], Pack]
) -> Pack:
    """The pack with that id, from the cache if nothing it is made of has changed.

    Args:
        centre_dir: the centre's own packs, as :class:`~agentdesk.standards.loader.PackRegistry`
            has them.
        cache_dir: where kept packs lie; it need not exist, or be writable.
        read: reads the pack from its files.

    Raises:
        PackError: whatever ``read`` raises.
    """
    folder = cache_dir / "packs"
    # The id goes into a file name only as part of the digest: it may be anything.
    name = f"{_digest(pack_id, centre_dir)}.json"
    with suppress(OSError, msgspec.DecodeError, UnicodeDecodeError):
        file = folder / name
        if file.stat().st_size <= _MOST_BYTES:
            pack = msgspec.json.decode(file.read_bytes(), type=Pack)
            if pack.id == pack_id:
                return pack
    pack = read(pack_id)
    if pack.id == pack_id:
        _keep(folder, name, pack)
    return pack


def _digest(pack_id: str, centre_dir: Path | None) -> str:
    """Stands for the program, the shape of a pack, and every file one may be made of."""
    made_of = blake2b(digest_size=16)
    made_of.update(repr((__version__, pack_id, _shape())).encode())
    for file in sorted(_SHIPPED.glob("*.toml")):
        stat = file.stat()
        made_of.update(repr((file.name, stat.st_size, stat.st_mtime_ns)).encode())
    for file in _own_files(centre_dir):
        with suppress(OSError):  # the reader will say what is wrong with it
            stat = file.stat()
            made_of.update(repr((str(file), stat.st_size, stat.st_mtime_ns)).encode())
    return made_of.hexdigest()


def _shape() -> list[tuple[str, tuple[str, ...]]]:
    return [
        (name, item.__struct_fields__)
        for name, item in sorted(vars(shapes).items())
        if isinstance(item, type) and issubclass(item, msgspec.Struct)
    ]


def _own_files(centre_dir: Path | None) -> list[Path]:
    if centre_dir is None:
        return []
    with suppress(OSError):
        return sorted(file for file in centre_dir.iterdir() if file.suffix == ".toml")
    return []


def has_own_files(centre_dir: Path) -> bool:
    """Whether the centre has packs of its own that may have to be complained about."""
    return bool(_own_files(centre_dir))


def _keep(folder: Path, name: str, pack: Pack) -> None:
    """Keep a pack and drop older kept forms; the cache is a help, never a duty."""
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        for old in sorted(folder.glob("*.json"), key=lambda file: file.stat().st_mtime)[:-8]:
            old.unlink()
        new = folder / f"{name}.{os.getpid()}"
        new.write_bytes(msgspec.json.encode(pack))
        new.replace(folder / name)
