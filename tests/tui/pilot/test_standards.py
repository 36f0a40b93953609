"""The Standards screen by keys: browsing, searching, jumping, comparing, bad files."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from agentdesk.desk.demo import profile
from agentdesk.desk.snapshot import Profile
from agentdesk.domain.clause import Clause
from agentdesk.standards.clauses import clause_ids, clause_packs
from agentdesk.standards.conflicts import load_conflicts
from agentdesk.tui.screens.standards import Standards
from agentdesk.tui.widgets.clauses import ClauseRow, ConflictRow, DifferenceRow
from agentdesk.tui.widgets.picker import Picker

if TYPE_CHECKING:
    from tests.tui.conftest import Seat, User

RETURN = "F6-4.4-hold-return"
"""A clause other standards say something else about."""


def standards(user: User) -> Standards:
    screen = user.app.place_screen("standards")
    assert isinstance(screen, Standards)
    return screen


@asynccontextmanager
async def reading(seat: Seat, size: tuple[int, int] = (120, 36)) -> AsyncIterator[User]:
    """A console whose Standards screen has read everything."""
    async with seat.open(size) as user:
        await user.until(lambda: bool(user.app.snapshot.pack.id))
        await user.keys("8")
        await user.until(lambda: standards(user).library.complete)
        yield user


def listed(user: User) -> list[Clause]:
    return [row.clause for row in standards(user).clauses.rows if isinstance(row, ClauseRow)]


def sheet(user: User) -> str:
    return "\n".join(row.line.text for row in standards(user).sheet.rows)


async def find(user: User, query: str) -> None:
    await user.keys("slash")
    standards(user).search_field.clear()
    await user.types(query)


async def read(user: User, rule: str) -> None:
    """Search a rule and go to its sheet."""
    await find(user, rule)
    await user.keys("enter", "enter")
    assert standards(user).spot.rule == rule


async def test_it_opens_on_the_standard_in_force_with_all_its_clauses(seat: Seat) -> None:
    async with reading(seat) as user:
        screen = standards(user)
        assert screen.spot.pack == "F6"
        assert {clause.pack for clause in listed(user)} == {"F6"}
        assert len(listed(user)) == len([each for each in clause_ids() if each[:2] == "F6"])
        assert [row.id for row in screen.packs.rows if row.force] == ["F6"]
        assert user.sees("✓ F6")
        assert listed(user)[0].text[:10] in sheet(user)


async def test_every_clause_of_every_standard_can_be_reached(seat: Seat) -> None:
    async with reading(seat) as user:
        await user.keys("a")
        assert {clause.id for clause in listed(user)} == clause_ids()
        assert standards(user).packs.rows[0].count == len(clause_ids())
        await user.keys("a")
        assert {clause.pack for clause in listed(user)} == {"F6"}


@pytest.mark.parametrize(
    ("query", "rule"),
    [
        ("取消静音后先", RETURN),
        ("qxjy", RETURN),  # 取消静音
        ("4.4 hold return", RETURN),
        ("ｈｏｌｄ－ｒｅｔｕｒｎ", RETURN),
        ("Back from hold", RETURN),
    ],
)
async def test_search_finds_by_text_initials_id_and_title(
    seat: Seat, query: str, rule: str
) -> None:
    async with reading(seat) as user:
        await find(user, query)
        assert listed(user)[0].id == rule
        assert standards(user).spot.pack == "F6"
        assert len(listed(user)) < 20
        assert rule in sheet(user)  # the first find is read at once


async def test_search_over_all_standards_is_one_key_away(seat: Seat) -> None:
    async with reading(seat) as user:
        await find(user, "五防")
        assert listed(user) == []
        assert user.sees("没有找到。按 a 到全部标准里找")
        await user.keys("shift+f12")  # works while one types
        assert standards(user).spot.pack == ""
        assert standards(user).search_field.value == "五防"
        assert "N2-2.2-five-preventions" in {clause.id for clause in listed(user)}
        assert user.app.focused is standards(user).search_field


async def test_arrows_move_in_the_list_while_one_types_and_escape_leads_out(seat: Seat) -> None:
    async with reading(seat) as user:
        screen = standards(user)
        await find(user, "等候")
        first, second = listed(user)[:2]
        await user.keys("down")
        assert screen.spot.rule == second.id
        await user.keys("up")
        assert screen.spot.rule == first.id
        await user.keys("escape")
        assert user.app.focused is screen.clauses
        assert screen.spot.query == "等候"
        await user.keys("escape")
        assert screen.spot.query == ""
        assert screen.spot.rule == first.id  # still there in the whole list
        await user.keys("1")
        assert user.app.current_mode == "call"


async def test_a_clause_tells_where_it_is_used_and_what_others_say(seat: Seat) -> None:
    async with reading(seat) as user:
        await read(user, RETURN)
        shown = sheet(user)
        clause = next(each for each in listed(user) if each.id == RETURN)
        assert clause.text in shown
        pack = user.app.snapshot.pack
        lines = [line for line in pack.lines if line.rule == RETURN]
        assert lines
        for line in lines:
            assert line.title.zh in shown
        matter = next(each for each in load_conflicts() if RETURN in each.rules)
        assert matter.need.zh in shown
        assert all(rule in shown for rule in matter.rules)
        others = [rule for rule in matter.rules if not rule.startswith("F6")]
        library = standards(user).library
        for rule in others:
            other = library.clause(rule)
            assert other is not None
            assert other.text[:6] in shown


async def test_figures_and_bans_are_told(seat: Seat) -> None:
    async with reading(seat) as user:
        await read(user, "F6-4.4-hold-2min")
        assert "2:00" in sheet(user)
        await read(user, "F6-4.4-hold-return-ban")
        ban = next(p for p in user.app.snapshot.pack.phrases if p.rule == "F6-4.4-hold-return-ban")
        assert ban.phrases[0] in sheet(user)
        assert ban.replacement in sheet(user).replace("\n", "").replace(" ", "")


async def test_jump_to_what_contradicts_and_back(seat: Seat) -> None:
    async with reading(seat) as user:
        screen = standards(user)
        await read(user, "F6-4.5-closing-ban")
        target = next(row.target for row in screen.sheet.rows if row.target.startswith("B3-"))
        while screen.sheet.selected is None or screen.sheet.selected.target != target:
            before = screen.sheet.index
            await user.keys("j")
            assert screen.sheet.index != before
        await user.keys("enter")
        assert (screen.spot.pack, screen.spot.rule) == ("B3", target)
        assert screen.packs.selected is not None
        assert screen.packs.selected.id == "B3"
        assert target in sheet(user)
        await user.keys("backspace")
        assert screen.spot.rule == "F6-4.5-closing-ban"
        assert screen.spot.query == "F6-4.5-closing-ban"  # the search it was found by
        await user.keys("backspace")
        assert user.toasts()[-1] == "现在不能返回"
        assert screen.spot.rule == "F6-4.5-closing-ban"


async def test_a_link_is_followed_by_a_click(seat: Seat) -> None:
    async with reading(seat, (160, 48)) as user:
        screen = standards(user)
        await read(user, "F6-4.5-closing-ban")
        rows = [i for i, row in enumerate(screen.sheet.rows) if row.target]
        target = screen.sheet.rows[rows[0]].target
        await user.pilot.click(screen.sheet, offset=(4, rows[0]))
        assert screen.spot.rule == target
        assert screen.spot.rule != "F6-4.5-closing-ban"


async def test_a_section_leads_to_its_first_clause(seat: Seat) -> None:
    async with reading(seat) as user:
        screen = standards(user)
        screen.chapters.focus()
        await user.keys("G")
        last = screen.chapters.rows[-1]
        assert screen.spot.rule == last.rule
        assert last.name == "5"
        await user.keys("enter", "k")  # to the clauses, one up: the section follows
        assert screen.chapters.index == len(screen.chapters.rows) - 2


async def test_moving_over_the_standards_shows_each(seat: Seat) -> None:
    async with reading(seat) as user:
        screen = standards(user)
        screen.packs.focus()
        await user.keys("g")
        seen = []
        for _ in clause_packs():
            await user.keys("j")
            seen.append(screen.spot.pack)
            assert screen.entry is not None
            assert screen.entry.title.zh in sheet(user)
        assert tuple(seen) == clause_packs()
        await user.keys("enter")
        assert user.app.focused is screen.clauses


async def test_compare_shows_what_both_say_and_what_differs(seat: Seat) -> None:
    async with reading(seat) as user:
        screen = standards(user)
        await user.keys("v")
        assert isinstance(user.app.screen, Picker)
        await user.types("B3")
        await user.keys("enter")
        assert screen.spot.against == "B3"
        rows = screen.clauses.rows
        matters = [row.conflict for row in rows if isinstance(row, ConflictRow)]
        wanted = [each for each in load_conflicts() if {"F6", "B3"} <= set(each.packs)]
        assert matters == wanted
        assert matters
        ours = next(rule for rule in matters[0].rules if rule.startswith("F6"))
        theirs = next(rule for rule in matters[0].rules if rule.startswith("B3"))
        assert ours in sheet(user)
        assert theirs in sheet(user)
        assert matters[0].need.zh in sheet(user)
        differences = [row for row in rows if isinstance(row, DifferenceRow)]
        assert {"line", "phrase", "clock"} <= {row.difference.table for row in differences}
        screen.clauses.move_to(rows.index(differences[0]))
        await user.settle()
        assert differences[0].name in sheet(user)
        await find(user, "静音")
        assert 0 < len(screen.clauses.rows) < len(differences)
        await user.keys("escape", "v")
        assert screen.spot.against == ""
        assert screen.spot.pack == "F6"


async def test_all_standards_at_once_cannot_be_compared(seat: Seat) -> None:
    async with reading(seat) as user:
        await user.keys("a", "v")
        assert user.toasts()[-1] == "先选一份标准再对比"
        assert user.app.screen is standards(user)


async def test_an_english_reader_gets_english_titles(seat: Seat) -> None:
    seat.answered(profile("en", "dark"))
    async with reading(seat) as user:
        await read(user, RETURN)
        assert user.sees("Back from hold")
        assert user.sees("Used in")
        assert "取消静音" in sheet(user)  # the clause itself stays Chinese


async def test_another_language_and_theme_while_it_is_open(seat: Seat) -> None:
    async with reading(seat) as user:
        await read(user, RETURN)
        user.app.set_language("en")
        user.app.set_theme("light")
        await user.settle()
        assert user.sees("Used in")
        assert standards(user).spot.rule == RETURN


async def test_another_standard_comes_into_force(seat: Seat) -> None:
    async with reading(seat) as user:
        user.app._keep_profile(profile_of("N2"))
        await user.settle()
        await user.after(1)
        assert [row.id for row in standards(user).packs.rows if row.force] == ["N2"]
        assert standards(user).spot.pack == "N2"  # nobody had chosen another one


def profile_of(pack: str) -> Profile:
    held = profile()
    return Profile(held.agent_no, held.agent_name, held.company, pack, held.language, held.theme)


def test_nothing_of_it_is_loaded_at_the_start() -> None:
    code = (
        "import sys, agentdesk.tui.main\n"
        "print(*[m for m in sys.modules if 'clauses' in m or m.endswith('.standards')"
        " and 'screens' in m or 'conflicts' in m])"
    )
    root = Path(__file__).parents[3]
    done = subprocess.run(
        [sys.executable, "-B", "-c", code], capture_output=True, text=True, cwd=root
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []
