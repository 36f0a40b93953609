"""Parts of the Standards screen by themselves: search, rows, sheets, figures."""

from __future__ import annotations

from time import process_time
from typing import Any

import pytest
from textual.app import App, ComposeResult

from agentdesk.domain.clause import Clause, Way
from agentdesk.domain.provision import Provision, ProvisionKind
from agentdesk.domain.title import Title
from agentdesk.domain.uses import uses_of
from agentdesk.standards.clauses import clause_packs, load_clauses
from agentdesk.standards.loader import load_shipped
from agentdesk.strings import LANGUAGES, Strings
from agentdesk.tui.cells import cell_len
from agentdesk.tui.widgets.clauses import ClauseRow, Cursor, chapters, row_line
from agentdesk.tui.widgets.clauses_search import Findable, findable, search
from agentdesk.tui.widgets.clauses_sheet import Block, Sheet, SheetText
from agentdesk.tui.widgets.clauses_uses import provision_figure, spoken, use_words

ALL = [clause for pack_id in clause_packs() for clause in load_clauses(pack_id)]
S = Strings("zh-CN")


def clause(**values: Any) -> Clause:
    base: dict[str, Any] = {
        "id": "X1-1.1-a",
        "pack": "X1",
        "section": "1.1",
        "kind": "other",
        "way": Way.POSTER,
        "title_en": "Two and a half",
        "text": "银行排队",
    }
    return Clause(**{**base, **values})


@pytest.fixture(scope="module")
def every() -> list[Findable]:
    return [findable(each) for each in ALL]


@pytest.mark.parametrize("query", ["等", "dh", "n2-8", "zzzzzz", "开c", "call", "q" * 80])
def test_a_key_costs_less_than_fifty_milliseconds(every: list[Findable], query: str) -> None:
    def cost() -> float:
        start = process_time()
        search(every, query)
        return process_time() - start

    assert min(cost() for _ in range(3)) < 0.05


def test_every_clause_is_found_by_its_own_id_first(every: list[Findable]) -> None:
    for each in ALL[::7]:
        found = search(every, each.id)
        assert each.id in [one.id for one in found[:3]], each.id


@pytest.mark.parametrize(
    ("query", "hit"),
    [
        ("yhpd", True),
        ("yxpd", True),  # 行 is also read xing
        ("银h", True),
        ("ypd", False),  # letters with gaps would find everything
        ("and", True),
        ("nda", False),  # Latin words from their beginning only
        ("x1 1.1", True),
        ("禁句", True),
        ("！？", False),
        ("", True),
        ("   ", True),
    ],
)
def test_what_finds_a_clause(query: str, hit: bool) -> None:
    assert bool(search([findable(clause(), "这是禁句")], query)) is hit


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [40, 58, 90, 130])
def test_rows_never_tear_a_wide_character(language: str, width: int) -> None:
    strings = Strings(language)
    for each in ALL[::5]:
        drawn = row_line(ClauseRow(each), strings, width, Cursor.HERE)
        assert cell_len(drawn.text) <= width, each.id


def test_every_way_has_a_word_beside_its_glyph() -> None:
    for way in Way:
        drawn = row_line(ClauseRow(clause(way=way)), S, 80, Cursor.AWAY)
        assert S(f"std.way.{way.value}") in drawn.text


def test_every_kind_and_table_has_words() -> None:
    for language in LANGUAGES:
        strings = Strings(language)
        assert not {each.kind for each in ALL if f"std.kind.{each.kind}" not in strings}
        assert all(f"std.table.{kind.value}" in strings for kind in ProvisionKind)


def test_sections_hold_every_clause_once() -> None:
    for pack_id in clause_packs():
        clauses = load_clauses(pack_id)
        rows = chapters(clauses)
        assert sum(row.count for row in rows) == len(clauses)
        assert {row.rule for row in rows} <= {each.id for each in clauses}
        assert len(rows) <= 20, pack_id


