"""Runs the exchange with the site's server while the console runs.

Nothing of it is loaded before somebody has signed in, and then not before the hands rest: the
console is there at once, with or without a server. A login that happens meanwhile (another
window, ``agentdesk login``) is seen within seconds.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Event, Lock, Thread
from time import monotonic
from typing import TYPE_CHECKING, Any

from agentdesk.config import Server
from agentdesk.desk.worker import Worker
from agentdesk.errors import AgentdeskError
from agentdesk.locations import Locations

if TYPE_CHECKING:
    from agentdesk.desk.desk import Desk
    from agentdesk.desk.remote import SyncPort
    from agentdesk.desk.remote_views import Arrived
    from agentdesk.sync.credentials import Credentials
    from agentdesk.sync.engine import Engine
    from agentdesk.sync.runner import Runner
    from agentdesk.sync.status import Status
    from agentdesk.sync.transport import Transport
    from agentdesk.tui.app import ConsoleApp

FILE = "server.json"
"""Name of the file with the tokens, in the state folder (:mod:`agentdesk.sync.credentials`)."""
LOOK_SECONDS = 2.0
"""Between two looks at that file."""
IDLE_SECONDS = 1.0
"""How long no key was touched before anything is loaded; not waited for longer than that below."""
MOST_SECONDS = 10.0
TIDY_SECONDS = 3600.0
"""Between two rounds of forgetting what other seats finished long ago."""
HURRY_SECONDS = 20.0
"""How long ``agentdesk sync --once`` waits for a running console."""

Dial = Callable[[str, "Path | None"], "Transport"]
"""The way to a server: its address, and certificates to trust."""


def dial(url: str, ca_file: Path | None) -> Transport:
    """Over HTTP."""
    from agentdesk.sync.http import HttpTransport

    return HttpTransport(url, ca=ca_file)


class Link:
    """See the module.

    Args:
        settings: ``[server]``.
        locations: where the tokens are.
        worker: the desk.
        app: told of the state and of the news.
        dial: the way to a server; tests bring their own.
    """

    def __init__(
        self,
        settings: Server,
        locations: Locations,
        worker: Worker,
        app: ConsoleApp,
        *,
        dial: Dial = dial,
    ) -> None:
        self._settings, self._worker, self._app, self._dial = settings, worker, app, dial
        self._file = locations.state_dir / FILE
        self._ending, self._look = Event(), Event()
        self._thread = Thread(target=self._run, name="link", daemon=True)
        self._credentials: Credentials | None = None
        self._transport: Transport | None = None
        self._engine: Engine | None = None
        self._runner: Runner | None = None
        self._url = ""
        self._mark: object = None
        self._lead = False
        self._port: SyncPort | None = None
        self._tidy_at = 0.0
        self._news: Arrived | None = None
        self._guard = Lock()

    # ------------------------------------------------------------------ its life

    def open(self) -> None:
        """The desk is open, and the first screen has been painted."""
        if self._settings.enabled:
            self._thread.start()

    def close(self) -> None:
        """End it, before the desk is closed. What waits is sent the next time."""
        self._ending.set()
        self._look.set()
        if self._thread.is_alive():
            self._thread.join(MOST_SECONDS)
        self._stop()

    def _run(self) -> None:
        while not self._ending.is_set():
            self._look.clear()
            mark = self._stamp()
            if mark != self._mark:
                self._rest()
                self._mark = mark
                try:
                    self._renew()
                except AgentdeskError as error:
                    self._app.call_later(self._app.say_error, error)
            if self._engine is not None and self._leads() != self._lead:
                self._notify(self._engine.status)  # somebody else sits here now
            self._tidy()
            self._look.wait(LOOK_SECONDS)

    def _tidy(self) -> None:
        """A little at every look, while the hands rest, until nothing is left for an hour."""
        now = monotonic()
        if self._port is None or now < self._tidy_at or now - self._app.touched < IDLE_SECONDS:
            return
        try:
            more = self._port.tidy()
        except AgentdeskError:
            more = False  # the disk is full or broken: said where somebody writes
        self._tidy_at = now + (LOOK_SECONDS if more else TIDY_SECONDS)

    def _stamp(self) -> object:
        """Changes with the file; None without one."""
        try:
            found = os.stat(self._file)
        except OSError:
            return None
        return found.st_mtime_ns, found.st_ino, found.st_size

    def _rest(self) -> None:
        """Wait until nobody types, but not for long: loading would take turns with the keys."""
        until = monotonic() + MOST_SECONDS
        while monotonic() < until and monotonic() - self._app.touched < IDLE_SECONDS:
            if self._ending.wait(0.1):
                return

    def _renew(self) -> None:
        """Somebody signed in or out.

        Raises:
            AgentdeskError: the tokens or the certificates cannot be read.
        """
        from agentdesk.sync.credentials import Credentials

        if self._ending.is_set():
            return
        if self._credentials is None:
            self._credentials = Credentials(self._file)
        else:
            self._credentials.reload()
        held = self._credentials.held
        shared = bool(held.tokens)
        self._announce(self._worker.submit(lambda desk: _join(desk, shared, self._wake)).result())
        if self._runner is not None and held.url in ("", self._url):
            self._runner.wake()  # signed out, or somebody else besides: the engine sees to it
        elif held.tokens:
            self._start()

    def _start(self) -> None:
        """Begin with the server the tokens are of."""
        import time
        from random import Random

        from agentdesk import __version__
        from agentdesk.desk.remote import SyncPort
        from agentdesk.sync.clock import ServerClock
        from agentdesk.sync.engine import Engine
        from agentdesk.sync.runner import Runner
        from agentdesk.sync.status import Reason, State, Status

        self._stop()
        assert self._credentials is not None
        url = self._credentials.held.url
        wanted = self._settings.url
        if wanted and wanted != url:
            # A token goes nowhere but to the server that gave it out.
            self._notify(Status(State.REFUSED, reasons=(Reason("signed_out", {"actor": ""}),)))
            return
        name = self._settings.ca_file
        port = self._port = SyncPort(self._worker, self._announce)
        self._transport = self._dial(url, Path(name).expanduser() if name else None)
        self._engine = Engine(
            port,
            self._transport,
            self._credentials,
            ServerClock.of_machine(),
            monotonic=time.monotonic,
            rng=Random(),
            app=__version__,
            actor=self._actor,
        )
        self._runner = Runner(
            self._engine,
            self._transport,
            cursors=lambda: {name: place.cursor for name, place in port.cursors().items()},
            notify=self._notify,
        )
        self._url = url
        self._runner.start()

    def _stop(self) -> None:
        if self._runner is not None:
            self._runner.stop()
            self._runner = None
        if self._transport is not None:
            self._transport.close()
            self._transport = None

    def _actor(self) -> str:
        return self._app.snapshot.profile.agent_no

    def _wake(self) -> None:
        if self._runner is not None:
            self._runner.wake()

    # ------------------------------------------------------------------ what it tells

    def _notify(self, status: Status) -> None:
        """The exchange stands otherwise; called on its thread."""
        held = self._credentials.held if self._credentials else None
        server = (
            "  ".join(part for part in (held.url, held.site, held.seat) if part) if held else ""
        )
        lead = self._lead = self._leads()
        self._later(lambda: self._app.take_status(status, server=server, lead=lead))

    def _leads(self) -> bool:
        """Whether whoever sits here has signed in as one who leads."""
        from agentdesk.domain.people import Role

        me = self._actor()
        leading = (Role.LEADER.value, Role.DIRECTOR.value)
        tokens = self._credentials.held.tokens if self._credentials else ()
        return any(each.session and each.person == me and each.role in leading for each in tokens)

    def _announce(self, news: Arrived) -> None:
        """Something came. Many pages in a row are drawn once."""
        from agentdesk.desk.remote_views import Arrived

        with self._guard:
            held, waiting = self._news, self._news is not None
            if held is not None:
                news = Arrived(news.snapshot, held.tickets | news.tickets, held.calls or news.calls)
            self._news = news
        if not waiting:
            self._later(self._deliver)

    def _deliver(self) -> None:
        with self._guard:
            news, self._news = self._news, None
        if news is not None:
            self._app.arrived(news)

    def _later(self, work: Callable[[], None]) -> None:
        if self._app.is_running:
            self._app.call_later(work)

    # ------------------------------------------------------------- what it is asked

    def ask(self, act: str) -> Mapping[str, object]:
        """Answer a sub-command (:data:`agentdesk.telephony.handler.SYNC_ACTS`)."""
        if act == "login":
            self._look.set()
        elif act == "now" and self._engine is not None:
            self._engine.hurry()
            self._wake()
            self._until_synced()
        return self._facts()

    def _until_synced(self) -> None:
        from agentdesk.sync.status import State

        assert self._engine is not None
        before, until = self._engine.status.contact, monotonic() + HURRY_SECONDS
        while monotonic() < until and not self._ending.wait(0.05):
            status = self._engine.status
            if status.settled and status.contact > before:
                return
            if status.state in (State.REFUSED, State.LOCAL):
                return

    def _facts(self) -> Mapping[str, object]:
        from agentdesk.tui.panels.remote_state import reason_words

        facts: dict[str, Any] = dict(self._worker.submit(_facts).result(10))
        held = self._credentials.held if self._credentials else None
        status = self._engine.status if self._engine else None
        facts |= {
            "state": status.state.value if status else "local",
            "url": held.url if held else "",
            "seat": held.seat if held else "",
            "people": list(self._credentials.people()) if self._credentials else [],
            "reasons": [reason_words(r, self._app.s) for r in status.reasons] if status else [],
        }
        return facts


def _join(desk: Desk, shared: bool, wake: Callable[[], None]) -> Arrived:
    """The desk tells the exchange of every act from now on; on the desk's thread."""
    desk.shared, desk.committed = shared, wake
    return desk.arrived(())


def _facts(desk: Desk) -> Mapping[str, object]:
    pending = desk.replica.pending()
    return {
        "install": desk.replica.install,
        "site": desk.replica.site(),
        "agent_no": desk.snapshot().profile.agent_no,
        "waiting": pending.count,
        "waiting_by": {each.actor: each.count for each in pending.waiting},
        "not_accepted": pending.not_accepted,
    }
