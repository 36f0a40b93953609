"""Copies of a journal, and putting one back without any seat being misled.

A journal that was put back has another past than the seats remember: it always gets a new
epoch, by which they find out and send again what it lacks. What it replaces is kept. Who may
come in stays as it was just before: a copy must not bring back a token that was revoked since,
nor a role that was taken away.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from msgspec import Struct

from agentdesk.domain.events import Draft, EntityId
from agentdesk.domain.ids import Ids
from agentdesk.errors import StoreCorrupt, StoreError, StoreLocked, UsageError
from agentdesk.server.opening import now_ms
from agentdesk.server.service import Service
from agentdesk.server.storage.base import Storage
from agentdesk.server.storage.sqlite import SqliteStorage
from agentdesk.store import files
from agentdesk.store.failures import mapped
from agentdesk.store.project import COLUMNS, Cell

KEYS = ("token", "code", "pin", "tries")
"""Kinds of small records that decide who may come in."""

_SIDES = ("-wal", "-shm", "-journal")


class Kept(Struct, frozen=True):
    """What is carried over from the journal that is replaced."""

    site: str
    head: int
    keys: Mapping[str, Mapping[str, str]]
    rows: Mapping[str, Mapping[str, tuple[Cell, ...]]]


def back_up(storage: Storage, target: Path) -> dict[str, Any]:
    """Copy the journal as it is now; nothing has to stop for it.

    Raises:
        UsageError: ``backup.exists``: nothing is overwritten; ``backup.folder``: no such folder;
            ``backup.elsewhere``: not a SQLite journal.
        StoreError: the copy failed; ``target`` is not there.
    """
    if not isinstance(storage, SqliteStorage):
        raise UsageError("backup.elsewhere")
    if target.exists():
        raise UsageError("backup.exists", path=str(target))
    if not target.parent.is_dir():
        raise UsageError("backup.folder", path=str(target.parent))
    with mapped(target):
        storage.copy(target)
        size = target.stat().st_size
    return {"path": str(target), "bytes": size}


def restore(path: Path, source: Path, *, force: bool = False) -> dict[str, Any]:
    """Put a copy back in place of a SQLite journal.

    Args:
        path: the journal; it may be missing or damaged.
        source: the copy; it is not changed.
        force: even if it is another site's.

    Raises:
        StoreLocked: ``restore.live``: a server runs on it.
        UsageError: ``restore.source`` (no such file), ``restore.site``.
        StoreError: the copy is no sound journal, or there is no room; nothing was changed.
    """
    if not source.is_file():
        raise UsageError("restore.source", path=str(source))
    files.prepare(path)
    try:
        before = _before(path)
        fresh = files.side(path, ".restoring")
        _remove(fresh)
        try:
            done = _prepare(fresh, source, before, force=force)
            done["replaced"] = _swap(path, fresh)
        finally:
            _remove(fresh)
    except StoreLocked as error:
        raise StoreLocked("restore.live", **error.params) from error
    return done


def _before(path: Path) -> Kept | None:
    """What the journal holds that must not go; None when it cannot be read any more."""
    if not path.exists():
        return None
    try:
        storage = SqliteStorage.open(path, "")
    except StoreLocked:
        raise
    except StoreError:
        return None
    try:
        return held_by(storage)
    except StoreError:
        return None
    finally:
        storage.close()


def held_by(storage: Storage) -> Kept:
    """What is carried over from a journal that will be replaced.

    Raises:
        StoreError: it cannot be read.
    """
    rows = {
        table: {str(row[0]): tuple(row[1:]) for row in storage.rows(table)}
        for table in ("person", "team")
    }
    keys = {kind: storage.all_kept(kind) for kind in KEYS}
    return Kept(storage.meta("site") or "", storage.head().seq, keys, rows)


def _prepare(fresh: Path, source: Path, before: Kept | None, *, force: bool) -> dict[str, Any]:
    """Make the journal that will be put in place, whole, under another name."""
    with mapped(fresh):
        os.close(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        shutil.copyfile(source, fresh)
    try:
        storage = SqliteStorage.open(fresh, "")
    except StoreError as error:
        code = "restore.damaged" if isinstance(error, StoreCorrupt) else error.code
        raise type(error)(code, **(dict(error.params) | {"path": str(source)})) from error
    try:
        site = storage.meta("site")
        if not site:
            raise StoreCorrupt("restore.damaged", path=str(source))
        if before is not None and before.site not in ("", site) and not force:
            raise UsageError("restore.site", path=str(source))
        service = Service(storage, clock=now_ms, new_id=Ids(now_ms, secrets.randbits))
        return begin_again(service, source.name, before)
    finally:
        storage.close()


def begin_again(service: Service, name: str, before: Kept | None) -> dict[str, Any]:
    """Give a journal that was put back its new epoch, keys and people; what to tell of it."""
    head = service.storage.head().seq
    epoch = service.new_epoch(f"restored from {name}"[:200])
    people = 0
    if before is not None and before.site == service.site:
        people = carry_over(service, before)
    behind = max(0, before.head - head) if before is not None else 0
    return {
        "site": service.site,
        "epoch": epoch,
        "seq": head,
        "behind": behind,
        "people": people,
    }


def carry_over(service: Service, before: Kept) -> int:
    """Keys, people and teams as they were just before; how many people and teams that changed."""
    storage = service.storage
    for kind, held in before.keys.items():
        for key in storage.all_kept(kind).keys() - held.keys():
            storage.keep(kind, key, None)
        for key, value in held.items():
            storage.keep(kind, key, value)
    drafts: list[Draft] = []
    for table in ("team", "person"):
        there = {str(row[0]): tuple(row[1:]) for row in storage.rows(table)}
        for id, row in before.rows[table].items():
            if there.get(id) != row:
                drafts.append(_set(table, id, row))
        # Whoever the copy knows and the journal did not: their hiring was undone since.
        for id in there.keys() - before.rows[table].keys() if table == "person" else ():
            drafts.append(_draft("person", id, {"active": False}))
    service.append(drafts)
    return len(drafts)


def _set(table: str, id: str, row: tuple[Cell, ...]) -> Draft:
    values: dict[str, Any] = dict(zip(COLUMNS[table], row, strict=True))
    if "active" in values:
        values["active"] = bool(values["active"])
    return _draft(table, id, values)


def _draft(table: str, id: str, values: Mapping[str, Any]) -> Draft:
    return Draft(f"{table}.set", table, EntityId(id), {"at": now_ms(), "set": dict(values)})


def _swap(path: Path, fresh: Path) -> str:
    """Put ``fresh`` in place; what was there stays under a dated name, which is returned."""
    lock = files.Lock(path)
    try:
        with mapped(path):
            aside = _aside(path) if path.exists() else None
            if aside is not None:
                _keep(path, aside)
            os.replace(fresh, path)
            files.sync_folder(path.parent)
    finally:
        lock.release()
    return "" if aside is None else str(aside)


def _aside(path: Path) -> Path:
    stamp = f".replaced-{datetime.now(UTC):%Y%m%d-%H%M%S}"
    aside, count = files.side(path, stamp), 1
    while aside.exists():
        count += 1
        aside = files.side(path, f"{stamp}-{count}")
    return aside


def _keep(path: Path, aside: Path) -> None:
    """A second name for the file, so that there is one in place at every moment."""
    for suffix in _SIDES:
        if files.side(path, suffix).exists():  # of a damaged one only
            os.replace(files.side(path, suffix), files.side(aside, suffix))
    try:
        os.link(path, aside)
    except OSError:  # a file system without links
        shutil.copy2(path, aside)


def _remove(path: Path) -> None:
    for each in (path, *(files.side(path, suffix) for suffix in (*_SIDES, ".lock"))):
        each.unlink(missing_ok=True)
