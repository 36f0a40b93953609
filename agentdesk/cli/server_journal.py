"""``agentdesk server backup|restore|epoch|retention``: the journal as a whole."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from agentdesk.cli.context import Context
from agentdesk.cli.server_keys import moment
from agentdesk.cli.server_open import database_url, reach
from agentdesk.errors import UsageError

_AGE = re.compile(r"([1-9][0-9]{0,4})d")
_DAY_MS = 24 * 60 * 60 * 1000


def run(args: argparse.Namespace, context: Context) -> int:
    """One act; the exit code.

    Raises:
        AgentdeskError: what stands against it.
    """
    acts = {"backup": _backup, "restore": _restore, "epoch": _epoch, "retention": _retention}
    return acts[args.act](args, context)


def _backup(args: argparse.Namespace, context: Context) -> int:
    from agentdesk.server.opening import sqlite_path

    target = Path(args.file).expanduser().absolute()
    url = database_url(args.database, context)
    if sqlite_path(url) is None:
        from agentdesk.server.dumps import dump

        done = dump(url, target)
    else:
        with reach(args, context) as act:
            done = act("backup", path=str(target))
    context.put(done["path"], str(done["bytes"]))
    return 0


def _restore(args: argparse.Namespace, context: Context) -> int:
    from agentdesk.server.opening import sqlite_path

    source = Path(args.file).expanduser().absolute()
    url = database_url(args.database, context)
    path = sqlite_path(url)
    if path is None:
        from agentdesk.server.dumps import load

        done = load(url, source, context.locations.state_dir, force=args.force)
    else:
        from agentdesk.server.copies import restore

        done = restore(path, source, force=args.force)
    strings = context.strings
    context.put(strings("cli.server.epoch.now"), done["epoch"])
    if done["replaced"]:
        context.put(strings("cli.server.restore.replaced"), done["replaced"])
    context.say(strings("cli.server.restore.done", behind=done["behind"], people=done["people"]))
    return 0


def _epoch(args: argparse.Namespace, context: Context) -> int:
    with reach(args, context) as act:
        if args.new:
            act("epoch", note=args.note)
        found = act("epochs")
    strings = context.strings
    context.put(strings("cli.server.epoch.site"), found["site"])
    for epoch in found["epochs"]:
        now = strings("cli.server.epoch.now") if epoch["id"] == found["epoch"] else ""
        context.put(epoch["id"], moment(epoch["created"], context), epoch["note"], now)
    return 0


def _retention(args: argparse.Namespace, context: Context) -> int:
    match = _AGE.fullmatch(args.older_than.strip())
    if match is None:
        raise UsageError("retention.age")
    with reach(args, context) as act:
        done = act(
            "retention", older_than=int(match.group(1)) * _DAY_MS, dry_run=bool(args.dry_run)
        )
    strings = context.strings
    for entity, count in done["entities"].items():
        context.put(strings(f"cli.server.entity.{entity}"), str(count))
    for scope, count in done.get("events", {}).items():
        context.put(scope, str(count))
    if done.get("refused"):
        context.put(strings("cli.server.entity.refused"), str(done["refused"]))
    key = "try" if args.dry_run else "done"
    total = sum(done["entities"].values())
    before = moment(done["before"], context)
    context.say(strings(f"cli.server.retention.{key}", count=total, before=before))
    return 0
