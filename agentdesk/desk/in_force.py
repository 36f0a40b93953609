"""Which standard is in force: the seat's, or the one a call's queue has."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from agentdesk.domain.call.checking import Checker
from agentdesk.domain.call.state import Call, Phase
from agentdesk.domain.pack import Pack
from agentdesk.domain.phrases import PhraseBook
from agentdesk.errors import PackError


class InForce:
    """Finds the standard of every call.

    A call keeps the standard it was answered by, whatever is configured later. A standard
    that cannot be had gives way to the seat's: a call is never lost to a mistake in a file.

    Args:
        find: gives a pack by id.
        queues: queue name to pack id, for queues with a standard of their own.
        pack_id: the seat's own standard.

    Raises:
        PackError: the seat's own standard cannot be had.
    """

    def __init__(
        self, find: Callable[[str], Pack], queues: Mapping[str, str], pack_id: str
    ) -> None:
        self._find = find
        self._queues = queues
        self._known: dict[str, Pack | None] = {}
        self._checkers: dict[str, Checker] = {}
        self.seat = find(pack_id)

    def take(self, pack_id: str) -> None:
        """Another standard for the seat.

        Raises:
            PackError: it cannot be had; the seat keeps its own.
        """
        self.seat = self._find(pack_id)

    def of(self, call: Call | None) -> Pack:
        """The standard of a call; the seat's without one."""
        if call is None:
            return self.seat
        if call.phase is not Phase.OFFERED and (kept := self._get(call.pack)) is not None:
            return kept
        return self.of_queue(call.queue)

    def recorded(self, pack_id: str) -> Pack:
        """The standard a call that is over was recorded under."""
        return self._get(pack_id) or self.seat

    def of_queue(self, queue: str) -> Pack:
        """The standard calls of a queue are answered by."""
        return self._get(self._queues.get(queue, "")) or self.seat

    def checker(self, pack: Pack) -> Checker:
        """The checker of a pack, made once."""
        made = self._checkers.get(pack.id)
        if made is None or made.pack is not pack:
            made = self._checkers[pack.id] = Checker(PhraseBook(pack.phrases), pack)
        return made

    def _get(self, pack_id: str) -> Pack | None:
        """A pack, or None where there is none to be had; either is remembered."""
        if not pack_id or pack_id == self.seat.id:
            return self.seat if pack_id else None
        if pack_id not in self._known:
            try:
                self._known[pack_id] = self._find(pack_id)
            except PackError:
                self._known[pack_id] = None
        return self._known[pack_id]