@pytest.mark.parametrize("width", [30, 57, 88])
def test_sides_stand_beside_each_other_where_there_is_room(width: int) -> None:
    text = SheetText(width)
    left = [Block("F6-1-a", "左边的条款文字很长" * 6)]
    text.sides(left, [Block("B3-1-b", "右边的条款" * 3, "B3-1-b")])
    both = [r for r in text.rows if "F6-1-a" in r.line.text and "B3-1-b" in r.line.text]
    assert bool(both) is (width >= 52)
    assert [row.target for row in text.rows if row.target] == ["B3-1-b"]
    assert all(cell_len(row.line.text) <= width for row in text.rows)


@pytest.mark.parametrize(
    ("values", "zh", "en"),
    [
        ({"op": "<=", "amount": 30, "unit": "minutes"}, "不超过 30 分钟", "at most 30 min"),
        (
            {"op": ">=", "amount": 1, "amount_max": 5, "unit": "times"},
            "至少 1-5 次",
            "at least 1-5 times",
        ),
        ({"op": "by", "at": "10:00"}, "10:00 前", "by 10:00"),
        ({"op": "same_day", "amount": 1, "unit": "days"}, "当天", "on the same day"),
        ({}, "没有写明数值，由中心设定", "no figure given; the centre sets it"),
        (
            {"op": "<=", "amount": 24, "unit": "hours", "tiers": ("gold",), "period": "week"},
            "不超过 24 小时  每周  金卡",
            "at most 24 h  weekly  gold",
        ),
    ],
)
def test_figures_in_words(values: dict[str, Any], zh: str, en: str) -> None:
    item = Provision(ProvisionKind.LIMIT, "x", "X1-1-a", Title("名", "name"), **values)
    assert provision_figure(item, S) == zh
    assert provision_figure(item, Strings("en")) == en


def test_blanks_of_a_line_have_names() -> None:
    assert spoken("{customer}您好，{nothing}", S) == "〔姓氏+称呼〕您好，{nothing}"


class SheetApp(App[None]):
    def compose(self) -> ComposeResult:
        yield Sheet(lambda count: f"more {count}", id="sheet")


async def test_one_key_reads_a_long_sheet_to_its_end_past_every_link() -> None:
    app = SheetApp()
    async with app.run_test(size=(60, 10)) as pilot:
        sheet = app.query_one(Sheet)
        text = SheetText(60)
        for number in range(40):
            if number in (3, 4, 20, 39):
                text.link(f"F6-{number}-x", "条款")
            else:
                text.text(f"第 {number} 行")
        sheet.set_sheet(text.rows)
        sheet.focus()
        seen = []
        for _ in range(80):
            await pilot.press("j")
            if sheet.selected is not None and sheet.selected.target not in seen:
                seen.append(sheet.selected.target)
        # The first one was under the cursor from the beginning.
        assert {"F6-4-x", "F6-20-x", "F6-39-x"} <= set(seen)
        assert sheet._top == 40 - 9
        for _ in range(80):
            await pilot.press("k")
        assert sheet._top == 0
        assert sheet.selected is not None
        assert sheet.selected.target == "F6-3-x"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_ban_without_words_of_its_own_names_the_classes_that_serve_it(language: str) -> None:
    """Rough words (F6 3.5) are those of five other classes: their names, not their keys."""
    pack = load_shipped("F6")
    (use,) = uses_of(pack)["F6-3.5-no-rough"]
    name, more = use_words(use, pack, Strings(language))
    assert more
    if language == "en":
        assert name == "of this standard: Insult, Arrogance, Impatience, Mocking, Direct address"
    else:
        assert name == "本标准的这几类：侮辱刺激、傲慢、不耐烦、嘲笑、直呼"
    for use in (one for uses in uses_of(pack).values() for one in uses if one.kind == "phrase"):
        assert "_" not in use_words(use, pack, Strings(language))[0]
