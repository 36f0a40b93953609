"""Colleagues at another seat, and what of their acts reaches the console under test."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from agentdesk.desk.remote import SyncPort
from agentdesk.domain.events import Draft, EntityId, Event
from agentdesk.domain.ids import Ids
from agentdesk.domain.moments import to_ms
from agentdesk.store import Store
from agentdesk.sync.status import State, Status
from tests.seat_kit import Site, to_send

if TYPE_CHECKING:
    from tests.tui.conftest import Seat, User

HELP = EntityId("e" * 32)
THEIRS = EntityId("a" * 32)


class Others:
    """Colleagues at another seat, and the site between them and the user."""

    def __init__(self, seat: Seat, folder: Path) -> None:
        ids = Ids(lambda: to_ms(seat.clock()), Random(77).getrandbits)
        self.clock = seat.clock
        self.store = Store.open(folder / "others.sqlite3", clock=seat.clock, new_id=ids)
        self.site = Site()

    def join(self, user: User, *, lead: bool = False, **status: Any) -> Status:
        """The user's seat has a server now."""
        port = user.seat.worker.submit(lambda desk: setattr(desk, "shared", True))
        port.result()
        found = self.status(**status)
        user.app.take_status(found, server="https://desk.example.com  hq  s1", lead=lead)
        user.app.take(user.seat.worker.submit(lambda desk: desk.snapshot()).result())
        return found

    def status(self, **changes: Any) -> Status:
        """A status, well unless said otherwise."""
        now = to_ms(self.clock())
        return replace(Status(State.SYNCED, now, contact=now), **changes)

    async def hear(
        self, user: User, events: Iterable[Event], verdict: str = "ok", reason: str = ""
    ) -> None:
        """The server tells the user's seat of events."""
        after = self.site.cursor
        port = SyncPort(user.seat.worker, user.app.arrived)
        port.apply(self.site.take(events, verdict, reason), after)
        await user.settle()

    async def they(self, user: User, *drafts: Draft, actor: str = "8020") -> None:
        """A colleague acts."""
        await self.hear(user, self.store.commit(drafts, actor=actor))

    async def call_for_help(
        self, user: User, entity: EntityId = HELP, actor: str = "8020", **more: object
    ) -> None:
        """A colleague raises a call for help."""
        body = {"at": to_ms(self.clock()), "call": THEIRS, "reason": "cannot_calm"}
        body |= {"level": "team_leader", "proposal": "客户要求经理回电", **more}
        await self.they(user, Draft("escalation.raised", "escalation", entity, body), actor=actor)

    async def takes(self, user: User, entity: EntityId = HELP) -> None:
        """Another leader takes it."""
        body = {"at": to_ms(self.clock()), "by": "9001 王芳"}
        await self.they(user, Draft("escalation.taken", "escalation", entity, body), actor="9001")


def mine(user: User) -> list[Event]:
    """What the user's seat has to send."""
    return user.seat.worker.submit(to_send).result()
