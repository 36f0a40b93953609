"""Commands and the keymap made of them."""

from __future__ import annotations

import subprocess
import sys

import pytest

from agentdesk.strings import LANGUAGES, Strings
from agentdesk.tui.bindings import bindings, textual_keymap
from agentdesk.tui.commands import all_commands, by_id
from agentdesk.tui.commands.command import Command
from agentdesk.tui.keymap import (
    FORBIDDEN,
    TEXT_KEYS,
    clashes,
    display,
    is_command_key,
    normalise,
    read_keymap,
    with_aliases,
)

COMMANDS = all_commands()
DEFAULTS = {command.id(): command.keys for command in COMMANDS}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_words_in_both_languages(command: type[Command], language: str) -> None:
    strings = Strings(language)
    label, text = strings(command.label_key()), strings(command.help_key())
    assert label.strip()
    assert text.strip()
    assert f"frame.group.{command.group}" in strings


def test_ids_are_unique_and_stable() -> None:
    ids = [command.id() for command in COMMANDS]
    assert len(set(ids)) == len(ids)
    assert {"escalate", "new-call", "undo-escalation", "list-down", "go-call"} <= set(ids)
    assert by_id("undo-escalation").action() == "undo_escalation"


def test_no_default_key_serves_two_commands() -> None:
    assert clashes(DEFAULTS) == []


@pytest.mark.parametrize("command", COMMANDS)
def test_no_command_uses_a_key_terminals_swallow(command: type[Command]) -> None:
    keys = set(command.keys)
    assert keys
    assert not keys & FORBIDDEN
    assert not keys & TEXT_KEYS
    assert not [key for key in keys if key.startswith("alt+")]


def test_call_commands_have_two_keys_that_work_while_typing() -> None:
    for command in COMMANDS:
        if command.group == "call":
            assert len([key for key in command.keys if is_command_key(key)]) >= 2, command.id()


@pytest.mark.parametrize(
    ("overrides", "codes"),
    [
        ({}, []),
        ({"hold": "f4, ctrl+o"}, []),
        ({"escalat": "f8"}, ["config.unknown_command"]),
        ({"hold": "f8"}, ["config.key_clash"]),
        ({"hold": "ctrl+m"}, ["config.key_forbidden"]),
        ({"hold": "alt+h"}, ["config.key_forbidden"]),
        ({"hold": "ctrl+["}, ["config.key_forbidden"]),
        ({"hold": "ctrl+v"}, ["config.key_forbidden"]),
        ({"hold": "foo"}, ["config.key_forbidden"]),  # no keyboard has it
        ({"hold": "foo+f4"}, ["config.key_forbidden"]),
        ({"hold": "ctrl+full_stop"}, []),
        ({"hold": "f19"}, ["config.key_clash"]),  # shift+F7 arrives as F19
        ({"hold": "f6", "transfer": "f4"}, []),  # swapped: no clash
        ({"hold": "Ctrl+?"}, []),
        ({"hold": ""}, []),
    ],
)
def test_mistakes_in_overrides_are_found(overrides: dict[str, str], codes: list[str]) -> None:
    keymap, problems = read_keymap(COMMANDS, overrides)
    assert [problem.code for problem in problems] == codes
    if problems:
        assert keymap == DEFAULTS


def test_an_unknown_command_names_the_nearest() -> None:
    _, (problem,) = read_keymap(COMMANDS, {"escalat": "f8"})
    assert problem.params == {"key": "escalat", "nearest": "escalate"}


def test_a_clash_names_both() -> None:
    _, (problem,) = read_keymap(COMMANDS, {"hold": "f8"})
    assert {problem.params["first"], problem.params["second"]} == {"hold", "escalate"}


@pytest.mark.parametrize(
    ("typed", "name", "shown"),
    [
        ("F8", "f8", "F8"),
        (" Ctrl+P ", "ctrl+p", "^P"),
        ("shift+F7", "shift+f7", "⇧F7"),
        ("?", "question_mark", "?"),
        ("G", "G", "G"),
        ("g", "g", "g"),
        ("ctrl+\\", "ctrl+backslash", "^\\"),
        ("enter", "enter", "Enter"),
        ("ctrl+_", "ctrl+underscore", "^_"),
    ],
)
def test_key_names(typed: str, name: str, shown: str) -> None:
    assert normalise(typed) == name
    assert display(name) == shown


def test_aliases_of_shifted_function_keys() -> None:
    assert with_aliases("shift+f4") == ("shift+f4", "f16")
    assert with_aliases("f4") == ("f4",)
    assert with_aliases("shift+f13") == ("shift+f13",)


def test_only_command_keys_have_priority() -> None:
    for binding in bindings(COMMANDS):
        assert not isinstance(binding, tuple)
        for key in binding.key.split(","):
            if not key.startswith("unbound_"):
                assert binding.priority == is_command_key(key), binding


def test_the_textual_keymap_holds_only_what_changed() -> None:
    keymap, _ = read_keymap(COMMANDS, {"help": "ctrl+f9,!", "list-down": "insert"})
    assert textual_keymap(COMMANDS, keymap) == {
        "help": "ctrl+f9",
        "help.plain": "exclamation_mark",
        "list-down": "insert",
    }


def test_commands_import_without_textual() -> None:
    code = (
        "import sys, agentdesk.tui.commands, agentdesk.tui.keymap;"
        "sys.exit(any(name.split('.')[0] in ('textual', 'rich') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
