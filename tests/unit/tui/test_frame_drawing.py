"""Header, footer, screens row, banner, cells and colours, without an app."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.style import Style

from agentdesk.tui.cells import NOT_FIRST, NOT_LAST, fit, pad, wrap, wrap_offsets
from agentdesk.tui.themes import INKS, SURFACES, THEMES, Look, contrast
from agentdesk.tui.widgets.banner import Notice, banner_line
from agentdesk.tui.widgets.footer import FooterItem, fit_footer, footer_line
from agentdesk.tui.widgets.header import Deadline, HeaderModel, header_line
from agentdesk.tui.widgets.lines import Line, draw, line
from agentdesk.tui.widgets.nav import NavItem, nav_line

MODEL = HeaderModel(
    "座席 8012 李敏",
    "早班",
    "08:00–16:00",
    "余 6:18",
    "最近时限",
    Deadline("bad", "超时 3:20", "T-1042 回复 王女士"),
    "good",
    "仅本机",
    "09:41:27",
)
ANY = st.text(max_size=60)
CHINESE = st.text(alphabet="客户反映快件三天未更新，。！？（）《》“”、 3aB-:%1", max_size=80)


@given(ANY, st.integers(0, 40))
def test_fit_and_pad_measure_cells(text: str, width: int) -> None:
    assert cell_len(fit(text, width)) <= width
    assert cell_len(pad(text, width)) == width
    assert cell_len(pad(text, width, right=True)) == width
    if cell_len(text) <= width:
        assert fit(text, width) == text


@settings(max_examples=300)
@given(CHINESE, st.integers(8, 30))
def test_wrap_loses_nothing_and_keeps_marks_in_place(text: str, width: int) -> None:
    lines = wrap(text, width)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(cell_len(each) <= width for each in lines)


@given(st.lists(st.sampled_from("客户快件，。！？、"), max_size=60), st.integers(8, 30))
def test_no_closing_mark_begins_a_line(chars: list[str], width: int) -> None:
    text = "".join(chars)
    while any(pair in text for pair in ("，，", "。。")) or any(
        text[i] in NOT_FIRST and text[i + 1] in NOT_FIRST for i in range(len(text) - 1)
    ):
        text = "".join(
            char for i, char in enumerate(text) if not (i and {char, text[i - 1]} <= NOT_FIRST)
        )
    assert all(each[0] not in NOT_FIRST for each in wrap(text, width)[1:] if each)


@given(st.text(alphabet="快件ab 12，。", max_size=60), st.integers(4, 20))
def test_offsets_without_hanging_blanks_stay_in_the_width(text: str, width: int) -> None:
    offsets = [0, *wrap_offsets(text, width, hang=False), len(text)]
    assert offsets == sorted(set(offsets)) or not text
    for start, end in itertools.pairwise(offsets):
        assert cell_len(text[start:end]) <= width


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("快件 3 天未更新", 10, ["快件 3 天", "未更新"]),
        ("请您稍等，好吗？", 8, ["请您稍", "等，好", "吗？"]),
        ("请看《服务规范》。", 8, ["请看《服", "务规", "范》。"]),
        ("call agentdesk now", 10, ["call", "agentdesk", "now"]),
        ("一二\n三", 4, ["一二", "三"]),
        ("", 4, [""]),
        ("abcdefghij", 4, ["abcd", "efgh", "ij"]),
    ],
)
def test_wrap(text: str, width: int, lines: list[str]) -> None:
    assert wrap(text, width) == lines
    assert not NOT_FIRST & NOT_LAST


@pytest.mark.parametrize("width", range(60, 170))
def test_the_header_fills_its_width_and_keeps_state_time_and_clock(width: int) -> None:
    drawn = header_line(MODEL, width)
    assert cell_len(drawn.text) == width
    for word in ("座席 8012", "余 6:18", "▲ 超时 3:20", "● 仅本机", "09:41:27"):
        assert width < 72 or word in drawn.text, drawn.text


def test_the_header_shows_more_where_there_is_room() -> None:
    assert "08:00–16:00" in header_line(MODEL, 120).text
    assert "最近时限" in header_line(MODEL, 120).text
    assert "08:00–16:00" not in header_line(MODEL, 80).text
    assert "T-1042" in header_line(MODEL, 80).text


def test_an_unset_shift_and_no_deadline_leave_no_holes() -> None:
    text = header_line(HeaderModel(seat="座席 8012", sync="仅本机", clock="09:41:27"), 80).text
    assert text.split() == ["座席", "8012", "│", "●", "仅本机", "09:41:27"]


ITEMS = [
    FooterItem("new-call", "F2", "接听/新来电", rank=10),
    FooterItem("scripts", "F3", "找话术", rank=25),
    FooterItem("hold", "F4", "保持", rank=14),
    FooterItem("promise", "F5", "承诺回电", rank=30),
    FooterItem("transfer", "F6", "转接", rank=22),
    FooterItem("said", "F7", "已说", rank=12),
    FooterItem("escalate", "F8", "升级", rank=0, pinned=True, danger=True),
    FooterItem("finish", "F9", "结束", rank=11),
    FooterItem("palette", "^P", "命令", rank=2, pinned=True, right=True),
    FooterItem("help", "F1", "帮助", rank=1, pinned=True, right=True),
]


@pytest.mark.parametrize("width", range(28, 130))
def test_the_footer_never_cuts_an_item(width: int) -> None:
    kept = fit_footer(ITEMS, width)
    text = footer_line(ITEMS, width)[0].text
    assert {"escalate", "palette", "help"} <= {item.command_id for item in kept}
    assert cell_len(text.rstrip()) <= width
    for item in kept:
        assert f"{item.key} {item.label}" in text
    dropped = [item.rank for item in ITEMS if item not in kept]
    left = [item.rank for item in kept if not item.pinned]
    assert not dropped or not left or min(dropped) > max(left)


def test_footer_spots_are_where_the_words_are() -> None:
    content, spots = footer_line(ITEMS, 100)
    for start, end, command_id in spots:
        item = next(each for each in ITEMS if each.command_id == command_id)
        before = cell_len(content.text[: content.text.index(f"{item.key} {item.label}")])
        assert (start, end) == (before, before + cell_len(f"{item.key} {item.label}"))


def test_the_screens_row_marks_the_place_and_what_waits() -> None:
    content, spots = nav_line([NavItem("1", "call", "通话"), NavItem("9", "set", "设置", 3)], "set")
    assert content.text == "  1 通话  9 设置 ▲3 "
    assert [place for *_, place in spots] == ["call", "set"]
    assert (" 9 设置 ", "bright bold on-selected") in content.pieces


def test_the_most_urgent_notice_is_shown() -> None:
    notices = [Notice("来电", "王先生", "F2", "接听"), Notice("超时", "回电", tone="bad")]
    assert banner_line(notices, 60).text.split() == ["▌", "超时", "回电", "+1"]
    assert banner_line([], 60) == Line()
    assert cell_len(banner_line([Notice("长" * 99, "长" * 99, "F2", "接听")], 40).text) <= 40


@pytest.mark.parametrize("text", ["[/]", "\x1b[31m", "\u202e", "a\nb", "长" * 500, "👨\u200d👩"])
@pytest.mark.parametrize("width", [0, 1, 7, 80])
def test_a_drawn_row_is_safe_and_exactly_as_wide(text: str, width: int) -> None:
    strip = draw(
        line(text, ("好", "bad bold"), fill="on-panel"), width, Look(THEMES["dark"]), Style()
    )
    assert strip.cell_length == width
    assert not any(char in strip.text for char in "\x1b\u202e\n\u200d")


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("ink", INKS)
def test_text_can_be_read_on_every_surface(theme: str, ink: str) -> None:
    """WCAG 2.2, 1.4.3: at least 4.5 to 1."""
    colours = THEMES[theme]
    for surface in SURFACES:
        assert contrast(getattr(colours, ink), getattr(colours, surface)) >= 4.5, surface
    for inked in ("strip_text", "bad", "alarm", "warn", "accent"):
        assert contrast(getattr(colours, inked), colours.strip) >= 4.5, inked


def test_contrast_is_the_formula_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_roles() -> None:
    look = Look(THEMES["dark"])
    style = look.style("bad bold underline on-strip")
    assert style.bold
    assert style.underline
    assert style.color is not None
    assert style.color.name == THEMES["dark"].bad
    assert style.bgcolor is not None
    assert style.bgcolor.name == THEMES["dark"].strip
    with pytest.raises(AttributeError):
        look.style("nocolour")
