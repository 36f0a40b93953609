"""The chain that seals the journal: what was changed afterwards shows, and where.

Every row carries a digest over all it says; every group commit a hash over the hash before it
and the digests of its rows. Whoever rewrites the whole chain from some place on is found by
comparing its newest hash with one noted elsewhere (``agentdesk audit verify`` prints it).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256

import msgspec
from msgspec import Struct
from msgspec.structs import astuple

from agentdesk.server.storage.base import Link, Sealed, Storage
from agentdesk.wire import Stored

_AT_ONCE = 2000
_encode = msgspec.json.Encoder().encode


class Finding(Struct, frozen=True):
    """Something the audit found.

    Attributes:
        what: ``altered`` (a row is not what was sealed), ``missing`` (rows were taken out or
            put in), ``chain`` (a group was sealed anew), ``fork`` (a seat's store was copied or
            put back from a backup: two events follow the same one; not an offence by itself).
        seq: sequence of the row, or of the last row of the group.
        id: of the event; of the install for a fork; empty for a group.
    """

    what: str
    seq: int
    id: str = ""


def digest(stored: Stored) -> bytes:
    """SHA-256 over everything a row says, as a JSON list that can be read in one way only."""
    return digests([stored])[0]


def digests(events: Sequence[Stored]) -> list[bytes]:
    """:func:`digest` of each of some events."""
    if not events:
        return []
    (
        seq, scope, eff, verdict, id, txn, kind, v, entity, entity_id, hlc, actor, install,
        body, prev, reason, role, recv_at,
    ) = zip(*map(astuple, events), strict=True)  # fmt: skip
    rows = zip(
        seq, id, scope, eff, verdict, reason, role, recv_at, txn, kind, v, entity, entity_id,
        hlc, actor, install, prev, body, strict=True,
    )  # fmt: skip
    return [sha256(text).digest() for text in map(_encode, rows)]


def link(head: Link, shas: Sequence[bytes], at: int) -> Link:
    """The link that follows ``head`` over a group, whose sequences follow it without a gap; one
    without events marks a removal.
    """
    return Link(head.n + 1, head.seq + len(shas), len(shas), chained(head.hash, shas), at)


def chained(hash: bytes, shas: Sequence[bytes]) -> bytes:
    """The hash after ``hash`` over the digests of a group."""
    return sha256(b"".join((hash, *shas))).digest()


def verify(storage: Storage) -> list[Finding]:
    """Everything that is not as it was written; empty is sound.

    Of purged rows only the digests are left; they still carry the chain.

    Raises:
        StoreError: the database cannot be read.
    """
    found: list[Finding] = []
    head = storage.head()  # what is written meanwhile is for the next time
    rows = _rows(storage, head.seq)
    row = next(rows, None)
    before = Link()
    for each in _links(storage, head.n):
        group: list[Sealed] = []
        while row is not None and row.seq <= each.seq:
            group.append(row)
            row = next(rows, None)
        found += [Finding("altered", one.seq, one.id) for one in group if _altered(one)]
        whole = (
            each.n == before.n + 1
            and each.seq == before.seq + each.count
            and [one.seq for one in group] == list(range(before.seq + 1, each.seq + 1))
        )
        if not whole:
            found.append(Finding("missing", each.seq))
        elif chained(before.hash, [one.sha for one in group]) != each.hash:
            found.append(Finding("chain", each.seq))
        before = each
    found += _unsealed(storage, head.seq)
    return found + [Finding("fork", 0, install) for install, _ in storage.forks()]


def _unsealed(storage: Storage, after: int) -> list[Finding]:
    """Rows no group was ever written for. Rows come with their link: what was read before the
    newest link and lies beyond it was put in by another hand.
    """
    some = storage.sealed(after, _AT_ONCE)
    newest = storage.head().seq
    return [Finding("missing", row.seq, row.id) for row in some if row.seq > newest]


def _altered(row: Sealed) -> bool:
    stored = row.stored
    return stored is not None and digest(stored) != row.sha


def _rows(storage: Storage, upto: int) -> Iterator[Sealed]:
    after = -1 << 62
    while some := storage.sealed(after, _AT_ONCE):
        yield from (row for row in some if row.seq <= upto)
        after = some[-1].seq
        if after > upto:
            return


def _links(storage: Storage, upto: int) -> Iterator[Link]:
    after = -1 << 62
    while some := storage.links(after, _AT_ONCE):
        yield from (link for link in some if link.n <= upto)
        after = some[-1].n
