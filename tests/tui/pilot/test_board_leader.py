"""The board's badge, taking an act back by key, and the leader's roll-up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from agentdesk.desk import demo_orders
from agentdesk.domain.events import Draft, EntityId
from agentdesk.domain.ticket import commands as c
from agentdesk.domain.ticket.undo import UNDO_SECONDS
from agentdesk.store.rows import TicketFilter
from agentdesk.tui.screens.roll_up import RollUpScreen
from agentdesk.tui.widgets.nav import NavItem, nav_line
from tests.board_kit import board, ready

if TYPE_CHECKING:
    from tests.tui.conftest import Seat, User


def roll(user: User) -> RollUpScreen:
    screen = user.app.screen
    assert isinstance(screen, RollUpScreen)
    return screen


async def counted(user: User) -> RollUpScreen:
    await user.until(lambda: roll(user).found is not None and not roll(user).reading)
    return roll(user)


@pytest.fixture
def one(seat: Seat) -> Seat:
    """A seat of a property office with one complaint."""
    desk = seat.open_desk()
    desk.set_profile(replace(demo_orders.profile(), pack="P1"))
    values = {"category": "complaint", "surname": "王", "title": "女士", "matter": "电梯停运"}
    desk.tickets.open(c.Open(desk.tickets.new_id(), values, "电梯停运", read_back=True))
    desk.close()
    return seat


@pytest.fixture
def team(seat: Seat) -> Seat:
    """A telecom seat with orders in every state, one of somebody else, one of nobody."""
    desk = seat.open_desk()
    desk.set_profile(demo_orders.profile())
    demo_orders.tell(desk, seat.clock)
    body = {"at": 1, "owner": "", "call": "", "pack": "C5", "values": {"category": "fault"}}
    desk._store.commit((Draft("ticket.opened", "ticket", EntityId("0" * 32), body),), actor="")
    desk.close()
    return seat


# -------------------------------------------------------------------------------- badge


def badge(user: User) -> int:
    return user.app.waiting.get("board", 0)


def late_of(user: User, me: str) -> int:
    """What the board's own list would call late."""
    now = round(user.seat.clock().timestamp() * 1000)
    tickets = user.seat.worker.submit(lambda desk: desk.tickets).result()
    rows = tickets.board(TicketFilter(owner=me)).rows
    return sum(row.due_at is not None and row.due_at < now for row in rows)


async def test_the_badge_counts_what_is_late_and_follows_time_and_acts(team: Seat) -> None:
    async with team.open() as user:
        await user.until(lambda: user.app.opened)
        assert badge(user) == 0, "nothing is asked before the console has come up"
        await user.after(4)
        await user.until(lambda: badge(user) > 0)
        first = badge(user)
        me = user.app.snapshot.profile.agent_no
        assert first == late_of(user, me) == 2
        assert user.sees(f"2 工单 ▲{first}")
        await user.after(3 * 3600)
        await user.after(1)
        await user.until(lambda: badge(user) > first)
        assert badge(user) == late_of(user, me)
        await user.keys("2")
        await ready(user)
        before = badge(user)
        await user.keys("O")  # the most overdue of one's own is handed on
        await user.types("8015")
        await user.keys("enter")
        await ready(user)
        await user.after(1)
        await user.until(lambda: badge(user) == before - 1)


async def test_the_badge_costs_nothing_while_no_clock_changes(one: Seat) -> None:
    async with one.open() as user:
        await user.until(lambda: user.app.opened)
        await user.after(4)
        await user.after(2)
        looks: list[object] = []
        run = user.app.port.run

        def counted_run(work: Any, then: Any = None) -> None:
            looks.append(work)
            run(work, then)

        user.app.port.run = counted_run  # type: ignore[method-assign]
        for _ in range(20):
            await user.after(1)
        assert len(looks) == 0


async def test_a_promise_that_was_not_kept_is_in_the_badge(seat: Seat) -> None:
    async with seat.open() as user:
        await user.talks()
        await user.names()
        await user.keys("f5", "1")
        await user.until(lambda: bool(user.app.snapshot.promises))
        assert badge(user) == 0
        due = user.app.snapshot.promises[0].due_at - user.seat.clock()
        await user.after(due.total_seconds() + 1)
        assert badge(user) == 1


@pytest.mark.parametrize(("count", "text"), [(1, "▲1 "), (999, "▲999 "), (123456, "▲999+ ")])
def test_a_badge_has_a_glyph_and_stays_narrow(count: int, text: str) -> None:
    line, spots = nav_line([NavItem("2", "board", "工单", count), NavItem("9", "x", "设置")], "x")
    assert line.text == f"  2 工单 {text} 9 设置 "
    assert spots[1][0] == spots[0][1], "a click on the badge is one on its screen"


