"""What the engine needs of a seat: its replica, directly or through the desk's own thread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from agentdesk.domain.events import EventId
from agentdesk.store.installing import Snapshot
from agentdesk.store.outbox import Batch, Pending
from agentdesk.store.replica import Applied, Place
from agentdesk.wire import Cursor, Live, Page


class Port(Protocol):
    """See :class:`agentdesk.store.replica.Replica`, which is one."""

    @property
    def install(self) -> str:
        """Id of the store."""
        ...

    def site(self) -> str:
        """The site whose events are here; empty before the first contact."""
        ...

    def join_site(self, site: str) -> None:
        """Belong to a site."""

    def cursors(self) -> Mapping[str, Place]:
        """How far every scope was read."""
        ...

    def checkpoints(self, scope: str) -> Sequence[Cursor]:
        """Places remembered of a scope."""
        ...

    def outbox(
        self, limit_events: int, limit_bytes: int, actor: str | None = None, after: int = 0
    ) -> Batch:
        """The next events to send."""
        ...

    def pending(self) -> Pending:
        """The outbox at a glance."""
        ...

    def unsent(self, actor: str, until: int) -> Sequence[EventId]:
        """Events up to a place no pull has brought back."""
        ...

    def set_aside(self, ids: Sequence[EventId], reason: str) -> None:
        """Send these no more."""

    def release(self, reason: str) -> None:
        """Send what was set aside for a reason again."""

    def apply(self, page: Page, after: Cursor) -> Applied:
        """Apply a page."""
        ...

    def apply_live(self, lives: Sequence[Live], epoch: str) -> Sequence[Applied]:
        """Apply events of the stream."""
        ...

    def rewind(self, scope: str, common: Cursor, epoch: str, limit: int = 500) -> bool:
        """Go back towards common ground; False to be called again."""
        ...

    def drop_scope(self, scope: str, limit: int = 500) -> bool:
        """Forget a scope; False to be called again."""
        ...

    def take_snapshot(self, snapshot: Snapshot) -> Applied:
        """Do the next piece of putting a snapshot in the place of a scope."""
        ...

    def note(self, name: str, value: str | None) -> None:
        """Keep a local value."""

    def noted(self, name: str) -> str | None:
        """A value kept by :meth:`note`."""
        ...
