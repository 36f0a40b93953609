"""What the HTTP side needs from the rest of the server, and nothing more.

The routes know the core by these protocols only, so a test can stand in for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from typing import Protocol

from agentdesk.server.caller import Caller
from agentdesk.server.pages import Sheet
from agentdesk.wire import (
    Checkpoints,
    Common,
    Cursor,
    Enrol,
    Hello,
    Push,
    Pushed,
    Reset,
    SignIn,
    Stored,
    Token,
    Welcome,
)


class Doorkeeper(Protocol):
    """Knows tokens, codes and PINs."""

    def authenticate(self, token: str, install: str | None, now_ms: int) -> Caller:
        """Whom a token stands for.

        Raises:
            ServerProblem: 401 ``unauthorised revoked expired``.
        """
        ...

    def enrol(self, message: Enrol, now_ms: int) -> Token:
        """The seat's token for a code.

        Raises:
            ServerProblem: 401, 409 a code used before.
        """
        ...

    def sign_in(self, caller: Caller, message: SignIn, now_ms: int) -> Token:
        """The person's token for a PIN.

        Raises:
            ServerProblem: 401, 423 ``locked`` after too many wrong ones.
        """
        ...


class Backend(Protocol):
    """The journal and its rules; every call may come from any thread."""

    @property
    def site(self) -> str:
        """Id of the site."""
        ...

    @property
    def epoch(self) -> str:
        """Changes when the past changed."""
        ...

    @property
    def takes_more(self) -> bool:
        """Whether it writes at all: not after a failed ``fsync``."""
        ...

    def hello(self, who: Caller, message: Hello) -> Welcome:
        """What a seat may speak and read."""
        ...

    def sheet(
        self, who: Caller, scope: str, cursor: Cursor, epoch: str, limit: int
    ) -> Sheet | Reset:
        """Events after a cursor, ready to be sent."""
        ...

    def common(self, who: Caller, message: Checkpoints) -> Common:
        """The newest checkpoint that is still true."""
        ...

    def snapshot(self, who: Caller, scope: str) -> Iterator[bytes]:
        """Lines, each with its line end."""
        ...

    def heads(self, scopes: Sequence[str]) -> Mapping[str, int]:
        """Newest sequence of each scope, 0 for none."""
        ...

    def on_commit(self, callback: Callable[[Sequence[Stored]], None]) -> None:
        """Have every committed group told, on the thread that committed it."""
        ...


class Queue(Protocol):
    """The one writer."""

    def submit(self, who: Caller, push: Push) -> Future[Pushed]:
        """Take in a push with the next group.

        Raises:
            ServerProblem: 503 ``busy``.
        """
        ...

    def close(self) -> None:
        """Write what waits, then end."""
        ...
