"""``agentdesk rescue``: go on after the database was damaged, with everything that can be saved."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from agentdesk.cli.context import Context
from agentdesk.errors import StoreCorrupt
from agentdesk.strings import Strings


def add_arguments(parser: argparse.ArgumentParser, strings: Strings) -> None:
    """No arguments."""


def run(args: argparse.Namespace, context: Context) -> int:
    """Put a damaged database aside and begin a new one with the own records that can be read.

    The damaged file is kept as it is. What a server has of this seat comes back by itself; what
    it has not is among the records saved, and is sent.

    Raises:
        StoreError: the store is held by a console, or cannot be read or written.
    """
    from agentdesk.store import Store, files
    from agentdesk.store.rescue import salvage

    path, strings = context.locations.store_file, context.strings

    def now() -> datetime:
        return datetime.now(UTC)

    if not path.exists() and not files.unclean(path):
        context.say(strings("cli.rescue.none", path=str(path)))
        return 0
    try:
        store = Store.open(path, clock=now)
    except StoreCorrupt:
        aside = files.quarantine(path, now=now())
    else:
        found = store.quick_check()
        store.close()
        if not found or not files.damaged(path):
            context.say(strings("cli.rescue.sound", path=str(path)))
            return 0
        aside = files.quarantine(path, now=now())
    saved = salvage(aside)
    store = Store.open(path, clock=now)
    try:
        count = store.absorb(saved, mine=True)
    finally:
        store.close()
    context.put(str(aside))
    context.say(strings("cli.rescue.done", count=count, path=str(path), aside=str(aside)))
    return 0
