"""Commands as Textual bindings.

Every command gets two bindings with ids: ``escalate`` (F-keys and ctrl, with priority, so it
works while text is typed) and ``escalate.plain`` (single characters, which a focused text
field keeps for itself). Overrides go through Textual's public keymap by those ids.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from textual.binding import Binding, BindingType

from agentdesk.tui.commands.command import Command
from agentdesk.tui.keymap import is_command_key, with_aliases


def _split(command_id: str, keys: Iterable[str]) -> tuple[str, str]:
    """Priority keys and plain keys; an empty part gets a name no terminal sends."""
    spread = [alias for key in keys for alias in with_aliases(key)]
    strong = [key for key in spread if is_command_key(key)]
    plain = [key for key in spread if not is_command_key(key)]
    return (
        ",".join(strong) or f"unbound_{command_id}",
        ",".join(plain) or f"unbound_{command_id}_plain",
    )


def bindings(commands: Iterable[type[Command]]) -> list[BindingType]:
    """App-level bindings; each runs ``action_command(id)`` of ``FrameApp``."""
    made: list[BindingType] = []
    for command in commands:
        strong, plain = _split(command.id(), command.keys)
        action = f"command('{command.id()}')"
        made.append(Binding(strong, action, show=False, priority=True, id=command.id()))
        made.append(Binding(plain, action, show=False, id=f"{command.id()}.plain"))
    return made


def widget_bindings(commands: Iterable[type[Command]]) -> list[BindingType]:
    """Bindings for a widget that has the actions itself (lists)."""
    return [
        Binding(",".join(command.keys), command.action(), show=False, id=command.id())
        for command in commands
    ]


def textual_keymap(
    commands: Iterable[type[Command]], keymap: Mapping[str, tuple[str, ...]]
) -> dict[str, str]:
    """What ``App.set_keymap`` needs: only the commands whose keys differ from the defaults."""
    changed: dict[str, str] = {}
    for command in commands:
        keys = keymap.get(command.id(), command.keys)
        if keys == command.keys:
            continue
        if command.group == "list":
            changed[command.id()] = ",".join(keys) or f"unbound_{command.id()}"
        else:
            strong, plain = _split(command.id(), keys)
            changed[command.id()] = strong
            changed[f"{command.id()}.plain"] = plain
    return changed
