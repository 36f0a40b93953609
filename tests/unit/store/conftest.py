"""A store in memory at nine in the morning, and its half of a server's journal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from agentdesk.store import Store
from agentdesk.store.replica import Replica

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def store() -> Iterator[Store]:
    made = Store.open(Path(":memory:"), clock=lambda: NINE)
    yield made
    made.close()


@pytest.fixture
def replica(store: Store) -> Replica:
    return Replica(store)
