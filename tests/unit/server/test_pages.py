"""Pages as they travel: the bytes of a page, and what is kept of it for the next who asks."""

from __future__ import annotations

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentdesk.server import retention
from agentdesk.server.pages import Front, Fronts, Sheet
from agentdesk.server.problem import ServerProblem
from agentdesk.server.service import Service
from agentdesk.wire import Cursor, Page, Reset, Stored, encode
from tests.server_kit import HOUR, NOW, Clock, Numbered, Seat, caller, entity

SCOPE = "team:A"


def busy(service: Service, seat: Seat, count: int) -> None:
    """Calls that are over, one push each."""
    for number in range(count):
        both = [seat.write(kind, entity(number)) for kind in ("call.offered", "call.missed")]
        seat.push(service, *both)


def sheet(service: Service, seat: Seat, cursor: Cursor, limit: int) -> Sheet:
    found = service.sheet(seat.who, SCOPE, cursor, service.epoch, limit)
    assert isinstance(found, Sheet)
    return found


def page(service: Service, seat: Seat, cursor: Cursor, limit: int) -> Page:
    found = service.pull(seat.who, SCOPE, cursor, service.epoch, limit)
    assert isinstance(found, Page)
    return found


class Reads:
    """How often the journal is asked for a page."""

    def __init__(self, service: Service, patch: pytest.MonkeyPatch) -> None:
        self.count = 0
        asked = service.storage.page

        def counted(scope: str, after: int, limit: int, upto: int | None = None) -> list[Stored]:
            self.count += 1
            return asked(scope, after, limit, upto)

        patch.setattr(service.storage, "page", counted)


@pytest.mark.parametrize("limit", [1, 3, 4, 7, 500])
def test_a_sheet_is_the_page_to_the_byte(service: Service, seat: Seat, limit: int) -> None:
    busy(service, seat, 5)
    cursor, places = Cursor(), 0
    while places == 0 or cursor.seq < 10:
        expected = page(service, seat, cursor, limit)
        for _ in range(2):  # the second time it may be one that was kept
            found = sheet(service, seat, cursor, limit)
            assert found.plain() == encode(expected)
            assert gzip.decompress(found.packed()) == encode(expected)
        cursor, places = expected.cur, places + 1
    assert sheet(service, seat, cursor, limit).plain() == encode(page(service, seat, cursor, limit))


@given(st.binary(max_size=300), st.lists(st.binary(max_size=40), min_size=1, max_size=3))
def test_packing_in_two_pieces_is_packing(text: bytes, ends: list[bytes]) -> None:
    front = Front(SCOPE, "e", [], Cursor())
    front.text = text
    for end in ends:
        assert gzip.decompress(front.packed(end)) == text + end


def test_a_full_page_is_read_once_and_the_last_one_always(
    service: Service, seat: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy(service, seat, 3)
    reads = Reads(service, monkeypatch)
    first = sheet(service, seat, Cursor(), 4)
    other = Seat(caller("8002", seat="s2", install="b" * 32), seat._clock, Numbered(2))
    assert sheet(service, other, Cursor(), 4).plain() == first.plain()
    assert reads.count == 1
    rest = sheet(service, seat, first.front.cur, 4)
    assert len(page(service, seat, first.front.cur, 4).events) == 2
    seat.push(service, seat.write("call.offered", entity(9)))
    again = sheet(service, seat, first.front.cur, 4)
    assert again.plain() == encode(page(service, seat, first.front.cur, 4)) != rest.plain()
    # What was kept still tells where the scope has come to by now.
    assert sheet(service, seat, Cursor(), 4).head == again.head == 7


def test_what_is_kept_is_not_for_everybody(service: Service, seat: Seat) -> None:
    busy(service, seat, 3)
    sheet(service, seat, Cursor(), 4)
    stranger = Seat(caller("9001", team="B", seat="s9"), seat._clock, Numbered(3))
    with pytest.raises(ServerProblem, match="forbidden_scope"):
        service.sheet(stranger.who, SCOPE, Cursor(), service.epoch, 4)


@pytest.mark.parametrize("elsewhere", [False, True])
def test_what_was_purged_is_given_out_no_more(
    service: Service, seat: Seat, clock: Clock, elsewhere: bool
) -> None:
    busy(service, seat, 4)
    clock.now += HOUR
    seat.push(service, seat.write("call.offered", entity(7)))
    begin = sheet(service, seat, Cursor(), 4)
    later = sheet(service, seat, begin.front.cur, 2)
    if elsewhere:  # by another process: nobody tells this one
        retention.purge(service.storage, NOW + 1, retention.ENTITIES, clock.now)
    else:
        service.purge(NOW + 1)
        assert service._fronts.bytes == 0
    left = sheet(service, seat, Cursor(), 4)
    assert left.plain() == encode(page(service, seat, Cursor(), 4))
    assert entity(1).encode() not in left.plain() and entity(7).encode() in left.plain()
    reset = service.sheet(seat.who, SCOPE, begin.front.cur, service.epoch, 2)
    assert isinstance(reset, Reset) and reset.reset == "retention"
    assert later.front.cur.seq == 6


def test_a_page_whose_end_stands_nowhere_is_read_anew(service: Service, seat: Seat) -> None:
    """Somebody put another journal in the place of this one, and told nobody."""
    busy(service, seat, 3)
    true = sheet(service, seat, Cursor(), 4)
    key = SCOPE, service.epoch, 0, 4
    service._fronts.keep(key, Front(SCOPE, service.epoch, [], Cursor(4, entity(99), NOW)))
    assert sheet(service, seat, Cursor(), 4).plain() == true.plain()


def test_another_epoch_has_other_pages(service: Service, seat: Seat) -> None:
    busy(service, seat, 3)
    before, epoch = sheet(service, seat, Cursor(), 4), service.epoch
    service.new_epoch("restored")
    assert sheet(service, seat, Cursor(), 4).plain() == encode(page(service, seat, Cursor(), 4))
    reset = service.sheet(seat.who, SCOPE, before.front.cur, epoch, 4)
    assert isinstance(reset, Reset) and reset.reset == "epoch"


def test_only_so_much_is_kept() -> None:
    fronts = Fronts(5_000)
    for number in range(50):
        front = Front(f"team:{number}", "e", [], Cursor(1, "x" * 300))
        fronts.keep((f"team:{number}", "e", 0, 4), front)
        assert fronts.get(("team:0", "e", 0, 4)) is not None  # used again and again
        assert fronts.bytes <= 5_000
    assert fronts.get(("team:1", "e", 0, 4)) is None
    assert fronts.get(("team:49", "e", 0, 4)) is front
    fronts.drop(("team:49", "e", 0, 4))
    fronts.drop(("team:0", "e", 0, 4))
    assert fronts.get(("team:49", "e", 0, 4)) is None
    fronts.clear()
    assert fronts.bytes == 0
