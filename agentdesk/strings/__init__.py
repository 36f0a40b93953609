"""Every sentence a person reads, in Chinese (the default) and English.

A text is looked up by key and filled with named values::

    strings = Strings("zh-CN")
    strings("cli.paths.config")                  # 配置文件
    strings("call.banner", customer="王先生")     # {customer} is replaced once

The tables are plain modules, one per area, in ``strings/zh`` and ``strings/en``. Each holds
``TEXT: dict[str, str]`` from the full key to the text. Both languages have the same keys with
the same placeholders (a test says so). A new area is one new module in each folder; nothing
has to be registered.

In a text ``{name}`` is a placeholder and ``{{`` / ``}}`` are literal braces. Values are put in
as they are: braces inside a value mean nothing.
"""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Mapping
from functools import lru_cache
from importlib import import_module
from pkgutil import iter_modules

from agentdesk.errors import AgentdeskError

LANGUAGES: tuple[str, ...] = ("zh-CN", "en")
"""Interface languages; the first is the default."""

_FOLDERS = {"zh-CN": "zh", "en": "en"}
_TOKEN = re.compile(r"\{\{|\}\}|\{([A-Za-z_][A-Za-z0-9_]*)\}")


@lru_cache(maxsize=len(LANGUAGES))
def table(language: str) -> Mapping[str, str]:
    """All texts of one language, from key to text.

    Raises:
        ValueError: the language is not one of ``LANGUAGES``, or two areas define one key.
    """
    if language not in _FOLDERS:
        raise ValueError(f"unknown language: {language!r}")
    package = import_module(f"{__name__}.{_FOLDERS[language]}")
    merged: dict[str, str] = {}
    for module in iter_modules(package.__path__):
        area: dict[str, str] = import_module(f"{package.__name__}.{module.name}").TEXT
        if twice := merged.keys() & area.keys():
            raise ValueError(f"{language}: defined twice: {sorted(twice)}")
        merged.update(area)
    return merged


def placeholders(text: str) -> frozenset[str]:
    """Names of the placeholders of a text."""
    return frozenset(name for name in _TOKEN.findall(text) if name)


@lru_cache(maxsize=1)
def _foreign_words() -> Mapping[str, str]:
    """What the system and the network library say -> key of our words for it."""
    keys = {key: key.rpartition(".")[2] for key in table(LANGUAGES[0])}
    said = {name: key for key, name in keys.items() if key.startswith("reason.net.")}
    for key, name in keys.items():
        number = getattr(errno, name, None) if key.startswith("reason.os.") else None
        if number is not None:
            said[os.strerror(number)] = key
    return said


def _fill(text: str, params: Mapping[str, object], missing: str | None = None) -> str:
    """Replace each placeholder once; a missing value raises unless ``missing`` stands in."""

    def value(match: re.Match[str]) -> str:
        name = match.group(1)
        if name is None:
            return match.group(0)[0]
        if missing is not None and params.get(name) is None:
            return missing
        return str(params[name])

    return _TOKEN.sub(value, text)


class Strings:
    """The texts of one language.

    Args:
        language: one of ``LANGUAGES``.

    Raises:
        ValueError: the language is unknown.
    """

    __slots__ = ("_table", "language")

    def __init__(self, language: str = LANGUAGES[0]) -> None:
        self.language = language
        self._table = table(language)

    def __call__(self, key: str, /, **params: object) -> str:
        """The text of a key, filled.

        Raises:
            KeyError: no such key, or a placeholder has no value. It is a mistake in the
                code, so it is never papered over.
        """
        return _fill(self._table[key], params)

    def __contains__(self, key: object) -> bool:
        """Whether the key exists; for keys built from data, such as those of an error."""
        return key in self._table

    def error(self, error: AgentdeskError) -> tuple[str, str]:
        """Title and body of an error.

        Showing an error never fails: an unknown code is shown as itself, and a value the
        error did not carry as ``?``. What the system said of a file or a connection is put
        into this language. A ``file`` and a ``nearest`` value the body does not
        use are added as lines of their own. Values are untrusted: clean them when they are shown.
        """
        prefix = f"error.{error.code}"
        title = self._table.get(f"{prefix}.title", error.code)
        body = self._table.get(f"{prefix}.body", str(error))
        params = {name: self._ours(value) for name, value in error.params.items()}
        filled = _fill(body, params, "?")
        nearest = params.get("nearest")
        if params.get("file") and "file" not in placeholders(body):
            filled = f"{filled}\n{self('error.file', file=params['file'])}"
        if nearest and "nearest" not in placeholders(body):
            filled = f"{filled}\n{self('error.nearest', nearest=nearest)}"
        return _fill(title, params, "?"), filled

    def _ours(self, value: object) -> object:
        key = _foreign_words().get(value) if isinstance(value, str) else None
        return value if key is None else self._table[key]
