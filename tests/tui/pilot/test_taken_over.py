"""Nothing is typed twice: the caller's number is the contact number, on the card and the order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from agentdesk.desk import demo_orders
from agentdesk.domain.events import EntityId
from agentdesk.tui.screens.board_order import OrderForm
from agentdesk.tui.widgets.form import FieldRow
from agentdesk.tui.widgets.picker import Picker, PickRow
from tests.board_kit import opened, ready

if TYPE_CHECKING:
    from tests.tui.conftest import Seat, User

NUMBER, MASKED = "13800138000", "138****8000"


def contact(user: User) -> FieldRow:
    return next(row for row in user.screen.form.rows if row.key == "phone")


def set_with(user: User, key: str) -> list[Any]:
    """Bodies of the events that set a field of the call."""
    found = (e.body for e in user.events() if e.kind == "call.set")
    return [body for body in found if key in body["set"]]


async def test_the_contact_number_is_the_callers_until_another_is_typed(telecom: Seat) -> None:
    async with telecom.open() as user:
        await user.talks(NUMBER)
        await user.category("complaint")
        row = contact(user)
        assert row.input.value == "" and row.input.placeholder == f"同来电 {MASKED}"
        assert user.sees(MASKED) and not user.sees(NUMBER)
        assert "联系电话" not in user.screen.gap_titles()
        user.screen.store_fields()
        await user.settle()
        (taken,) = set_with(user, "phone")
        assert (taken["set"]["phone"], taken["from"]) == (NUMBER, {"phone": "number"})
        user.screen.store_fields()  # once more says nothing new
        await user.settle()
        assert len(set_with(user, "phone")) == 1
        await user.focus("phone")
        await user.types("13900139000")
        user.screen.store_fields()
        await user.settle()
        typed = set_with(user, "phone")[-1]
        assert typed["set"]["phone"] == "13900139000" and "from" not in typed
        row.input.value = ""
        user.screen.store_fields()
        await user.settle()
        assert set_with(user, "phone")[-1]["from"] == {"phone": "number"}
        assert row.input.placeholder == f"同来电 {MASKED}"


async def test_it_is_said_where_a_field_came_from_and_it_is_masked_after_a_restart(
    telecom: Seat,
) -> None:
    async with telecom.open() as user:
        await user.talks(NUMBER)
        await user.category("complaint")
        user.screen.store_fields()
        await user.settle()
        call = user.call.id
    async with telecom.open() as user:
        assert user.call.values["phone"] == NUMBER
        assert contact(user).input.value == "" and not user.sees(NUMBER)
        user.app.go("board")
        await user.settle()
        await ready(user)
        from tests.board_kit import board

        board(user).open_call(call)
        moments = user.seat.worker.submit(lambda desk: desk.timeline(EntityId(call))).result()
        from agentdesk.tui.panels.today import moment_text

        told = [moment_text(each, user.screen.view(), user.app.snapshot.pack) for each in moments]
        assert any("联系电话（取自来电号码）" in each for each in told)


async def test_a_revealed_number_is_revealed_there_too(telecom: Seat) -> None:
    async with telecom.open() as user:
        await user.talks(NUMBER)
        await user.category("complaint")
        await user.keys("ctrl+w", "1")
        assert contact(user).input.placeholder == f"同来电 {NUMBER}"
        await user.after(11)
        assert contact(user).input.placeholder == f"同来电 {MASKED}"


async def test_a_number_nobody_knows_is_taken_over_once_it_is_typed(telecom: Seat) -> None:
    async with telecom.open() as user:
        await user.keys("f2")
        await user.category("complaint")
        assert contact(user).input.placeholder == "〔必填〕"
        await user.focus("number")
        await user.types(NUMBER)
        await user.note()
        assert contact(user).input.placeholder == f"同来电 {MASKED}"
        assert set_with(user, "phone")[-1]["from"] == {"phone": "number"}


async def test_an_order_from_a_call_takes_numbers_over_and_says_so(telecom: Seat) -> None:
    async with telecom.open() as user:
        await user.talks(NUMBER)
        await user.names()
        await user.category("complaint")
        user.app.go("board")
        await user.settle()
        await ready(user)
        await user.keys("n")
        form = user.app.screen
        assert isinstance(form, OrderForm)
        assert user.sees(MASKED) and not user.sees(NUMBER)
        form.summary.focus()
        await user.types("断网三天")
        await user.keys("f9", "f9")
        await ready(user)
        ticket = max(event.entity_id for event in user.events("ticket"))
        stored = user.store.events_of("ticket", ticket)
        body = next(e.body for e in stored if e.kind == "ticket.opened")
        assert body["taken"] == {"number": "call", "phone": "number"}
        values: dict[str, str] = {}
        for event in stored:
            if event.kind == "ticket.set":
                values |= event.body["set"]
        assert (values["number"], values["phone"]) == (NUMBER, NUMBER)
        await user.keys("e")
        assert not user.sees(NUMBER)
        await user.keys("f9", "f9")
        await ready(user)
        assert user.store.events_of("ticket", ticket) == stored  # nothing was changed


async def test_another_number_typed_over_replaces_it(telecom: Seat) -> None:
    async with telecom.open() as user:
        await opened(user)
        await user.keys("n")
        form = user.app.screen
        assert isinstance(form, OrderForm)
        await user.types("14000001234")
        form.form.category.focus()
        await user.keys("2")
        form.summary.focus()
        await user.types("断网")
        await user.keys("f9", "f9")
        await ready(user)
        await user.keys("e")
        form = user.app.screen
        assert isinstance(form, OrderForm)
        form.form.number.focus()
        await user.types("14000005678")
        await user.keys("f9", "f9")
        await ready(user)
        assert user.last("ticket.set")["set"] == {"number": "14000005678"}


@pytest.mark.parametrize(
    ("pack", "shown", "hidden"),
    [("C5", {"tier", "network"}, set()), ("F6", set(), {"tier", "network"})],
)
async def test_the_form_asks_for_what_the_standard_has_a_use_for(
    seat: Seat, pack: str, shown: set[str], hidden: set[str]
) -> None:
    desk = seat.open_desk()
    desk.set_profile(replace(demo_orders.profile(), pack=pack))
    desk.close()
    async with seat.open() as user:
        await opened(user)
        await user.keys("n")
        form = user.app.screen
        assert isinstance(form, OrderForm)
        asked = {name for name, choice in form.choices.items() if choice.region.area}
        assert shown <= asked and not hidden & asked


async def test_what_was_filled_in_stays_in_sight(seat: Seat) -> None:
    from agentdesk.domain.ticket import commands as c

    desk = seat.open_desk()
    key = desk.snapshot().pack.categories[0].key
    values = {"category": key, "tier": "gold", "number": NUMBER}
    desk.tickets.open(c.Open(desk.tickets.new_id(), values, "快件未到"))
    desk.close()
    async with seat.open() as user:
        await opened(user)
        await ready(user)
        await user.keys("e")
        form = user.app.screen
        assert isinstance(form, OrderForm)
        assert form.choices["tier"].region.area and not form.choices["network"].region.area


async def test_the_lines_of_this_moment_come_first(seat: Seat) -> None:
    async with seat.open() as user:
        await user.talks(NUMBER)
        await user.keys("f3")
        rows = listed(user)
        pack = user.app.snapshot.pack
        outbound = [each for each in rows if each.value.when.get("direction") == ("outbound",)]
        inbound = [each for each in rows if each not in outbound]
        assert outbound and rows[0].value.moment == "opening" and rows[0] in inbound
        assert max(map(rows.index, inbound[:5])) < min(map(rows.index, outbound))
        assert all(each.dim and each.group == "别的场合" for each in outbound)
        assert {each.value.id for each in rows} == {line.id for line in pack.lines}
        await user.keys("escape", "f7")
        after = user.screen._guide.line
        await user.keys("f3")
        assert after is not None and listed(user)[0].value.moment == after.moment


def listed(user: User) -> list[PickRow[Any]]:
    screen = user.app.screen
    assert isinstance(screen, Picker)
    return [row for row in screen._list.rows if isinstance(row, PickRow)]
