"""How the commands of administrators reach a server: its database, or its door while it runs."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agentdesk.cli.context import Context
from agentdesk.errors import StoreLocked, UsageError

if TYPE_CHECKING:
    from agentdesk.strings import Strings

Act = Callable[..., dict[str, Any]]
"""``act(name, **params)``; see :meth:`agentdesk.server.admin.Admin.call`."""


def add_database(parser: argparse.ArgumentParser, strings: Strings) -> None:
    """``--database``, the same for every command about a server."""
    parser.add_argument(
        "--database", default="", metavar="URL", help=strings("cli.server.database")
    )


def database_url(given: str, context: Context) -> str:
    """The address meant: as given, else a file in the data folder, as for ``serve``."""
    from agentdesk.server.settings import FILE

    return given or f"sqlite:///{context.locations.data_dir / FILE}"


@contextmanager
def reach(args: argparse.Namespace, context: Context, *, make: bool = False) -> Iterator[Act]:
    """A way to act upon the server.

    Args:
        args: of a parser with :func:`add_database`.
        context: the run.
        make: whether a SQLite file is made if there is none.

    Raises:
        UsageError: ``admin.no_database``.
        AgentdeskError: the database cannot be used, or the running server not be reached.
    """
    from agentdesk.server.opening import open_service, sqlite_path

    url = database_url(args.database, context)
    path = sqlite_path(url)
    if path is not None and not make and not path.exists():
        raise UsageError("admin.no_database", path=str(path))
    try:
        service = open_service(url)
    except StoreLocked:
        if path is None:
            raise
        yield _through_door(path)
        return
    from agentdesk.server.admin import Admin

    try:
        admin = Admin(service)
        yield lambda act, **params: admin.call(act, params)
    finally:
        service.close()


def _through_door(path: Path) -> Act:
    from agentdesk.server.door import door_file, knock

    return lambda act, **params: knock(door_file(path), act, params)
