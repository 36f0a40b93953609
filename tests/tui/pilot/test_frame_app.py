"""The frame: keys, places, tick, size, keymap."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rich.cells import cell_len
from textual import events

from agentdesk.tui.screens.help import HelpScreen
from agentdesk.tui.screens.palette import Palette
from agentdesk.tui.screens.too_small import TooSmall
from agentdesk.tui.widgets.inputs import SafeInput

App = Callable[..., Any]


@pytest.mark.parametrize(
    ("key", "done"),
    [
        ("f8", "escalate"),
        ("ctrl+e", "escalate"),
        ("f4", "hold"),
        ("ctrl+o", "hold"),
        ("f7", "said"),
        ("ctrl+g", "said"),
        ("ctrl+k", "scripts"),
    ],
)
async def test_call_keys_work_while_a_note_is_typed(desk_app: App, key: str, done: str) -> None:
    app = desk_app()
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("a", "b", key)
        assert app.desk.done == [done]
        assert app.note.text == "ab"  # ctrl+k and ctrl+e edit nothing


async def test_a_command_that_cannot_run_says_so_and_edits_nothing(desk_app: App) -> None:
    app = desk_app()
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        app.desk.possible["scripts"] = None
        await pilot.press("a", "b", "home", "ctrl+k", "ctrl+u", "ctrl+w")
        assert app.note.text == "ab"
        assert app.desk.done == []
        assert app.toasts() == ["现在不能找话术", "现在不能承诺回电", "现在不能显示号码"]


async def test_digits_are_text_in_a_note_and_places_outside_it(desk_app: App) -> None:
    app = desk_app()
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("9")
        assert app.note.text == "9"
        await pilot.press("escape", "9")
        assert app.current_mode == "settings"
        assert app.note.text == "9"


async def test_escalate_from_settings_goes_to_the_call(desk_app: App) -> None:
    app = desk_app()
    async with app.run_test(size=(120, 36)) as pilot:
        app.go("settings")
        await pilot.pause()
        await pilot.press("f8")
        assert app.current_mode == "call"
        assert app.desk.done == ["escalate"]


async def test_call_keys_do_nothing_under_a_dialog(desk_app: App) -> None:
    app = desk_app()
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("ctrl+p", "f8", "ctrl+k")
        assert isinstance(app.screen, Palette)
        assert app.desk.done == []


async def test_the_key_that_opened_a_dialog_closes_it(desk_app: App) -> None:
    app = desk_app()
    async with app.run_test(size=(120, 36)) as pilot:
        for key in ("ctrl+p", "f1", "ctrl+a"):
            await pilot.press(key)
            assert app.screen.is_modal
            await pilot.press(key)
            assert app.screen is app.desk, key


async def test_palette_finds_by_pinyin_and_runs_on_the_screen_below(
    desk_app: App, commit: Any
) -> None:
    app = desk_app()
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("ctrl+p")
        commit(pilot, "sj")
        await pilot.pause()
        await pilot.press("enter")
        await pilot.pause()
        assert app.desk.done == ["escalate"]
        await pilot.press("ctrl+p")
        commit(pilot, "hold")
        await pilot.pause()
        await pilot.press("enter")
        await pilot.pause()
        assert app.desk.done == ["escalate", "hold"]


async def test_help_works_over_a_dialog_and_not_over_itself(desk_app: App) -> None:
    app = desk_app()
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("ctrl+p", "f1")
        assert isinstance(app.screen, HelpScreen)
        await pilot.press("f1")
        assert isinstance(app.screen, Palette)


async def test_jump_mode_focuses_the_region(desk_app: App) -> None:
    app = desk_app()
    async with app.run_test(size=(120, 36)) as pilot:
        assert app.focused.id == "note"
        await pilot.press("ctrl+a", "2")
        assert app.focused.id == "field"


async def test_too_small_covers_dialogs_and_gives_everything_back(
    desk_app: App, commit: Any, screen_text: Any
) -> None:
    app = desk_app()
    async with app.run_test(size=(120, 36)) as pilot:
        commit(pilot, "已致歉")
        await pilot.press("ctrl+p")
        commit(pilot, "bc")
        await pilot.pause()
        await pilot.resize_terminal(60, 20)
        await pilot.pause(0.05)
        await pilot.pause()
        assert isinstance(app.screen, TooSmall)
        assert any("60" in row and "20" in row for row in screen_text(app))
        assert any("80" in row and "24" in row for row in screen_text(app))
        await pilot.press("escape", "f8")
        assert isinstance(app.screen, TooSmall)
        await pilot.resize_terminal(80, 24)
        await pilot.pause(0.05)
        await pilot.pause()
        assert isinstance(app.screen, Palette)
        assert app.screen.query_one("#pick-search", SafeInput).value == "bc"
        assert app.note.text == "已致歉"
        assert app.desk.done == []


async def test_a_bad_keymap_falls_back_with_a_toast(desk_app: App) -> None:
    app = desk_app(keys={"escalat": "f5", "hold": "f8"})
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await pilot.pause()
        await pilot.press("f8")
        assert app.desk.done == ["escalate"]
        told = "\n".join(app.toasts())
        assert "escalat" in told
        assert "f8" in told


async def test_rebound_keys_replace_the_defaults(desk_app: App) -> None:
    app = desk_app(keys={"escalate": "ctrl+y,f20", "help": "f3,!", "scripts": "f1,ctrl+k"})
    # ctrl+y is redo, so the whole keymap is refused …
    assert app.keymap["escalate"] == ("f8", "ctrl+e")
    keys = {"escalate": "ctrl+f12,shift+f8", "help": "f3,!", "scripts": "f1,ctrl+k"}
    app = desk_app(keys={**keys, "order-acts": "x"})  # shift+f8 was its second key
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("f8", "ctrl+e")
        assert app.desk.done == []
        await pilot.press("ctrl+f12", "f20")  # … shift+f8 arrives as f20
        assert app.desk.done == ["escalate", "escalate"]
        await pilot.press("f1")
        assert app.desk.done[-1] == "scripts"
        await pilot.press("!")
        assert app.note.text == "!"
        await pilot.press("escape", "!")
        assert isinstance(app.screen, HelpScreen)


async def test_every_screen_is_told_the_time_also_when_hidden(desk_app: App) -> None:
    app = desk_app()
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        app.go("settings")
        await pilot.pause()
        before = len(app.desk.ticks)
        app.tick(app.clock())
        assert app.desk.ticks[before:] == [app.clock()]


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (160, 48)])
async def test_help_and_escalate_are_in_the_footer(
    desk_app: App, screen_text: Any, size: tuple[int, int]
) -> None:
    app = desk_app()
    async with app.run_test(size=size) as pilot:
        for language, words in (
            ("zh-CN", ("F8 升级", "^P 命令", "F1 帮助")),
            ("en", ("F8 Escalate", "^P Commands", "F1 Help")),
        ):
            app.set_language(language)
            for place in ("call", "settings"):
                app.go(place)
                await pilot.pause()
                footer = screen_text(app)[-1]
                assert all(word in footer for word in words), footer
                assert cell_len(footer) == size[0]


async def test_the_footer_follows_what_is_possible(desk_app: App, screen_text: Any) -> None:
    app = desk_app()
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        assert "保持" in screen_text(app)[-1]
        app.desk.possible["hold"] = False
        app.desk.refresh_bindings()
        await pilot.pause()
        await pilot.pause()
        assert "保持" not in screen_text(app)[-1]


async def test_a_banner_never_takes_the_focus_or_moves_anything(
    desk_app: App, screen_text: Any
) -> None:
    app = desk_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        body = app.desk.query_one("#body").region
        app.desk.banner.show("c1", "来电", "138****8000 王先生", key="F2", action="接听")
        app.desk.banner.show(
            "c2", "超时", "回电 " + "长" * 200, tone="bad", key="F8", action="升级"
        )
        await pilot.pause()
        assert app.focused.id == "note"
        assert app.desk.query_one("#body").region == body
        row = screen_text(app)[2]
        assert "超时" in row
        assert "F8 升级  +1" in row
        assert cell_len(row) == 80
        app.desk.banner.clear("c2")
        app.desk.banner.clear("nothing")
        await pilot.pause()
        assert "来电" in screen_text(app)[2]


async def test_the_theme_can_be_changed_and_an_unknown_one_is_told(desk_app: App) -> None:
    app = desk_app(theme="vscode")
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.pause()
        assert "vscode" in app.toasts()[0]
        app.set_theme("light")
        await pilot.pause()
        assert app.theme == "agentdesk-light"
        assert app.desk.query_one("#panel").rich_style.bgcolor.name == "#f7f9fb"


async def test_a_click_in_the_footer_runs_the_command(desk_app: App, screen_text: Any) -> None:
    app = desk_app()
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        row = screen_text(app)[-1]
        at = cell_len(row[: row.index("F8")])
        await pilot.click("#footer", offset=(at + 1, 0))
        await pilot.pause()
        assert app.desk.done == ["escalate"]


async def test_say_shows_any_text(desk_app: App) -> None:
    app = desk_app()
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        app.say("[/tmp] [b 王\x1b[31m\u202e")
        await pilot.pause()
        assert "\x1b" not in app.toasts()[0]
        assert "\u202e" not in app.toasts()[0]
        assert app.toasts()[0].startswith("[/tmp] [b 王")


async def test_ctrl_c_does_not_quit(desk_app: App) -> None:
    app = desk_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("ctrl+c")
        event = events.Key("ctrl+z", None)
        app.post_message(event)
        await pilot.pause()
        assert app.is_running
