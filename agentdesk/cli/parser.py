"""``argparse`` in the user's language, raising ``UsageError`` instead of ending the program."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable
from difflib import get_close_matches
from typing import NoReturn

from agentdesk.errors import UsageError
from agentdesk.strings import Strings

_FOUND = (
    ("required", r"the following arguments are required: (?P<what>.+)"),
    ("unknown", r"unrecognized arguments: (?P<what>.+)"),
    (
        "choice",
        r"argument (?P<option>-.+?): invalid choice: (?P<value>.+?) "
        r"\(choose from (?P<choices>.+?)\).*",
    ),
    (
        "word",
        r"argument .+?: invalid choice: (?P<value>.+?) \(choose from (?P<choices>.+?)\).*",
    ),
    ("number", r"argument (?P<option>.+?): invalid (int|float) value: (?P<value>.+)"),
    ("value", r"argument (?P<option>.+?): expected .*arguments?"),
    ("no_value", r"argument (?P<option>.+?): ignored explicit argument (?P<value>.+)"),
    ("together", r"argument (?P<option>.+?): not allowed with argument (?P<other>.+)"),
    ("one_of", r"one of the arguments (?P<what>.+) is required"),
)
"""What argparse says -> ``reason.usage.<name>``; anything else is shown as it says it."""


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
        self._strings = strings
        self._optionals.title = strings("cli.options")
        self._positionals.title = strings("cli.arguments")
        if with_help:
            self.add_argument("-h", "--help", action="help", help=strings("cli.option.help"))

    def error(self, message: str) -> NoReturn:
        """Raise what argparse found wrong.

        Raises:
            UsageError: always.
        """
        for name, pattern in _FOUND:
            if match := re.fullmatch(pattern, message, re.DOTALL):
                parts = {part: text.replace("'", "") for part, text in match.groupdict().items()}
                reason = self._strings(f"reason.usage.{name}", **parts)
                nearest = self._nearest(name, parts)
                raise UsageError("usage.arguments", reason=reason, prog=self.prog, nearest=nearest)
        raise UsageError("usage.arguments", reason=message, prog=self.prog)

    def _nearest(self, name: str, parts: dict[str, str]) -> str:
        """The option or choice that was probably meant; empty when nothing is like it."""
        if "choices" in parts:
            known, wrong = parts["choices"].split(", "), parts["value"]
        elif name == "unknown":
            known = [text for text in self._option_string_actions if text.startswith("--")]
            options = [part for part in parts["what"].split() if part.startswith("--")]
            wrong = options[0].partition("=")[0] if options else ""
        else:
            return ""
        return next(iter(get_close_matches(wrong, known, n=1)), "")


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
