"""``argparse`` in the user's language, raising ``UsageError`` instead of ending the program."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from typing import NoReturn

from agentdesk.errors import UsageError
from agentdesk.strings import Strings


class Parser(argparse.ArgumentParser):
    """A parser whose own words come from the string tables.

    Args:
        prog: what the user typed, for example ``agentdesk ring``.
        strings: words.
        about: one sentence above the options.
        epilog: text below them, printed as it is.
        with_help: whether it answers ``-h``.
    """

    def __init__(
        self,
        prog: str,
        strings: Strings,
        about: str,
        epilog: str | None = None,
        *,
        with_help: bool = True,
    ) -> None:
        super().__init__(
            prog=prog,
            description=about,
            epilog=epilog,
            add_help=False,
            allow_abbrev=False,
            formatter_class=_formatter(strings),
        )
        self._optionals.title = strings("cli.options")
        self._positionals.title = strings("cli.arguments")
        if with_help:
            self.add_argument("-h", "--help", action="help", help=strings("cli.option.help"))

    def error(self, message: str) -> NoReturn:
        """Raise what argparse found wrong.

        Raises:
            UsageError: always.
        """
        raise UsageError("usage.arguments", reason=message, prog=self.prog)


def _formatter(strings: Strings) -> type[argparse.HelpFormatter]:
    class Formatter(argparse.RawDescriptionHelpFormatter):
        def add_usage(
            self,
            usage: str | None,
            actions: Iterable[argparse.Action],
            groups: Iterable[argparse._MutuallyExclusiveGroup],
            prefix: str | None = None,
        ) -> None:
            super().add_usage(usage, actions, groups, prefix or strings("cli.usage"))

    return Formatter
