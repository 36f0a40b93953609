"""The server on the console: its state, calls for help, what waits and what was refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from agentdesk.desk.remote_views import Arrived
from agentdesk.domain.events import Draft, EntityId
from agentdesk.domain.moments import to_ms
from agentdesk.sync.status import Reason, State
from agentdesk.tui.screens.help_calls import HelpCalls
from agentdesk.tui.screens.sync import SyncScreen
from tests.colleagues import HELP, Others, mine

if TYPE_CHECKING:
    from tests.tui.conftest import Seat

MORE = EntityId("f" * 32)


@pytest.fixture
def others(seat: Seat, tmp_path: Path) -> Others:
    return Others(seat, tmp_path)


# ---------------------------------------------------------------------------- the state


async def test_a_seat_without_a_server_says_so_and_offers_nothing_of_it(seat: Seat) -> None:
    async with seat.open() as user:
        assert "● 仅本机" in user.rows()[0]
        await user.keys("H")
        assert not isinstance(user.app.screen, HelpCalls)
        await user.keys("ctrl+f6")
        assert isinstance(user.app.screen, SyncScreen)
        assert user.sees("agentdesk login")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "● 已同步 3s"),
        ({"streaming": True}, "● 已同步 实时"),
        ({"state": State.SENDING, "waiting": 12}, "◐ 待传 12"),
        ({"waiting": 12}, "◐ 待传 12"),
        ({"state": State.RESET}, "◐ 正在核对"),
        (
            {"state": State.REFUSED, "reasons": (Reason("signed_out", {"actor": "8012"}),)},
            "▲ 未登录",
        ),
        ({"state": State.REFUSED, "reasons": (Reason("wrong_site", {}),)}, "▲ 传送停住"),
        ({"state": State.LOCAL}, "● 仅本机"),
        # The clock here is an hour ahead: what counts is the server's time.
        ({"state": State.SYNCED, "offset_ms": 3_600_000}, "● 已同步 3s"),
    ],
)
@pytest.mark.parametrize("size", [(120, 36), (80, 24)])
async def test_the_header_says_what_is_known(
    seat: Seat, others: Others, changes: dict[str, Any], words: str, size: tuple[int, int]
) -> None:
    async with seat.open(size) as user:
        contact = to_ms(seat.clock()) - int(str(changes.get("offset_ms", 0)))
        others.join(user, contact=contact, **changes)
        await user.after(3)
        assert words in user.rows()[0]


async def test_offline_is_counted_from_the_last_contact(seat: Seat, others: Others) -> None:
    async with seat.open() as user:
        others.join(user, state=State.OFFLINE, waiting=3)
        await user.after(4 * 60 + 5)
        assert "○ 离线 4m" in user.rows()[0]
        await user.after(3600)
        assert "○ 离线 1h" in user.rows()[0]


async def test_a_wrong_clock_stands_in_the_banner_but_a_ring_goes_before_it(
    seat: Seat, others: Others
) -> None:
    async with seat.open() as user:
        others.join(user, offset_ms=26 * 60_000)
        await user.quiet()
        assert "本机时钟不准" in user.rows()[2] and "快 26 min" in user.rows()[2]
        await user.rings()
        assert "来电" in user.rows()[2] and "本机时钟不准" not in user.rows()[2]
        user.app.take_status(others.status(offset_ms=119_000), server="", lead=False)
        await user.settle()
        assert "+1" not in user.rows()[2]


@pytest.mark.parametrize(
    ("reason", "state", "words"),
    [
        ("wrong_site", State.REFUSED, "服务器换了"),
        ("loop", State.RESET, "反复核对"),
        ("signed_out", State.REFUSED, "agentdesk login"),
    ],
)
async def test_what_stops_the_exchange_stands_in_the_banner(
    seat: Seat, others: Others, reason: str, state: State, words: str
) -> None:
    async with seat.open() as user:
        others.join(user, state=state, reasons=(Reason(reason, {"actor": "8012", "site": "x"}),))
        await user.quiet()
        assert words in user.rows()[2]
        assert "^F6" in user.rows()[2]
        user.app.take_status(others.status(), server="", lead=False)
        await user.quiet()
        assert words not in user.rows()[2]


# ---------------------------------------------------------------------- calls for help


async def test_a_call_for_help_is_a_banner_and_no_key_is_lost(seat: Seat, others: Others) -> None:
    async with seat.open() as user:
        others.join(user, lead=True)
        await user.talks()
        await user.notes("客户说包裹")
        await others.call_for_help(user)
        await user.types("湿了")
        assert user.screen.note.text == "客户说包裹湿了"
        assert user.screen.focused is user.screen.note
        await user.quiet()
        row = user.rows()[2]
        assert "求助" in row and "8020" in row and "^F8" in row
        await user.after(31)
        assert "◐ 等待 0:31" in user.rows()[2]
        await user.after(31)
        assert "▲ 超时 1:02" in user.rows()[2]


async def test_an_agent_sees_nothing_of_others_calls_for_help(seat: Seat, others: Others) -> None:
    async with seat.open() as user:
        others.join(user)
        await others.call_for_help(user)
        await user.quiet()
        assert "求助" not in user.rows()[2]
        await user.keys("ctrl+f8", "ctrl+f7")
        assert user.card_is_shown
        assert "escalation.taken" not in [e.kind for e in user.events("escalation")]


async def test_one_key_takes_it_and_it_is_not_said_to_be_confirmed(
    seat: Seat, others: Others
) -> None:
    async with seat.open() as user:
        others.join(user, lead=True)
        await others.call_for_help(user)
        await user.keys("ctrl+f8")
        assert user.last("escalation.taken")["by"] == "8012 李敏"
        await user.quiet()
        assert "求助" not in user.rows()[2]
        await user.keys("ctrl+f7")
        assert user.sees("已回应，未确认")
        await others.hear(user, mine(user))
        assert user.sees("8012 李敏 已接手")
        assert any("由您接手" in text for text in user.toasts())


async def test_whoever_lost_is_told_who_won(seat: Seat, others: Others) -> None:
    async with seat.open() as user:
        others.join(user, lead=True)
        await others.call_for_help(user)
        await user.keys("ctrl+f8")
        await others.takes(user)
        assert any("9001 王芳 先接手" in text for text in user.toasts())
        await others.hear(user, mine(user))
        await user.keys("ctrl+f7")
        assert user.sees("9001 王芳 已接手")
        assert user.sees("晚一步回应：8012")


async def test_the_list_has_the_longest_waiting_first_and_enter_takes_it(
    seat: Seat, others: Others
) -> None:
    async with seat.open((80, 24)) as user:
        others.join(user, lead=True)
        body = {"at": 1, "set": {"name": "张强", "role": "agent", "team": "A", "active": True}}
        await others.they(user, Draft("person.set", "person", EntityId("8020"), body))
        await others.call_for_help(user, proposal="客户要求赔偿，请示处理办法")
        seat.clock.after(40)
        await others.call_for_help(user, MORE, emergency=True, proposal="客户说要来公司")
        await user.keys("ctrl+f7")
        screen = user.app.screen
        assert isinstance(screen, HelpCalls)
        assert [item.id for item in screen._list.rows] == [MORE, HELP]
        assert user.sees("客户说要来公司") and user.sees("8020 张强")
        await user.keys("j", "enter")
        assert [e.entity_id for e in user.events("escalation") if e.kind == "escalation.taken"] == [
            HELP
        ]
        await user.keys("escape")
        assert user.card_is_shown


async def test_the_raiser_sees_it_noted_then_delivered_then_taken(
    seat: Seat, others: Others
) -> None:
    async with seat.open() as user:
        others.join(user)
        await user.talks()
        await user.keys("f8", "1", "enter")
        assert "等待传送" in user.panel("right")
        await others.hear(user, mine(user))
        assert "已送达，等待接手" in user.panel("right")
        await user.after(61)
        assert "无人接手" in user.panel("right")
        raised = user.events("escalation")[0].entity_id
        await others.takes(user, raised)
        assert "已接 9001 王芳" in user.panel("right")
        assert any("9001 王芳 已接手您的求助" in text for text in user.toasts())


async def test_who_took_a_call_for_help_is_told_once_though_the_server_was_restored(
    seat: Seat, others: Others
) -> None:
    async with seat.open() as user:
        others.join(user)
        await user.talks()
        await user.keys("f8", "1", "enter")
        await others.hear(user, mine(user))
        await others.takes(user, user.events("escalation")[0].entity_id)
        told = [text for text in user.toasts() if "已接手您的求助" in text]
        assert len(told) == 1
        now = user.app.snapshot
        forgotten = replace(
            now, escalations=tuple(replace(item, confirmed=False) for item in now.escalations)
        )
        user.app.arrived(Arrived(forgotten))
        user.app.arrived(Arrived(now))
        await user.pilot.pause()
        assert [text for text in user.toasts() if "已接手您的求助" in text] == told


# -------------------------------------------------------- what waits, what was refused


@pytest.mark.parametrize("size", [(120, 36), (80, 24)])
async def test_what_was_not_accepted_is_listed_with_its_text(
    seat: Seat, others: Others, size: tuple[int, int]
) -> None:
    async with seat.open(size) as user:
        others.join(user)
        await user.talks()
        await others.hear(user, mine(user))
        await user.notes("客户说包裹湿了，要求赔偿")
        await user.keys("ctrl+l")  # what is typed is stored with the act
        await others.hear(user, mine(user), "forbidden_now", "trainee")
        others.join(user, not_accepted=2, waiting=0)
        assert any("没有被服务器接受" in text for text in user.toasts())
        await user.keys("ctrl+f6")
        assert isinstance(user.app.screen, SyncScreen)
        assert user.sees("没有被接受")
        assert user.sees("学员、未登录或已离岗的人不能处理实际业务")
        for _ in range(8):
            if user.sees("客户说包裹湿了，要求赔偿"):
                break
            await user.keys("j")
        assert user.sees("客户说包裹湿了，要求赔偿")
        await user.keys("c")
        assert "客户说包裹湿了，要求赔偿" in user.app.clipboard
        await user.keys("escape")
        assert user.card_is_shown


async def test_what_waits_is_listed_with_the_reason_and_follows(seat: Seat, others: Others) -> None:
    async with seat.open() as user:
        others.join(user, state=State.OFFLINE, waiting=2, reasons=(Reason("network", {}),))
        await user.talks("13800138000")
        await user.keys("ctrl+f6")
        assert user.sees("等待传送") and user.sees("等网络恢复")
        assert user.sees("138****8000") and not user.sees("13800138000")
        assert user.sees("desk.example.com")
        await others.hear(user, mine(user))
        user.app.take_status(others.status(), server="x", lead=False)
        await user.settle()
        assert user.sees("没有等待传送的")


async def test_a_long_list_of_what_waits_is_read_behind_the_dialog(
    seat: Seat, others: Others, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counting what a store that was never sent holds takes a moment: the dialog is there."""
    async with seat.open() as user:
        others.join(user, state=State.OFFLINE, waiting=2, reasons=(Reason("network", {}),))
        await user.talks("13800138000")
        asked: list[Callable[[], None]] = []
        port = user.app.port
        run = port.run

        def held_back(work: Any, then: Any = None) -> None:
            asked.append(lambda: run(work, then))

        monkeypatch.setattr(port, "run", held_back)
        await user.keys("ctrl+f6")
        assert isinstance(user.app.screen, SyncScreen)
        assert user.sees("正在读取") and not user.sees("没有等待传送的")
        monkeypatch.undo()
        for each in asked:
            each()
        await user.settle()
        assert user.sees("等待传送") and not user.sees("正在读取")


async def test_hostile_text_from_elsewhere_is_only_text(seat: Seat, others: Others) -> None:
    nasty = "[/tmp]\x1b[31m[b]$x\u202e" + "长" * 3000
    async with seat.open() as user:
        others.join(user, lead=True)
        await others.call_for_help(user, proposal=nasty, reason=nasty[:50], level="[/")
        await user.after(1)
        await user.keys("ctrl+f7")
        assert isinstance(user.app.screen, HelpCalls)
        assert not any("\x1b" in row or "\u202e" in row for row in user.rows())
