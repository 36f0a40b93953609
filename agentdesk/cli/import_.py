"""``agentdesk import FILE``: take in a journal that was exported; twice is as good as once.

Events of this seat stay its own, those of others stay theirs. Nothing is stored as long as a line
is damaged, unless damaged lines are to be left out.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from agentdesk.cli import exchange
from agentdesk.cli.context import Context
from agentdesk.errors import UsageError
from agentdesk.strings import Strings

if TYPE_CHECKING:
    from agentdesk.store.archive import Archived, Taken
    from agentdesk.store.store import Store


def add_arguments(parser: argparse.ArgumentParser, strings: Strings) -> None:
    """The file and what to do about what is damaged or from elsewhere."""
    parser.add_argument("file", metavar="FILE", help=strings("cli.import.file"))
    parser.add_argument("--skip-bad", action="store_true", help=strings("cli.import.skip"))
    parser.add_argument("--own", action="store_true", help=strings("cli.import.own"))


def run(args: argparse.Namespace, context: Context) -> int:
    """Look through the whole file first, then store it.

    Returns:
        1 when lines were left out.

    Raises:
        UsageError: the file cannot be read, or a line is damaged.
        StoreLocked: the console has the store open.
    """
    path = Path(args.file).expanduser()
    skipped: list[int] | None = [] if args.skip_bad else None
    try:
        total = sum(1 for _ in _read(path, skipped))
        taken = exchange.with_store(
            context,
            lambda store: _store(store, path, skip=args.skip_bad, own=args.own),
            locked="export.locked",
        )
    except OSError as error:
        reason = error.strerror or str(error)
        raise UsageError("import.unreadable", path=str(path), reason=reason) from error
    strings = context.strings
    context.put("new", str(taken.new))
    context.put("known", str(taken.known))
    context.put("skipped", str(len(skipped or ())))
    context.say(strings("cli.import.done", total=total, new=taken.new, known=taken.known))
    if skipped:
        shown = ", ".join(map(str, skipped[:20])) + (" …" if len(skipped) > 20 else "")
        context.say(strings("cli.import.skipped", count=len(skipped), lines=shown))
    if taken.foreign_own:
        context.say(strings("cli.import.foreign", count=taken.foreign_own))
    return 1 if skipped else 0


def _read(path: Path, skipped: list[int] | None) -> Iterator[Archived]:
    """The events of a file.

    Raises:
        UsageError: a line is damaged.
    """
    from agentdesk.store.archive import Wrong, read

    try:
        with path.open("rb") as file:
            yield from read(_lines(file), skipped)
    except Wrong as wrong:
        known = wrong.reason in ("cut", "sum", "version")
        code = f"import.{wrong.reason}" if known else "import.bad_line"
        raise UsageError(code, path=str(path), line=wrong.line, reason=wrong.reason) from wrong


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """Lines of a file; one without an end is no more than a little too long."""
    from agentdesk.store.archive import LINE_BYTES

    while line := file.readline(LINE_BYTES + 1):
        if len(line) > LINE_BYTES:
            while rest := file.readline(LINE_BYTES):
                if rest.endswith(b"\n"):
                    break
        yield line


def _store(store: Store, path: Path, *, skip: bool, own: bool) -> Taken:
    from agentdesk.store.archive import AT_ONCE, Taken, take_in

    taken = Taken()
    some: list[Archived] = []
    for each in _read(path, [] if skip else None):
        some.append(each)
        if len(some) == AT_ONCE:
            take_in(store, some, taken, own=own)
            some.clear()
    take_in(store, some, taken, own=own)
    return taken
