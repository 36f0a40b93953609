"""From the address of a database to a server over it."""

from __future__ import annotations

import secrets
import time
from pathlib import Path

from agentdesk.domain.ids import Ids
from agentdesk.errors import ConfigError
from agentdesk.server.service import Service
from agentdesk.server.settings import check_database
from agentdesk.server.storage.base import Storage

_SQLITE = "sqlite:///"


def now_ms() -> int:
    """Milliseconds since 1970 by this machine."""
    return time.time_ns() // 1_000_000


def sqlite_path(url: str) -> Path | None:
    """The file of a SQLite address, absolute; None for another database.

    Raises:
        ConfigError: ``server.database``: no database we know, or a SQLite address without file.
    """
    check_database(url)
    if not url.startswith("sqlite"):
        return None
    name = url.removeprefix(_SQLITE)
    if name == url or not name:
        raise ConfigError("server.database", value="sqlite")
    return Path(name).expanduser().absolute()


def open_storage(url: str) -> Storage:
    """The database behind an address; a SQLite file is made if there is none.

    Raises:
        ConfigError: no such kind of database.
        StoreLocked: a server holds the SQLite file.
        StoreError: it cannot be used.
    """
    path = sqlite_path(url)
    new_id = Ids(now_ms, secrets.randbits)
    if path is not None:
        from agentdesk.server.storage.sqlite import SqliteStorage

        return SqliteStorage.open(path, new_id())
    from agentdesk.server.storage.postgres import PostgresStorage

    return PostgresStorage.open(url, new_id())


def open_service(url: str) -> Service:
    """The server over a database.

    Raises:
        ConfigError, StoreError: as :func:`open_storage`.
    """
    storage = open_storage(url)
    try:
        return Service(storage, clock=now_ms, new_id=Ids(now_ms, secrets.randbits))
    except BaseException:
        storage.close()
        raise
