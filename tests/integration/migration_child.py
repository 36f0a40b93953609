"""Opens copies of an older store, each killed at another statement. Run as a script.

``migration_child.py OLD FOLDER``: the copies are ``1.db``, ``2.db`` … The last one is opened to
the end.
"""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import sys
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import cast

from agentdesk.store import Store, files
from tests.simulation.mortal import Mortal


def open_until(path: Path, last: int) -> None:
    """Open a store; the process ends before that statement."""
    left = last

    def moment() -> None:
        nonlocal left
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)

    connect = files.connect

    def mortal(path: Path | str) -> sqlite3.Connection:
        return cast("sqlite3.Connection", Mortal(connect(path), moment))  # as good as one

    files.connect = mortal
    Store.open(path, clock=lambda: datetime.now(UTC))
    os._exit(0)


def main(old: Path, folder: Path) -> None:
    for last in count(1):
        path = folder / f"{last}.db"
        shutil.copyfile(old, path)
        if (pid := os.fork()) == 0:
            open_until(path, last)
        _, status = os.waitpid(pid, 0)
        if status == 0:
            return
        assert status == signal.SIGKILL, status


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
