"""The server without its network: takes in, numbers, folds, gives out.

One writer, one transaction for any number of pushes, everything in it all or nothing. Reads
never wait for anything but the disk. Of HTTP it knows only the status of a refusal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path

import msgspec

from agentdesk.server import audit, retention
from agentdesk.server.admission import Authority, authority
from agentdesk.server.caller import Caller
from agentdesk.server.core import Core, busy
from agentdesk.server.pages import Front, Sheet
from agentdesk.server.problem import ServerProblem
from agentdesk.server.storage.sqlite import MEMORY, SqliteStorage
from agentdesk.wire import (
    BATCH,
    CHECKPOINTS,
    PROTOCOL,
    PROTOCOL_LEAST,
    Checkpoints,
    Common,
    Cursor,
    Hello,
    Page,
    Reset,
    Stored,
    Trailer,
    Welcome,
    encode,
)

__all__ = ["ServerProblem", "Service"]

_HEX = frozenset("0123456789abcdef")
_LAST = (1 << 63) - 1
_lines = msgspec.json.Encoder().encode_lines


class Service(Core):
    """A site's server.

    Every method may be called from any thread; writers wait for each other.

    Args:
        storage: its database; made ready here (site, epoch, tables folded anew if an earlier
            version wrote them).
        clock: the present instant in milliseconds since 1970.
        new_id: ids of 32 hexadecimal digits.
        authority: who may do what.
        limits: told to seats; a push over ``limits.batch`` is refused.
        rows: for tests.

    Attributes:
        counts: what happened since the start, by name: ``accepted``, ``refused.<verdict>``,
            ``duplicates``, ``conflicts``, ``parked``, ``groups``, ``fallbacks`` (groups taken
            apart), ``unavailable`` and ``lost`` (the database).
    """

    @classmethod
    def in_memory(
        cls,
        *,
        clock: Callable[[], int],
        new_id: Callable[[], str],
        authority: Authority = authority,
    ) -> Service:
        """A server that keeps nothing: for tests and simulations."""
        storage = SqliteStorage.open(MEMORY, new_id())
        return cls(storage, clock=clock, new_id=new_id, authority=authority)

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        clock: Callable[[], int],
        new_id: Callable[[], str],
        authority: Authority = authority,
    ) -> Service:
        """The server of a SQLite file, which is made if there is none.

        Raises:
            StoreError: see :meth:`agentdesk.server.storage.sqlite.SqliteStorage.open`.
        """
        storage = SqliteStorage.open(path, new_id())
        try:
            return cls(storage, clock=clock, new_id=new_id, authority=authority)
        except BaseException:
            storage.close()
            raise

    # -- what seats ask --------------------------------------------------------------

    def hello(self, who: Caller, message: Hello) -> Welcome:
        """Agree on a protocol.

        Raises:
            ServerProblem: 426 ``unsupported``: no protocol both speak.
        """
        protocol = min(PROTOCOL, message.protocol.max)
        if protocol < max(PROTOCOL_LEAST, message.protocol.min):
            detail = f"this server speaks {PROTOCOL_LEAST} to {PROTOCOL}"
            raise ServerProblem(426, "unsupported", detail)
        with self.storage.reading():
            site, epoch = self.site, self.epoch
        return Welcome(
            protocol=protocol,
            server_time=self._clock(),
            site=site,
            epoch=epoch,
            scopes=list(who.scopes),
            person=who.person,
            name=who.name,
            role=who.role.value,
            team=who.team,
            seat=who.seat,
            limits=self.limits,
            min_app="",
        )

    def pull(
        self, who: Caller, scope: str, cursor: Cursor, epoch: str, limit: int = BATCH
    ) -> Page | Reset:
        """Events of a scope after a cursor, without tearing a transaction apart.

        Args:
            epoch: of the cursor; may be empty while the cursor is 0.
            limit: most events, 1 to :data:`agentdesk.wire.BATCH`.

        Raises:
            ServerProblem: 403 ``forbidden_scope``, 503 ``busy``.
        """
        self._may_read(who, scope)
        with busy(), self.storage.reading():
            present = self.epoch
            if reason := self._lost(scope, cursor, epoch, present):
                return Reset(reason, present, scope)
            most = max(1, min(limit, BATCH))
            events = _whole_transactions(
                self.storage.page(scope, max(cursor.seq, 0), most + 1), most
            )
            cur = events[-1].place if events else cursor
            head = max(cur.seq, self.storage.scope_head(scope)[0])
        return Page(scope, present, events, cur, head, self._clock())

    def sheet(
        self, who: Caller, scope: str, cursor: Cursor, epoch: str, limit: int = BATCH
    ) -> Sheet | Reset:
        """What :meth:`pull` answers, as it travels; full pages are kept for the next who asks."""
        self._may_read(who, scope)
        most, events = max(1, min(limit, BATCH)), list[Stored]()
        with busy(), self.storage.reading():
            present = self.epoch
            if reason := self._lost(scope, cursor, epoch, present):
                return Reset(reason, present, scope)
            key = scope, present, max(cursor.seq, 0), most
            front = self._fronts.get(key)
            if front is not None and not self._still(scope, cursor, front):
                self._fronts.drop(key)
                front = None
            if front is None:
                events = self.storage.page(scope, max(cursor.seq, 0), most + 1)
            head = self.storage.scope_head(scope)[0]
        if front is None:
            whole = _whole_transactions(events, most)
            front = Front(scope, present, whole, whole[-1].place if whole else cursor)
            if len(events) > most:
                self._fronts.keep(key, front)
        return Sheet(front, max(front.cur.seq, head), self._clock())

    def _still(self, scope: str, cursor: Cursor, front: Front) -> bool:
        """Whether nothing of a page that was kept has been purged, or replaced behind our back."""
        return cursor.seq >= self.storage.horizon(scope) and self._stands(scope, front.cur)

    def _lost(self, scope: str, cursor: Cursor, epoch: str, present: str) -> str:
        """Why a cursor leads nowhere; empty when it does not."""
        if epoch != present and (epoch or cursor.seq):
            return "epoch"
        if cursor.seq <= 0:
            return ""
        if cursor.seq > self.storage.head().seq:
            return "ahead"
        if not self._stands(scope, cursor):
            return "gone"
        return "retention" if cursor.seq < self.storage.horizon(scope) else ""

    def _stands(self, scope: str, cursor: Cursor) -> bool:
        if len(cursor.id) != 32 or set(cursor.id) - _HEX or not 0 < cursor.seq <= _LAST:
            return False
        return self.storage.place(scope, cursor.seq, cursor.id, cursor.at)

    def common(self, who: Caller, message: Checkpoints) -> Common:
        """The newest of some cursors that is still true.

        Raises:
            ServerProblem: 403 ``forbidden_scope``, 413 too many of them, 503.
        """
        self._may_read(who, message.scope)
        if len(message.known) > CHECKPOINTS:
            raise ServerProblem(413, "too_large", f"at most {CHECKPOINTS} checkpoints")
        with busy():
            ordered = sorted(message.known, key=lambda cursor: cursor.seq, reverse=True)
            found = (each for each in ordered if self._stands(message.scope, each))
            return Common(self.epoch, next(found, Cursor()))

    def snapshot(self, who: Caller, scope: str) -> Iterator[bytes]:
        """Every event of a scope as NDJSON lines, then the trailer; several lines a piece.

        Raises:
            ServerProblem: 403 ``forbidden_scope`` at once; 503 also while it is read.
        """
        self._may_read(who, scope)
        return self._snapshot(scope)

    def _snapshot(self, scope: str) -> Iterator[bytes]:
        with busy():
            epoch = self.epoch
            seq, id, at = self.storage.scope_head(scope)
            end = Cursor(seq, id, at)
            if (horizon := self.storage.horizon(scope)) > seq:
                # The newest event was purged: a seat that stood before it after the snapshot
                # would be sent for another one, for ever.
                end = Cursor(horizon, self.storage.sealed(horizon - 1, 1)[0].id)
        digest, count, after = sha256(), 0, 0
        while after < seq:
            with busy():
                events = self.storage.page(scope, after, BATCH, seq)
            if not events:
                break
            piece = _lines(events)
            digest.update(piece)
            count, after = count + len(events), events[-1].seq
            yield piece
        yield encode(Trailer(epoch, end, count, digest.hexdigest())) + b"\n"

    def heads(self, scopes: Iterable[str]) -> dict[str, int]:
        """The newest sequence of each scope, 0 for an empty one."""
        with busy():
            return {scope: self.storage.scope_head(scope)[0] for scope in scopes}

    def before(self, scope: str, seq: int) -> int:
        """Sequence of the event before ``seq`` in its scope, 0 for none (``Live.after``)."""
        with busy():
            return self.storage.before(scope, seq)

    def after(self, seq: int, limit: int = BATCH) -> list[Stored]:
        """Events of every scope after ``seq``: for whoever sends them on."""
        with busy():
            return self.storage.tail(seq, limit)

    def _may_read(self, who: Caller, scope: str) -> None:
        if scope not in who.scopes:
            raise ServerProblem(403, "forbidden_scope", "not a scope of this token")

    # -- what whoever looks after the server asks ------------------------------------

    def verify(self) -> list[audit.Finding]:
        """Everything in the journal that is not as it was written; empty is sound.

        Raises:
            StoreError: the database cannot be read.
        """
        return audit.verify(self.storage)

    def new_epoch(self, note: str) -> str:
        """Tell every seat that this journal's past changed: after a backup was put back.

        Returns:
            The id of the new epoch.
        """
        epoch = self._new_id()
        with self._write, self.storage.transaction():
            self.storage.add_epoch(epoch, self._clock(), note)
        return epoch

    def purge(self, before: int, entities: Sequence[str] = retention.ENTITIES) -> retention.Report:
        """Remove finished records nothing happened to since ``before`` (milliseconds).

        See :func:`agentdesk.server.retention.purge`.
        """
        try:
            return retention.purge(self.storage, before, entities, self._clock())
        finally:
            self._fronts.clear()


def _whole_transactions(events: list[Stored], most: int) -> list[Stored]:
    """At most ``most`` events, ending where a transaction ends if it begins among them."""
    if len(events) <= most:
        return events
    cut = most
    while cut and events[cut - 1].txn == events[most].txn:
        cut -= 1
    return events[: cut or most]
