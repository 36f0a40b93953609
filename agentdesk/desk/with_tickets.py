"""The way from the desk to the work orders, made when somebody first goes there.

Nothing a console shows at its start needs them, so nothing of them is loaded before.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import datetime, tzinfo
from functools import cached_property
from typing import TYPE_CHECKING

from agentdesk.desk.in_force import InForce
from agentdesk.desk.snapshot import Profile
from agentdesk.domain.events import Draft, EntityId, Event
from agentdesk.domain.pack import Pack
from agentdesk.store.store import Store

if TYPE_CHECKING:
    from agentdesk.desk.tickets import TicketDesk
    from agentdesk.domain.sla.clocks import Settings
    from agentdesk.domain.ticket.state import Ticket

SettingsOf = Callable[[], "Settings"]
"""Reads the centre's calendars and figures."""


class WithTickets(ABC):
    """A desk that has work orders; the attributes are the desk's.

    Attributes:
        shared: this seat is signed in to a server.
    """

    _store: Store
    _find_pack: Callable[[str], Pack]
    _clock: Callable[[], datetime]
    _zone: tzinfo
    _profile: Profile
    _in_force: InForce
    _settings: SettingsOf | None
    shared = False

    @cached_property
    def tickets(self) -> TicketDesk:
        """The work orders of this seat."""
        from agentdesk.desk.tickets import Seat, TicketDesk

        seat = Seat(
            self._store,
            self._find_pack,
            pack=lambda: self._in_force.seat,
            actor=lambda: self._profile.agent_no,
            commit=self._commit,
            clock=self._clock,
            new_id=self.new_id,
            zone=self._zone,
            answers=self._answers,
            name=lambda: self._profile.agent_name,
        )
        return TicketDesk(seat, self._settings() if self._settings else None)

    def _answers(self, ticket: Ticket) -> bool:
        """Whether misses and warnings of a ticket are recorded here.

        Every seat of a team has it on its board. Its owner's records what its clocks say, or
        that of whoever took it in while nobody has it; the others only look.
        """
        return not self.shared or (ticket.owner or ticket.opened_by) == self._profile.agent_no

    @abstractmethod
    def new_id(self) -> EntityId:
        """A fresh id for a command that creates something."""

    @abstractmethod
    def _commit(self, drafts: tuple[Draft, ...]) -> tuple[Event, ...]:
        """Write an act down and follow it."""
