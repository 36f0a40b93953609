"""Dated steps, and taking back a step, a link, a promise that was settled or put off."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from agentdesk.desk import demo_orders
from agentdesk.domain.call import commands as call_commands
from agentdesk.domain.events import EntityId
from agentdesk.domain.moments import from_ms
from agentdesk.domain.ticket import commands as c
from agentdesk.tui.screens.board import Board
from agentdesk.tui.screens.board_order import OrderForm
from tests.board_kit import board, ready

if TYPE_CHECKING:
    from tests.tui.conftest import Seat, User

HALL = {"category": "order", "tier": "ordinary", "channel": "hall", "business": "补卡"}


async def opened(user: User) -> Board:
    await user.keys("2")
    await ready(user)
    return board(user)


def running(screen: Board) -> list[str]:
    assert screen.detail is not None
    return [clock.key for clock in screen.detail.card.clocks if clock.running]


def stored(user: User) -> list[str]:
    return [event.kind for event in user.events("ticket")]


@pytest.fixture
def hall(seat: Seat) -> Seat:
    """A seat by the telecom standard, with one customer in the hall."""
    desk = seat.open_desk()
    desk.set_profile(replace(demo_orders.profile(), pack="C5"))
    desk.tickets.open(c.Open(desk.tickets.new_id(), HALL, "补办电话卡"))
    desk.close()
    return seat


async def test_a_step_is_chosen_and_dated_in_three_keys(hall: Seat) -> None:
    async with hall.open() as user:
        screen = await opened(user)
        await user.keys("w")
        assert user.sees("开始排队") and user.sees("办理开始")
        await user.keys("1", "3")  # joined the queue, fifteen minutes ago
        await user.until(lambda: "ticket.reached" in stored(user))
        await ready(user)
        joined = user.last("ticket.reached")
        assert joined["mark"] == "queue_joined"
        assert from_ms(joined["at"]) == user.seat.clock() - timedelta(minutes=15)
        await user.until(lambda: running(screen) == ["queue"])
        await user.keys("w", "1", "1")
        await user.until(lambda: stored(user).count("ticket.reached") == 2)
        served = user.last("ticket.reached")
        assert (served["mark"], from_ms(served["at"])) == ("served", user.seat.clock())
        await user.until(lambda: running(screen) == ["hall-single"])
        await user.until(lambda: user.sees("开始排队") and user.sees("办理开始"))
        await user.quiet()
        await user.keys("w")
        await user.settle()
        assert user.app.screen is screen
        assert user.toasts() == ["这张工单的标准现在没有要记的节点"]


async def test_a_time_that_means_nothing_is_asked_again(hall: Seat) -> None:
    async with hall.open() as user:
        await opened(user)
        await user.keys("w", "1", "5")
        for text, said in (("后天", "看不懂这个时间"), ("23:59", "还没有到这个时间")):
            field: Any = user.app.screen.query_one("#reason-text")
            field.value = text
            await user.keys("enter")
            await user.settle()
            assert any(said in toast for toast in user.toasts()), text
        assert "ticket.reached" not in stored(user)
        field = user.app.screen.query_one("#reason-text")
        field.value = ""
        await user.types("14:20")  # its first digit is no answer of its own
        await user.keys("enter")
        await user.until(lambda: "ticket.reached" in stored(user))
        at = from_ms(user.last("ticket.reached")["at"]).astimezone(user.app.zone)
        assert f"{at:%H:%M}" == "14:20"


async def test_a_step_by_mistake_is_taken_back(hall: Seat) -> None:
    async with hall.open() as user:
        screen = await opened(user)
        await user.keys("w", "2", "1")
        await user.until(lambda: "ticket.reached" in stored(user))
        assert any("U 撤回" in toast for toast in user.toasts())
        await ready(user)
        await user.keys("U")
        await user.until(lambda: "ticket.undone" in stored(user))
        await ready(user)
        assert screen.detail is not None and not screen.detail.ticket.points
        assert any("已撤回：节点" in toast for toast in user.toasts())


async def test_the_form_asks_where_it_came_in(hall: Seat) -> None:
    async with hall.open() as user:
        screen = await opened(user)
        await user.keys("e")
        form = user.app.screen
        assert isinstance(form, OrderForm)
        assert form.choices["channel"].value == "hall" and user.sees("●营业厅")
        form.choices["channel"].focus()
        await user.keys("4")
        await user.keys("f9", "f9")
        await user.until(lambda: user.app.screen is screen)
        await ready(user)
        assert user.last("ticket.classed")["set"] == {"channel": "chat"}


async def test_a_word_of_ones_own_for_the_channel_is_kept(seat: Seat) -> None:
    desk = seat.open_desk()
    desk.set_profile(replace(demo_orders.profile(), pack="T0"))
    ticket = desk.tickets.new_id()
    desk.tickets.open(c.Open(ticket, {"category": "inquiry", "channel": "传真"}, "问资费"))
    desk.close()
    async with seat.open() as user:
        screen = await opened(user)
        await user.keys("e")
        form = user.app.screen
        assert isinstance(form, OrderForm)
        form.summary.value = "问国际资费"
        await user.keys("f9", "f9")
        await user.until(lambda: user.app.screen is screen)
        await ready(user)
        assert screen.detail is not None
        assert screen.detail.ticket.values["channel"] == "传真"
        assert "ticket.classed" not in stored(user)


async def test_a_link_is_taken_back(seat: Seat) -> None:
    desk = seat.open_desk()
    desk.set_profile(demo_orders.profile())
    ticket = desk.tickets.new_id()
    desk.tickets.open(c.Open(ticket, {"category": "inquiry"}, "问资费"))
    desk.close()
    async with seat.open() as user:
        await user.talks("14000007777")
        await user.names("周")
        call = user.call.id
        await user.keys("escape")
        user.app.go("board")
        await ready(user)
        await user.keys("i")
        await user.until(lambda: "ticket.linked" in stored(user))
        await ready(user)
        found = user.seat.worker.submit(lambda desk: desk.tickets.of_call(call)).result()
        assert [row.id for row in found] == [ticket]
        await user.keys("U")
        await user.until(lambda: "ticket.undone" in stored(user))
        assert user.seat.worker.submit(lambda desk: desk.tickets.of_call(call)).result() == ()
        assert any("已撤回：关联通话" in toast for toast in user.toasts())


async def promised(user: User, text: str = "王先生") -> EntityId:
    await user.talks()
    await user.names()

    def make(desk: Any) -> EntityId:
        made: EntityId = desk.new_id()
        desk.act(call_commands.Promise(made, 30, text))
        return made

    promise: EntityId = user.seat.worker.submit(make).result()
    user.app.take(user.seat.worker.submit(lambda desk: desk.snapshot()).result())
    await user.keys("escape")
    user.app.go("board")
    await user.until(lambda: not board(user).reading)
    return promise


async def test_a_promise_settled_by_mistake_is_owed_again(seat: Seat) -> None:
    async with seat.open() as user:
        promise = await promised(user)
        before = user.app.snapshot.promises
        await user.keys("c", "2")
        await user.until(lambda: not user.app.snapshot.promises)
        assert any("已记为办妥" in toast and "U 撤回" in toast for toast in user.toasts())
        await user.keys("U")
        await user.until(lambda: user.app.snapshot.promises == before)
        assert user.last("promise.set")["set"] == {"state": "open", "done_at": None}
        await user.until(lambda: not board(user).reading)
        item = board(user).item
        assert item is not None and item.id == promise
        await user.keys("U")
        await user.until(lambda: any("上一步已经撤回" in toast for toast in user.toasts()))


async def test_a_promise_put_off_by_mistake_is_due_when_it_was(seat: Seat) -> None:
    async with seat.open() as user:
        await promised(user)
        due = user.app.snapshot.promises[0].due_at
        await user.keys("m")
        await user.types("+2h")
        await user.keys("enter")
        await user.settle()
        await user.keys("1")
        await user.until(lambda: user.app.snapshot.promises[0].due_at != due)
        await user.until(lambda: not board(user).reading)
        await user.keys("U")
        await user.until(lambda: user.app.snapshot.promises[0].due_at == due)
        assert any("仍待办理" in toast for toast in user.toasts())


async def test_after_half_a_minute_a_promise_stays_settled(seat: Seat) -> None:
    async with seat.open() as user:
        await promised(user)
        await user.keys("c", "2")
        await user.until(lambda: not user.app.snapshot.promises)
        await user.after(31)
        await user.keys("U")
        await user.until(lambda: any("超过 30 秒" in toast for toast in user.toasts()))
        assert not user.app.snapshot.promises


async def test_a_work_number_is_typed_with_all_its_digits(hall: Seat) -> None:
    """Where there is no ready answer a digit picks nothing."""
    async with hall.open() as user:
        await opened(user)
        await user.keys("O", "8", "0", "2", "0", "enter")
        await user.until(lambda: "ticket.assigned" in stored(user))
        assert user.last("ticket.assigned")["set"] == {"owner": "8020"}
