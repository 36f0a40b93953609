"""The board in groups by state: folding, counting, paging, and what a restart keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentdesk.desk import demo_orders
from agentdesk.domain.call import commands as call_commands
from agentdesk.domain.ticket import commands as c
from agentdesk.tui.panels.board_items import Kind
from agentdesk.tui.screens.board import Board
from agentdesk.tui.widgets.board_list import PAGE
from tests.board_kit import board, opened

if TYPE_CHECKING:
    from tests.tui.conftest import Seat, User


async def grouped(user: User) -> Board:
    screen = await opened(user)
    await user.keys("B")
    await user.until(lambda: bool(screen.listing.groups) and not screen.reading)
    return screen


async def folds(user: User, key: str = "F") -> None:
    screen = board(user)
    before = screen.listing
    await user.keys(key)
    await user.until(lambda: screen.listing is not before and not screen.reading)


def headings(screen: Board) -> dict[str, int]:
    known = screen.rows.pages.known()
    return {item.title: item.count for item in known if item.kind is Kind.GROUP}


async def test_the_same_orders_stand_under_their_states(telecom: Seat) -> None:
    async with telecom.open() as user:
        screen = await opened(user)
        flat = {item.id for item in screen.rows.pages.known()}
        counts = screen.rows.counts(screen.now())
        await user.keys("B")
        await user.until(lambda: bool(screen.listing.groups))
        rows = list(screen.rows.pages.known())
        assert {item.id for item in rows if item.kind is not Kind.GROUP} == flat
        assert screen.listing.size == len(flat) == sum(headings(screen).values())
        assert user.sees(f"我的工单 {len(flat)}")
        assert screen.rows.counts(screen.now()) == counts
        name, dues = "", [0]
        for item in rows:
            if item.kind is Kind.GROUP:
                name, dues = item.title, []
            elif item.ticket is not None:
                assert item.ticket.state in (screen.listing.states or {})
                assert screen.s(f"board.state.{item.ticket.state}") == name
                if item.due is not None:
                    dues.append(item.due)
                assert dues == sorted(dues), "the next due first, also within a group"
        await user.keys("B")
        await user.until(lambda: not screen.listing.groups)
        assert {item.id for item in screen.rows.pages.known()} == flat


async def test_a_folded_group_keeps_its_count_and_its_next_due_in_sight(telecom: Seat) -> None:
    async with telecom.open() as user:
        screen = await grouped(user)
        counts = screen.rows.counts(screen.now())
        group = next(g for g in screen.listing.groups if g.part.key == "working")
        assert group.part.count > 1
        first = next(item for item in group.part.items if item.due is not None)
        screen.rows.move_to(group.start + 2)
        await folds(user)
        assert screen.item is not None and screen.item.kind is Kind.GROUP, "on the heading"
        assert (screen.item.folded, screen.item.count) == (True, group.part.count)
        assert screen.item.due == first.due
        assert len(screen.rows.rows) == screen.listing.total
        assert not any(
            item.ticket is not None and item.ticket.state == "working"
            for item in screen.rows.pages.known()
        )
        assert user.sees(f"▸ 处理中 {group.part.count}") and user.sees("已收起")
        assert screen.rows.counts(screen.now()) == counts, "what is late stays counted"
        late, _ = counts
        await user.after(24 * 3600)
        assert screen.rows.counts(screen.now())[0] > late
        assert screen.item.kind is Kind.GROUP
        await folds(user, "enter")
        assert user.sees(f"▾ 处理中 {group.part.count}")
        assert any(i.ticket and i.ticket.state == "working" for i in screen.rows.pages.known())


async def test_what_is_folded_stays_so_on_another_day(telecom: Seat) -> None:
    async with telecom.open() as user:
        screen = await grouped(user)
        await user.keys("g")
        await folds(user)
        assert screen.item is not None
        kept = screen.item.id
    async with telecom.open() as user:
        screen = await opened(user)
        assert {item.id for item in screen.rows.pages.known() if item.folded} == {kept}
        await user.keys("B")
        await user.until(lambda: not screen.listing.groups)
    async with telecom.open() as user:
        assert not (await opened(user)).listing.groups


async def test_an_act_on_a_heading_does_nothing(telecom: Seat) -> None:
    async with telecom.open() as user:
        screen = await grouped(user)
        before = len(user.events("ticket"))
        await user.keys("g")
        assert screen.item is not None and screen.item.kind is Kind.GROUP
        for key in ("d", "w", "s", "U", "z", "x", "h", "m", "u", "e"):
            assert user.app.screen is screen, key
            await user.keys(key)
            await user.settle()
        assert len(user.events("ticket")) == before
        assert user.sees("收起、展开这一组")


async def test_groups_are_for_long_lists_and_help_tells_the_keys(telecom: Seat) -> None:
    async with telecom.open() as user:
        screen = await opened(user)
        assert screen.check_action("fold_group", ()) is False
        await user.keys("B")
        await user.until(lambda: bool(screen.listing.groups))
        assert screen.check_action("fold_group", ()) is True
        await user.keys("right_square_bracket")
        await user.until(lambda: screen.listing.spot.state == "new")
        assert not screen.listing.groups and screen.check_action("group_by", ()) is False
        await user.keys("escape")
        await user.until(lambda: bool(screen.listing.groups))
        await user.keys("V", "7")
        await user.until(lambda: screen.listing.spot.view == "closed")
        assert not screen.listing.groups, "what is over goes by when it was taken in"
        await user.keys("question_mark")
        await user.types("收起或展开")
        await user.settle()
        assert user.sees("收起或展开光标所在的一组")


async def test_searching_looks_into_folded_groups_too(telecom: Seat) -> None:
    async with telecom.open() as user:
        screen = await grouped(user)
        for group in screen.listing.groups:
            screen.rows.move_to(
                next(g.start for g in screen.listing.groups if g.part.key == group.part.key)
            )
            await folds(user)
        assert all(item.kind is Kind.GROUP for item in screen.rows.pages.known())
        await user.keys("slash")
        await user.types("固话无拨号音")
        await user.until(lambda: screen.spot.query != "" and screen.listing.spot == screen.spot)
        assert sum(headings(screen).values()) == 1


async def test_what_is_owed_to_customers_has_a_group_of_its_own(seat: Seat) -> None:
    async with seat.open() as user:
        await user.talks()
        await user.names()
        call = user.app.snapshot.call
        assert call is not None
        user.seat.worker.submit(
            lambda desk: desk.act(call_commands.Promise(desk.new_id(), 30, "王先生"))
        ).result()
        user.app.take(user.seat.worker.submit(lambda desk: desk.snapshot()).result())
        await user.keys("escape")
        user.app.go("board")
        await user.until(lambda: not board(user).reading)
        screen = board(user)
        await user.keys("B")
        await user.until(lambda: bool(screen.listing.groups))
        assert headings(screen) == {"承诺和回拨": 1}
        await user.keys("g")
        await folds(user)
        assert user.sees("▸ 承诺和回拨 1") and user.sees("30:00")


async def test_far_groups_are_read_when_they_come_into_sight(seat: Seat) -> None:
    desk = seat.open_desk()
    desk.set_profile(demo_orders.profile())
    ids = [desk.tickets.new_id() for _ in range(PAGE * 2 + 30)]
    for number, ticket in enumerate(ids):
        values = {"category": "inquiry", "surname": "王", "number": "14000000021"}
        desk.tickets.open(c.Open(ticket, values, f"第 {number} 件"))
    for ticket in ids[-5:]:
        desk.tickets.act(ticket, c.Resolve("已解决"))
    desk.close()
    async with seat.open() as user:
        screen = await grouped(user)
        assert screen.listing.size == len(ids)
        assert len(screen.rows.rows) == len(ids) + 2
        await user.keys("G")
        await user.until(lambda: screen.item is not None and screen.item.ticket is not None)
        assert screen.item is not None and screen.item.ticket is not None
        assert screen.item.ticket.state == "resolved"
        await folds(user)
        assert screen.item.title == "已解决"
        assert len(screen.rows.rows) == len(ids) + 2 - 5
        await user.keys("g")
        screen.rows.move_to(PAGE + 50)
        await user.until(lambda: screen.rows.pages[PAGE + 50] is not None)
        seen = [item.id for item in screen.rows.pages.known() if item.kind is not Kind.GROUP]
        assert len(seen) == len(set(seen))
        await folds(user)
        assert len(screen.rows.rows) == 2 and screen.rows.index == 0
