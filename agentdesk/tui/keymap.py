"""Which keys run which command: the defaults, changed by ``config.toml [keys]``.

Textual neither reports a clash nor an unknown id, so both are found here, before the first
screen. Imports no Textual::

    keymap, problems = read_keymap(all_commands(), config.keys)
    keymap["escalate"]        # ("f8", "ctrl+e")
    if problems: ...          # the defaults are used; say what is wrong
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches

from agentdesk.errors import ConfigError
from agentdesk.tui.commands.command import Command

Keymap = dict[str, tuple[str, ...]]
"""Command id -> key names, the one to show first in front."""

FORBIDDEN = frozenset({"ctrl+i", "ctrl+m", "ctrl+h", "ctrl+j", "ctrl+left_square_bracket"})
"""Terminals send these as Tab, Enter, Backspace, Enter and Esc."""

TEXT_KEYS = frozenset({"ctrl+c", "ctrl+v", "ctrl+x", "ctrl+z", "ctrl+y"})
"""Copy, paste, cut, undo and redo belong to whoever is typing."""

NAMED = {
    "question_mark": "?",
    "fullwidth_question_mark": "？",
    "slash": "/",
    "backslash": "\\",
    "underscore": "_",
    "grave_accent": "`",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "colon": ":",
    "circumflex": "^",
    "exclamation_mark": "!",
    "at": "@",
    "plus": "+",
    "minus": "-",
    "enter": "Enter",
    "escape": "Esc",
    "space": "Space",
    "tab": "Tab",
    "backspace": "⌫",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "home": "Home",
    "end": "End",
    "pageup": "PgUp",
    "pagedown": "PgDn",
}
_BY_SIGN = {sign: name for name, sign in NAMED.items() if len(sign) == 1 and sign != "⌫"}
_FUNCTION = re.compile(r"f([1-9]|1[0-9]|2[0-4])")
_KEY = re.compile(r"(ctrl\+)?(shift\+)?([a-z0-9]|[A-Z]|[a-z][a-z0-9_]+)")


def normalise(key: str) -> str:
    """A key as Textual spells it: ``Ctrl+?`` and ``?`` become names, ``F8`` lower case."""
    *modifiers, last = key.strip().split("+") if key.strip() != "+" else ("plus",)
    if len(last) > 1 or modifiers:
        last = last.lower()
    if len(last) == 1 and not last.isalnum():
        # ctrl+^ has a name of its own among the keys.
        plain = last == "^" and not modifiers
        last = "circumflex_accent" if plain else _BY_SIGN.get(last) or _name_of(last)
    order = sorted((modifier.strip().lower() for modifier in modifiers), key=str)
    return "+".join((*order, last))


def _name_of(sign: str) -> str:
    """How Textual names a sign, from its Unicode name: ``!`` is ``exclamation_mark``."""
    return unicodedata.name(sign, sign).lower().replace("-", "_").replace(" ", "_")


def display(key: str) -> str:
    """A key as people read it: ``F8``, ``^P``, ``⇧F7``, ``?``."""
    *modifiers, last = key.split("+")
    name = NAMED.get(last, last.upper() if _FUNCTION.fullmatch(last) or modifiers else last)
    return f"{'^' if 'ctrl' in modifiers else ''}{'⇧' if 'shift' in modifiers else ''}{name}"


def is_command_key(key: str) -> bool:
    """Whether the key works while text is typed: F-keys and ctrl combinations."""
    return key.startswith("ctrl+") or _FUNCTION.fullmatch(key.removeprefix("shift+")) is not None


def with_aliases(key: str) -> tuple[str, ...]:
    """The key and what terminals send for it: shift+F4 arrives as F16."""
    match = _FUNCTION.fullmatch(key.removeprefix("shift+"))
    if key.startswith("shift+") and match and int(match[1]) <= 12:
        return (key, f"f{int(match[1]) + 12}")
    return (key,)


def read_keymap(
    commands: Sequence[type[Command]], overrides: Mapping[str, str]
) -> tuple[Keymap, tuple[ConfigError, ...]]:
    """The keys of every command, and what is wrong with the overrides.

    Args:
        commands: all commands; all of them can be active at once, so no key may serve two.
        overrides: command id -> keys separated by commas, from ``config.toml [keys]``.

    Returns:
        The keymap and the problems. With any problem the keymap is the default one: half a
        keymap is worse than none.
    """
    defaults: Keymap = {command.id(): command.keys for command in commands}
    keymap: Keymap = dict(defaults)
    problems: list[ConfigError] = []
    fixed = {command.id() for command in commands if command.fixed}
    for command_id, text in overrides.items():
        if command_id in fixed:
            problems.append(ConfigError("config.key_fixed", key=command_id))
            continue
        if command_id not in defaults:
            nearest = get_close_matches(command_id, defaults, n=1)
            problems.append(
                ConfigError(
                    "config.unknown_command",
                    key=command_id,
                    nearest=nearest[0] if nearest else "",
                )
            )
            continue
        keys = tuple(normalise(key) for key in text.split(",") if key.strip())
        problems.extend(_forbidden(command_id, keys))
        keymap[command_id] = keys
    problems.extend(clashes(keymap))
    return (defaults if problems else keymap), tuple(problems)


def _forbidden(command_id: str, keys: Iterable[str]) -> list[ConfigError]:
    """Keys no command may have."""
    return [
        ConfigError("config.key_forbidden", key=command_id, value=key)
        for key in keys
        if key in FORBIDDEN
        or key in TEXT_KEYS
        or key.startswith("alt+")
        or _KEY.fullmatch(key) is None
        or not _exists(key.rpartition("+")[2])
    ]


def _exists(name: str) -> bool:
    """Whether a keyboard has it: with a misspelt key a command would have none at all."""
    if len(name) == 1 or name in NAMED or name in ("delete", "insert") or _FUNCTION.fullmatch(name):
        return True
    words = name.replace("_", " ")
    return any(_is_sign(text) for text in (words, words.replace(" ", "-", 1)))


def _is_sign(name: str) -> bool:
    try:
        unicodedata.lookup(name)
    except KeyError:
        return False
    return True


def clashes(keymap: Mapping[str, tuple[str, ...]]) -> list[ConfigError]:
    """One error for each key that serves two commands (aliases included)."""
    owner: dict[str, str] = {}
    found: list[ConfigError] = []
    for command_id, keys in keymap.items():
        for key in keys:
            for alias in with_aliases(key):
                first = owner.setdefault(alias, command_id)
                if first != command_id:
                    found.append(
                        ConfigError("config.key_clash", key=key, first=first, second=command_id)
                    )
    return found


def shown(keys: Sequence[str]) -> str:
    """All keys of a command for a table, without their twins under a Chinese input method."""
    twins = ("fullwidth_", "ideographic_")
    return " ".join(display(key) for key in keys if not key.startswith(twins))
