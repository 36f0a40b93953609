"""Rings: places, what falls off, and what is known of predecessors."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from agentdesk.server.ring import (
    FRAMES,
    IDLE,
    RING_BYTES,
    UNKNOWN,
    Behind,
    Ring,
    Rings,
    Shared,
)
from agentdesk.wire import Live, Stored


class Nobody:
    def tell(self, shared: Shared) -> None:
        pass


def stored(seq: int, scope: str = "team:A", size: int = 0) -> Stored:
    body = msgspec.Raw(msgspec.json.encode({"text": "客户" + "很" * size}))
    return Stored(
        seq, scope, seq, "ok", f"{seq:032x}", "t", "call.said", 1, "call", "c", 1, "1001", "s", body
    )


def afters(frames: list[tuple[int, bytes]]) -> list[tuple[int, int]]:
    """``(after, seq)`` of each frame."""
    found = []
    for _, frame in frames:
        data = frame.split(b"\ndata: ")[1].strip()
        live = msgspec.json.decode(data, type=Live)
        found.append((live.after, live.event.seq))
    return found


def test_a_frame_names_its_predecessor() -> None:
    ring = Ring("team:A")
    ring.know(7)
    ring.add(stored(9), "e1")
    ring.add(stored(12), "e1")
    assert afters(ring.since(0, 10**6)) == [(7, 9), (9, 12)]
    assert ring.since(0, 10**6)[0][1].startswith(b"id: e1:9:" + b"0" * 31 + b"9\nevent: event\n")


def test_without_the_head_the_predecessor_is_not_known() -> None:
    ring = Ring("team:A")
    ring.add(stored(9), "e1")
    ring.know(8)  # the journal's answer came later and is older
    ring.add(stored(10), "e1")
    assert afters(ring.since(0, 10**6)) == [(UNKNOWN, 9), (9, 10)]


def test_what_the_head_covers_is_not_told_again() -> None:
    ring = Ring("team:A")
    ring.know(10)
    ring.add(stored(10), "e1")
    assert ring.end == 0


@pytest.mark.parametrize(
    ("seq", "place"), [(5, 2), (7, 0), (8, 0), (9, 1), (10, 1), (12, 2), (99, 2)]
)
def test_where_a_cursor_stands(seq: int, place: int) -> None:
    ring = Ring("team:A")
    ring.know(7)
    ring.add(stored(9), "e1")
    ring.add(stored(12), "e1")
    assert ring.place(seq) == place  # 5: something before 7 is missing, so the seat must pull


def test_whoever_is_too_slow_falls_off() -> None:
    ring = Ring("team:A")
    ring.know(0)
    for seq in range(1, FRAMES + 2):
        ring.add(stored(seq), "e1")
    with pytest.raises(Behind):
        ring.since(0, 1000)
    assert ring.place(3) == ring.end
    newest = ring.since(ring.end - 2, 10**6)
    assert [seq for seq, _ in newest] == [FRAMES, FRAMES + 1]


def test_large_events_do_not_make_a_large_ring() -> None:
    ring = Ring("team:A")
    ring.know(0)
    for seq in range(1, 200):
        ring.add(stored(seq, size=10_000), "e1")
    first = ring.place(ring.head or 0) - 1
    held = 0
    while True:
        try:
            held += len(ring.since(first, 1)[0][1])
        except Behind:
            break
        first -= 1
    assert 0 < held <= RING_BYTES


@given(st.lists(st.integers(1, 5), min_size=1, max_size=80), st.integers(1, 3000))
def test_reading_in_pieces_gives_all_in_order(steps: list[int], piece: int) -> None:
    ring = Ring("team:A")
    ring.know(0)
    seqs: list[int] = []
    place, got = 0, []
    for step in steps:
        seqs.append((seqs[-1] if seqs else 0) + step)
        ring.add(stored(seqs[-1]), "e1")
        frames = ring.since(place, piece)
        got += afters(frames)
        place += len(frames)
    while frames := ring.since(place, piece):
        got += afters(frames)
        place += len(frames)
    assert got == list(zip([0, *seqs], seqs, strict=False))


def test_only_scopes_somebody_listens_to_are_kept() -> None:
    rings = Rings("e1")
    assert rings.publish([stored(1)]) == set()
    one, two = Nobody(), Nobody()
    ring = rings.listen("team:A", one)
    ring.know(1)
    assert rings.listen("team:A", two) is ring
    assert rings.publish([stored(2), stored(3, "team:B")]) == {ring}
    rings.leave(ring, one)
    rings.leave(ring, two)
    assert rings.publish([stored(4)]) == set()
    again = rings.listen("team:A", one)
    assert afters(again.since(again.place(2), 10**6)) == [(2, 4)]  # nothing was missed


def test_a_frame_says_that_its_transaction_goes_on() -> None:
    """Whoever gets a piece that ends inside a transaction waits for the rest of it."""
    rings = Rings("e1")
    ring = rings.listen("team:A", Nobody())
    one = [replace(stored(seq), txn="one") for seq in (1, 2, 4)]
    elsewhere = replace(stored(3, "team:B"), txn="one")
    two = replace(stored(5), txn="two")
    rings.publish([*one[:2], elsewhere, one[2], two])
    rings.publish([replace(stored(6), txn="two")])
    frames = (frame for _, frame in ring.since(0, 10**6))
    lives = [msgspec.json.decode(frame.split(b"\ndata: ")[1], type=Live) for frame in frames]
    assert [(live.event.seq, live.more) for live in lives] == [
        (1, True),
        (2, True),
        (4, False),
        (5, False),
        (6, False),
    ]


def test_what_is_old_goes_and_who_needs_it_is_behind() -> None:
    rings = Rings("e1")
    nobody = Nobody()
    ring, idle = rings.listen("team:A", nobody), rings.listen("team:B", nobody)
    rings.leave(idle, nobody)
    for each in (ring, idle):
        each.know(0)
    rings.publish([stored(1), stored(2), stored(3, "team:B")])
    rings.age()
    rings.publish([stored(4)])
    assert len(ring.since(0, 10**6)) == 3 and ring.place(1) == 1
    rings.age()  # what came before the last time goes
    assert [seq for seq, _ in ring.since(2, 10**6)] == [4]
    with pytest.raises(Behind):
        ring.since(1, 10**6)
    assert ring.place(2) == 2 and ring.place(1) == ring.end == 3
    assert idle.since(idle.end, 10**6) == [] and idle.end == 1
    rings.age()
    ring.add(stored(5), "e1")
    assert afters(ring.since(3, 10**6)) == [(4, 5)]
    assert ring._bytes == len(ring.since(3, 10**6)[0][1])


def test_rings_nobody_listens_to_do_not_pile_up() -> None:
    rings = Rings("e1")
    nobody = Nobody()
    for number in range(IDLE + 50):
        rings.leave(rings.listen(f"seat:{number}", nobody), nobody)
    assert len(rings._rings) == IDLE
    kept = rings.listen(f"seat:{IDLE}", nobody)
    rings.leave(rings.listen("seat:new", nobody), nobody)
    assert rings.listen(f"seat:{IDLE}", nobody) is kept


def test_another_epoch_begins_with_empty_rings() -> None:
    rings = Rings("e1")
    one = Nobody()
    old = rings.listen("team:A", one)
    old.know(5)
    rings.publish([stored(6)])
    rings.begin("e2")
    new = rings.listen("team:A", Nobody())
    assert new is not old and new.end == 0 and new.head is None
    rings.leave(old, one)
    rings.publish([stored(3)])
    assert b"id: e2:3:" in new.since(0, 10**6)[0][1]
