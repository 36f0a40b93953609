"""First start and settings: by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from agentdesk.tui.screens.first_start import FirstStart
from agentdesk.tui.screens.settings import Settings
from agentdesk.tui.widgets.inputs import SafeInput

App = Callable[..., Any]


async def test_first_start_by_keyboard(desk_app: App, commit: Any, screen_text: Any) -> None:
    app = desk_app(first=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("down", "tab", "down", "tab")
        assert app.s.language == "en"
        assert "Work number" in "\n".join(screen_text(app))
        commit(pilot, "８０ 12\u200b")
        await pilot.press("enter")
        commit(pilot, "李敏")
        await pilot.press("enter")
        commit(pilot, "示例快运\n")
        await pilot.pause()
        assert app.told == [
            FirstStart.Done(
                language="en", pack="F1", agent_no="8012", agent_name="李敏", company="示例快运"
            )
        ]


async def test_first_start_wants_a_work_number(
    desk_app: App, commit: Any, screen_text: Any
) -> None:
    app = desk_app(first=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        app.screen.query_one("#start-go").focus()
        await pilot.press("enter")
        assert app.told == []
        assert "请填写工号" in "\n".join(screen_text(app))
        assert app.focused.id == "agent_no"
        commit(pilot, "1234567890123456")
        await pilot.pause()
        assert "请填写工号" not in "\n".join(screen_text(app))
        app.screen.query_one("#start-go").focus()
        await pilot.press("enter")
        assert [done.agent_no for done in app.told] == ["123456789012"]


async def test_first_start_cannot_be_left_by_a_digit_or_a_call_key(desk_app: App) -> None:
    app = desk_app(first=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("escape", "1", "9", "f8")
        assert isinstance(app.screen, FirstStart)


async def test_settings_hold_at_once(desk_app: App, commit: Any) -> None:
    app = desk_app()
    async with app.run_test(size=(80, 24)) as pilot:
        app.go("settings")
        await pilot.pause()
        await pilot.press("2")
        assert app.s.language == "en"
        app.screen.query_one("#theme").focus()
        await pilot.press("down")
        assert app.theme_name == "light"
        app.screen.query_one("#agent_name").focus()
        await pilot.pause()
        commit(pilot, "王芳")
        await pilot.press("tab")
        await pilot.pause()
        changed = app.told[-1]
        assert isinstance(changed, Settings.Changed)
        assert (changed.profile.language, changed.profile.theme) == ("en", "light")
        assert (changed.profile.agent_no, changed.profile.agent_name) == ("8012", "王芳")


async def test_settings_do_not_take_an_empty_work_number(desk_app: App, screen_text: Any) -> None:
    app = desk_app()
    async with app.run_test(size=(80, 24)) as pilot:
        app.go("settings")
        await pilot.pause()
        field = app.screen.query_one("#agent_no", SafeInput)
        field.focus()
        field.value = ""
        await pilot.press("enter")
        assert app.told == []
        assert "请填写工号" in "\n".join(screen_text(app))
