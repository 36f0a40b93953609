"""What the sub-commands about the server share: store or running console, tokens, the server."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from agentdesk.cli.context import Context
from agentdesk.config.remote import server_url
from agentdesk.errors import RemoteError, StoreLocked, UsageError

if TYPE_CHECKING:
    from agentdesk.store.store import Store
    from agentdesk.sync.credentials import Credentials
    from agentdesk.sync.transport import Transport

T = TypeVar("T")


class Seat(Struct, frozen=True):
    """What is known of this seat's store.

    Attributes:
        install: its id.
        site: the site its events belong to; empty before the first contact.
        waiting: events that still have to be sent.
        agent_no: whose seat it is, as chosen in the console.
        console: a console runs and answered for it.
    """

    install: str
    site: str
    waiting: int
    agent_no: str = ""
    console: bool = False


def tokens(context: Context) -> Credentials:
    """The tokens of this seat.

    Raises:
        RemoteError: the file cannot be read.
    """
    from agentdesk.sync.credentials import FILE, Credentials

    context.locations.prepare()
    return Credentials(context.locations.state_dir / FILE)


def with_store(context: Context, work: Callable[[Store], T], locked: str = "sync.locked") -> T:
    """Do something with the store; it is made if there is none.

    Args:
        locked: code of the error when the console has it open.

    Raises:
        StoreLocked: the console has it open.
    """
    from agentdesk.store.store import Store

    context.locations.prepare()
    try:
        store = Store.open(context.locations.store_file, clock=lambda: datetime.now(UTC))
    except StoreLocked as error:
        raise StoreLocked(locked, **error.params) from error
    try:
        return work(store)
    finally:
        store.close()


def seat(context: Context) -> Seat:
    """This seat, from its store or from the console that has it open.

    Raises:
        StoreLocked: a console has it open and does not answer; it has to be closed.
    """
    try:
        return with_store(context, _seat)
    except StoreLocked:
        found = ask_console(context, "status")
        if found is None:
            raise
        return Seat(
            str(found.get("install", "")),
            str(found.get("site", "")),
            int(str(found.get("waiting", 0))),
            str(found.get("agent_no", "")),
            console=True,
        )


def _seat(store: Store) -> Seat:
    from agentdesk.store.replica import Replica

    replica = Replica(store)
    return Seat(replica.install, replica.site(), replica.pending().count, agent_no(store))


def agent_no(store: Store) -> str:
    """Work number of whoever sits here, as the first start asked for it."""
    from agentdesk.desk.seat import SEAT

    return str(store.state("seat", SEAT).value("agent_no") or "")


def remember(context: Context, person: str, name: str) -> None:
    """Keep who sits here where nobody has said so yet; the first start offers it.

    What is written before a work number is known can never be sent: nobody wrote it.

    Raises:
        StoreLocked: the console has the store open (``sync.locked``).
    """

    def keep(store: Store) -> None:
        from agentdesk.desk.seat import read_profile, write_profile
        from agentdesk.desk.snapshot import Profile

        held = read_profile(store, Profile(), Profile())
        if not held.agent_no:
            known = replace(held, agent_no=person, agent_name=held.agent_name or name)
            write_profile(store, known, datetime.now(UTC))

    with_store(context, keep)


def ask_console(context: Context, act: str, timeout: float = 5.0) -> dict[str, object] | None:
    """What the running console answers; None when there is none, or it does not answer."""
    from agentdesk.telephony.client import ask

    try:
        return ask(context.locations.control_file, act, timeout)
    except RemoteError:
        return None


def chosen_url(context: Context, given: str | None, held: str = "") -> str:
    """The server's address: as given, of ``config.toml``, or where this seat was signed in.

    Raises:
        UsageError: there is none, or it cannot be used.
    """
    text = given or context.config.server.url or held
    if not text:
        raise UsageError("login.no_url")
    try:
        return server_url(text)
    except ValueError as error:
        raise UsageError("login.url", value=text) from error


def server(context: Context, url: str) -> Transport:
    """The way to a server.

    Raises:
        UsageError: the certificates of ``[server] ca_file`` cannot be read.
    """
    from agentdesk.sync.http import HttpTransport

    name = context.config.server.ca_file
    ca_file = Path(name).expanduser() if name else None
    if ca_file is not None and not ca_file.is_file():
        raise UsageError("login.ca_file", path=str(ca_file))
    return HttpTransport(url, ca=ca_file)
