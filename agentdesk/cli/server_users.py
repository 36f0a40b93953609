"""``agentdesk server users`` and ``teams``: the register of people."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from agentdesk.cli.context import Context
from agentdesk.cli.server_open import Act, reach
from agentdesk.errors import UsageError
from agentdesk.strings import Strings

PIN_LINE = 1024
"""Most characters read for a PIN."""


def run(args: argparse.Namespace, context: Context) -> int:
    """One step; the exit code.

    Raises:
        AgentdeskError: what stands against it.
    """
    if args.act == "teams":
        return _teams(args, context)
    steps = {
        "list": _list,
        "add": _change,
        "set": _change,
        "off": _off,
        "pin": _set_pin,
        "import": _import,
    }
    return steps[args.step](args, context)


def _list(args: argparse.Namespace, context: Context) -> int:
    with reach(args, context) as act:
        people = act("people")["people"]
    strings = context.strings
    for person in people:
        if args.json:
            context.put(json.dumps(person, ensure_ascii=False))
            continue
        state = strings("cli.server.active" if person["active"] else "cli.server.left")
        role = strings(f"role.{person['role']}")
        context.put(person["id"], person["name"], role, person["team"], state)
    context.say(strings("cli.server.users.count", count=len(people)))
    return 0


def _change(args: argparse.Namespace, context: Context) -> int:
    values: dict[str, Any] = {}
    if args.name is not None:
        values["name"] = args.name.strip()
    if args.role is not None:
        values["role"] = role_key(args.role)
    if args.team is not None:
        values["team"] = args.team.strip()
    if args.step == "set" and args.on:
        values["active"] = True
    pin = read_pin(args, context) if args.pin or args.pin_stdin else None
    if args.step == "set" and not values and pin is None:
        raise UsageError("people.nothing", value=args.number)
    with reach(args, context, make=True) as act:
        if pin is not None:
            _refuse_weak(pin, args.number)
        if values or args.step == "add":
            change = {"id": args.number, "values": values, "fresh": args.step == "add"}
            act("people.set", changes=[change])
        if pin is not None:
            act("pin", person=args.number, pin=pin)
    context.say(context.strings(f"cli.server.users.{args.step}.done", value=args.number))
    return 0


def _refuse_weak(pin: str, number: str) -> None:
    """Before anything is changed: a person without the PIN asked for is half an act."""
    from agentdesk.server.pins import refuse

    refuse(pin, number)


def _off(args: argparse.Namespace, context: Context) -> int:
    with reach(args, context) as act:
        change = {"id": args.number, "values": {"active": False}, "fresh": False}
        act("people.set", changes=[change])
        count = act("revoke", person=args.number)["count"]
    context.say(context.strings("cli.server.users.off.done", value=args.number, count=count))
    return 0


def _set_pin(args: argparse.Namespace, context: Context) -> int:
    pin = read_pin(args, context)
    with reach(args, context) as act:
        act("pin", person=args.number, pin=pin)
    context.say(context.strings("cli.server.users.pin.done", value=args.number))
    return 0


def read_pin(args: argparse.Namespace, context: Context) -> str:
    """A PIN from standard input or, typed twice, from the terminal.

    Raises:
        UsageError: ``pin.differs``, or ``pin.no_terminal``: there is nobody to ask.
    """
    if args.pin_stdin:
        return sys.stdin.readline(PIN_LINE).rstrip("\r\n")
    if not sys.stdin.isatty():
        raise UsageError("pin.no_terminal")
    from getpass import getpass

    first = getpass(context.strings("cli.server.pin.ask", value=args.number))
    if getpass(context.strings("cli.server.pin.again")) != first:
        raise UsageError("pin.differs")
    return first


def role_key(text: str) -> str:
    """The role meant, by its key or its word in any language of the interface.

    Raises:
        UsageError: ``people.wrong.role``.
    """
    from agentdesk.domain.people import Role
    from agentdesk.domain.text import clean
    from agentdesk.strings import LANGUAGES, table

    wanted = clean(text).strip().lower()
    for role in Role:
        words = {table(language)[f"role.{role.value}"].lower() for language in LANGUAGES}
        # The standards' own word for the seat agent is another than the one shown.
        words |= {
            table(language).get(f"std.role.{role.value}", "").lower() for language in LANGUAGES
        }
        if wanted == role.value or wanted in words:
            return role.value
    expected = " ".join(
        "/".join(dict.fromkeys((role.value, table(LANGUAGES[0])[f"role.{role.value}"])))
        for role in Role
    )
    raise UsageError("people.wrong.role", field="role", value=wanted, expected=expected)


def _named(error: UsageError, s: Strings) -> UsageError:
    """The same mistake; the column is named in the interface's language as well."""
    shown = {
        key: f"{s(name)}（{value}）" if s(name) != value else value
        for key, value in error.params.items()
        if key in ("field", "lacking")
        and isinstance(value, str)
        and (name := f"people.column.{value}") in s
    }
    return UsageError(error.code, **{**error.params, **shown})


def _import(args: argparse.Namespace, context: Context) -> int:
    from agentdesk.cli.server_csv import read_people

    with reach(args, context, make=True) as act:
        teams = {team["id"] for team in act("teams")["teams"]}
        try:
            changes = read_people(args.file, teams)
        except UsageError as error:
            raise _named(error, context.strings) from error
        done = _tried(act, changes) if args.dry_run else act("people.set", changes=changes)
    key = "try" if args.dry_run else "done"
    context.say(context.strings(f"cli.server.users.import.{key}", **done))
    return 0


def _tried(act: Act, changes: list[dict[str, Any]]) -> dict[str, int]:
    """What an import would do."""
    known = {person["id"]: person for person in act("people")["people"]}
    added = sum(change["id"] not in known for change in changes)
    changed = sum(
        any(known[change["id"]][name] != value for name, value in change["values"].items())
        for change in changes
        if change["id"] in known
    )
    return {"added": added, "changed": changed}


def _teams(args: argparse.Namespace, context: Context) -> int:
    if args.step == "set":
        with reach(args, context, make=True) as act:
            act("teams.set", id=args.team, name=args.name.strip())
        context.say(context.strings("cli.server.teams.set.done", value=args.team))
        return 0
    with reach(args, context) as act:
        teams = act("teams")["teams"]
    for team in teams:
        if args.json:
            context.put(json.dumps(team, ensure_ascii=False))
        else:
            context.put(team["id"], team["name"])
    return 0
