"""Copies of a PostgreSQL journal, made and put back by PostgreSQL's own tools.

``pg_dump``, ``pg_restore`` and ``psql`` must be on the path and no older than the server. The
password goes to them through the environment, never as an argument others could read.
"""

from __future__ import annotations

import os
import re
import secrets
import subprocess
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from agentdesk.domain.text import clean
from agentdesk.errors import StoreError, StoreLocked, StoreReadOnly, UsageError
from agentdesk.server.copies import begin_again, held_by
from agentdesk.server.opening import open_service, open_storage
from agentdesk.server.settings import shown_database
from agentdesk.server.storage.postgres_watch import dropping, others
from agentdesk.store.failures import mapped

_VARIABLES = {
    "host": "PGHOST",
    "hostaddr": "PGHOSTADDR",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "passfile": "PGPASSFILE",
    "service": "PGSERVICE",
}
_SHOWN = 500


def dump(url: str, target: Path) -> dict[str, Any]:
    """Copy the journal as it is now, in PostgreSQL's custom format; nothing has to stop for it.

    Raises:
        UsageError: ``backup.exists``, ``backup.folder``.
        StoreError: ``backup.tool``; ``target`` is not there.
    """
    if target.exists():
        raise UsageError("backup.exists", path=str(target))
    if not target.parent.is_dir():
        raise UsageError("backup.folder", path=str(target.parent))
    half = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        with mapped(target):
            os.close(os.open(half, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        _run(url, "pg_dump", "--format=custom", "--no-owner", f"--file={half}")
        with mapped(target):
            os.replace(half, target)
    finally:
        half.unlink(missing_ok=True)
    return {"path": str(target), "bytes": target.stat().st_size}


def load(url: str, source: Path, folder: Path, *, force: bool = False) -> dict[str, Any]:
    """Put a copy back in place of a PostgreSQL journal.

    Args:
        url: the database; its journal may be missing.
        source: what :func:`dump` made.
        folder: where a copy of what is replaced is kept.
        force: even if it is another site's.

    Raises:
        StoreLocked: ``restore.live``: another agentdesk is connected.
        UsageError: ``restore.source``, ``restore.site``.
        StoreError: the tools failed; nothing was changed.
    """
    if not source.is_file():
        raise UsageError("restore.source", path=str(source))
    pid = others(url)
    if pid:
        raise StoreLocked("restore.live", path=shown_database(url), pid=pid)
    site = _site(url, source)
    storage = open_storage(url)
    try:
        before = held_by(storage)
    finally:
        storage.close()
    if before.head and before.site != site and not force:
        raise UsageError("restore.site", path=str(source))
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        reason = error.strerror or str(error)
        raise StoreReadOnly("folder.unwritable", path=str(folder), reason=reason) from error
    stamp = f"{datetime.now(UTC):%Y%m%d-%H%M%S}"
    aside = dump(url, folder / f"replaced-{stamp}-{secrets.token_hex(2)}.dump")
    _put_back(url, source, folder)
    service = open_service(url)
    try:
        return begin_again(service, source.name, before) | {"replaced": aside["path"]}
    finally:
        service.close()


def _put_back(url: str, source: Path, folder: Path) -> None:
    """Replace the tables of the copy by what it holds, in one transaction."""
    listed = _run(url, "pg_restore", "--list", str(source))
    tables = re.findall(r"^\d+; \d+ \d+ TABLE public (\w+) ", listed, re.MULTILINE)
    with tempfile.TemporaryDirectory(dir=folder, prefix="restore-") as made:
        first, script = Path(made, "first.sql"), Path(made, "copy.sql")
        with mapped(first):
            first.write_text(dropping(tables), encoding="utf-8")
        _run(url, "pg_restore", "--no-owner", f"--file={script}", str(source))
        _run(
            url,
            "psql",
            "--no-psqlrc",
            "--quiet",
            "--single-transaction",
            "--set=ON_ERROR_STOP=1",
            f"--file={first}",
            f"--file={script}",
        )


def _site(url: str, source: Path) -> str:
    """Id of the site a copy is of."""
    text = _run(url, "pg_restore", "--data-only", "--table=meta", "--file=-", str(source))
    for line in text.splitlines():
        name, _, value = line.partition("\t")
        if name == "site":
            return value
    raise StoreError("backup.tool", tool="pg_restore", reason="no journal of a server")


def _run(url: str, tool: str, *arguments: str) -> str:
    """What a tool prints.

    Raises:
        StoreError: ``backup.tool``.
    """
    try:
        values = conninfo_to_dict(url)
    except psycopg.Error as error:
        raise StoreError("backup.tool", tool=tool, reason="connection string") from error
    env = dict(os.environ) | {
        variable: str(values[name]) for name, variable in _VARIABLES.items() if name in values
    }
    try:
        done = subprocess.run(
            [tool, "--no-password", *arguments],
            env=env,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
    except OSError as error:
        raise StoreError("backup.tool", tool=tool, reason=error.strerror or "") from error
    if done.returncode:
        reason = clean(done.stderr.strip())[-_SHOWN:]
        raise StoreError("backup.tool", tool=tool, reason=reason)
    return done.stdout
