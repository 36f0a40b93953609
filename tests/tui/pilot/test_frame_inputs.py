"""Typing Chinese into the fields."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from textual import events

from agentdesk.tui.widgets.inputs import SafeInput

App = Callable[..., Any]
HOSTILE = "王\u200d\x1b[31m先\u202e生\ufeff[/tmp][b"
CLEANED = "王[31m先生[/tmp][b"


def paste(app: Any, text: str) -> None:
    event = events.Paste(text)
    event.set_sender(app)
    app._driver.send_message(event)


async def test_a_commit_and_a_paste_are_cleaned(desk_app: App, commit: Any) -> None:
    app = desk_app()
    async with app.run_test(size=(100, 30)) as pilot:
        commit(pilot, "您好，请问？【1】“好”\u200b\u202e")
        await pilot.pause()
        assert app.note.text == "您好，请问？【1】“好”"
        paste(app, HOSTILE + "\r\n第二行\u2028第三行\t完")
        await pilot.pause()
        assert app.note.text == f"您好，请问？【1】“好”{CLEANED}\n第二行\n第三行 完"
        app.desk.query_one("#field").focus()
        await pilot.pause()
        commit(pilot, "单\u200d号")
        paste(app, "\nSF1029\r\n77\u202858\n")
        await pilot.pause()
        assert app.desk.query_one("#field", SafeInput).value == "单号SF1029 77 58"


async def test_enter_breaks_a_note_and_tab_leaves_it(desk_app: App, commit: Any) -> None:
    app = desk_app()
    async with app.run_test(size=(100, 30)) as pilot:
        commit(pilot, "一\n二")
        await pilot.press("tab")
        assert app.note.text == "一\n二"
        assert app.focused.id == "field"


async def test_undo_and_redo(desk_app: App, commit: Any) -> None:
    app = desk_app()
    async with app.run_test(size=(100, 30)) as pilot:
        commit(pilot, "已致歉")
        await pilot.pause()
        paste(app, "客户同意")
        await pilot.pause()
        assert app.note.text == "已致歉客户同意"
        await pilot.press("ctrl+z")
        assert app.note.text == "已致歉"
        await pilot.press("ctrl+y")
        assert app.note.text == "已致歉客户同意"


async def test_too_long_text_is_cut_not_refused(desk_app: App) -> None:
    app = desk_app()
    async with app.run_test(size=(100, 30)) as pilot:
        field = app.desk.query_one("#field", SafeInput)
        field.max_length = 6
        field.focus()
        await pilot.pause()
        paste(app, "一二三四")
        await pilot.pause()
        paste(app, "五六七八")
        await pilot.pause()
        assert field.value == "一二三四五六"
        field.value = "九" * 10_000
        assert field.value == "九" * 6
        app.note.focus()
        await pilot.pause()
        paste(app, "长" * 30_000)
        await pilot.pause()
        assert len(app.note.text) == app.note.MAX_LENGTH


async def test_a_paste_replaces_the_selection(desk_app: App) -> None:
    app = desk_app()
    async with app.run_test(size=(100, 30)) as pilot:
        field = app.desk.query_one("#field", SafeInput)
        field.value = "张三李四"
        field.focus()
        field.selection = type(field.selection)(2, 4)
        await pilot.pause()
        paste(app, "王五")
        await pilot.pause()
        assert field.value == "张三王五"
        assert field.cursor_position == 4


@pytest.mark.parametrize("text", ["", "张三", "ab张", "x" * 60, "长" * 80], ids=len)
async def test_the_hardware_cursor_stands_on_the_caret(desk_app: App, text: str) -> None:
    """The input method opens its window there: at the end, inside, and after scrolling."""
    app = desk_app()
    async with app.run_test(size=(100, 30)) as pilot:
        field = app.desk.query_one("#field", SafeInput)
        field.styles.width = 40
        field.focus()
        await pilot.pause()
        paste(app, text)
        await pilot.pause()
        await pilot.pause()
        left = field.content_region.x
        width = sum(2 if ord(char) > 127 else 1 for char in text)
        wanted = left + width - field.scroll_offset.x
        assert app.cursor_position.x == wanted
        assert left <= wanted < field.region.right
        await pilot.press("home")
        await pilot.pause()
        assert app.cursor_position.x == left


async def test_highlights_follow_code_points_and_lines(desk_app: App) -> None:
    app = desk_app()
    async with app.run_test(size=(60, 30)) as pilot:
        await pilot.resize_terminal(80, 24)
        app.note.load_text("第一行\n这事不归我管，𠮷要问网点")
        app.note.set_highlights([(4, 10, "bad underline"), (100, 200, "bad"), (11, 12, "warn")])
        await pilot.pause()
        bad = app.look.style("bad").color
        marked = "".join(
            segment.text
            for y in range(3)
            for segment in app.note.render_line(y)
            if segment.style and segment.style.underline and segment.style.color == bad
        )
        assert marked == "这事不归我管"
        line = app.note.get_line(1)
        assert [line.plain[span.start : span.end] for span in line.spans] == ["这事不归我管", "𠮷"]
        app.note.set_highlights([])
        assert not app.note.get_line(1).spans


async def test_the_caret_is_a_code_point_offset(desk_app: App) -> None:
    app = desk_app()
    async with app.run_test(size=(80, 24)):
        app.note.load_text("一二\n𠮷三四\n")
        for offset in range(len(app.note.text) + 1):
            app.note.move_caret(offset)
            assert app.note.caret == offset
        app.note.move_caret(999)
        assert app.note.caret == len(app.note.text)


async def test_a_note_breaks_by_cells_with_the_cursor_on_its_character(desk_app: App) -> None:
    app = desk_app()
    async with app.run_test(size=(80, 24)) as pilot:
        app.note.styles.width = 24
        app.note.load_text("客户反映快件 3 天未更新，情绪较急。已致歉。")
        for _ in range(20):  # the news of the width comes as a message of its own
            await pilot.pause()
            if app.note.wrapped_document.height > 1:
                break
        rows = [
            "".join(segment.text for segment in app.note.render_line(y)).rstrip() for y in range(3)
        ]
        # Textual alone would leave the first line with 客户反映快件 only.
        assert rows == ["客户反映快件 3 天未更", "新，情绪较急。已致", "歉。"]
        app.note.move_caret(12)
        await pilot.pause()
        assert app.note.cursor_screen_offset.y == app.note.content_region.y + 1
        await pilot.press("up")
        assert app.note.caret < 12
        await pilot.press("down", "end")
        assert app.note.cursor_location[1] == 20
