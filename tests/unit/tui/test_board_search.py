"""What is typed in the board's search, turned into a filter."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from agentdesk.domain.pack import Pack
from agentdesk.domain.sla.calendar import Calendar
from agentdesk.standards.loader import PackRegistry
from agentdesk.store.rows import TicketFilter
from agentdesk.strings import Strings
from agentdesk.tui.panels.board_search import meaning, read_query

NOW = datetime(2026, 3, 10, 6, 30, tzinfo=UTC)
ZH, EN = Strings("zh-CN"), Strings("en")


@pytest.fixture(scope="module")
def pack() -> Pack:
    return PackRegistry(None).get("C5")


def read(query: str, pack: Pack, s: Strings = ZH, base: TicketFilter | None = None) -> TicketFilter:
    hours = Calendar.round_the_clock("Asia/Shanghai")
    return read_query(query, base or TicketFilter(owner="8012"), NOW, "8012", hours, s, pack)


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("投诉", "category:complaint"),
        ("投", ""),  # one sign alone names nothing
        ("complaint", "category:complaint"),
        ("COMPL", "category:complaint"),
        ("ts", "category:complaint"),
        ("待处理", "state:new"),
        ("已结案", "state:closed"),
        ("紧急", "severity:urgent_fault severity:urgent"),
        ("王女士", ""),
        ("category:complaint", ""),
        ("' OR 1", ""),
        ("[/b]", ""),
        ("\u202e\u200d", ""),
    ],
)
def test_a_word_names_what_it_is_the_beginning_of(word: str, expected: str, pack: Pack) -> None:
    assert meaning(word, pack, ZH) == expected


def test_states_and_severities_have_the_words_of_the_language(pack: Pack) -> None:
    assert "severity:accident" in meaning("accident", pack, EN)
    assert "state:resolved" in meaning("resolved", pack, EN)


def test_each_word_has_its_meaning_and_signs_stay(pack: Pack) -> None:
    found = read("王女士 投诉 =已派 * #8000", pack)
    assert (found.text, found.meanings) == ("王女士 投诉", ("", "category:complaint"))
    assert (found.owner, found.states, found.closed, found.number) == (
        "8012",
        ("dispatched",),
        True,
        "8000",
    )


def test_words_that_name_nothing_ask_as_before(pack: Pack) -> None:
    assert read("王女士", pack) == TicketFilter(owner="8012", text="王女士")


def test_what_a_saved_view_looks_for_keeps_its_meaning(pack: Pack) -> None:
    base = TicketFilter(text="投诉", meanings=("category:complaint",))
    found = read("王", pack, base=base)
    assert (found.text, found.meanings) == ("投诉 王", ("category:complaint", ""))


def test_a_long_paste_is_read_at_once(pack: Pack) -> None:
    found = read("投诉" * 5_000 + " 王" * 2_000, pack)
    assert found.meanings == ()
