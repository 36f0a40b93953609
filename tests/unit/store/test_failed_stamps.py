"""What could not be stored moves no stamp, in memory or on disk."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec import Raw

from agentdesk.domain.events import Draft, EntityId
from agentdesk.errors import StoreFull
from agentdesk.store import Store
from agentdesk.store.replica import Replica
from agentdesk.wire import Cursor, Page, Stored

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MS = int(NINE.timestamp() * 1000)


def draft(text: str = "") -> Draft:
    return Draft("call.said", "call", EntityId("1" * 32), {"at": MS, "text": text})


def test_acts_there_was_no_room_for_use_up_no_stamp(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with closing(Store.open(path, clock=lambda: NINE)) as store:
        store.commit([draft()], actor="8001")
        db = store.connection
        (pages,) = db.execute("PRAGMA page_count").fetchone()
        db.execute(f"PRAGMA max_page_count = {pages:d}")
        for _ in range(3):
            with pytest.raises(StoreFull):
                store.commit([draft("客户称空调不制冷" * 900)] * 20, actor="8001")
        db.execute("PRAGMA max_page_count = 1000000")
        (event,) = store.commit([draft()], actor="8001")
        assert event.stamp == (MS << 16) + 1
    with closing(Store.open(path, clock=lambda: NINE)) as store:
        (event,) = store.commit([draft()], actor="8001")
        assert event.stamp == (MS << 16) + 2
        assert store.audit() == []


def test_a_page_that_is_refused_moves_no_stamp(tmp_path: Path) -> None:
    """However far ahead it was, and whatever of it was good."""
    path, ahead = tmp_path / "store.db", (MS + 86_400_000) << 16

    def stored(seq: int, body: bytes) -> Stored:
        id = f"{seq:032x}"
        return Stored(
            seq=seq,
            scope="team:A",
            eff=ahead + seq,
            verdict="ok",
            id=id,
            txn=id,
            kind="call.offered",
            v=1,
            entity="call",
            entity_id="2" * 32,
            hlc=ahead + seq,
            actor="8002",
            install="f" * 32,
            body=Raw(body),
        )

    with closing(Store.open(path, clock=lambda: NINE)) as store:
        events = [stored(1, b'{"at":1}'), stored(2, b"[1]")]
        page = Page("team:A", "e1", events, events[-1].place, 2)
        with pytest.raises(ValueError):
            Replica(store).apply(page, Cursor())
        (event,) = store.commit([draft()], actor="8001")
        assert event.stamp == MS << 16
    with closing(Store.open(path, clock=lambda: NINE)) as store:
        (event,) = store.commit([draft()], actor="8001")
        assert event.stamp == (MS << 16) + 1
