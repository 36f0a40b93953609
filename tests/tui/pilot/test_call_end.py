"""The end of a call, calls that were missed, and calls that come meanwhile."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from agentdesk.domain.call.state import Phase
from agentdesk.domain.phone import STALE_AFTER
from agentdesk.tui.screens.reason import ConfirmScreen

if TYPE_CHECKING:
    from tests.tui.conftest import Seat, User


async def say(user: User, *lines: str) -> None:
    """Say these lines of the standard, found in the picker by their titles."""
    for line in lines:
        await user.keys("f3")
        await user.types(line)
        await user.keys("enter", "f7")


async def test_hanging_up_waits_for_the_closing_words(seat: Seat) -> None:
    async with seat.open() as user:
        await user.talks()
        await user.names()
        await user.keys("f9")
        assert "先问还有没有别的需要" in user.panel("strip")
        await user.keys("f7")
        assert user.last("call.said")["line"] == "anything-else"
        await user.keys("f9")
        assert "还没说结束语" in user.panel("strip")
        assert "再见" in user.panel("speak")
        await user.keys("f7")
        assert user.last("call.said")["marks"] == ["closing"]
        await user.keys("f9")
        assert "请等客户先挂" in user.panel("strip")
        assert "call.ended" not in user.kinds()
        await user.keys("ctrl+underscore")
        assert user.last("call.ended")["by"] == "customer"
        assert user.call.phase is Phase.WRAP_UP
        assert "call.guarded" not in user.kinds()


async def test_the_agent_may_hang_up_after_five_silent_seconds(seat: Seat) -> None:
    async with seat.open() as user:
        await user.talks()
        await user.names()
        await say(user, "还有没有别的事", "结束语")
        await user.keys("ctrl+l")
        await user.after(4)
        await user.keys("f9")
        assert "call.ended" not in user.kinds()
        await user.after(1)
        await user.keys("escape", "f9")
        assert user.last("call.ended")["by"] == "agent"
        assert "call.guarded" not in user.kinds()


async def test_the_agent_may_hang_up_all_the_same_with_one_reason(seat: Seat) -> None:
    async with seat.open() as user:
        await user.talks()
        await user.keys("f9", "f9", "3")
        guarded = [event.body["guard"] for event in user.events() if event.kind == "call.guarded"]
        assert guarded == [
            "anything_else_first",
            "hang_up_before_closing",
            "customer_hangs_up_first",
        ]
        assert {e.body["reason"] for e in user.events() if e.kind == "call.guarded"} == {"线路已断"}
        assert user.last("call.ended")["by"] == "agent"


async def test_wrap_up_names_the_gaps_once_and_then_lets_go(seat: Seat) -> None:
    async with seat.open() as user:
        await user.talks("")
        await user.category("complaint")
        await user.keys("ctrl+underscore")
        assert "还缺：情况、联系电话" in user.panel("speak")
        await user.keys("f9")
        assert any("情况、联系电话" in toast for toast in user.toasts())
        assert user.screen.form.key_of(user.screen.focused) == "content"
        await user.types("包裹湿了")
        call_id = user.call.id
        await user.keys("f9", "4")
        closed = user.last("call.closed", of=call_id)
        assert (closed["disposition"], closed["missing"]) == ("complaint_logged", ["phone"])
        assert user.app.snapshot.call is None
        assert [call.id for call in user.app.snapshot.incomplete] == [call_id]
        assert "缺 1 项" in user.panel("right")


async def test_a_full_record_closes_at_once(seat: Seat) -> None:
    async with seat.open() as user:
        await user.talks()
        await user.names()
        await user.category("inquiry")
        await user.focus("content")
        await user.types("怎么包装")
        await user.keys("ctrl+underscore")
        call_id = user.call.id
        await user.after(20)
        await user.keys("f9", "2")
        closed = user.last("call.closed", of=call_id)
        assert (closed["disposition"], closed["missing"]) == ("informed", [])
        assert user.app.snapshot.incomplete == ()
        assert user.sees("共 1 通")
        assert user.sees("王先生")


async def test_a_gap_is_filled_in_later(seat: Seat) -> None:
    async with seat.open() as user:
        await user.talks()
        await user.category("inquiry")
        await user.keys("ctrl+underscore")
        call_id = user.call.id
        await user.keys("f9", "f9", "1")
        await user.keys("enter")  # the call stands first in today's list
        assert user.call.id == call_id
        await user.focus("content")
        await user.types("怎么包装")
        await user.keys("f9")
        assert user.app.snapshot.call is None
        assert user.app.snapshot.incomplete == ()


async def test_a_read_back_is_wanted_before_a_complaint_is_saved(seat: Seat) -> None:
    async with seat.open() as user:
        await user.talks()
        await user.names()
        await user.category("complaint")
        for key, text in (("content", "包裹湿了"), ("phone", "13800138000")):
            await user.focus(key)
            await user.types(text)
        await user.keys("ctrl+underscore")
        call_id = user.call.id
        await user.keys("f9", "4")
        assert "call.closed" not in user.kinds(call_id)
        assert "登记后还没向客户复述核对" in user.panel("strip")
        await user.keys("f9", "4", "2")
        assert user.kinds(call_id)[-2:] == ["call.guarded", "call.closed"]


async def test_a_missed_call_leaves_a_callback(seat: Seat) -> None:
    async with seat.open() as user:
        await user.rings()
        await user.after(20)
        await user.phone("ended")
        (made,) = user.events("callback")
        assert (made.body["number"], made.body["minutes"]) == ("13800138000", 30)
        assert "138****8000" in user.panel("right")
        assert "30:00" in user.panel("right")
        assert "未接来电，已建回拨" in user.toasts()
        await user.after(31 * 60)
        assert "超时 1:00" in user.panel("right")
        assert "▲" in user.panel("right")


async def test_what_is_owed_first_stands_first_whatever_it_is(seat: Seat) -> None:
    async with seat.open() as user:
        await user.rings("13900139000", call="missed")
        await user.after(20)
        await user.phone("ended", call="missed")
        await user.talks()
        await user.names()
        await user.keys("f5")
        assert user.sees("明天10:30")
        await user.keys("3")
        assert user.last("promise.made")["minutes"] == 60
        await user.keys("shift+f5")
        rows = "".join("".join(user.rows()).split())
        assert rows.index("1回拨139****9000") < rows.index("2回电王先生")


async def test_a_ring_nobody_speaks_of_any_more_becomes_missed(seat: Seat) -> None:
    async with seat.open() as user:
        await user.rings()
        await user.after((STALE_AFTER - timedelta(seconds=1)).total_seconds())
        assert user.app.snapshot.ringing
        await user.after(1)
        assert not user.app.snapshot.ringing
        assert len(user.events("callback")) == 1


async def test_a_second_ring_takes_neither_the_focus_nor_the_text(seat: Seat) -> None:
    async with seat.open() as user:
        await user.talks()
        await user.notes("客户说")
        before = user.call.id
        await user.rings("13900139000", call="c2")
        await user.types("包裹")
        assert user.screen.focused is user.screen.note
        assert user.screen.note.text == "客户说包裹"
        assert user.sees("139****9000")
        await user.keys("f2")
        assert user.call.id == before
        assert any("正在通话" in toast for toast in user.toasts())
        await user.types("湿了")
        assert user.screen.note.text == "客户说包裹湿了"


async def test_the_next_call_is_answered_in_wrap_up_and_the_first_waits(seat: Seat) -> None:
    async with seat.open() as user:
        await user.talks()
        await user.names()
        await user.notes("第一通")
        await user.keys("ctrl+underscore")
        first = user.call.id
        await user.rings("13900139000", call="c2")
        await user.keys("f2")
        assert user.call.id != first
        assert user.screen.note.text == ""
        assert user.screen.form.surname.value == ""
        assert [call.id for call in user.app.snapshot.waiting] == [first]
        assert "王先生" in user.panel("right")
        assert user.last("call.set", of=first)["set"].get("note") == "第一通"


async def test_a_waiting_card_comes_back_with_its_text(seat: Seat) -> None:
    async with seat.open() as user:
        await user.talks()
        await user.notes("第一通")
        await user.keys("ctrl+underscore")
        first = user.call.id
        await user.after(1)
        await user.rings("13900139000", call="c2")
        await user.keys("f2")
        await user.notes("第二通")
        await user.phone("ended", "c2", by="customer")
        await user.keys("escape", "ctrl+right_square_bracket")  # today's calls
        await user.keys("end", "enter")
        assert user.call.id == first
        assert user.screen.note.text == "第一通"
        await user.keys("ctrl+right_square_bracket", "home", "enter")
        assert user.screen.note.text == "第二通"


async def test_enter_answers_when_nothing_is_in_hand(seat: Seat) -> None:
    async with seat.open() as user:
        await user.rings()
        await user.keys("enter")
        assert user.call.phase is Phase.TALKING


async def test_a_card_is_opened_by_hand(seat: Seat) -> None:
    async with seat.open() as user:
        await user.keys("f2")
        assert user.kinds() == ["call.offered", "call.answered"]
        assert user.last("call.offered")["source"] == "manual"


async def test_escape_keeps_everything(seat: Seat) -> None:
    async with seat.open() as user:
        await user.talks()
        await user.types("王")
        await user.notes("包裹湿了")
        values = user.screen.values()
        for opener in ("f3", "f5", "f6", "f8", "ctrl+w", "ctrl+s", "ctrl+p", "f1"):
            await user.keys(opener)
            assert len(user.app.screen_stack) == 2, opener
            await user.keys("escape")
            assert len(user.app.screen_stack) == 1, opener
        await user.keys("escape", "escape")
        assert user.screen.values() == values
        assert user.kinds() == ["call.offered", "call.answered"]


@pytest.mark.parametrize("answer", ["escape", "backspace", "ctrl+q"])
async def test_leaving_during_a_call_is_asked_and_refused(seat: Seat, answer: str) -> None:
    async with seat.open() as user:
        await user.talks()
        await user.notes("包裹")
        await user.keys("ctrl+q")
        assert isinstance(user.app.screen, ConfirmScreen)
        await user.keys(answer)
        assert user.app.is_running
        assert user.app.return_code is None
        assert user.screen.note.text == "包裹"


async def test_leaving_during_a_call_is_done_by_another_key(seat: Seat) -> None:
    async with seat.open() as user:
        await user.talks()
        await user.notes("包裹")
        await user.pilot.press("ctrl+q", "enter")
        assert user.app.return_code == 0
    async with seat.open() as user:
        assert user.screen.note.text == "包裹"


async def test_leaving_without_a_call_asks_nothing(seat: Seat) -> None:
    async with seat.open() as user:
        await user.pilot.press("ctrl+q")
        assert user.app.return_code == 0
