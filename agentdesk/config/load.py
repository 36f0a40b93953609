"""Read the settings and refuse, exactly, what cannot be used."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from agentdesk.config.lines import key_lines, line_of
from agentdesk.config.model import Agent, Config, Hours, Push, Ring, Shift, Typing
from agentdesk.config.remote import Server
from agentdesk.config.schema import KEYS, QUEUE_LIMIT, QUEUE_PACK, TABLES, Key, WrongValue
from agentdesk.config.wrong import shown, wrong_value
from agentdesk.errors import ConfigError

_BY_NAME = {key.name: key for key in KEYS}
_NOT_SETTINGS = frozenset({"AGENTDESK_CONFIG"})
_ONE_WORD = re.compile(r"\S+").fullmatch  # what keys are called is the screen's business


def load(
    path: Path | None,
    env: Mapping[str, str],
    flags: Mapping[str, str | None] | None = None,
    *,
    required: bool = False,
) -> Config:
    """The settings of one run.

    Args:
        path: ``config.toml``; it may be missing unless ``required``.
        env: environment; ``AGENTDESK_AGENT_NO`` sets ``agent.no``, and so on. Empty
            values count as unset.
        flags: dotted key -> text of a command line flag, ``None`` for a flag not given.

    Raises:
        ConfigError: the file cannot be read, is not TOML, or a value cannot be used. The
            parameters name file, line, key, the value found, what was expected, and the
            nearest right one.
    """
    text = _read(path, required) if path is not None else None
    lines: dict[str, int] = {}
    values: dict[str, Any] = {}
    keymap: dict[str, str] = {}
    queues: dict[str, str] = {}
    hours = Hours()
    if text is not None and path is not None:
        data = _parse(path, text)
        lines = key_lines(text)
        keymap = _keymap(data.pop("keys", {}), path, lines)
        queues = _queues(data.pop("queues", {}), path, lines)
        hours = _hours(data.pop("hours", None), path, lines)
        values = _values(data, path, lines)
    for key in KEYS:
        for name, raw, code in (
            (key.variable, env.get(key.variable), "config.variable"),
            (f"--{key.name.replace('.', '-')}", (flags or {}).get(key.name), "config.flag"),
        ):
            if raw:
                values[key.name] = _of_text(key, name, raw, code)
    named = {"keys": keymap, "queues": queues}
    return _build(values, named, hours, path if text is not None else None, lines)


def unknown_variables(env: Mapping[str, str]) -> tuple[str, ...]:
    """Variables that look like settings but are none (``agentdesk doctor`` names them)."""
    known = {key.variable for key in KEYS} | _NOT_SETTINGS
    return tuple(sorted(n for n in env if n.startswith("AGENTDESK_") and n not in known))


def located(config: Config, problem: ConfigError) -> ConfigError:
    """The same error about a key of ``[keys]``, with the file and line it stands at."""
    named = (problem.params.get(name) for name in ("key", "second", "first"))
    lines = (config.lines.get(f"keys.{name}", 0) for name in named)
    line = next((line for line in lines if line), config.lines.get("keys", 0))
    return ConfigError(problem.code, **problem.params, file=str(config.source or ""), line=line)


def _read(path: Path, required: bool) -> str | None:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        if required:
            raise ConfigError("config.missing", file=str(path)) from None
        return None
    except UnicodeDecodeError as error:
        good = error.object[: error.start]
        line = good.count(b"\n") + 1
        raise ConfigError("config.encoding", file=str(path), line=line) from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise ConfigError("config.unreadable", file=str(path), reason=reason) from error


def _parse(path: Path, text: str) -> dict[str, Any]:
    import tomllib  # most seats have no file

    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        # Python 3.11 gives the place only in words.
        match = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
        last = text.count("\n") + 1
        raise ConfigError(
            "config.syntax",
            file=str(path),
            line=int(match.group(1)) if match else last,
            column=int(match.group(2)) if match else 1,
            reason=re.sub(r"\s*\(at [^)]*\)$", "", str(error)),
        ) from error


def _flat(data: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, object]]:
    """Dotted keys and values; tables that are no known table are given as they are."""
    for name, value in data.items():
        full = f"{prefix}{name}"
        if isinstance(value, dict) and not prefix and full in TABLES:
            yield from _flat(value, f"{full}.")
        else:
            yield full, value


def _values(data: Mapping[str, Any], path: Path, lines: Mapping[str, int]) -> dict[str, Any]:
    """Typed values of a file."""
    values: dict[str, Any] = {}
    for name, value in _flat(data):
        where = {"file": str(path), "line": line_of(lines, name), "key": name}
        if name in TABLES:
            raise ConfigError(
                "config.value", **where, value=shown(value), expected=f"[{name}]", nearest=""
            )
        key = _BY_NAME.get(name)
        if key is None:
            raise ConfigError("config.unknown_key", **where, nearest=_nearest_key(name))
        try:
            values[name] = key.read(value)
        except WrongValue as wrong:
            raise ConfigError(
                "config.value",
                **where,
                value=shown(value),
                expected=key.expected,
                nearest=_nearest(str(value), wrong.choices),
            ) from wrong
    return values


def _keymap(table: object, path: Path, lines: Mapping[str, int]) -> dict[str, str]:
    """``[keys]`` as command id -> comma-separated keys.

    Ids may be quoted (``"call.answer" = "f2"``) or not (TOML then nests them). Whether an id
    exists is the screen's business: it knows the commands.
    """
    found: dict[str, str] = {}

    def wrong(name: str, value: object) -> ConfigError:
        return wrong_value(path, lines, name, value, '"f2,ctrl+n" | ["f2", "ctrl+n"]')

    def walk(item: object, name: str) -> None:
        if isinstance(item, dict):
            for key, value in item.items():
                walk(value, f"{name}.{key}")
            return
        parts = item.split(",") if isinstance(item, str) else item
        if name == "keys" or not isinstance(parts, list):
            raise wrong(name, item)
        keys = [part.strip() for part in parts if isinstance(part, str)]
        if not keys or len(keys) != len(parts) or not all(map(_ONE_WORD, keys)):
            raise wrong(name, item)
        found[name.removeprefix("keys.")] = ",".join(keys)

    walk(table, "keys")
    return found


def _queues(table: object, path: Path, lines: Mapping[str, int]) -> dict[str, str]:
    """``[queues]`` as queue name -> pack id.

    Whether such a pack exists is found out when it is wanted: centres have their own.
    """

    if not isinstance(table, dict):
        raise wrong_value(path, lines, "queues", table, "[queues]")
    found: dict[str, str] = {}
    for name, value in table.items():
        where = f"queues.{name}"
        if not 0 < len(name.strip()) <= QUEUE_LIMIT:
            raise wrong_value(path, lines, where, name, f'"…" (1 … {QUEUE_LIMIT})')
        try:
            found[name.strip()] = str(QUEUE_PACK.read(value))
        except WrongValue as error:
            raise wrong_value(path, lines, where, value, QUEUE_PACK.expected) from error
    return found


def _hours(table: object, path: Path, lines: Mapping[str, int]) -> Hours:
    if table is None:
        return Hours()
    from agentdesk.config.hours import read_hours  # few centres set them

    return read_hours(table, path, lines)


def _of_text(key: Key, name: str, raw: str, code: str) -> object:
    try:
        return key.read(key.of_text(raw))
    except WrongValue as wrong:
        raise ConfigError(
            code,
            key=name,
            value=shown(raw),
            expected=key.expected,
            nearest=_nearest(raw, wrong.choices),
        ) from wrong


def _build(
    values: Mapping[str, Any],
    named: Mapping[str, Mapping[str, str]],
    hours: Hours,
    source: Path | None,
    lines: dict[str, int],
) -> Config:
    def table(name: str) -> dict[str, Any]:
        prefix = f"{name}."
        return {k.removeprefix(prefix): v for k, v in values.items() if k.startswith(prefix)}

    return Config(
        **{name: value for name, value in values.items() if "." not in name},
        agent=Agent(**table("agent")),
        shift=Shift(**table("shift")),
        ring=Ring(**table("ring")),
        typing=Typing(**table("typing")),
        push=Push(**table("push")),
        server=Server(**table("server")),
        hours=hours,
        queues=named["queues"],
        keys=named["keys"],
        source=source,
        lines=lines,
    )


def _nearest(word: str, choices: tuple[str, ...]) -> str:
    """The choice a person most likely meant, or nothing."""
    from difflib import get_close_matches

    folded = {choice.lower(): choice for choice in choices}
    close = get_close_matches(word.lower(), folded, n=1, cutoff=0.5)
    return folded[close[0]] if close else ""


def _nearest_key(name: str) -> str:
    """The key most likely meant: the same word in another table, else the closest spelling."""
    last = name.rpartition(".")[2]
    elsewhere = [known for known in _BY_NAME if known.rpartition(".")[2] == last]
    if len(elsewhere) == 1:
        return elsewhere[0]
    return _nearest(name, (*_BY_NAME, *TABLES))
