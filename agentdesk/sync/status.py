"""How the exchange with the server stands, for whoever shows it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from msgspec import Struct


class State(Enum):
    """One word for it; texts under ``sync.state.``"""

    LOCAL = "local"
    """No server is set up, or nobody has signed in yet: everything stays here."""
    SYNCED = "synced"
    """Nothing waits."""
    SENDING = "sending"
    """The server is there; something is on its way."""
    OFFLINE = "offline"
    """Nobody answers."""
    REFUSED = "refused"
    """The server, or this seat, does not want to: see the reasons."""
    RESET = "reset"
    """The server's past has changed; the seat brings itself in line."""


class Reason(Struct, frozen=True):
    """Why; the text is ``sync.reason.<code>`` with ``params``.

    Codes: ``network stranger untrusted refused busy signed_out wrong_site unsupported waits_for
    set_aside elsewhere unknown_kind loop garbage store``.
    """

    code: str
    params: Mapping[str, object] = {}


class Status(Struct, frozen=True):
    """The exchange with the server at one moment; instants are milliseconds since 1970.

    Attributes:
        since: when this state began.
        waiting: own events the server has not confirmed.
        contact: when the server last answered, 0 for never.
        offset_ms: how far the wall clock is ahead of the server's; 0 when unknown.
        reasons: the most important first.
        not_accepted: own acts the server did not accept.
        streaming: whether events arrive as they happen.
        person: whose token is used for reading.
    """

    state: State = State.LOCAL
    since: int = 0
    waiting: int = 0
    contact: int = 0
    offset_ms: int = 0
    reasons: tuple[Reason, ...] = ()
    not_accepted: int = 0
    streaming: bool = False
    person: str = ""

    @property
    def settled(self) -> bool:
        """Whether nothing is on its way: what waits, if anything, waits for its author."""
        if self.state is not State.SENDING:
            return self.state is State.SYNCED
        held = [reason.params.get("count") for reason in self.reasons if reason.code == "waits_for"]
        # What else keeps records from going up comes before it.
        first = self.reasons[0].code if self.reasons else ""
        return first == "waits_for" and sum(n for n in held if isinstance(n, int)) == self.waiting
