"""Tokens that are read once, where no other process can change them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from agentdesk.server.tokens import KNOWN_MS, SEEN_MS, Keys
from tests.unit.server.test_tokens import NOW, Memory, People, refused, seat


def test_where_nobody_else_can_revoke_a_token_is_read_once() -> None:
    storage, people = Memory(), People()
    keys = Keys(storage, people, "site-1", alone=True)
    token, other = seat(keys), seat(keys, "2001", "台席4")
    keys.forget()
    reads = storage.reads
    for hour in range(3):
        assert keys.authenticate(token.token, None, NOW + hour * KNOWN_MS).person == "1001"
    assert storage.reads == reads + 1
    assert keys.revoke(NOW, seat="台席3") == 1
    assert refused(lambda: keys.authenticate(token.token, None, NOW)) == (401, "revoked")
    assert keys.authenticate(other.token, None, NOW).person == "2001"


class Slow(Memory):
    """Something happens between the reading of a record and its being known."""

    def __init__(self) -> None:
        super().__init__()
        self.meanwhile: Callable[[], object] | None = None

    def _now(self) -> None:
        act, self.meanwhile = self.meanwhile, None
        if act is not None:
            act()

    def kept(self, kind: str, key: str) -> str | None:
        found = super().kept(kind, key)
        self._now()
        return found

    def swap(self, kind: str, key: str, old: str, new: str | None) -> bool:
        done = super().swap(kind, key, old, new)
        self._now()
        return done


@pytest.mark.parametrize("later", [0, SEEN_MS])
def test_a_token_that_is_revoked_while_it_is_read_is_not_known_for_ever(later: int) -> None:
    """Also when it is the note of its use that crosses the revocation."""
    storage, people = Slow(), People()
    keys = Keys(storage, people, "site-1", alone=True)
    token = seat(keys)
    if not later:
        keys.forget()
    storage.meanwhile = lambda: keys.revoke(NOW, person="1001")
    now = NOW + later
    keys.authenticate(token.token, None, now)  # it was still good when it was read
    assert storage.meanwhile is None
    assert refused(lambda: keys.authenticate(token.token, None, now)) == (401, "revoked")
