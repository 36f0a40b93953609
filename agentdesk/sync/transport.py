"""How the engine reaches a server, whatever carries it; see :mod:`agentdesk.sync.http`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from typing import Protocol

from msgspec import Struct

from agentdesk.errors import AgentdeskError
from agentdesk.wire import (
    Alive,
    Checkpoints,
    Common,
    Cursor,
    Enrol,
    Hello,
    Live,
    Page,
    Problem,
    Push,
    Pushed,
    Reset,
    SignIn,
    Token,
    Trailer,
    Welcome,
)


class Failure(Enum):
    """What went wrong on the way."""

    NETWORK = "network"
    """Nobody answered, or not to the end."""
    STRANGER = "stranger"
    """Somebody answered who is no agentdesk server: a portal, a proxy, another service."""
    UNTRUSTED = "untrusted"
    """The certificate does not hold, or the address is one no secret may be sent to."""
    REFUSED = "refused"
    """The server answered with a :class:`Problem`."""


class TransportError(AgentdeskError):
    """A request that was not answered as the protocol has it.

    Attributes:
        failure: what kind of failure.
        status: HTTP status, 0 without an answer.
        problem: what the server said; its code is empty when it said nothing.
        retry_after: seconds it asks to wait, 0 for none.
    """

    def __init__(
        self,
        failure: Failure,
        detail: str = "",
        *,
        status: int = 0,
        problem: Problem | None = None,
        retry_after: float = 0.0,
    ) -> None:
        code = problem.code if problem else ""
        super().__init__(f"sync.{failure.value}", detail=detail, status=status, reason=code)
        self.failure = failure
        self.status = status
        self.problem = problem or Problem("")
        self.retry_after = retry_after


class Frame(Struct, frozen=True):
    """Something a stream said.

    Attributes:
        name: ``event``, ``hello``, ``behind`` or ``revoked``; the runner adds ``open`` and
            ``closed``.
        epoch: of the server, for ``event`` and ``hello``.
    """

    name: str
    epoch: str = ""
    live: Live | None = None
    alive: Alive | None = None


class Stream(Protocol):
    """An open stream."""

    def __iter__(self) -> Iterator[Sequence[Frame]]:
        """What it says, as it comes: at least something every half minute, if only nothing.

        Raises:
            TransportError: it broke.
        """

    def close(self) -> None:
        """End it; may be called from another thread."""


class Requests(Protocol):
    """What the engine asks of a server; each raises :class:`TransportError`."""

    def hello(self, token: str, msg: Hello) -> Welcome:
        """Begin."""

    def push(self, token: str, msg: Push) -> Pushed:
        """Send events."""

    def pull(self, token: str, scope: str, epoch: str, cursor: Cursor, limit: int) -> Page | Reset:
        """Events of a scope after a cursor."""

    def common(self, token: str, msg: Checkpoints) -> Common:
        """Ask for common ground."""

    def snapshot(self, token: str, scope: str) -> tuple[list[bytes], Trailer]:
        """The lines of a snapshot with their ends, and its trailer, not checked yet."""


class Streams(Protocol):
    """Where news comes from as it happens."""

    def stream(self, token: str, cursors: Mapping[str, Cursor]) -> Stream:
        """Open the stream of all scopes of a token; raises :class:`TransportError`."""


class Transport(Requests, Streams, Protocol):
    """The whole protocol: how to get in, the engine's requests, and the stream."""

    def enrol(self, msg: Enrol) -> Token:
        """Join with a code."""

    def session(self, token: str, msg: SignIn) -> Token:
        """Sign a person in."""

    def close(self) -> None:
        """Let go of every connection."""
