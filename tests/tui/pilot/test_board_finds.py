"""The board finds people, departments and orders by what one has in mind; it counts honestly."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from agentdesk.desk import demo_orders
from agentdesk.domain.events import EntityId
from agentdesk.domain.moments import to_ms
from agentdesk.domain.people import set_person
from agentdesk.domain.ticket import commands as c
from agentdesk.tui.widgets.picker import Picker, PickRow, found
from tests.board_kit import board, opened, ready

if TYPE_CHECKING:
    from agentdesk.desk.desk import Desk
    from tests.tui.conftest import Seat, User

PEOPLE: dict[str, dict[str, object]] = {
    "8012": {"name": "陈晨", "role": "agent"},
    "8015": {"name": "李芳", "role": "agent"},
    "8016": {"name": "张重庆", "role": "leader"},
    "8017": {"name": "周离", "role": "agent", "active": False},
    "8018": {"name": "吴检", "role": "inspector"},
}


@pytest.fixture
def team(telecom: Seat) -> Seat:
    """The telecom seat, told by its server who works here."""
    desk = telecom.open_desk()
    at = to_ms(telecom.clock())
    for number, values in PEOPLE.items():
        told = {"team": "a", "active": True, **values}
        desk._store.commit([set_person(number, told, at)], actor="server")
    desk.close()
    return telecom


async def on_order(user: User, key: str) -> EntityId:
    """The act of a key on the first order that runs; its id."""
    screen = await opened(user)
    known = list(screen.rows.pages.known())
    at = next(n for n, row in enumerate(known) if row.ticket and row.ticket.state == "working")
    screen.rows.move_to(at)
    await ready(user)
    assert screen.item is not None
    await user.keys(key)
    return EntityId(screen.item.id)


def picker(user: User) -> Picker[Any]:
    screen = user.app.screen
    assert isinstance(screen, Picker)
    return screen


def labels(user: User) -> list[str]:
    return [row.label for row in picker(user)._list.rows if isinstance(row, PickRow)]


def body(user: User, ticket: EntityId, kind: str) -> Any:
    store = user.store
    return next(e.body for e in reversed(store.events_of("ticket", ticket)) if e.kind == kind)


async def test_an_order_is_handed_to_somebody_found_by_number_name_or_pinyin(team: Seat) -> None:
    async with team.open() as user:
        ticket = await on_order(user, "O")
        shown = labels(user)
        assert shown[0].startswith("8012") and "8015 李芳" in shown and "8016 张重庆" in shown
        assert not any("周离" in each or "吴检" in each for each in shown)  # left; has no orders
        assert user.sees("现在负责") and user.sees("没有在办")
        for typed in ("lf", "lifang", "李", "8015"):
            await user.types(typed)
            assert labels(user)[0] == "8015 李芳", typed
            await user.keys("ctrl+u")
            assert labels(user) == shown
        await user.types("zhangcq")
        await user.keys("enter")
        await user.until(lambda: user.store.events_of("ticket", ticket)[-1].actor != "")
        await ready(user)
        given = body(user, ticket, "ticket.assigned")
        assert (given["set"], given["from"]) == ({"owner": "8016"}, "8012")
        assert any("已转交" in each for each in user.toasts())


async def test_a_number_nobody_knows_is_never_somebody_elses(team: Seat) -> None:
    async with team.open() as user:
        ticket = await on_order(user, "O")
        await user.types("806")  # 8016 has these digits, with a gap
        assert labels(user) == ["转给 806（这里不认识）"]
        await user.keys("enter")
        await ready(user)
        assert body(user, ticket, "ticket.assigned")["set"] == {"owner": "806"}


async def test_the_load_of_a_colleague_is_what_they_follow(team: Seat) -> None:
    desk = team.open_desk()
    first = desk.tickets.board(demo_filter(desk)).rows[0]
    before = {each.id: each.open for each in desk.tickets.colleagues()}
    desk.tickets.act(first.id, c.Assign("8016"))
    after = {each.id: each.open for each in desk.tickets.colleagues()}
    desk.close()
    assert (after["8016"], after["8012"]) == (before["8016"] + 1, before["8012"] - 1)


def demo_filter(desk: Desk) -> Any:
    from agentdesk.store.rows import TicketFilter

    return TicketFilter(owner=demo_orders.profile().agent_no)


async def test_departments_that_were_used_are_offered_with_who_took_orders_there(
    team: Seat,
) -> None:
    async with team.open() as user:
        ticket = await on_order(user, "d")
        before = labels(user)
        await user.types("网络部 赵工")
        assert labels(user)[-1] == "派给 网络部 赵工"
        await user.keys("enter")
        await ready(user)
        if picker_is_open(user):  # the guard wants a reason
            await user.keys("1")
            await ready(user)
        sent = body(user, ticket, "ticket.dispatched")
        assert (sent["department"], sent["assignee"]) == ("网络部", "赵工")
        await user.keys("d")
        shown = labels(user)
        assert shown[0] == "网络部" and shown[-1] == "网络部 赵工"
        assert set(before) <= set(shown) and user.sees("未交回")
        await user.types("wangluobu")
        await user.keys("enter")
        await ready(user)
        if picker_is_open(user):
            await user.keys("1")
            await ready(user)
        again = body(user, ticket, "ticket.dispatched")
        assert (again["department"], again["assignee"]) == ("网络部", "")


def picker_is_open(user: User) -> bool:
    return user.app.screen is not board(user)


def test_letters_with_gaps_find_nothing_where_text_is_an_answer() -> None:
    rows = [PickRow("8016", "8016 张三")]
    assert found(rows, "806") == rows
    assert found(rows, "806", least=100) == []


@pytest.mark.parametrize("query", ["kuandai", "kuand", "宽dai", "宽带"])
async def test_orders_are_found_by_whole_pinyin_as_by_initials(telecom: Seat, query: str) -> None:
    async with telecom.open() as user:
        screen = await opened(user)
        await user.keys("slash")
        assert "拼音" in screen.search_field.placeholder
        await user.types(query)
        await user.until(lambda: screen.listing.spot.query == query)
        titles = [item.title for item in screen.listing.items]
        assert titles and all("宽带" in title for title in titles)
        assert screen.listing.size == len(titles)


async def test_the_names_of_kinds_are_found_by_whole_pinyin(telecom: Seat) -> None:
    async with telecom.open() as user:
        screen = await opened(user)
        found_by = {}
        for query in ("投诉", "tousu", "ts"):
            screen.go_to(type(screen.spot)(query=query))
            await ready(user)
            assert screen.listing.spot.query == query
            found_by[query] = {item.id for item in screen.listing.items}
        assert found_by["投诉"] and len(set(map(frozenset, found_by.values()))) == 1


def tabs(user: User) -> dict[str, int]:
    """The figures of the row of states, by word."""
    words = board(user).query_one("#board-states").lines[0].text.split()  # type: ignore[attr-defined]
    return {a: int(b) for a, b in pairwise(words) if b.isdigit()}


async def test_the_tab_of_all_counts_promises_and_what_is_found(telecom: Seat) -> None:
    desk = telecom.open_desk()
    desk.answer_or_new()
    call = desk.snapshot().call
    assert call is not None
    from agentdesk.domain.call import commands as calls

    desk.act(calls.Promise(desk.new_id(), 30, "王女士"))
    desk.close()
    async with telecom.open() as user:
        user.app.go("board")
        await user.settle()
        await ready(user)
        screen = board(user)
        assert screen.listing.owing == 1
        assert tabs(user)["全部"] == screen.listing.size
        states = dict(tabs(user))
        await user.keys("right_square_bracket")
        await user.until(lambda: screen.listing.spot.state == "new")
        assert tabs(user) == states  # another state is shown; there are as many of each
        await user.keys("left_square_bracket")
        await user.until(lambda: not screen.listing.spot.state)
        screen.go_to(type(screen.spot)(query="kuandai"))
        await user.until(lambda: screen.listing.spot.query == "kuandai")
        assert tabs(user)["全部"] == screen.listing.size == len(screen.listing.items)
        screen.go_to(type(screen.spot)("closed"))
        await user.until(lambda: screen.listing.spot.view == "closed")
        assert not tabs(user) and user.sees("已结案和已作废的")
        await user.keys("right_square_bracket")
        assert screen.spot.state == "" and any("不分状态" in each for each in user.toasts())


async def test_the_course_leaves_out_what_was_left_empty(telecom: Seat) -> None:
    desk = telecom.open_desk()
    ticket = desk.tickets.new_id()
    values = {"category": "complaint", "surname": "王", "number": "", "address": ""}
    desk.tickets.open(c.Open(ticket, values, "电梯停运"))
    desk.tickets.act(ticket, c.SetFields({"address": "3 号楼", "content": ""}))
    telecom.clock.after(60)
    desk.tickets.act(ticket, c.SetFields({"address": ""}))
    stored = [e.body["set"] for e in desk._store.events_of("ticket", ticket) if "set" in e.body]
    assert stored[0] == {"surname": "王", "summary": "电梯停运"}
    desk.close()
    async with telecom.open() as user:
        screen = await opened(user)
        at = next(n for n, row in enumerate(screen.rows.pages.known()) if row.id == ticket)
        screen.rows.move_to(at)
        await ready(user)
        await user.keys("enter")
        course = "".join(row.line.text for row in screen.sheet.rows)
        assert "登记 摘要、姓氏" in course
        assert "来电号码" not in course.partition("经过")[2]
        assert "（清空）" in course


async def test_a_word_that_names_no_state_finds_nothing_in_groups_either(telecom: Seat) -> None:
    async with telecom.open() as user:
        screen = await opened(user)
        await user.keys("B")
        await user.until(lambda: bool(screen.listing.groups))
        await user.keys("slash")
        await user.types("=某某")
        await user.until(lambda: screen.listing.spot.query == "=某某")
        assert not screen.listing.groups and user.sees("没有找到")
        assert not user.app._notifications
