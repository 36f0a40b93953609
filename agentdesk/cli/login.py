"""``agentdesk login``: sign this seat in to the site's server.

With a code an administrator gave out the seat joins; with a work number and a PIN a person signs
in at a seat that has joined. Nothing is sent by this: the console does it, or ``sync --once``. What
was written here before goes up then, too.
"""

from __future__ import annotations

import argparse
import sys
from getpass import getpass
from typing import TYPE_CHECKING

from agentdesk.cli import exchange
from agentdesk.cli.context import Context
from agentdesk.errors import RemoteError, UsageError
from agentdesk.strings import Strings

if TYPE_CHECKING:
    from agentdesk.sync.credentials import Credentials
    from agentdesk.sync.transport import Transport, TransportError
    from agentdesk.wire import Token

_LONGEST = 200
_ASK = "-"


def add_arguments(parser: argparse.ArgumentParser, strings: Strings) -> None:
    """The address and how to sign in; ``--agent-no`` is one of the shared options."""
    parser.add_argument("url", nargs="?", metavar="URL", help=strings("cli.login.url"))
    parser.add_argument(
        "--code", nargs="?", const=_ASK, metavar="CODE", help=strings("cli.login.code")
    )
    parser.add_argument("--seat", default="", metavar="NAME", help=strings("cli.login.seat"))


def run(args: argparse.Namespace, context: Context) -> int:
    """Sign in and say who one is now.

    Raises:
        UsageError: no address, or nothing to sign in with.
        RemoteError: the server is not there, or does not let us in.
        StoreLocked: a console has the store open and does not answer.
    """
    kept = exchange.tokens(context)
    url = exchange.chosen_url(context, args.url, kept.held.url)
    seat = exchange.seat(context)
    transport = exchange.server(context, url)
    try:
        token = _sign_in(args, context, kept, seat, transport)
    finally:
        transport.close()
    if seat.site and token.site != seat.site:
        raise RemoteError("login.other_site", url=url, site=token.site, ours=seat.site)
    kept.put(token, url)
    known = context.config.agent.no or seat.agent_no
    if not known and not token.session and not seat.console:
        exchange.remember(context, token.person, token.name)
    _tell(context, seat, token, url)
    if seat.console and exchange.ask_console(context, "login") is None:
        context.say(context.strings("cli.login.later"))
    return 0


def _sign_in(
    args: argparse.Namespace,
    context: Context,
    kept: Credentials,
    seat: exchange.Seat,
    transport: Transport,
) -> Token:
    from agentdesk.sync.transport import TransportError
    from agentdesk.wire import Enrol, SignIn

    strings = context.strings
    try:
        if args.code is not None:
            code = _secret(strings("cli.login.code.ask")) if args.code == _ASK else args.code
            return transport.enrol(Enrol(_clean(code, "login.no_code"), seat.install, args.seat))
        number = context.asked.get("agent_no") or context.config.agent.no or seat.agent_no
        if not number:
            raise UsageError("login.no_way")
        # A person signs in at a seat: its own token says which.
        own = next((token for token in kept.held.tokens if not token.session), None)
        if own is None:
            raise UsageError("login.not_joined")
        pin = _clean(_secret(strings("cli.login.pin.ask", number=number)), "login.no_pin")
        return transport.session(own.token, SignIn(number, pin, seat.install))
    except TransportError as error:
        raise _words(error) from error


def _secret(question: str) -> str:
    """A line nobody reads over the shoulder; of a pipe, the first line of it."""
    if sys.stdin is not None and sys.stdin.isatty():
        return getpass(question + " ")
    return sys.stdin.readline(_LONGEST + 1) if sys.stdin is not None else ""


def _clean(text: str, problem: str) -> str:
    text = text.strip()
    if not 0 < len(text) <= _LONGEST or not text.isprintable():
        raise UsageError(problem)
    return text


def _words(error: TransportError) -> RemoteError:
    """Why not, as far as the server or the way to it says."""
    from agentdesk.sync.transport import Failure

    detail = str(error.params.get("detail", ""))
    if error.failure is not Failure.REFUSED:
        return RemoteError(f"login.{error.failure.value}", reason=detail)
    code = error.problem.code
    if code in ("locked", "busy") or error.status in (429, 503):
        return RemoteError("login.locked", seconds=int(error.retry_after) or 60)
    if error.status in (401, 403, 404) or code in ("unauthorised", "expired", "revoked"):
        return RemoteError("login.refused")
    return RemoteError("login.problem", status=error.status, reason=code or detail)


def _tell(context: Context, seat: exchange.Seat, token: Token, url: str) -> None:
    strings = context.strings
    role = f"role.{token.role}"
    named = strings(role) if role in strings else token.role
    context.put(token.person, token.name, token.role, token.team, token.seat, token.site, url)
    context.say(strings("cli.login.done", url=url, site=token.site, seat=token.seat))
    team = token.team or strings("cli.login.no_team")
    who = f"{token.person} {token.name}".strip()
    context.say(strings("cli.login.who", who=who, role=named, team=team))
    if not token.session:
        context.say(strings("cli.login.as_agent"))
    if seat.agent_no and seat.agent_no != token.person:
        context.say(strings("cli.login.other", number=seat.agent_no, person=token.person))
    if seat.waiting:
        context.say(strings("cli.login.waiting", count=seat.waiting))
