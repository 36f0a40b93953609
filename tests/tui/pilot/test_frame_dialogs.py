"""Picker, reason, confirmation: digits, search, two ways out, strangers' text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rich.cells import cell_len

from agentdesk.tui.screens.reason import ConfirmScreen, ReasonScreen
from agentdesk.tui.widgets.lines import LinesPanel, line
from agentdesk.tui.widgets.picker import Picker, PickRow, found

App = Callable[..., Any]
ROWS = [
    PickRow("open", "开场语", detail="F6-4.1", group="开头", preview="您好，示例快运。"),
    PickRow("late", "迟接致歉", detail="F6-4.2", group="开头"),
    PickRow("parcel", "快件延误", detail="F6-4.3", group="业务"),
    PickRow("close", "结束语", detail="F6-4.9", group="结束"),
]
HOSTILE = [
    "[/]",
    "[b",
    "[/tmp] x",
    "\x1b[31m红\x1b[0m",
    "\u202e反\u2066",
    "长" * 10_000,
    "👨\u200d👩\u200d👧",
    "a\nb\rc\td",
    "",
    "e" + "\u0301" * 50,
]


@pytest.mark.parametrize(
    ("keys", "typed", "answer"),
    [
        (["3"], "", "parcel"),
        (["enter"], "", "open"),
        (["down", "down", "enter"], "", "parcel"),
        (["up", "enter"], "", "open"),
        (["enter"], "jsy", "close"),
        (["enter"], "延误", "parcel"),
        (["enter"], "f6-4.2", "late"),
        (["escape"], "", None),
        (["backspace"], "", None),
        (["f3"], "", None),
        (["ctrl+k"], "jsy", None),
        (["backspace", "backspace", "backspace"], "ab", None),
        (["8", "escape"], "", None),
        (["enter", "escape"], "没有这句", None),
    ],
)
async def test_picker(
    desk_app: App, commit: Any, keys: list[str], typed: str, answer: str | None
) -> None:
    app = desk_app()
    answers: list[Any] = []
    async with app.run_test(size=(80, 24)) as pilot:
        app.push_screen(Picker("找话术", ROWS, opener="scripts"), answers.append)
        await pilot.pause()
        commit(pilot, typed)
        await pilot.pause()
        await pilot.press(*keys)
        await pilot.pause()
        assert answers == [answer]
        assert app.screen is app.desk
        assert app.focused.id == "note"


async def test_picker_shows_groups_and_preview_and_lines_up(
    desk_app: App, screen_text: Any
) -> None:
    app = desk_app()
    async with app.run_test(size=(80, 24)) as pilot:
        app.push_screen(Picker("找话术", ROWS))
        await pilot.pause()
        await pilot.pause()
        rows = screen_text(app)
        text = "\n".join(rows)
        assert "开头" in text
        assert "业务" in text
        assert "您好，示例快运。" in text
        ends = {cell_len(row[: row.index("F6-4.")]) for row in rows if "F6-4." in row}
        assert len(ends) == 1  # the clause column lines up


async def test_a_picker_digit_means_the_key_of_a_row_first(desk_app: App) -> None:
    app = desk_app()
    answers: list[Any] = []
    rows = [PickRow("two", "二", key="2"), PickRow("one", "一", key="1")]
    async with app.run_test(size=(80, 24)) as pilot:
        app.push_screen(Picker("处理结果", rows), answers.append)
        await pilot.pause()
        await pilot.press("1")
        assert answers == ["one"]


def test_the_best_match_is_first() -> None:
    rows = [PickRow(1, "转接结束语"), PickRow(2, "结束语"), PickRow(3, "别的", search="结束语")]
    assert next(row.value for row in found(rows, "jsy")) == 2
    assert {row.value for row in found(rows, "结束")} == {1, 2, 3}
    assert found(rows, "zzz") == []


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
async def test_dialogs_take_any_text(
    desk_app: App, screen_text: Any, commit: Any, text: str
) -> None:
    app = desk_app()
    rows = [PickRow(n, text, key=str(n), detail=text, group=text, preview=text) for n in range(3)]
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        for dialog in (
            Picker(text, rows, hint=text),
            ReasonScreen(text, (text, text), detail=text, value=text),
            ConfirmScreen(text, detail=text),
        ):
            app.push_screen(dialog)
            await pilot.pause()
            commit(pilot, text[:50].replace("\n", "").replace("\t", ""))
            await pilot.pause()
            drawn = screen_text(app)
            assert all(cell_len(row) == 80 for row in drawn)
            assert not any(char in "".join(drawn) for char in "\x1b\u202e\u2066\u200d\r\t")
            await pilot.press("escape")
            assert app.screen is app.desk
        app.say(text)
        app.desk.banner.show("x", text, text, key=text[:5], action=text[:5], tone="bad")
        app.desk.query_one("#panel", LinesPanel).set_lines([line(text, (text, "bad"))])
        await pilot.pause()
        assert cell_len(screen_text(app)[2]) == 80


@pytest.mark.parametrize(
    ("keys", "typed", "answer"),
    [
        (["2"], "", "回拨"),
        (["enter"], "领导要求", "领导要求"),
        (["enter", "enter", "1"], "", "核对客户"),
        (["enter"], "第1条", "第1条"),
        (["escape"], "写了一半", None),
        (["backspace"], "", None),
        (["ctrl+w"], "写了一半", None),
        (["9", "5", "2"], "", "回拨"),
    ],
)
async def test_reason(
    desk_app: App, commit: Any, keys: list[str], typed: str, answer: str | None
) -> None:
    app = desk_app()
    answers: list[Any] = []
    async with app.run_test(size=(80, 24)) as pilot:
        screen = ReasonScreen("原因", ("核对客户", "回拨"), opener="reveal")
        app.push_screen(screen, answers.append)
        await pilot.pause()
        commit(pilot, typed)
        await pilot.pause()
        await pilot.press(*keys)
        assert answers == [answer]


async def test_nothing_put_off_reaches_a_dialog_that_is_left(desk_app: App) -> None:
    """Its children go before it does: whoever looks for one then would end the console."""
    app = desk_app()
    seen: list[str] = []
    async with app.run_test(size=(80, 24)) as pilot:
        screen = ReasonScreen("原因", ("核对客户",))

        def look(when: str) -> None:
            seen.append(when)
            screen.query_one("#reason-marks", LinesPanel)

        async def look_again(when: str) -> None:
            look(when)

        app.push_screen(screen)
        await pilot.pause()
        screen.once_drawn(look, "还在")
        screen.soon(look_again, "还在")
        await pilot.pause()
        assert screen.whole
        await app.pop_screen()
        assert not screen.whole
        # What was put off comes from queues of Textual's own, which run while it is taken down.
        await screen._if_whole(look, "已经走了")
        await pilot.pause()
    assert seen == ["还在", "还在"]


@pytest.mark.parametrize(
    ("key", "answer"),
    [("enter", True), ("escape", None), ("backspace", None), ("f9", None), ("ctrl+f", None)],
)
async def test_confirm_needs_another_key_than_the_one_that_asked(
    desk_app: App, key: str, answer: bool | None
) -> None:
    app = desk_app()
    answers: list[Any] = []
    async with app.run_test(size=(80, 24)) as pilot:
        app.push_screen(ConfirmScreen("确定挂机吗？", opener="finish"), answers.append)
        await pilot.pause()
        await pilot.press("x", "f8", key)
        assert answers == [answer]
