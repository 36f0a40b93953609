"""The console from first start to restart: typing is kept, whatever happens."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING, TypeVar, cast

import pytest

from agentdesk.config import Typing
from agentdesk.desk.desk import Desk
from agentdesk.desk.worker import InlineWorker, Worker
from agentdesk.errors import StoreFull
from agentdesk.standards.loader import shipped
from agentdesk.strings import Strings
from agentdesk.tui import app as console_app
from agentdesk.tui.screens.first_start import FirstStart
from agentdesk.tui.screens.too_small import TooSmall
from agentdesk.tui.widgets.choice import Choice

if TYPE_CHECKING:
    from tests.tui.conftest import Seat

T = TypeVar("T")


class FullDisk:
    """A desk on a disk that is full while ``full`` says so: nothing typed can be kept."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker
        self.full = False

    def submit(self, work: Callable[[Desk], T]) -> Future[T]:
        if not self.full:
            return self._worker.submit(work)
        real = self._worker.submit(lambda desk: desk).result()
        return self._worker.submit(lambda _: work(cast(Desk, _Full(real))))

    def close(self) -> None:
        self._worker.close()


class _Full:
    """The desk, except that it keeps no typing."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def __getattr__(self, name: str) -> object:
        return getattr(self._desk, name)

    def save_typing(self, *_: object) -> None:
        raise StoreFull("store.full", path="/data/agentdesk.sqlite3")


async def test_what_is_typed_is_kept_after_a_pause(seat: Seat) -> None:
    async with seat.open() as user:
        await user.talks()
        await user.notes("包裹湿了")
        await user.until(lambda: user.saved() == "包裹湿了")
        assert "自动保存 14:30:02" in user.panel("note-title")
        assert "call.set" not in [event.kind for event in user.events()]


async def test_until_then_it_says_that_it_is_not_saved(seat: Seat) -> None:
    seat.set(typing=Typing(save_after_ms=3_600_000))
    async with seat.open() as user:
        await user.talks()
        await user.notes("包裹湿了")
        assert "未保存" in user.panel("note-title")
        assert user.saved() == ""


async def test_the_console_opens_where_it_was_left(seat: Seat) -> None:
    async with seat.open() as user:
        await user.talks()
        await user.names()
        await user.category("complaint")
        await user.notes("第一行\n第二行")
        await user.keys("left", "left")
        await user.types("的")
        values = user.screen.values()
        cursor = user.screen.note.cursor_location
        await user.until(lambda: user.saved() == values["note"])
    async with seat.open() as user:
        assert user.screen.values() == values
        assert user.screen.focused is user.screen.note
        assert user.screen.note.cursor_location == cursor
        assert "已恢复上次未完成的通话" in user.toasts()
        await user.types("们")
        assert user.screen.note.text == "第一行\n第的们二行"


async def test_the_console_opens_in_the_field_it_was_left_in(seat: Seat) -> None:
    async with seat.open() as user:
        await user.talks()
        await user.category("tracking")
        await user.focus("waybill")
        await user.types("SL2026")
        await user.keys("left", "left")
        await user.types("X")
        await user.until(
            lambda: (
                (t := user.store.typing(user.call.id)) is not None
                and t.values.get("waybill") == "SL20X26"
            )
        )
    async with seat.open() as user:
        assert user.screen.form.key_of(user.screen.focused) == "waybill"
        await user.types("Y")
        assert user.screen.values()["waybill"] == "SL20XY26"


async def test_a_full_disk_loses_nothing(seat: Seat, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console_app, "RETRY_SECONDS", 0.001)
    disk = FullDisk(seat.worker)
    seat.worker = disk
    async with seat.open() as user:
        await user.talks()
        disk.full = True
        await user.notes("包裹湿了")
        await user.until(lambda: any("磁盘已满" in toast for toast in user.toasts()))
        assert user.sees("保存失败")
        assert user.screen.note.text == "包裹湿了"
        assert user.saved() == ""
        assert "自动保存" not in user.panel("note-title")
        await user.types("，请尽快")
        assert user.screen.note.text == "包裹湿了，请尽快"
        disk.full = False
        await user.until(lambda: user.saved() == "包裹湿了，请尽快")
        assert not "".join(user.rows()[:1]).count("保存失败")
        assert user.sees("● 仅本机")


async def test_too_small_a_window_and_back_keeps_everything(seat: Seat) -> None:
    async with seat.open() as user:
        await user.talks()
        await user.notes("包裹")
        await user.pilot.resize_terminal(60, 20)
        await user.settle()
        assert isinstance(user.app.screen, TooSmall)
        assert user.sees("现在 60 列 × 20 行")
        await user.pilot.resize_terminal(80, 24)
        await user.settle()
        assert user.card_is_shown
        await user.types("湿了")
        assert user.screen.note.text == "包裹湿了"


async def test_the_first_start_asks_three_things(fresh: Seat) -> None:
    async with fresh.open((80, 24)) as user:
        assert isinstance(user.app.screen, FirstStart)
        await user.keys("tab", "tab")
        await user.types("８０１２")
        await user.keys("enter", "enter")
        await user.types("示例速运")
        await user.keys("enter")
        assert user.card_is_shown
        seat_state = user.last("seat.set")["set"]
        assert (seat_state["agent_no"], seat_state["company"]) == ("8012", "示例速运")
        assert seat_state["language"] == "zh-CN"
        assert seat_state["pack"] == user.app.snapshot.pack.id
        await user.keys("f2", "f7")
        assert "示例速运" in user.last("call.said")["text"]
    async with fresh.open() as user:
        assert user.app.screen is user.screen  # asked once
        assert user.app.snapshot.profile.agent_no == "8012"


async def test_the_first_start_wants_a_work_number(fresh: Seat) -> None:
    async with fresh.open() as user:
        await user.keys("tab", "tab", "enter", "enter", "enter")
        assert isinstance(user.app.screen, FirstStart)
        assert user.sees("请填写工号")
        assert user.events("seat") == []


async def test_the_language_changes_everything_at_once(seat: Seat) -> None:
    async with seat.open() as user:
        await user.talks()
        await user.names()
        await user.notes("包裹")
        await user.category("complaint")
        await user.app.action_command("go-settings")
        await user.settle()
        settings = user.app.screen
        settings.query_one("#language", Choice).focus()
        await user.keys("down")
        assert user.app.s.language == "en"
        assert user.last("seat.set")["set"]["language"] == "en"
        await user.app.action_command("go-call")
        await user.settle()
        left = "".join(user.rows())
        for word in ("计时", "本次要求", "登记", "类别", "投诉", "通话中"):
            assert word not in left, word
        assert "Complaint" in left
        assert user.screen.note.text == "包裹"
        assert user.screen.values()["category"] == "complaint"
        assert "王先生" in user.panel("left")  # what people typed stays as it is


@pytest.mark.parametrize("language", ["zh-CN", "en"])
async def test_what_to_do_without_a_call_is_said_whole_at_the_smallest(
    seat: Seat, language: str
) -> None:
    async with seat.set(language=language).open((80, 24)) as user:
        assert user.sees(Strings(language)("call.list.empty"))


async def test_the_settings_say_how_to_get_back(seat: Seat) -> None:
    async with seat.open((80, 24)) as user:
        await user.keys("9")
        assert user.sees("Esc 后按 1 回通话")
        await user.keys("escape", "1")
        assert user.card_is_shown


async def test_settings_hold_at_once_and_stay(seat: Seat) -> None:
    async with seat.open() as user:
        await user.app.action_command("go-settings")
        await user.settle()
        user.app.screen.query_one("#company").focus()
        await user.keys("end")
        await user.types("上海")
        await user.keys("enter")
        assert user.last("seat.set")["set"]["company"] == "示例速运上海"
        await user.app.action_command("go-call")
        await user.keys("f2")
        assert "示例速运上海" in user.panel("speak")
    async with seat.open() as user:
        assert user.app.snapshot.profile.company == "示例速运上海"


async def test_another_standard_holds_from_the_next_call_on(seat: Seat) -> None:
    async with seat.open() as user:
        await user.keys("f2")
        before = user.panel("speak")
        await user.app.action_command("go-settings")
        await user.settle()
        packs = user.app.screen.query_one("#pack", Choice)
        packs.focus()
        for _ in shipped():
            if user.app.snapshot.profile.pack == "N2":
                break
            await user.keys("down")
        assert user.app.snapshot.profile.pack == "N2"
        await user.app.action_command("go-call")
        await user.settle()
        assert user.panel("speak") == before  # a call keeps the standard it was answered by
        assert "本次按 F6" in user.panel("left")
        await user.keys("ctrl+underscore", "f9", "f9", "1", "f2")
        assert user.panel("speak") != before
        assert "N2" in user.panel("left")
        assert "本次按" not in user.panel("left")


async def test_a_store_that_cannot_be_opened_ends_the_start_with_its_reason(seat: Seat) -> None:
    def refuse() -> Desk:
        raise StoreFull("store.full", path="/data/agentdesk.sqlite3")

    seat.worker = InlineWorker(refuse)
    app = seat.app()
    async with app.run_test():
        pass
    assert isinstance(app.start_error, StoreFull)
    assert app.return_code == 1
