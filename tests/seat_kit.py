"""Servers for tests of what a seat makes of what a server says: two lines, or a whole one."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping

from msgspec import Raw

from agentdesk.desk.desk import Desk
from agentdesk.domain.events import EntityId, Event, EventId
from agentdesk.domain.people import Role
from agentdesk.server.caller import Caller
from agentdesk.server.service import Service
from agentdesk.store.journal import canonical
from agentdesk.sync.transport import Failure, Stream, TransportError
from agentdesk.wire import (
    Checkpoints,
    Common,
    Cursor,
    Enrol,
    Hello,
    Page,
    Problem,
    Push,
    Pushed,
    Reset,
    SignIn,
    Stored,
    Token,
    Trailer,
    Welcome,
    decode,
)
from tests.server_kit import PEOPLE, caller, serve

TEAM = "team:A"


class Site:
    """A server in two lines: it numbers what it is given, and pages it."""

    def __init__(self) -> None:
        self.events: list[Stored] = []

    def take(self, events: Iterable[Event], verdict: str = "ok", reason: str = "") -> Page:
        """Accept events; the page that tells of them."""
        after = self.cursor
        for event in events:
            self.events.append(
                Stored(
                    seq=len(self.events) + 1,
                    scope=TEAM,
                    eff=event.stamp,
                    verdict=verdict,
                    id=event.id,
                    txn=event.txn,
                    kind=event.kind,
                    v=event.version,
                    entity=event.entity,
                    entity_id=event.entity_id,
                    hlc=event.stamp,
                    actor=event.actor,
                    install=event.install,
                    body=Raw(canonical(event.body).encode()),
                    reason=reason,
                )
            )
        return Page(TEAM, "e1", self.events[after.seq :], self.cursor, len(self.events))

    @property
    def cursor(self) -> Cursor:
        return Cursor(len(self.events), self.events[-1].id) if self.events else Cursor()


def to_send(desk: Desk) -> list[Event]:
    """What a seat has to send, in its order; the newest five hundred stay unsaid."""
    found = desk.replica.outbox(500, 1 << 20).events
    known = {
        event.id: event
        for entity, key in dict.fromkeys((each.entity, EntityId(each.entity_id)) for each in found)
        for event in desk._store.events_of(entity, key)
    }
    return [known[EventId(each.id)] for each in found]


class Direct:
    """A whole server without a network between; see :class:`agentdesk.sync.transport.Transport`.

    Attributes:
        down: nobody answers.
        codes, pins: what lets a seat or a person in.
    """

    def __init__(self, service: Service) -> None:
        self.service = service
        self.down = False
        self.codes = {"join-8001": "8001"}
        self.pins = {"8001": "135790", "8009": "246801"}
        self.callers: dict[str, Caller] = {}
        self.urls: list[str] = []
        self.closed = 0

    def _who(self, token: str) -> Caller:
        if self.down:
            raise TransportError(Failure.NETWORK, "connection refused")
        if token not in self.callers:
            raise _refusal(401, "unauthorised")
        return self.callers[token]

    def _token(self, person: str, install: str, *, session: bool) -> Token:
        name, role, team = next((n, r, t) for no, n, r, t in PEOPLE if no == person)
        text = f"token-{person}-{session}"
        self.callers[text] = caller(
            person, team=team, role=Role(role), install=install, session=session
        )
        site = self.service.site
        return Token(text, site, "s1", person, name, role, team, session=session)

    def enrol(self, msg: Enrol) -> Token:
        if self.down:
            raise TransportError(Failure.NETWORK, "connection refused")
        if msg.code not in self.codes:
            raise _refusal(401, "unauthorised")
        return self._token(self.codes.pop(msg.code), msg.install, session=False)

    def session(self, token: str, msg: SignIn) -> Token:
        self._who(token)
        if self.pins.get(msg.agent_no) != msg.pin:
            raise _refusal(401, "unauthorised")
        return self._token(msg.agent_no, msg.install, session=True)

    def hello(self, token: str, msg: Hello) -> Welcome:
        return self.service.hello(self._who(token), msg)

    def push(self, token: str, msg: Push) -> Pushed:
        return self.service.push(self._who(token), msg)

    def pull(self, token: str, scope: str, epoch: str, cursor: Cursor, limit: int) -> Page | Reset:
        return self.service.pull(self._who(token), scope, cursor, epoch, limit)

    def common(self, token: str, msg: Checkpoints) -> Common:
        return self.service.common(self._who(token), msg)

    def snapshot(self, token: str, scope: str) -> tuple[list[bytes], Trailer]:
        *lines, last = self.service.snapshot(self._who(token), scope)
        return lines, decode(last, Trailer)

    def stream(self, token: str, cursors: Mapping[str, Cursor]) -> Stream:
        raise TransportError(Failure.NETWORK, "no streams here")

    def close(self) -> None:
        self.closed += 1


def _refusal(status: int, code: str) -> TransportError:
    return TransportError(Failure.REFUSED, status=status, problem=Problem(code))


def running() -> Direct:
    """A server with people, by the real clock."""
    return Direct(serve(people=True, clock=lambda: time.time_ns() // 1_000_000))
