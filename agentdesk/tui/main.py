"""The composition root of the console: everything is made and joined here."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from time import monotonic
from typing import TYPE_CHECKING

os.environ.setdefault("TEXTUAL_DISABLE_KITTY_KEY", "1")  # see textual.md 13

from agentdesk.config import Config
from agentdesk.config.model import LANGUAGE_DEFAULT, PACK_DEFAULT, THEME_DEFAULT
from agentdesk.desk.snapshot import Profile
from agentdesk.desk.worker import ThreadWorker, Worker
from agentdesk.domain.calendar_cn import SHIPPED, China
from agentdesk.domain.call.timers import with_ring_length
from agentdesk.domain.events import EventId
from agentdesk.domain.ids import Ids
from agentdesk.domain.moments import to_ms
from agentdesk.domain.pack import Pack
from agentdesk.domain.phone import PhoneEvent
from agentdesk.errors import AgentdeskError, ConfigError, PackError
from agentdesk.locations import Locations
from agentdesk.tui.app import ConsoleApp
from agentdesk.tui.link import Dial, Link, dial
from agentdesk.tui.warming import Warming

if TYPE_CHECKING:
    from agentdesk.desk.desk import Desk
    from agentdesk.domain.sla.clocks import Settings
    from agentdesk.standards.loader import PackRegistry
    from agentdesk.telephony.handler import Ask

Clock = Callable[[], datetime]
"""The present instant, aware."""

NewId = Callable[[], EventId]
"""A fresh UUIDv7."""


def now() -> datetime:
    """The present instant."""
    return datetime.now(UTC)


def fresh_ids(clock: Clock) -> NewId:
    """A source of ids that nobody can guess; each thread needs its own."""
    return Ids(lambda: to_ms(clock()), _random_bits)


def _random_bits(count: int) -> int:
    """``count`` bits nobody can guess; ``secrets`` itself would load all of ``hashlib``."""
    whole = (count + 7) // 8
    return int.from_bytes(os.urandom(whole)) >> (whole * 8 - count)


def open_desk(
    config: Config,
    locations: Locations,
    packs: Callable[[], PackRegistry],
    *,
    clock: Clock = now,
    new_id: NewId | None = None,
) -> Desk:
    """Open the store and the desk over it.

    Args:
        packs: gives the registry when a pack has to be read from its files.
        clock, new_id: the present instant and fresh ids; tests bring their own.

    Raises:
        StoreError: the store cannot be used.
        PackError: the configured standard does not exist.
    """
    # Imported here, on the desk's thread: the first paint does not wait for them.
    from agentdesk.desk.desk import Desk
    from agentdesk.store.store import Store

    locations.prepare()
    ring = config.ring.seconds_per_ring

    @cache
    def find_pack(pack_id: str) -> Pack:
        return with_ring_length(_kept(pack_id, locations, packs), ring)

    store = Store.open(locations.store_file, clock=clock, new_id=new_id)
    try:
        return Desk(
            store,
            find_pack,
            clock=clock,
            new_id=new_id or fresh_ids(clock),
            zone=config.zone(),
            defaults=Profile(pack=PACK_DEFAULT, language=LANGUAGE_DEFAULT, theme=THEME_DEFAULT),
            given=given(config),
            queues=config.queues,
            settings=lambda: clock_settings(config, locations),
            china=known_days(locations),
        )
    except BaseException:
        store.close()
        raise


def known_days(locations: Locations) -> China:
    """The public calendar with the notices that were imported; nothing is read without any."""
    if not (locations.data_dir / "calendars").is_dir():
        return SHIPPED
    from agentdesk.standards.holidays import china

    return china(locations.data_dir)[0]


def clock_settings(config: Config, locations: Locations) -> Settings:
    """What the centre says of time limits; read when the first work order is looked at.

    Raises:
        SlaError: the time zone is not known on this machine.
    """
    from agentdesk.standards.working import settings_of

    ring = config.ring.seconds_per_ring
    return settings_of(config.hours, config.timezone, locations.data_dir, ring)[0]


def _kept(pack_id: str, locations: Locations, packs: Callable[[], PackRegistry]) -> Pack:
    from agentdesk.standards.kept import kept_pack

    folder, cache_dir = locations.packs_dir, locations.cache_dir
    return kept_pack(pack_id, folder, cache_dir, lambda name: packs().get(name))


def queue_problems(config: Config, find_pack: Callable[[str], Pack]) -> Iterator[ConfigError]:
    """Queues whose standard cannot be had; their calls follow the seat's."""
    for queue, pack_id in config.queues.items():
        try:
            find_pack(pack_id)
        except PackError as problem:
            key = f"queues.{queue}"
            yield ConfigError(
                "config.queue",
                file=str(config.source or ""),
                line=config.lines.get(key, config.lines.get("queues", 0)),
                key=queue,
                value=pack_id,
                nearest=problem.params.get("nearest", ""),
            )


