"""Put a load on a server: seats that write, send, listen, and come back after a restart.

    scripts/load --self [--postgres] [--seats 500] [--rate 1000] [--seconds 30] [--storm]
    scripts/load --server http://127.0.0.1:8443 --admin-file seats.json …

``--self`` starts ``agentdesk serve`` over an empty database, enrols the seats as an
administrator would, and measures that process too. With ``--server`` the seats come from a
file: a JSON list of ``{"person", "seat", "team", "code"}`` with codes of ``agentdesk server
enrol``; what they enrol to is written back to it (with ``token`` in place of ``code``).

Seats were installed before, and have read who works there: one of them reads it for all. With
``--first-day`` each reads it for itself, as on the day a site is opened.

``--storm`` restarts the server in the middle: every seat has something to send, and all of them
come back at once. A seat has recovered when it has greeted, caught up and listens again.

``--slow N`` has a seat of each of N teams stop reading for half of the time, while a colleague
sends thousands of events: it must be let go of, and must have read all of them in the end.

``--backlog EVENTS [--holders N]`` has that many events wait in each of N seats when the load
begins, as after an outage. With ``--rate 0`` nothing else is written.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import secrets
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

from agentdesk.wire import Enrol, Token, decode, encode
from scripts.loading.client import Address, Connection, post
from scripts.loading.report import describe, printed
from scripts.loading.running import Load, Plan, Result
from scripts.loading.serving import Place, Serving, address_of, enrol, machine, many_files, scratch


def main(arguments: Sequence[str]) -> int:
    """Run and print; 1 when something was refused or lost."""
    args = parsed(arguments)
    files = many_files()
    if files < args.seats + 500:
        print(f"only {files} files may be open: --seats {files - 500}", file=sys.stderr)
        return 2
    import uvloop

    plan = Plan(
        args.seats,
        args.rate,
        args.seconds,
        args.seed,
        args.watch,
        args.storm,
        args.first_day,
        args.slow,
        args.backlog,
        min(args.holders or args.seats, args.seats),
    )
    with server(args) as (serving, address, places):

        async def go() -> Result:
            some = places or await enrolled(address, args.admin_file)
            return await Load(plan, address, some, serving).run()

        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            loaded = runner.run(go())
        if serving is not None:
            loaded.stored = serving.stored()
    found = describe(loaded)
    result = {"machine": machine(), "plan": msgspec.to_builtins(plan), **found}
    print(json.dumps(result, indent=2) if args.json else printed(result))
    return 0 if found["ok"] else 1


def parsed(arguments: Sequence[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="scripts/load", description=__doc__.split("\n")[0] if __doc__ else ""
    )
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--self", action="store_true", help="start a server and measure it")
    where.add_argument("--server", metavar="URL", help="a running one")
    parser.add_argument("--admin-file", type=Path, metavar="FILE", help="seats with their codes")
    parser.add_argument("--postgres", action="store_true", help="with --self: on PostgreSQL")
    parser.add_argument("--seats", type=int, default=500)
    parser.add_argument("--team", type=int, default=20, help="seats of a team (--self)")
    parser.add_argument("--rate", type=float, default=1000.0, help="events a second in all")
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--watch", type=int, default=2, help="seats of a team that take the time")
    parser.add_argument("--storm", action="store_true", help="restart the server (--self)")
    parser.add_argument("--first-day", action="store_true", help="no seat knows the site yet")
    parser.add_argument("--slow", type=int, default=0, metavar="N", help="teams with a slow reader")
    parser.add_argument("--backlog", type=int, default=0, metavar="EVENTS", help="of each holder")
    parser.add_argument("--holders", type=int, default=0, metavar="N", help="seats with a backlog")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args(arguments)
    if args.server and not args.admin_file:
        parser.error("--server needs --admin-file")
    if args.storm and (args.slow or args.backlog):
        parser.error("--storm goes neither with --slow nor with --backlog")
    if args.server and args.storm:
        parser.error("--storm needs --self: only its own server is restarted")
    return args


@contextmanager
def server(args: argparse.Namespace) -> Iterator[tuple[Serving | None, Address, list[Place]]]:
    """The server to load; its own process and its seats if it is ours."""
    if args.server:
        yield None, address_of(args.server), []
        return
    with scratch() as folder, database(args.postgres, folder) as url:
        places = enrol(url, args.seats, args.team)
        serving = Serving(url, folder)
        try:
            yield serving, serving.address, places
        finally:
            serving.stop()


@contextmanager
def database(postgres: bool, folder: Path) -> Iterator[str]:
    """An empty database for as long as the block lasts."""
    if not postgres:
        place = folder / "data"
        place.mkdir()
        yield f"sqlite:///{place / 'server.sqlite3'}"
        return
    from tests.postgres import server as own_postgres

    with own_postgres(durable=True) as running:
        parts = dict(part.split("=", 1) for part in running.fresh().split())
        yield f"postgresql:///{parts['dbname']}?host={parts['host']}&user={parts['user']}"


async def enrolled(address: Address, file: Path) -> list[Place]:
    """The seats of a file; whoever has only a code joins with it now."""
    entries: list[dict[str, str]] = json.loads(file.read_text(encoding="utf-8"))
    link = await Connection.connect(address)
    for entry in entries:
        if "token" in entry:
            continue
        install = secrets.token_hex(16)
        while True:
            message = Enrol(entry["code"], install, entry["seat"])
            answer = await link.ask(post("/v1/enrol", "none", encode(message)))
            if answer.status != 429:
                break
            await asyncio.sleep(answer.retry_after or 1.0)
        if answer.status != 200:
            raise SystemExit(f"{entry['seat']}: {answer.status} {answer.body.decode()}")
        token = decode(answer.body, Token)
        entry |= {"install": install, "token": token.token, "team": token.team}
        del entry["code"]
        file.write_text(json.dumps(entries, ensure_ascii=False, indent=1), encoding="utf-8")
    link.close()
    return [msgspec.convert(entry, Place) for entry in entries]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
