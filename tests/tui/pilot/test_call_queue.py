"""The standard of the queue on the call screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from agentdesk.standards.loader import load_shipped, shipped

if TYPE_CHECKING:
    from tests.tui.conftest import Seat, User

QUEUES = {"报修": "N2", "商场": "M2"}


async def answers(user: User, queue: str, call: str = "c1", number: str = "13800138000") -> None:
    """A call of a queue rings and is answered."""
    await user.rings(number, call=call, queue=queue)
    await user.keys("f2")


async def test_a_queue_brings_its_lines_meters_form_and_phrases(seat: Seat) -> None:
    n2 = load_shipped("N2")
    async with seat.set(queues=QUEUES).open() as user:
        await answers(user, "报修")
        left = user.panel("left")
        assert "N2" in left
        assert "队列报修按N2固网客服中心标准" in left.replace(" ", "").replace("◐", "")
        line = user.screen._guide.line
        assert line is not None
        assert n2.line(line.id) == line
        assert user.screen.form.pack.id == "N2"
        assert [m.requirement.id for m in user.screen._meters()] == [r.id for r in n2.requirements]
        assert user.app.checker.pack.id == "N2"
        await user.keys("f7")
        assert user.last("call.said")["rule"].startswith("N2-")
        assert user.last("call.answered")["pack"] == "N2"


async def test_a_call_of_another_queue_says_nothing_of_it(seat: Seat) -> None:
    async with seat.set(queues=QUEUES).open() as user:
        await answers(user, "咨询")
        assert "F6" in user.panel("left")
        assert "按F6" not in user.panel("left").replace(" ", "")
        assert user.last("call.answered")["pack"] == "F6"


async def test_switching_cards_switches_the_standard(seat: Seat) -> None:
    async with seat.set(queues=QUEUES).open() as user:
        await answers(user, "报修")
        await user.notes("第一通，这事不归我管")
        first = user.call.id
        await user.phone("held", "c1")
        await answers(user, "", "c2", "13900139000")
        assert user.app.snapshot.pack.id == "F6"
        assert user.screen.form.pack.id == "F6"
        await user.phone("held", "c2")
        await user.app.action_command("today")
        await user.settle()
        await user.keys("down", "enter")  # the older call in the list of the day
        assert user.call.id == first
        assert user.app.snapshot.pack.id == "N2"
        assert user.screen.form.pack.id == "N2"
        assert "N2" in user.panel("left")
        assert user.screen.note.text == "第一通，这事不归我管"


async def test_after_a_restart_the_card_has_its_own_standard(seat: Seat) -> None:
    async with seat.set(queues=QUEUES).open() as user:
        await answers(user, "报修")
        await user.notes("宽带不通")
    async with seat.set(queues={}).open() as user:
        assert user.app.snapshot.pack.id == "N2"
        assert user.screen.form.pack.id == "N2"
        assert "N2" in user.panel("left")
        assert user.screen.note.text == "宽带不通"


async def test_the_list_of_the_day_names_each_category_by_its_own_standard(seat: Seat) -> None:
    own = load_shipped("N2")
    known = {item.key for item in load_shipped("F6").categories}
    category = next(item for item in own.categories if item.key not in known)
    async with seat.set(queues=QUEUES).open() as user:
        await answers(user, "报修")
        await user.category(category.key)
        await user.closes()
        assert user.app.snapshot.pack.id == "F6"
        assert user.sees(category.title.zh[:4])


async def test_forms_of_address_are_those_of_the_queue_s_standard(seat: Seat) -> None:
    async with seat.set(queues={"亲子": "B3"}).open() as user:
        await answers(user, "亲子")
        await user.focus("title")
        offered = set()
        for _ in range(4):
            await user.keys("right")
            offered.add(user.screen.form.title_choice.value)
        assert set(load_shipped("B3").titles) <= offered
        # A demanded surname is the one of the card, not a second field of that name.
        await user.category("request")
        assert "surname" not in [row.key for row in user.screen.form.rows]


@pytest.mark.parametrize("wrong", ["N3", "没有", "[red]"])
async def test_a_queue_with_a_standard_there_is_not_is_told_and_works(
    seat: Seat, wrong: str
) -> None:
    async with seat.set(queues={"[b]报修": wrong}).open() as user:
        assert any("队列的规范不能用" in toast and wrong in toast for toast in user.toasts())
        await answers(user, "[b]报修")
        assert user.app.snapshot.pack.id == "F6"
        assert user.last("call.answered")["pack"] == "F6"


async def test_a_broken_file_behind_a_queue_is_told_and_works(seat: Seat) -> None:
    folder = seat.places.packs_dir
    folder.mkdir(parents=True)
    (folder / "X9.toml").write_text('[pack]\nid = "X9"\n', "utf-8")
    async with seat.set(queues={"报修": "X9"}).open() as user:
        assert any("队列的规范不能用" in toast and "X9" in toast for toast in user.toasts())
        await answers(user, "报修")
        assert user.app.snapshot.pack.id == "F6"


@pytest.mark.parametrize("pack_id", shipped())
async def test_a_call_by_every_standard_is_taken_by_keys(seat: Seat, pack_id: str) -> None:
    pack = load_shipped(pack_id)
    async with seat.set(queues={"专线": pack_id}).open((80, 24)) as user:
        await answers(user, "专线")
        assert user.app.snapshot.pack.id == pack_id
        await user.names()
        said = []
        for _ in range(20):
            line = user.screen._guide.line
            if line is None:
                break
            assert pack.line(line.id) == line
            said.append(line)
            await user.keys("f7")
        assert said[0].moment == "opening"
        assert said[-1].moment == "closing"
        await user.category(pack.categories[0].key)
        await user.closes()