def given(config: Config) -> Profile:
    """What the configuration says of the seat."""
    return Profile(
        agent_no=config.agent.no or "",
        agent_name=config.agent.name or "",
        company=config.company or "",
        pack=config.pack or "",
        language=config.language or "",
        theme=config.theme or "",
    )


def make_app(
    config: Config,
    locations: Locations,
    worker: Worker | None = None,
    *,
    clock: Clock = now,
    new_id: NewId | None = None,
    dial: Dial = dial,
) -> ConsoleApp:
    """The console, not yet running.

    Args:
        worker: the desk; one over the store of ``locations`` on a thread if not given.
        clock, new_id: the present instant and fresh ids; tests bring their own.
        dial: the way to a server; tests bring their own.
    """

    @cache
    def packs() -> PackRegistry:
        from agentdesk.standards.loader import PackRegistry

        return PackRegistry(locations.packs_dir)

    def titles(language: str) -> Sequence[tuple[str, str]]:
        found = []
        for pack_id in packs().ids():
            # A broken one was named at the start; it cannot be chosen.
            with suppress(PackError):
                found.append((pack_id, packs().title(pack_id).get(language)))
        return found

    def locate(error: ConfigError) -> ConfigError:
        key = f"keys.{error.params.get('key', '')}"
        line = config.lines.get(key)
        where = {"file": str(config.source or ""), "line": line if line is not None else ""}
        return ConfigError(error.code, **{**error.params, **where})

    def problems() -> Sequence[AgentdeskError]:
        from agentdesk.standards.kept import has_own_files

        own = packs().check_own() if has_own_files(locations.packs_dir) else ()
        queues = queue_problems(config, lambda pack_id: _kept(pack_id, locations, packs))
        return (*own, *queues)

    def opened(deliver: Callable[[PhoneEvent], None]) -> None:
        if config.push.enabled:
            door.open(deliver, link.ask)
        link.open()

    door = PhoneDoor(config, locations)
    desk = worker or ThreadWorker(lambda: open_desk(config, locations, packs, clock=clock))
    app = ConsoleApp(
        desk,
        titles,
        config,
        clock=clock,
        new_id=new_id or fresh_ids(clock),
        registry=packs,
        when_open=opened,
        problems=problems,
        locate=locate,
    )
    link = Link(config.server, locations, desk, app, dial=dial)
    door.app = app
    app.at_exit(door.close)
    app.at_exit(link.close)
    return app


class PhoneDoor:
    """The loopback door phone systems knock at, open while the console runs."""

    def __init__(self, config: Config, locations: Locations) -> None:
        self._push = config.push
        self._locations = locations
        self._close: Callable[[], None] = lambda: None
        self.app: ConsoleApp | None = None

    def open(self, deliver: Callable[[PhoneEvent], None], ask: Ask) -> None:
        """Listen and say where; a port that is taken is reported, never fatal."""
        from agentdesk.telephony.listening import Listening

        try:
            listening = Listening(self._push, self._locations, deliver, self._tell, ask)
        except AgentdeskError as error:
            self._tell(error)
            return
        self._close = listening.close

    def _tell(self, error: Exception) -> None:
        """Show what went wrong; may be called on a thread of the server."""
        if self.app is not None:
            self.app.call_later(self.app.desk_failed, error)

    def close(self) -> None:
        """Stop listening."""
        self._close()


def _collect_garbage_again() -> None:
    """The start ran without (see ``__main__``). What it made stays for the day: leave it out
    of every later look."""
    gc.freeze()
    gc.enable()


def read_ahead(app: ConsoleApp) -> None:
    """Read what the Standards screen shows first: the standard in force with its clauses."""
    from agentdesk.tui.widgets.clauses_library import read_entries, read_library

    registry, ids = app._pack_registry(), app._in_force()
    library = read_library(registry)
    for entry in read_entries(registry, ids, ids):
        library = library.with_entry(entry)
    app.library = library


def run_console(config: Config, locations: Locations, *, demo: bool = False) -> int:
    """Run the console until it is left; its exit code.

    Raises:
        AgentdeskError: it could not start.
    """
    app = make_app(config, locations)
    then = (lambda: read_ahead(app), lambda: app.call_later(app.make_screens_ready))
    warming = Warming(lambda: app.touched, then=then)
    app.at_exit(warming.stop)

    def settled() -> None:
        _collect_garbage_again()
        app.touched = monotonic()
        warming.start()

    app.when_settled = settled
    try:
        app.run(mouse=config.mouse)
    finally:
        app.shut()
    if app.start_error is not None:
        raise app.start_error
    return app.return_code or 0
