"""``agentdesk paths``: where files live, one ``name<TAB>path`` a line."""

from __future__ import annotations

import argparse

from agentdesk.cli.context import Context
from agentdesk.strings import Strings


def add_arguments(parser: argparse.ArgumentParser, strings: Strings) -> None:
    """No arguments."""


def run(args: argparse.Namespace, context: Context) -> int:
    """Print every place; those that do not exist yet are marked."""
    places, strings = context.locations, context.strings
    for name, path in (
        ("config", places.config_file),
        ("packs", places.packs_dir),
        ("store", places.store_file),
        ("log", places.log_file),
        ("control", places.control_file),
        ("cache", places.cache_dir),
    ):
        absent = () if path.exists() else (strings("cli.paths.absent"),)
        context.put(strings(f"cli.paths.{name}"), str(path), *absent)
    return 0
