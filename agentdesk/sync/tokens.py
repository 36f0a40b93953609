"""Which token is used for what."""

from __future__ import annotations

from collections.abc import Callable

from agentdesk.domain.authority import acting_as
from agentdesk.domain.people import Role
from agentdesk.sync.credentials import Credentials
from agentdesk.wire import Token

_ROLES = {role.value: role for role in Role}


class Tokens:
    """The tokens of a seat that still hold.

    Args:
        credentials: what people were given; may change at any time.
        now_ms: the seat's time, milliseconds since 1970.
    """

    def __init__(self, credentials: Credentials, now_ms: Callable[[], int]) -> None:
        self._credentials, self._now_ms = credentials, now_ms
        self._stopped: set[str] = set()
        self._generation = -1

    @property
    def enrolled(self) -> bool:
        """Whether anybody ever signed in here."""
        return bool(self._credentials.held.tokens)

    def renewed(self) -> bool:
        """Whether somebody signed in or out since this was asked last; refused tokens get
        another chance then.
        """
        if self._credentials.generation == self._generation:
            return False
        self._generation = self._credentials.generation
        self._stopped.clear()
        return True

    def stop(self, token: Token) -> None:
        """The server does not want this one any more."""
        self._stopped.add(token.token)

    def of(self, person: str) -> Token | None:
        """The best token of a person."""
        return self._credentials.of(person, self._now_ms(), self._stopped)

    def reader(self, actor: str) -> Token | None:
        """The token to read with: that of whoever sits here, else anybody's."""
        found = (self.of(person) for person in (actor, *self._credentials.people()) if person)
        return next((token for token in found if token is not None), None)

    def sender(self, person: str) -> Token | None:
        """The token a person's acts are sent with.

        Without a session a leader counts as an agent, and what only a leader may would be refused
        for good: it waits until they sign in.
        """
        token = self.of(person)
        if token is None or token.session:
            return token
        role = _ROLES.get(token.role)
        return token if role is None or acting_as(role, session=False) is role else None
