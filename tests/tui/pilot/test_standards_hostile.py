"""A centre's pack may hold any text; the Standards screen shows it and never obeys it."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from agentdesk.tui.screens.standards import Standards

if TYPE_CHECKING:
    from tests.tui.conftest import Seat, User

NASTY = "[red]红[/red] [/] [/tmp] [@click=app.exit]点我[/] [link=file:///etc]x[/link] [b $who"
CENTRE = f'''
[pack]
id = "F6"
extends = "F6"
title = "{NASTY[:30]}"
title_en = "{NASTY[:30]}"

[[line]]
id = "nasty"
rule = "F6-9.9-nasty"
moment = "handle"
title = "[/]标题"
title_en = "[b]title"
text = "{NASTY}"

[[guidance]]
rule = "F6-9.9-nasty"
text = "{NASTY}"

[[clause]]
id = "F6-9.9-nasty"
section = "[9].9"
kind = "other"
way = "poster"
title_en = "[bold][/red]"
text = "{NASTY}{"很长的一条" * 60}"
note = "[/note]"
see = ["F6-4.4-hold-return", "F6-0-x"]
'''


def standards(user: User) -> Standards:
    screen = user.app.place_screen("standards")
    assert isinstance(screen, Standards)
    return screen


def harmless(user: User) -> None:
    """Alive, and every row is full of cells a terminal only shows."""
    assert user.app.is_running
    assert user.app._exception is None
    rows = user.rows()
    assert len(rows) == user.app.size.height
    text = "".join(rows)
    assert {c for c in text if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")} == set()


def put(seat: Seat, text: str, name: str = "F6.toml") -> Path:
    seat.places.packs_dir.mkdir(parents=True, exist_ok=True)
    path = seat.places.packs_dir / name
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (160, 48)])
async def test_markup_in_a_pack_is_text(seat: Seat, size: tuple[int, int]) -> None:
    put(seat, CENTRE)
    async with seat.open(size) as user:
        await user.until(lambda: bool(user.app.snapshot.pack.id))
        await user.keys("8")
        await user.until(lambda: standards(user).library.complete)
        screen = standards(user)
        assert screen.entry is not None
        assert screen.entry.problems == ()
        harmless(user)
        await user.keys("slash")
        await user.types("F6-9.9")
        await user.keys("enter", "enter")
        assert screen.spot.rule == "F6-9.9-nasty"
        harmless(user)
        assert user.sees("[red]红[/red]")
        whole = "".join(row.line.text for row in screen.sheet.rows)
        assert "[@click=app.exit]点我[/]" in "".join(whole.replace("▌", "").split())
        for column in range(1, 30, 3):
            await user.pilot.click(screen.sheet, offset=(column, 1))
        await user.keys("G", "g", "j", "k")
        harmless(user)
        screen.packs.focus()
        await user.settle()
        harmless(user)
        await user.keys("v")
        await user.types("B3")
        await user.keys("enter", "G")
        harmless(user)


@pytest.mark.parametrize("sign", ["\\u001b[31m", "\\u202e", "\\u200b", "\\u2028"])
async def test_a_character_that_steers_the_terminal_is_refused_and_named(
    seat: Seat, sign: str
) -> None:
    put(seat, CENTRE.replace("[/]标题", f"标{sign}题"))
    async with seat.open() as user:
        await user.until(lambda: bool(user.app.snapshot.pack.id))
        await user.keys("8")
        await user.until(lambda: standards(user).library.complete)
        screen = standards(user)
        assert screen.entry is not None
        assert [problem.code for problem in screen.entry.problems] == ["pack.unsafe_character"]
        assert "F6-9.9-nasty" not in {clause.id for clause in screen.entry.clauses}
        assert user.sees("▲ F6")
        screen.packs.focus()
        await user.settle()
        harmless(user)


async def test_every_hostile_search(seat: Seat) -> None:
    async with seat.open((80, 24)) as user:
        await user.until(lambda: bool(user.app.snapshot.pack.id))
        await user.keys("8")
        await user.until(lambda: standards(user).library.complete)
        await user.keys("a", "slash")
        for text in (
            "[/",
            "\x1b[31m红",
            "\u202e文本",
            "a" + "\u0301" * 40,
            "x" * 10_000,
            "\\",
            "{0}",
        ):
            standards(user).search_field.clear()
            await user.pastes(text)
            harmless(user)
        standards(user).search_field.clear()
        await user.pastes("……")
        assert user.sees("没有找到")  # signs alone find nothing
