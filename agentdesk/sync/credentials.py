"""What a seat shows to its server: a file of its own, 0600, never in a log.

One token for each person and kind: the seat's own (from a code) and that of a session (from a
PIN). Nobody's acts are ever sent with somebody else's token.
"""

from __future__ import annotations

import os
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from agentdesk.errors import RemoteError
from agentdesk.wire import Token

FILE = "server.json"


class Held(Struct, frozen=True):
    """Content of the file.

    Attributes:
        url: the server's address.
        site: the site it serves.
        seat: the name of this seat there.
    """

    url: str = ""
    site: str = ""
    seat: str = ""
    tokens: tuple[Token, ...] = ()


class Credentials:
    """Tokens of this seat.

    Args:
        path: the file, which need not exist; None keeps nothing (tests).

    Raises:
        RemoteError: ``sync.credentials``: the file cannot be read.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self.generation = 0
        self.held = Held()
        self.reload()

    def reload(self) -> None:
        """Read the file again: another process may have signed somebody in.

        Raises:
            RemoteError: ``sync.credentials``.
        """
        if self._path is None:
            return
        try:
            held = msgspec.json.decode(self._path.read_bytes(), type=Held)
        except FileNotFoundError:
            held = Held()
        except (OSError, msgspec.DecodeError, UnicodeError, RecursionError) as error:
            raise RemoteError("sync.credentials", path=str(self._path)) from error
        if held != self.held:
            self.held = held
            self.generation += 1

    def put(self, token: Token, url: str = "") -> None:
        """Keep a token in the place of an older one of that person and kind.

        Raises:
            RemoteError: ``sync.credentials``: it cannot be kept.
        """
        others = (
            each
            for each in self.held.tokens
            if (each.person, each.session) != (token.person, token.session)
        )
        tokens = (*others, token)
        self._save(Held(url or self.held.url, token.site, token.seat or self.held.seat, tokens))

    def drop(self, person: str, *, session_only: bool = False) -> None:
        """Forget the tokens of a person."""
        tokens = tuple(
            each
            for each in self.held.tokens
            if each.person != person or (session_only and not each.session)
        )
        self._save(replace(self.held, tokens=tokens))

    def clear(self) -> None:
        """Forget everything; what waits to be sent waits on."""
        self._save(Held())

    def of(self, person: str, now_ms: int, but: Collection[str] = ()) -> Token | None:
        """The best token of a person: that of a session before the seat's.

        Args:
            now_ms: those that have expired are left out.
            but: so are these.
        """
        fit = [
            each
            for each in self.held.tokens
            if each.person == person
            and each.token not in but
            and (not each.expires or each.expires > now_ms)
        ]
        return max(fit, key=lambda each: each.session, default=None)

    def people(self) -> tuple[str, ...]:
        """Everybody a token is kept of."""
        return tuple(dict.fromkeys(each.person for each in self.held.tokens))

    def _save(self, held: Held) -> None:
        if self._path is not None:
            try:
                _replace(self._path, msgspec.json.encode(held))
            except OSError as error:
                raise RemoteError("sync.credentials", path=str(self._path)) from error
        self.held = held
        self.generation += 1


def _replace(path: Path, data: bytes) -> None:
    """Write a private file whole or not at all."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = path.with_name(path.name + ".new")
    with suppress(FileNotFoundError):
        new.unlink()
    descriptor = os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(descriptor)
    os.replace(new, path)
