"""Whom a request comes from, as its token says."""

from __future__ import annotations

from msgspec import Struct

from agentdesk.domain.people import Role


class Caller(Struct, frozen=True):
    """A person at a seat.

    Attributes:
        person, name, team: who; work number, and team of the moment (empty for none).
        role: what they are now. Authority asks ``session`` besides: without one nobody acts as
            more than an agent.
        seat, install: from where.
        session: whether the token came from a PIN.
        scopes: what they may read.
    """

    person: str
    name: str
    role: Role
    team: str
    seat: str
    install: str
    session: bool
    scopes: tuple[str, ...]

    def reads(self, scope: str) -> bool:
        """Whether a scope may be read."""
        return scope in self.scopes
