"""What a server needs of its database, whichever it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from msgspec import Struct, field

from agentdesk.domain.events import EventId
from agentdesk.errors import StoreError
from agentdesk.store.project import Cell, Key
from agentdesk.wire import Stored


class StorageLost(StoreError):
    """The database went away; whether the last commit arrived is not known."""


class Link(Struct, frozen=True):
    """One group commit in the chain that seals the journal.

    Attributes:
        n: number of the group, from 1 without gaps; 0 before the first.
        seq: sequence of its last event.
        count: its events.
        hash: over the hash of the link before it and the digests of its events.
        at: when it was written, milliseconds since 1970.
    """

    n: int = 0
    seq: int = 0
    count: int = 0
    hash: bytes = b"\0" * 32
    at: int = 0


class Sealed(Struct, frozen=True):
    """A row as the audit reads it; ``stored`` is None once it was purged."""

    seq: int
    id: str
    sha: bytes
    stored: Stored | None


class Install(Struct, frozen=True):
    """A seat's store: where it belongs, and the last stamp one of its events counts by."""

    seat: str
    last_eff: int


class Group(Struct):
    """Everything one commit writes.

    Attributes:
        events: by sequence; of each the body as text and the digest over all it says.
        rows: per table, whole rows beginning with the id.
        installs: by id.
    """

    link: Link
    events: list[Stored] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    shas: list[bytes] = field(default_factory=list)
    rows: dict[str, list[tuple[Cell, ...]]] = field(default_factory=dict)
    parked: list[tuple[EventId, str]] = field(default_factory=list)
    installs: dict[str, Install] = field(default_factory=dict)


Meanwhile = Callable[[], None]


def nothing() -> None:
    """Nothing has to be done meanwhile."""


class Storage(Protocol):
    """A database. Every method may be called from any thread.

    Methods marked *inside* belong into :meth:`transaction`, of which there is one at a time.
    All raise :class:`agentdesk.errors.StoreError` and its children: ``StoreFull`` when there is
    no room (nothing was written), ``StorageLost`` when the database went away.
    """

    @property
    def takes_more(self) -> bool:
        """Whether it writes at all: not after a failed ``fsync``, until it is opened again."""

    def transaction(self) -> AbstractContextManager[None]:
        """All or nothing, on disk when it ends; no other writer meanwhile, in any process."""

    # -- inside a transaction

    def head(self) -> Link:
        """The newest link (also outside)."""

    def known(self, ids: Sequence[str]) -> Mapping[str, Stored | None]:
        """Those of ``ids`` that were taken in before; None for one that was purged."""

    def accepted(self, keys: Sequence[Key]) -> Mapping[Key, list[Stored]]:
        """Events with verdict ``ok`` of some entities, by sequence, without parked ones."""

    def installs(self, names: Sequence[str]) -> Mapping[str, Install]:
        """Those known of some stores."""

    def append(self, group: Group, meanwhile: Meanwhile = nothing) -> None:
        """Write a group and wake whoever waits for news.

        Args:
            meanwhile: called while the database is busy with the events; may add the computed
                rows to ``group``. What it raises is raised here.
        """

    def set_meta(self, name: str, value: str) -> None:
        """Keep a fact about this server."""

    def add_epoch(self, epoch: str, at: int, note: str) -> None:
        """Begin another past."""

    def purge(self, keys: Sequence[Key], refused: Sequence[int], at: int) -> Mapping[str, int]:
        """Remove entities and refused events; their ids and digests stay.

        Returns:
            Removed events by scope. The horizon of each of these scopes moves on.
        """

    def clear_rows(self) -> None:
        """Empty every table that is computed, and what was parked."""

    def write_rows(self, group: Group) -> None:
        """Write only the computed rows and parked events of ``group``."""

    # -- reading

    def reading(self) -> AbstractContextManager[None]:
        """Several reads that belong together: where they wait for a writer they do so once."""

    def meta(self, name: str) -> str | None:
        """A fact about this server."""

    def epochs(self) -> list[tuple[str, int, str]]:
        """Every past: id, when it began, why."""

    def page(self, scope: str, after: int, limit: int, upto: int | None = None) -> list[Stored]:
        """Events of a scope by sequence."""

    def tail(self, after: int, limit: int) -> list[Stored]:
        """Events of all scopes by sequence."""

    def place(self, scope: str, seq: int, id: str, at: int = 0) -> bool:
        """Whether that event stands, or stood until it was purged, at that place."""

    def scope_head(self, scope: str) -> tuple[int, str, int]:
        """Sequence and id of the newest event of a scope; 0 and empty for none."""

    def before(self, scope: str, seq: int) -> int:
        """Sequence of the event before ``seq`` in its scope, 0 for none."""

    def horizon(self, scope: str) -> int:
        """Events of the scope up to here may have been purged; 0 for none."""

    def sealed(self, after: int, limit: int) -> list[Sealed]:
        """Rows for the audit by sequence, purged ones too."""

    def links(self, after: int, limit: int) -> list[Link]:
        """The chain by number."""

    def forks(self) -> list[tuple[str, str]]:
        """Installs and seals two events claim to follow: a store that was copied."""

    def by_entity(self) -> Iterator[tuple[Key, list[Stored]]]:
        """Accepted events of every entity, one entity after the other."""

    def of_kind(self, entity: str) -> Iterator[tuple[Key, list[Stored]]]:
        """The same for one kind of entity."""

    def row(self, table: str, id: str) -> tuple[Cell, ...] | None:
        """One computed row."""

    def rows(self, table: str) -> list[tuple[Cell, ...]]:
        """Every computed row of a table, by id; for checks and small tables."""

    def parked(self) -> list[tuple[EventId, str]]:
        """Events that could not be folded."""

    def stale(self, before: int, entities: Iterable[str], limit: int) -> list[Key]:
        """Finished entities of these kinds nothing happened to since ``before`` (milliseconds)."""

    def stale_refused(self, before: int, limit: int) -> list[int]:
        """Sequences of refused events taken in before that."""

    # -- small records of other parts of the server: tokens, codes

    def keep(self, kind: str, key: str, value: str | None) -> None:
        """Keep a record durably; None removes it. Opens its own transaction."""

    def kept(self, kind: str, key: str) -> str | None:
        """A record."""

    def all_kept(self, kind: str) -> dict[str, str]:
        """Every record of a kind."""

    def swap(self, kind: str, key: str, old: str, new: str | None) -> bool:
        """Replace (None: remove) a record if it is still ``old``: a code is used only once."""

    def wait(self, timeout: float) -> bool:
        """Wait for somebody's commit, at most ``timeout`` seconds; False when none was heard."""

    def close(self) -> None:
        """Let go of the database."""
