"""``agentdesk serve``: the server many seats share, until it is told to end.

The address is printed on stdout once requests are taken; the log, one JSON object a line, goes
to stderr.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agentdesk.cli.context import Context
from agentdesk.errors import ConfigError
from agentdesk.strings import Strings

if TYPE_CHECKING:
    from agentdesk.server.admin import Admin
    from agentdesk.server.running import Running
    from agentdesk.server.service import Service
    from agentdesk.server.settings import Settings


def add_arguments(parser: argparse.ArgumentParser, strings: Strings) -> None:
    """Database, address, TLS and limits."""
    parser.add_argument("--database", metavar="URL", help=strings("cli.serve.database"))
    parser.add_argument("--host", default="127.0.0.1", help=strings("cli.serve.host"))
    parser.add_argument(
        "--port", type=int, default=8443, metavar="N", help=strings("cli.serve.port")
    )
    parser.add_argument("--tls-cert", metavar="FILE", type=Path, help=strings("cli.serve.cert"))
    parser.add_argument("--tls-key", metavar="FILE", type=Path, help=strings("cli.serve.key"))
    parser.add_argument(
        "--insecure-behind-proxy", action="store_true", help=strings("cli.serve.proxy")
    )
    parser.add_argument("--rate", type=int, metavar="N", help=strings("cli.serve.rate"))


def run(args: argparse.Namespace, context: Context) -> int:
    """Serve; 0 after an orderly end.

    Raises:
        ConfigError: what was asked for is unsafe or cannot be, or parts are not installed.
        StoreError: the database cannot be used.
        RemoteError: ``server.address``, the address cannot be had.
    """
    try:
        from agentdesk.server import logs, process
        from agentdesk.server.assemble import assemble
        from agentdesk.server.collector import seldom_collecting
        from agentdesk.server.settings import check, shown_database
    except ImportError as error:
        raise ConfigError("server.missing", reason=str(error)) from error

    settings = _settings(args, context)
    check(settings)
    sock = process.bind(settings)
    try:
        service, admin, running = assemble(settings)
        try:
            _announce(context, service, shown_database(settings.database))
            logs.set_up()
            url = process.address(settings, sock)

            def ready() -> None:
                context.put(url)
                sys.stdout.flush()

            with _door(settings, admin, running), seldom_collecting(running.metrics.watch):
                process.Process(running, sock, ready).go()
        finally:
            service.close()
    finally:
        sock.close()
    return 0


def _settings(args: argparse.Namespace, context: Context) -> Settings:
    from agentdesk.server.settings import FILE, Settings
    from agentdesk.wire import Limits

    database = args.database
    if database is None:
        context.locations.prepare()
        database = f"sqlite:///{context.locations.data_dir / FILE}"
    if args.rate is not None and not 1 <= args.rate <= 100_000:
        raise ConfigError("server.rate", value=args.rate)
    return Settings(
        database,
        args.host,
        args.port,
        args.tls_cert,
        args.tls_key,
        args.insecure_behind_proxy,
        Limits() if args.rate is None else Limits(rps=args.rate),
    )


def _door(settings: Settings, admin: Admin, running: Running) -> AbstractContextManager[object]:
    """The way in for ``agentdesk server``, where it cannot open the database itself."""
    from agentdesk.server.door import AdminDoor, door_file
    from agentdesk.server.opening import sqlite_path

    def act(name: str, params: Mapping[str, Any]) -> dict[str, Any]:
        try:
            return admin.call(name, params)
        finally:
            running.rights_changed()

    path = sqlite_path(settings.database)
    return nullcontext() if path is None else AdminDoor(door_file(path), act)


def _announce(context: Context, service: Service, database: str) -> None:
    """Database and site; on a site without people also how the first of them joins."""
    context.say(context.strings("cli.serve.database_is", database=database))
    context.say(context.strings("cli.serve.site_is", site=service.site, epoch=service.epoch))
    if not service.storage.rows("person"):
        for line in context.strings("cli.serve.first").split("\n"):
            context.say(line)
