"""``agentdesk audit verify``: whether a server's journal is what was once written.

The newest hash is printed: noted somewhere else, it also shows when somebody has written the
whole chain anew.
"""

from __future__ import annotations

import argparse
import json
from typing import Any

from agentdesk.cli.context import Context
from agentdesk.cli.server_open import add_database, reach
from agentdesk.strings import Strings


def add_arguments(parser: argparse.ArgumentParser, strings: Strings) -> None:
    """``verify``."""
    acts = parser.add_subparsers(dest="act", metavar="verify", required=True)
    about = strings("cli.audit.verify.help")
    verify: Any = acts.add_parser(
        "verify",
        prog="agentdesk audit verify",
        strings=strings,
        about=about,
        help=about,
    )
    add_database(verify, strings)
    verify.add_argument("--json", action="store_true", help=strings("cli.server.json"))


def run(args: argparse.Namespace, context: Context) -> int:
    """Verify; 1 when something was changed, taken out or put in.

    Raises:
        AgentdeskError: the journal cannot be read.
    """
    with reach(args, context) as act:
        found = act("verify")
    wrong = [finding for finding in found["findings"] if finding["what"] != "fork"]
    if args.json:
        context.put(json.dumps(found, ensure_ascii=False))
        return 1 if wrong else 0
    strings = context.strings
    for finding in found["findings"]:
        what = strings(f"cli.audit.{finding['what']}")
        context.put(what, str(finding["seq"] or ""), finding["id"])
    context.put(strings("cli.audit.hash"), found["hash"])
    key = "bad" if wrong else "good"
    said = {"count": len(wrong), "groups": found["groups"], "seq": found["seq"]}
    context.say(strings(f"cli.audit.{key}", **said))
    return 1 if wrong else 0
