"""Tokens of seats and people: who a request comes from, and nothing it says itself.

A seat joins with a code (one use, a day) and gets a token of its own, ``seat``, that lasts until
it is revoked and makes nobody more than an agent. Who signs in at such a seat with work number
and PIN gets a ``session`` for twelve hours with their whole role. Only digests are kept.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from contextlib import suppress
from threading import Lock
from typing import Protocol

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from agentdesk.domain.authority import acting_as
from agentdesk.domain.people import Person
from agentdesk.domain.scopes import readable
from agentdesk.errors import StoreError
from agentdesk.server.caller import Caller
from agentdesk.server.codes import Randomness, digest, new_code, new_token, plain_code
from agentdesk.server.pins import Kept, Pins
from agentdesk.server.problem import ServerProblem
from agentdesk.wire import Enrol, SignIn, Token

SEAT, SESSION = "seat", "session"
CODE_MS = 24 * 60 * 60 * 1000
"""How long an enrol code can be used."""
AGAIN_MS = 10 * 60 * 1000
"""How long the seat that used a code may ask again, should the answer not have arrived."""
SESSION_MS = 12 * 60 * 60 * 1000
"""How long a session lasts: the longest shift."""
SEEN_MS = 60 * 60 * 1000
"""How stale the kept time of last use may be: a write for each request would be a waste."""
KNOWN_MS = 3_000
"""How long another process of the server may take to hear of a revocation. Where there is none,
a token is read once."""
NAME_MOST = 64

_TOKEN, _CODE = "token", "code"
_MANY = 20_000  # tokens in memory; forgotten ones are read again


class Register(Protocol):
    """Who works here, as the journal tells."""

    def person(self, number: str) -> Person | None:
        """Whoever has that work number."""

    def teams(self) -> Iterable[str]:
        """Ids of all teams."""


class Held(Struct, frozen=True):
    """What is kept of a token.

    Attributes:
        kind: ``seat`` or ``session``.
        person, seat, install: whom and where it was given to.
        created, expires, seen, revoked: milliseconds since 1970; 0 for never.
    """

    kind: str
    person: str
    seat: str
    install: str
    created: int
    expires: int = 0
    seen: int = 0
    revoked: int = 0


class Code(Struct, frozen=True):
    """An enrol code; once used it says by which store, and which token came of it."""

    person: str
    seat: str
    expires: int
    used: int = 0
    install: str = ""
    token: str = ""


class Keys:
    """Every key to one server; safe from any thread.

    Args:
        storage: where they are kept.
        register: people and teams.
        site: id of the site.
        randomness: for tokens, codes and salts.
        alone: whether no other process can write these records. A read waits for the writer's
            transaction: with ten thousand seats those who only show their token would stand in
            line for it.
    """

    def __init__(
        self,
        storage: Kept,
        register: Register,
        site: str,
        randomness: Randomness = secrets.token_bytes,
        *,
        alone: bool = False,
    ) -> None:
        self._storage, self._register, self._site = storage, register, site
        self._alone = alone
        self._randomness = randomness
        self.pins = Pins(storage, randomness)
        self._lock = Lock()
        self._known: dict[str, tuple[int, str, Held]] = {}
        self._generation = 0  # of what is known: grows when something of it becomes untrue

    # -- requests

    def authenticate(self, token: str, install: str | None, now_ms: int) -> Caller:
        """Whom a token stands for.

        Args:
            token: as it came.
            install: ignored: a store says itself which it is, so only the one the token was given
                to may be believed. Others of the same seat are the journal's business.

        Raises:
            ServerProblem: 401 ``unauthorised``, ``revoked`` or ``expired``.
        """
        key = digest(token)
        text, held = self._held(key, now_ms)
        self._valid(held, now_ms)
        person = self._person(held.person)
        if now_ms - held.seen >= SEEN_MS:
            self._seen(key, text, held, now_ms)
        session = held.kind == SESSION
        role = acting_as(person.role, session=session)
        scopes = readable(role, person.team, held.seat, person.id, self._register.teams())
        return Caller(
            person.id,
            person.name,
            person.role,
            person.team,
            held.seat,
            held.install,
            session,
            scopes,
        )

    def enrol(self, message: Enrol, now_ms: int) -> Token:
        """The seat's token for a code. The same store may ask again for ten minutes, and gets
        another token in place of the first.

        Raises:
            ServerProblem: 400 no install, 401 ``unauthorised`` (no such code) or ``expired``,
                409 ``conflict`` (used before).
        """
        if not message.install or len(message.install) > NAME_MOST:
            raise ServerProblem(400, "bad_request", "install")
        key = digest(plain_code(message.code))
        text = self._storage.kept(_CODE, key)
        if text is None:
            raise ServerProblem(401, "unauthorised", "no such code")
        code = msgspec.json.decode(text, type=Code)
        if code.used:
            if code.install != message.install or now_ms - code.used > AGAIN_MS:
                raise ServerProblem(409, "conflict", "the code was used before")
        elif code.expires <= now_ms:
            raise ServerProblem(401, "expired", "the code has expired")
        person = self._person(code.person)
        token = new_token(self._randomness)
        used = replace(code, used=code.used or now_ms, install=message.install, token=digest(token))
        # Whoever comes first has it: the record is replaced only if nobody else did.
        if not self._storage.swap(_CODE, key, text, _text(used)):
            raise ServerProblem(409, "conflict", "the code was used before")
        if code.token:
            self._revoke(code.token, now_ms)
        held = Held(SEAT, person.id, code.seat, message.install, now_ms, seen=now_ms)
        self._keep(used.token, held, now_ms)
        return self._answer(token, held, person)

    def sign_in(self, caller: Caller, message: SignIn, now_ms: int) -> Token:
        """The person's token for a PIN, at the seat ``caller`` enrolled.

        Raises:
            ServerProblem: 401 ``unauthorised`` (person or PIN wrong), 423 ``locked`` with the
                seconds to wait.
        """
        number = message.agent_no
        if wait := self.pins.wait_ms(number, now_ms) if len(number) <= NAME_MOST else 0:
            raise ServerProblem(423, "locked", "too many wrong PINs", -(-wait // 1000))
        right = len(number) <= NAME_MOST and self.pins.check(number, message.pin, now_ms)
        person = self._register.person(number) if right else None
        if person is None or not person.active:
            raise ServerProblem(401, "unauthorised", "work number or PIN")
        made = new_token(self._randomness)
        held = Held(
            SESSION,
            person.id,
            caller.seat,
            message.install or caller.install,
            now_ms,
            expires=now_ms + SESSION_MS,
            seen=now_ms,
        )
        self._keep(digest(made), held, now_ms)
        return self._answer(made, held, person)

    # -- administration

    def new_code(self, person: str, seat: str, now_ms: int) -> str:
        """A fresh enrol code for somebody's seat."""
        code = new_code(self._randomness)
        record = Code(person, seat, now_ms + CODE_MS)
        self._storage.keep(_CODE, digest(plain_code(code)), _text(record))
        return code

    def set_pin(self, person: str, pin: str, now_ms: int) -> None:
        """Give somebody a PIN and end their sessions.

        Raises:
            UsageError: it is too weak.
        """
        self.pins.set(person, pin)
        self.revoke(now_ms, person=person, kind=SESSION)

    def revoke(
        self, now_ms: int, *, person: str = "", seat: str = "", kind: str = "", codes: bool = False
    ) -> int:
        """Revoke every token of a person, of a seat, or both when both are named.

        Args:
            kind: only ``seat`` or only ``session``; all when empty.
            codes: unused codes as well.

        Returns:
            How many tokens and codes were still good.
        """
        count = 0
        for key, held in self.tokens():
            fits = person in ("", held.person) and seat in ("", held.seat)
            if fits and kind in ("", held.kind) and not _over(held, now_ms):
                self._revoke(key, now_ms)
                count += 1
        for key, text in self._storage.all_kept(_CODE).items() if codes else ():
            code = msgspec.json.decode(text, type=Code)
            if person in ("", code.person) and seat in ("", code.seat) and not code.used:
                self._storage.keep(_CODE, key, None)
                count += code.expires > now_ms
        return count

    def tokens(self) -> Iterator[tuple[str, Held]]:
        """Every token's digest and record, revoked and expired ones too."""
        for key, text in sorted(self._storage.all_kept(_TOKEN).items()):
            yield key, msgspec.json.decode(text, type=Held)

    def sweep(self, now_ms: int, keep_ms: int = 30 * CODE_MS) -> int:
        """Remove tokens and codes that have been over for a month; how many."""
        gone = [(_TOKEN, key) for key, held in self.tokens() if _over(held, now_ms - keep_ms)]
        for key, text in self._storage.all_kept(_CODE).items():
            code = msgspec.json.decode(text, type=Code)
            if max(code.expires, code.used) < now_ms - keep_ms:
                gone.append((_CODE, key))
        for kind, key in gone:
            self._storage.keep(kind, key, None)
        self.forget()
        return len(gone)

    def forget(self) -> None:
        """Read every token anew."""
        with self._lock:
            self._generation += 1
            self._known.clear()

    # -- inside

    def _held(self, key: str, now_ms: int) -> tuple[str, Held]:
        with self._lock:
            found, generation = self._known.get(key), self._generation
        if found is not None and (self._alone or abs(now_ms - found[0]) < KNOWN_MS):
            return found[1], found[2]
        text = self._storage.kept(_TOKEN, key)
        if text is None:
            raise ServerProblem(401, "unauthorised", "no such token")
        held = msgspec.json.decode(text, type=Held)
        self._remember(key, text, held, now_ms, generation)
        return text, held

    def _remember(self, key: str, text: str, held: Held, now_ms: int, generation: int) -> None:
        """Know a token, unless one was revoked since ``generation``: perhaps this one."""
        with self._lock:
            if generation == self._generation:
                if len(self._known) >= _MANY:
                    self._known.clear()
                self._known[key] = (now_ms, text, held)

    def _valid(self, held: Held, now_ms: int) -> None:
        if held.revoked:
            raise ServerProblem(401, "revoked", "the token was revoked")
        if _over(held, now_ms):
            raise ServerProblem(401, "expired", "the session is over")

    def _person(self, number: str) -> Person:
        person = self._register.person(number)
        if person is None or not person.active:
            raise ServerProblem(401, "revoked", "nobody active has this work number")
        return person

    def _seen(self, key: str, text: str, held: Held, now_ms: int) -> None:
        """Keep when it was used; somebody who revokes it at the same time wins."""
        held = replace(held, seen=now_ms)
        generation = self._generation
        # A full disk keeps nobody from reading.
        with suppress(StoreError):
            if self._storage.swap(_TOKEN, key, text, _text(held)):
                self._remember(key, _text(held), held, now_ms, generation)
            else:
                with self._lock:
                    self._known.pop(key, None)

    def _revoke(self, key: str, now_ms: int) -> None:
        while (text := self._storage.kept(_TOKEN, key)) is not None:
            held = msgspec.json.decode(text, type=Held)
            if self._storage.swap(_TOKEN, key, text, _text(replace(held, revoked=now_ms))):
                break
        with self._lock:
            self._generation += 1
            self._known.pop(key, None)

    def _keep(self, key: str, held: Held, now_ms: int) -> None:
        text, generation = _text(held), self._generation
        self._storage.keep(_TOKEN, key, text)
        self._remember(key, text, held, now_ms, generation)

    def _answer(self, token: str, held: Held, person: Person) -> Token:
        return Token(
            token,
            self._site,
            held.seat,
            person.id,
            person.name,
            person.role.value,
            person.team,
            held.expires,
            held.kind == SESSION,
        )


def _over(held: Held, now_ms: int) -> bool:
    """Revoked or expired before ``now_ms``."""
    return 0 < held.revoked <= now_ms or 0 < held.expires <= now_ms


def _text(record: Struct) -> str:
    return msgspec.json.encode(record).decode()
