"""Pictures of what a server adds: the state, calls for help, what waits, what was refused."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from agentdesk.desk.demo import profile
from agentdesk.domain.events import Draft, EntityId
from agentdesk.sync.status import Reason, State
from tests.colleagues import Others, mine
from tests.pictures import Play, Shoot, pack_is_there, three_sizes

if TYPE_CHECKING:
    from tests.tui.conftest import Seat, User

languages = pytest.mark.parametrize("language", ["zh-CN", "en"])
MORE = EntityId("f" * 32)


@pytest.fixture
def language() -> str:
    return "zh-CN"


@pytest.fixture
def opening() -> Play:
    """The standard of the seat, whatever is shown of it."""

    async def opened(user: User) -> None:
        await pack_is_there(user)
        await user.quiet()

    return opened


@pytest.fixture
def others(seat: Seat, language: str, tmp_path: Path) -> Others:
    """The console of a seat with colleagues, in a language."""
    seat.answered(profile(language, "dark"))
    return Others(seat, tmp_path)


async def two_calls_for_help(user: User, others: Others) -> None:
    """8020 张强 waits since 0:47, 8031 李娜 calls in an emergency."""
    others.join(user, lead=True, streaming=True)
    for number, name in (("8020", "张强"), ("8031", "李娜")):
        body = {"at": 1, "set": {"name": name, "role": "agent", "team": "A", "active": True}}
        await others.they(user, Draft("person.set", "person", EntityId(number), body))
    await others.call_for_help(user, proposal="客户要求赔偿三倍运费，请示能否先答应退运费")
    await user.after(35)
    await others.call_for_help(
        user, MORE, actor="8031", emergency=True, proposal="客户说半小时内到网点，已请网点留人"
    )
    await user.after(12)


@three_sizes
@languages
def test_a_call_for_help_while_typing(shoot: Shoot, others: Others) -> None:
    """You should see 求助 in the banner's row, ● 已同步 实时, note and caret as they were."""

    async def play(user: User) -> None:
        await user.talks()
        await user.notes("客户说包裹湿了")
        await two_calls_for_help(user, others)

    shoot(play)


@three_sizes
@languages
def test_the_calls_for_help(shoot: Shoot, others: Others) -> None:
    """You should see the emergency first, both clocks, one already taken, the chosen in full."""

    async def play(user: User) -> None:
        await two_calls_for_help(user, others)
        await others.call_for_help(user, EntityId("d" * 32), proposal="客户问改派时间")
        await others.takes(user, EntityId("d" * 32))
        await user.keys("ctrl+f7")

    shoot(play)


@three_sizes
@languages
def test_what_waits_and_what_was_refused(shoot: Shoot, others: Others) -> None:
    """You should see ○ 离线 4m, why, two entries refused with reasons, those that wait below."""

    async def play(user: User) -> None:
        others.join(user)
        await user.talks()
        await others.hear(user, mine(user))
        await user.notes("客户说包裹湿了，要求赔偿")
        await user.keys("ctrl+l")
        await others.hear(user, mine(user), "forbidden_now", "trainee")
        await user.keys("f4")
        await user.after(60)
        await user.notes("，已请网点核实")
        await user.keys("ctrl+l")
        reasons = (Reason("network", {}), Reason("waits_for", {"actor": "8031", "count": 2}))
        others.join(
            user, state=State.OFFLINE, waiting=3, not_accepted=2, reasons=reasons,
            offset_ms=-14 * 60_000,
        )  # fmt: skip
        await user.after(4 * 60)
        await user.keys("ctrl+f6")

    shoot(play)


@three_sizes
def test_the_wrong_clock_and_what_the_raiser_sees(shoot: Shoot, others: Others) -> None:
    """You should see 本机时钟不准 in the banner's row and ◐ 已送达，等待接手 at the right."""

    async def play(user: User) -> None:
        others.join(user, offset_ms=26 * 60_000, contact=0)
        await user.talks()
        await user.keys("f8", "1", "enter")
        await others.hear(user, mine(user))
        await user.after(14)
        others.join(user, offset_ms=26 * 60_000)
        await user.quiet()

    shoot(play)