# --------------------------------------------------------------------------------- undo


async def test_an_act_is_taken_back_by_one_key_and_the_key_is_told(one: Seat) -> None:
    async with one.open() as user:
        await user.keys("2")
        await ready(user)
        await user.keys("p", "1")
        await ready(user)
        assert any(f"U 撤回（{UNDO_SECONDS} 秒）" in toast for toast in user.toasts())
        await user.until(lambda: user.sees("‖ 暂停"))
        await user.keys("U")
        await ready(user)
        assert "已撤回：暂停" in user.toasts()
        await user.until(lambda: not user.sees("‖ 暂停"))
        assert user.last("ticket.undone")["kinds"] == ["ticket.paused"]
        assert user.sees("撤回：暂停"), "the course tells it"
        await user.keys("U")
        assert "上一步已经撤回" in user.toasts()


async def test_what_the_customer_heard_is_not_taken_back(one: Seat) -> None:
    async with one.open() as user:
        await user.keys("2")
        await ready(user)
        await user.keys("r", "1")
        await ready(user)
        assert not any("撤回" in toast for toast in user.toasts())
        await user.keys("U")
        assert any("客户已经知道" in toast for toast in user.toasts())
        await user.keys("f1")
        await user.types("30 秒内")
        await user.until(lambda: user.sees("30 秒内撤回自己"))


# ------------------------------------------------------------------------------ roll-up


async def test_the_roll_up_adds_up_and_leads_to_the_orders(team: Seat) -> None:
    async with team.open() as user:
        await user.keys("2")
        await ready(user)
        await user.keys("L")
        screen = await counted(user)
        found = screen.found
        assert found is not None
        for rows in found.groups.values():
            for name in ("total", "late", "red", "amber", "paused"):
                assert sum(getattr(row, name) for row in rows) == getattr(found.whole, name)
        assert found.unassigned == 1 and user.sees("○ 未指派 1")
        assert {row.key for row in found.groups["owner"]} == {"8012", "8015", ""}
        assert screen.rows.selected is not None and screen.rows.selected.key == "8012"
        await user.keys("j", "j")
        assert screen.rows.selected.key in ("8015", "")
        while screen.rows.selected.key != "8015":
            await user.keys("k")
        await user.until(lambda: [row.owner for row in screen.orders] == ["8015"])
        assert user.sees("韩女士")
        await user.keys("enter")
        await ready(user)
        assert user.app.screen is board(user)
        assert {item.owner for item in board(user).listing.items} == {"8015"}
        assert user.sees("8015 1")


async def test_the_roll_up_groups_by_other_things_and_closes(team: Seat) -> None:
    async with team.open() as user:
        await user.keys("2")
        await ready(user)
        await user.keys("L")
        screen = await counted(user)
        for by in ("area", "state", "department"):
            await user.keys("B")
            assert screen.by == by
        await user.keys("left")
        assert screen.by == "state"
        await user.keys("enter")
        await ready(user)
        assert {item.ticket.state for item in board(user).listing.items if item.ticket} == {"new"}
        await user.keys("L")
        screen = await counted(user)
        await user.keys("B", "enter")
        assert any("不能单独列出" in toast for toast in user.toasts()), "no area was filled in"
        await user.keys("L")
        assert user.app.screen is board(user)
        await user.keys("L")
        await counted(user)
        await user.keys("escape")
        assert user.app.screen is board(user)


async def test_the_roll_up_follows_time_and_language(team: Seat) -> None:
    async with team.open() as user:
        await user.keys("2")
        await ready(user)
        await user.keys("L")
        screen = await counted(user)
        assert screen.found is not None
        late = screen.found.whole.late
        await user.after(20 * 3600)
        await user.until(lambda: screen.found is not None and screen.found.whole.late > late)
        user.app.set_language("en")
        await user.settle()
        assert user.sees("Roll-up") and user.sees("nobody's 1")


async def test_an_empty_roll_up_is_no_error(seat: Seat) -> None:
    async with seat.open() as user:
        await user.keys("2")
        await user.until(lambda: not board(user).reading)
        await user.keys("L")
        screen = await counted(user)
        assert screen.found is not None and screen.found.whole.total == 0
        await user.keys("j", "enter", "B")
        assert user.sees("汇总 在办 0")
