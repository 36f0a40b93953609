"""The board's lists: what is due first, what a second changes, searching, views, warnings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from textual.geometry import Region

from agentdesk.desk import demo_orders
from agentdesk.domain.call import commands as call_commands
from agentdesk.domain.ticket import commands as c
from agentdesk.tui.panels.board_items import Item, Kind
from agentdesk.tui.screens.board import Board
from agentdesk.tui.screens.board_order import OrderForm
from agentdesk.tui.widgets.board_list import PAGE
from tests.board_kit import board, opened

if TYPE_CHECKING:
    from agentdesk.desk.desk import Desk
    from agentdesk.domain.events import EntityId
    from agentdesk.tui.panels.board_detail import Detail
    from tests.tui.conftest import Seat, User


def titles(screen: Board) -> list[str]:
    return [item.title for item in screen.rows.pages.known()]


async def found(user: User, query: str) -> list[str]:
    screen = board(user)
    await user.keys("slash")
    await user.types(query)
    await user.until(lambda: screen.spot.query == query and not screen.reading)
    return titles(screen)


async def test_what_is_due_first_stands_first_and_what_waits_last(telecom: Seat) -> None:
    async with telecom.open() as user:
        screen = await opened(user)
        rows = list(screen.rows.pages.known())
        dues = [row.due for row in rows if row.due is not None]
        assert dues == sorted(dues)
        assert [row.due for row in rows[len(dues) :]] == [None] * (len(rows) - len(dues))
        assert rows[0].who == "王女士"
        assert user.sees("▲ 超时") and user.sees("◐ 将超") and user.sees("● 正常")
        assert user.sees("‖ 暂停")
        await user.until(lambda: screen.detail is not None)
        assert user.sees("140****0021") and not user.sees("14000000021")


async def test_only_own_orders_until_all_are_asked_for(telecom: Seat) -> None:
    async with telecom.open() as user:
        screen = await opened(user)
        assert "国际漫游无法上网" not in titles(screen)
        await user.keys("V", "2")
        await user.until(lambda: screen.listing.spot.view == "all")
        assert "国际漫游无法上网" in titles(screen)


async def test_a_second_draws_only_the_times_that_changed(
    telecom: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with telecom.open() as user:
        screen = await opened(user)
        drawn: list[Region] = []
        monkeypatch.setattr(screen.rows, "refresh", lambda *regions, **_: drawn.extend(regions))
        telecom.clock.after(1)
        screen.rows.tick(screen.now())
        live = [
            row
            for row in screen.rows.pages.known()
            if row.due is not None and not row.paused and abs(row.due - screen.now()) < 86_400_000
        ]
        assert 0 < len(live) < len(screen.rows.rows)
        assert sum(region.height for region in drawn) == len(live)
        assert {region.width for region in drawn} == {screen.rows._shape.time + 1}
        assert max(region.width for region in drawn) < screen.rows.size.width
        drawn.clear()
        screen.rows.tick(screen.now())
        # Nothing was painted in between: the same rows are still out of date.
        assert sum(region.height for region in drawn) == len(live)
        telecom.clock.after(-1)
        drawn.clear()
        screen.rows.tick(screen.now())
        assert drawn == []


async def test_the_level_changes_when_its_time_comes(telecom: Seat) -> None:
    async with telecom.open() as user:
        screen = await opened(user)
        late, near = screen.rows.counts(screen.now())
        await user.after(11 * 60)  # the first response of 周先生 was due in ten minutes
        assert screen.rows.counts(screen.now())[0] == late + 1
        assert near > 0
        assert user.sees(f"▲ 超时 {late + 1}")


@pytest.mark.parametrize(
    ("query", "finds"),
    [
        ("宽带", "宽带夜间掉线，已换过光猫"),
        ("kdyj", "宽带夜间掉线，已换过光猫"),
        ("#6642", "国内流量多计费，要求退费并说明"),
        ("=已暂停", "等客户补交充值凭证"),
        ("王女士 !", "充值未到账，第 2 次来电"),
        ("＠8012 ＃1208", "固话无拨号音，家中有老人"),
        ("<+15m 固话", "固话无拨号音，家中有老人"),
    ],
)
async def test_it_is_found_by_anything(telecom: Seat, query: str, finds: str) -> None:
    async with telecom.open() as user:
        await opened(user)
        assert await found(user, query) == [finds]


async def test_a_time_that_means_nothing_is_said_and_nothing_is_lost(telecom: Seat) -> None:
    async with telecom.open() as user:
        screen = await opened(user)
        before = titles(screen)
        assert await found(user, "<昨天") == before
        assert user.sees("看不懂这个时间")
        await user.keys("enter")
        assert any("看不懂这个时间" in toast for toast in user.toasts())
        await user.keys("escape", "escape")
        await user.until(lambda: not screen.spot.query)
        assert screen.problem is None


async def test_states_are_tabs(telecom: Seat) -> None:
    async with telecom.open() as user:
        screen = await opened(user)
        await user.keys("right_square_bracket")
        await user.until(lambda: screen.listing.spot.state == "new")
        assert {row.state for row in screen.rows.pages.known()} == {"待处理"}
        await user.keys("left_square_bracket", "left_square_bracket")
        await user.until(lambda: screen.listing.spot.state == "resolved")
        assert titles(screen) == ["上网卡顿，测速不达标"]


async def test_a_search_becomes_a_view_of_its_own_and_goes_again(telecom: Seat) -> None:
    async with telecom.open() as user:
        screen = await opened(user)
        await found(user, "=待处理")
        await user.keys("enter", "S")
        await user.types("没动过的")
        await user.keys("enter")
        await user.until(lambda: screen.listing.spot.view == "saved:没动过的")
        assert {row.state for row in screen.rows.pages.known()} == {"待处理"}
        await user.keys("V", "9")
        await user.until(lambda: any("已删除" in toast for toast in user.toasts()))
    async with telecom.open() as user:
        assert user.seat.worker.submit(lambda desk: desk.tickets.views()).result() == ()


async def test_what_is_left_before_sign_off(telecom: Seat) -> None:
    async with telecom.open() as user:
        screen = await opened(user)
        await user.keys("V", "6")
        await user.until(lambda: screen.listing.spot.view == "dayclear")
        assert user.sees("还有工单 10 张")


async def test_reminders_are_listed_and_taken_in(telecom: Seat) -> None:
    async with telecom.open() as user:
        screen = await opened(user)
        await user.keys("V", "5")
        await user.until(lambda: screen.listing.spot.view == "reminders")
        assert screen.item is not None and screen.item.kind is Kind.REMINDER
        step = screen.item.id
        await user.keys("n", "f9", "f9")
        await user.until(lambda: any("工单已建" in toast for toast in user.toasts()))
        assert user.last("ticket.opened")["values"]["type"] == step


async def test_an_empty_board_says_what_to_do(seat: Seat) -> None:
    async with seat.open() as user:
        await opened(user)
        assert user.sees("名下没有未办完的工单。按 n 新建")
        await found(user, "没有这样的")
        assert user.sees("没有找到。换个词")


async def test_warnings_come_once_several_as_one_and_never_again(telecom: Seat) -> None:
    async with telecom.open() as user:
        await user.after(4)
        told = user.toasts()
        assert len(told) == 1 and "超时" in told[0] and "按 2 看工单" in told[0]
        assert user.app.focused is None or user.card_is_shown
        await user.quiet()
        await user.after(61)
        assert user.toasts() == []
        await user.after(10 * 60)
        assert [t for t in user.toasts() if "周先生" in t and "▲" in t] == user.toasts()
    async with telecom.open() as user:  # another start: nothing of it is told again
        await user.after(4)
        assert user.toasts() == []
        assert user.app.header.deadline is not None
        assert "王女士" in user.app.header.deadline.owner


async def test_promises_stand_among_the_orders(telecom: Seat) -> None:
    async with telecom.open() as user:
        await user.talks("14000005555")
        await user.names("何")
        user.seat.worker.submit(
            lambda desk: desk.act(call_commands.Promise(desk.new_id(), 15, "何先生"))
        ).result()
        user.app.take(user.seat.worker.submit(lambda desk: desk.snapshot()).result())
        await user.keys("escape")
        user.app.go("board")
        screen = await opened_by_now(user)
        kinds = [row.kind for row in screen.rows.pages.known()]
        assert kinds.index(Kind.PROMISE) == 3  # after two late ones and the ten minutes
        dues = [row.due for row in screen.rows.pages.known() if row.due is not None]
        assert dues == sorted(dues)


async def opened_by_now(user: User) -> Board:
    await user.settle()
    await user.until(lambda: not board(user).reading)
    return board(user)


@pytest.fixture
def crowded(seat: Seat) -> Iterator[Seat]:
    """A seat with more orders than a page holds."""
    desk = seat.open_desk()
    desk.set_profile(demo_orders.profile())
    many(desk, PAGE + 40)
    desk.close()
    yield seat


def many(desk: Desk, count: int) -> None:
    known = {"category": "complaint", "tier": "gold", "network": "mobile", "surname": "赵"}
    for number in range(count):
        desk.tickets.open(c.Open(desk.tickets.new_id(), known, f"第 {number} 件"))


async def test_further_pages_are_read_when_they_come_into_sight(crowded: Seat) -> None:
    async with crowded.open() as user:
        screen = await opened(user)
        assert len(screen.rows.rows) == PAGE + 40
        assert len(list(screen.rows.pages.known())) == PAGE
        await user.keys("G")
        await user.until(lambda: len(list(screen.rows.pages.known())) == PAGE + 40)
        assert screen.item is not None and screen.item.title.startswith("第")
        ids = [row.id for row in screen.rows.pages.known()]
        assert len(set(ids)) == PAGE + 40


async def test_a_category_is_found_by_its_name_and_initials(telecom: Seat) -> None:
    async with telecom.open() as user:
        screen = await opened(user)
        await user.keys("V", "2")
        await user.until(lambda: screen.listing.spot.view == "all")
        wanted = {
            row.title for row in screen.rows.pages.known() if row.ticket and is_complaint(row)
        }
        assert wanted
        for query in ("投诉", "complaint"):
            assert wanted <= set(await found(user, query)), query
            await user.keys("escape", "escape")
            await user.until(lambda: not screen.spot.query and not screen.reading)
        assert wanted <= set(await found(user, "ts"))


def is_complaint(row: Item) -> bool:
    return row.ticket is not None and row.ticket.category == "complaint"


async def test_a_key_right_after_a_move_acts_on_the_row_under_the_cursor(telecom: Seat) -> None:
    async with telecom.open() as user:
        screen = await opened(user)
        await user.until(lambda: screen.detail is not None)
        first = screen.item
        screen.rows.move(1)  # the message about it has not been handled yet
        second = screen.item
        assert first is not None and second is not None and first.id != second.id
        assert screen.detail is None  # never that of another order
        screen.action_edit_order()
        await user.until(lambda: isinstance(user.app.screen, OrderForm))
        form = user.app.screen
        assert isinstance(form, OrderForm)
        assert form.draft().summary == second.title


async def test_the_detail_follows_once_the_cursor_rests(
    telecom: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with telecom.open() as user:
        screen = await opened(user)
        await user.until(lambda: screen.detail is not None)
        read: list[str] = []
        real = screen._read

        def counted(ticket_id: EntityId, then: Callable[[Detail | None], None]) -> None:
            read.append(ticket_id)
            real(ticket_id, then)

        monkeypatch.setattr(screen, "_read", counted)
        for _ in range(4):
            screen.rows.move(1)
        assert screen.detail is None
        await user.until(lambda: screen.detail is not None)
        assert screen.item is not None
        assert read == [screen.item.id]  # not of every row on the way
