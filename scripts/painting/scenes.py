"""The states of the console that are painted, each reached by keys as a person would.

A scene is given the pilot of a console that is open and still; its docstring says what the
picture should show.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from textual import events
from textual.keys import _character_to_key
from textual.pilot import Pilot

from agentdesk.desk.demo import MovingClock
from agentdesk.desk.desk import Desk
from agentdesk.domain.call import commands as c
from agentdesk.domain.phone import PhoneEvent

RING_SECONDS = 8


def type_text(pilot: Pilot[None], text: str) -> None:
    """Type as an input method commits: ``Pilot.press`` drops Chinese punctuation."""
    driver = pilot.app._driver
    assert driver is not None
    for char in text:
        event = events.Key(_character_to_key(char), char)
        event.set_sender(pilot.app)
        driver.send_message(event)


# ------------------------------------------------------------- what the desk has seen


def nothing(desk: Desk, clock: MovingClock) -> None:
    """The demo as it is: a call on the card, another one ringing."""


def over(desk: Desk, clock: MovingClock) -> None:
    """Every call is over."""
    for ringing in desk.snapshot().ringing:
        desk.phone(PhoneEvent("ended", ringing.external_id, ringing.source))
    desk.act(c.SetFields({"note": "客户催问，已请网点核实，答应的时间内回电。"}))
    desk.act(c.End("customer"))
    desk.act(c.Close("informed"))


def over_and_ringing(desk: Desk, clock: MovingClock) -> None:
    """Every call is over, and a new one has been ringing for a while."""
    over(desk, clock)
    now = clock()
    clock.after(-RING_SECONDS)
    desk.phone(PhoneEvent("offered", "shot", "shots", number="14000007316", name="韩先生"))
    clock.to(now)


def alone(desk: Desk, clock: MovingClock) -> None:
    """The call on the card, nobody else."""
    for ringing in desk.snapshot().ringing:
        desk.phone(PhoneEvent("ended", ringing.external_id, ringing.source))


def hung_up(desk: Desk, clock: MovingClock) -> None:
    """The customer has hung up; something is still missing."""
    alone(desk, clock)
    note = "客户来电催：答应的回电没有等到。已请江北分拨查找，两小时内回电。"
    desk.act(c.SetFields({"waybill": "", "note": note}))
    desk.act(c.End("customer"))
    clock.after(21)


# ---------------------------------------------------------------------------- scenes


async def still(pilot: Pilot[None]) -> None:
    """Nothing is pressed."""


async def advice(pilot: Pilot[None]) -> None:
    """F4 without asking: the strip says to ask first, and how to go on all the same."""
    await pilot.press("f4")


async def escalation(pilot: Pilot[None]) -> None:
    """F8: reasons with digits, the proposal below, the next level and its clause."""
    await pilot.press("f8")


async def escalated(pilot: Pilot[None]) -> None:
    """F8 1 Enter: recorded, not delivered, and how to undo."""
    await pilot.press("f8")
    await pilot.pause()
    await pilot.press("1")
    await pilot.pause()
    await pilot.press("enter")


async def scripts(pilot: Pilot[None]) -> None:
    """F3 and pinyin initials: the lines found, the first one filled in below."""
    await pilot.press("f3")
    await pilot.pause()
    type_text(pilot, "gdt")


async def outcome(pilot: Pilot[None]) -> None:
    """F9 twice in wrap-up: results by digit."""
    await pilot.press("f9")
    await pilot.pause()
    await pilot.press("f9")


async def help_(pilot: Pilot[None]) -> None:
    """F1: where the cursor is, then every key."""
    await pilot.press("f1")


async def palette(pilot: Pilot[None]) -> None:
    """Ctrl+P and a name."""
    await pilot.press("ctrl+p")
    await pilot.pause()
    type_text(pilot, "zj")


async def jump(pilot: Pilot[None]) -> None:
    """Ctrl+A: a letter on every region."""
    await pilot.press("ctrl+a")


async def settings(pilot: Pilot[None]) -> None:
    """The settings."""
    await pilot.app.run_action("command('go-settings')")


@dataclass(frozen=True, slots=True)
class Scene:
    """One state.

    Attributes:
        drive: presses the keys.
        before: what the desk has seen after the demo's shift; None for a first start.
        theme: colours.
    """

    drive: Callable[[Pilot[None]], Awaitable[None]]
    before: Callable[[Desk, MovingClock], None] | None = nothing
    theme: str = "dark"


SCENES: Mapping[str, Scene] = {
    "start": Scene(still, None),
    "idle": Scene(still, over),
    "ringing": Scene(still, over_and_ringing),
    "call": Scene(still),
    "advice": Scene(advice, alone),
    "escalate": Scene(escalation, alone),
    "escalated": Scene(escalated, alone),
    "scripts": Scene(scripts, alone),
    "wrapup": Scene(still, hung_up),
    "outcome": Scene(outcome, hung_up),
    "help": Scene(help_),
    "palette": Scene(palette),
    "jump": Scene(jump),
    "settings": Scene(settings),
    "light": Scene(still, theme="light"),
    "contrast": Scene(still, theme="contrast"),
}
"""Name of a picture -> its scene."""
