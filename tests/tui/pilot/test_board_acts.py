"""The board's acts by keys alone: what is stored, what is said, what a guard wants."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from agentdesk.desk import demo_orders
from agentdesk.domain.call import commands as call_commands
from agentdesk.domain.events import EntityId
from agentdesk.domain.ticket import commands as c
from agentdesk.tui.screens.board import Board
from agentdesk.tui.screens.board_order import OrderForm
from tests.board_kit import board, ready

if TYPE_CHECKING:
    from tests.tui.conftest import Seat, User

COMPLAINT = {
    "category": "complaint",
    "surname": "王",
    "title": "女士",
    "number": "14000000021",
    "matter": "电梯停运，多次报修",
    "explanation": "已说明原因",
    "followup_form": "跟进表",
}


async def opened(user: User) -> Board:
    await user.keys("2")
    await ready(user)
    return board(user)


@pytest.fixture
def property_(seat: Seat) -> Seat:
    """A seat of a property office with one complaint."""
    desk = seat.open_desk()
    desk.set_profile(replace(demo_orders.profile(), pack="P1"))
    ticket = desk.tickets.new_id()
    desk.tickets.open(c.Open(ticket, COMPLAINT, "电梯停运", read_back=True))
    desk.close()
    return seat


def last(user: User, kind: str) -> Any:
    return user.last(f"ticket.{kind}")


def stored(user: User) -> list[str]:
    return [event.kind for event in user.events("ticket")]


async def test_the_whole_course_by_keys(property_: Seat) -> None:
    async with property_.open() as user:
        await opened(user)
        await user.keys("d")
        await user.types("工程部 赵工")
        await user.keys("enter")
        await ready(user)
        sent = last(user, "dispatched")
        assert (sent["department"], sent["assignee"]) == ("工程部", "赵工")
        await user.keys("r", "1")
        await ready(user)
        assert last(user, "responded")["text"] == "已电话说明处理进度"
        await user.keys("u", "1")
        await ready(user)
        assert last(user, "nudged")["whom"] == "工程部"
        await user.after(60)
        await user.keys("b")
        await user.types("已更换控制板")
        await user.keys("enter")
        await ready(user)
        assert last(user, "form_returned")["result"] == "已更换控制板"
        await user.keys("R")
        await user.types("今日恢复运行")
        await user.keys("enter")
        await ready(user)
        await user.keys("s", "1")
        await ready(user)
        assert last(user, "resolved")["result"] == "已解决，客户认可"
        await user.keys("t", "1")
        await ready(user)
        assert last(user, "told")["how"] == "phone"
        await user.keys("f", "1")
        await ready(user)
        assert last(user, "followup")["result"] == "满意"
        await user.keys("q")
        await user.until(lambda: "ticket.closed" in stored(user))
        assert any("工单已结案" in toast for toast in user.toasts())
        await user.until(lambda: user.sees("名下没有未办完的工单"))


async def test_an_act_keeps_to_its_order_when_the_list_changes_under_the_question(
    property_: Seat,
) -> None:
    desk = property_.open_desk()
    other = desk.tickets.new_id()
    desk.tickets.open(c.Open(other, COMPLAINT, "门禁失灵", read_back=True))
    desk.close()
    async with property_.open() as user:
        screen = await opened(user)
        assert screen.item is not None
        aimed = EntityId(screen.item.id)
        await user.keys("s")  # the question: how was it resolved?
        # Meanwhile somebody else takes the order over; the cursor comes to stand on the other.
        screen.console.port.run(
            lambda desk: desk.tickets.act(aimed, c.Assign("8002", "换人")), lambda outcome: None
        )
        screen.load()
        await user.until(lambda: screen.item is not None and screen.item.id != aimed)
        await user.keys("1")
        await user.until(lambda: "ticket.resolved" in stored(user))
        found = user.events("ticket")
        assert [each.entity_id for each in found if each.kind == "ticket.resolved"] == [aimed]


async def test_a_guard_advises_and_a_reason_goes_on_record(property_: Seat) -> None:
    async with property_.open() as user:
        await opened(user)
        await user.keys("s", "1")
        await ready(user)
        await user.keys("q")
        await user.settle()
        assert user.sees("还没有把结果告诉客户")
        await user.keys("2")
        await user.until(lambda: "ticket.closed" in stored(user))
        told = [event.body for event in user.events("ticket") if event.kind == "ticket.guarded"]
        assert "told_before_close" in {body["guard"] for body in told}
        assert {body["reason"] for body in told} == {"情况紧急"}


async def test_what_makes_no_sense_is_not_offered_and_says_so(property_: Seat) -> None:
    async with property_.open() as user:
        screen = await opened(user)
        assert screen.check_action("close_order", ()) is False
        await user.keys("q")
        assert user.toasts() == ["现在不能结案"]
        await user.quiet()
        await user.keys("x")
        assert user.sees("派单") and not user.sees("结案")
        await user.keys("escape")
        assert "ticket.closed" not in stored(user)


async def test_pause_with_a_reason_and_go_on(property_: Seat) -> None:
    async with property_.open() as user:
        screen = await opened(user)
        await user.keys("p", "1")
        await ready(user)
        await user.until(lambda: screen.item is not None and screen.item.paused)
        assert last(user, "paused")["reason"] == "waiting_customer"
        assert user.sees("‖ 暂停")
        await user.keys("p")
        await user.until(lambda: "ticket.resumed" in stored(user))


async def test_priority_with_a_reason(property_: Seat) -> None:
    async with property_.open() as user:
        screen = await opened(user)
        await user.keys("l", "1")
        await user.keys("2")
        await user.until(lambda: screen.item is not None and screen.item.level == 1)
        changed = last(user, "classed")
        assert changed["set"] == {"priority": "1"} and changed["reason"] == "影响面大"


async def test_void_and_take_back(property_: Seat) -> None:
    async with property_.open() as user:
        await opened(user)
        await user.keys("z", "2")
        await user.until(lambda: user.sees("名下没有未办完的工单"))
        await user.keys("V", "7")
        await ready(user)
        await user.keys("o", "2")
        await user.until(lambda: "ticket.reopened" in stored(user))
        await user.keys("escape")
        await user.until(lambda: user.sees("电梯停运"))


async def test_a_wrong_answer_stays_open_until_the_call_back(property_: Seat) -> None:
    async with property_.open() as user:
        await opened(user)
        await user.keys("C")
        await user.types("说成明天修，其实今天修")
        await user.keys("enter")
        await ready(user)
        await user.until(lambda: user.sees("待更正"))
        await user.keys("C")
        await user.types("已回电说明")
        await user.keys("enter")
        await user.until(lambda: "ticket.correction_told" in stored(user))
        assert last(user, "correction_told")["text"] == "已回电说明"


async def test_fields_are_filled_in_later(property_: Seat) -> None:
    async with property_.open() as user:
        screen = await opened(user)
        gaps = screen.detail.card.gaps if screen.detail is not None else ()
        await user.keys("e")
        form = user.app.screen
        assert isinstance(form, OrderForm)
        form.summary.focus()
        form.summary.value = "电梯停运三天"
        await user.keys("enter")
        await user.settle()
        if isinstance(user.app.screen, OrderForm):  # told once what is still missing
            form.summary.focus()
            await user.keys("enter")
        await user.until(lambda: user.sees("电梯停运三天"))
        assert gaps == () or user.sees("缺")


async def test_a_new_order_by_hand_says_what_is_missing_once(property_: Seat) -> None:
    async with property_.open() as user:
        await opened(user)
        await user.keys("n")
        form = user.app.screen
        assert isinstance(form, OrderForm)
        await user.keys("f9")
        assert user.sees("至少要有类别或摘要")
        form.form.category.focus()
        await user.keys("1")  # inquiry: its matter is a must
        await user.keys("f9")
        assert user.sees("还缺")
        await user.keys("f9")
        await user.until(lambda: user.app.screen is board(user))
        await ready(user)
        assert last(user, "opened")["values"]["category"] == "inquiry"
        assert any("工单已建" in toast for toast in user.toasts())


async def test_a_new_order_from_the_call_on_the_card(property_: Seat) -> None:
    async with property_.open() as user:
        await user.talks("14000007777")
        await user.names("周")
        await user.keys("escape")
        call = user.call.id
        user.app.go("board")
        await ready(user)
        await user.keys("n")
        form = user.app.screen
        assert isinstance(form, OrderForm)
        assert user.sees("由当前通话新建工单")
        form.form.category.set_value("inquiry")
        form.summary.value = "问停车费"
        form.summary.focus()
        await user.keys("enter", "f9")
        await user.until(lambda: user.app.screen is board(user))
        assert last(user, "linked")["call"] == call
        await ready(user)
        screen = board(user)
        at = screen.rows.pages.find(next(r.id for r in screen.rows.pages.known() if r.call_id))
        screen.rows.move_to(at)
        await ready(user)
        await user.keys("h")
        await user.until(lambda: user.card_is_shown)
        assert user.call.id == call


async def test_a_promise_is_put_off_in_the_words_people_use(seat: Seat) -> None:
    async with seat.open() as user:
        await user.talks()
        await user.names()
        promise = EntityId("")

        def make(desk: Any) -> EntityId:
            made: EntityId = desk.new_id()
            desk.act(call_commands.Promise(made, 30, "王先生"))
            return made

        promise = user.seat.worker.submit(make).result()
        user.app.take(user.seat.worker.submit(lambda desk: desk.snapshot()).result())
        await user.keys("escape")
        user.app.go("board")
        await user.until(lambda: not board(user).reading)
        await user.keys("m")
        await user.types("昨天")
        await user.keys("enter")
        await user.settle()
        assert any("看不懂" in toast for toast in user.toasts())
        await user.pastes("")
        field: Any = user.app.screen.query_one("#reason-text")
        field.value = "明天10:30"
        await user.keys("enter")
        await user.settle()
        await user.keys("1")
        await user.until(lambda: any("已改约" in toast for toast in user.toasts()))
        moved = user.app.snapshot.promises[0]
        local = moved.due_at.astimezone(user.app.zone)
        assert (moved.id, f"{local:%H:%M}") == (promise, "10:30")
        assert local.date() == user.seat.clock().date() + timedelta(days=1)
        await user.keys("c", "2")
        await user.until(lambda: not user.app.snapshot.promises)
        assert user.last("promise.set")["set"]["state"] == "done"


async def test_help_says_why_it_is_due(property_: Seat) -> None:
    async with property_.open() as user:
        await opened(user)
        await user.keys("question_mark")
        assert user.sees("P1-3.4.4-complaint-48h")
        assert user.sees("48 小时 =")


async def test_the_order_folds_behind_the_list_on_a_narrow_terminal(property_: Seat) -> None:
    async with property_.open((80, 24)) as user:
        screen = await opened(user)
        assert not screen.sheet.display or not screen.sheet.region.area
        await user.keys("enter")
        await user.settle()
        assert user.sees("首次" if user.sees("首次") else "投诉：")
        assert screen.sheet.region.width > 70
        await user.keys("escape")
        assert screen.rows.region.width > 70 and screen.rows.has_focus


HOSTILE = ["[/", "[b", "[/tmp]", "\x1b[31m红", "a\u202eb\u200dc", "好" * 10_000, "{x}", "％ \t"]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
async def test_strangers_words_are_only_words(seat: Seat, text: str) -> None:
    desk = seat.open_desk()
    desk.set_profile(demo_orders.profile())
    values = dict.fromkeys(("content", "name", "address", "account", "surname", "tier"), text)
    ticket = desk.tickets.new_id()
    outcome = desk.tickets.open(
        c.Open(ticket, values | {"category": "complaint"}, text, owner="8012")
    )
    assert outcome.problem is None
    desk.tickets.act(ticket, c.Nudge(text[:200], text[:200]))
    desk.close()
    async with seat.open() as user:
        await opened(user)
        await user.keys("slash")
        await user.types(text[:60])
        await user.settle()
        await user.keys("escape", "escape", "enter", "question_mark", "escape", "e", "escape")
        assert not any("\x1b" in row or "\u202e" in row for row in user.rows())


async def test_everything_is_read_in_english_too(property_: Seat) -> None:
    async with property_.open() as user:
        await opened(user)
        user.app.set_language("en")
        await ready(user)
        assert user.sees("My orders 1") and user.sees("● ok") and user.sees("Clocks")


def test_nothing_of_it_is_loaded_at_the_start() -> None:
    code = (
        "import sys, agentdesk.tui.main; "
        "print([n for n in sys.modules if 'board' in n.rpartition('.')[2] or '.ticket' in n])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = eval(done.stdout)  # a list of our own names
    assert [name for name in loaded if "commands" not in name and "strings" not in name] == []
