"""``agentdesk export FILE``: the whole journal as lines of JSON (:mod:`agentdesk.store.archive`).

The file holds customers' data: only its owner can read it, and nothing is ever written over.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from agentdesk.cli import exchange
from agentdesk.cli.context import Context
from agentdesk.errors import UsageError
from agentdesk.strings import Strings

if TYPE_CHECKING:
    from agentdesk.store.store import Store


def add_arguments(parser: argparse.ArgumentParser, strings: Strings) -> None:
    """The file."""
    parser.add_argument("file", metavar="FILE", help=strings("cli.export.file"))


def run(args: argparse.Namespace, context: Context) -> int:
    """Write it whole or not at all.

    Raises:
        UsageError: there is such a file, or it cannot be written.
        StoreLocked: the console has the store open.
    """
    path = Path(args.file).expanduser()
    if not context.locations.store_file.exists():  # opening would make an empty one
        raise UsageError("export.nothing")
    count, size = exchange.with_store(
        context, lambda store: _write(store, path), locked="export.locked"
    )
    context.put(str(path), str(count), str(size))
    context.say(context.strings("cli.export.done", count=count, path=str(path)))
    return 0


def _write(store: Store, path: Path) -> tuple[int, int]:
    from agentdesk.store.archive import lines
    from agentdesk.store.replica import Replica

    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise UsageError("export.exists", path=str(path)) from None
    except OSError as error:
        raise _unwritable(path, error) from error
    count = size = 0
    try:
        with os.fdopen(descriptor, "wb") as file:
            for line in lines(store, Replica(store).site()):
                file.write(line)
                count += 1
                size += len(line)
            file.flush()
            os.fsync(file.fileno())
    except BaseException as error:
        path.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise _unwritable(path, error) from error
        raise
    return count - 2, size


def _unwritable(path: Path, error: OSError) -> UsageError:
    return UsageError("export.unwritable", path=str(path), reason=error.strerror or str(error))
