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

from agentdesk.desk import demo_orders
from agentdesk.desk.demo import MovingClock
from agentdesk.desk.desk import Desk
from agentdesk.domain.call import commands as c
from agentdesk.domain.phone import PhoneEvent
from agentdesk.tui.app import ConsoleApp
from agentdesk.tui.screens.board import Board
from agentdesk.tui.screens.roll_up import RollUpScreen
from agentdesk.tui.screens.standards import Standards
from agentdesk.tui.widgets.board_list import BoardList
from scripts.painting import colleagues as others
from tests.order_kit import orders_of_a_team

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


def busy(desk: Desk, clock: MovingClock) -> None:
    """A telecom seat with orders in every state, and nobody on the line."""
    over(desk, clock)
    held = desk.snapshot().profile
    desk.set_profile(demo_orders.profile(held.language, held.theme))
    demo_orders.tell(desk, clock)


def cut_off(desk: Desk, clock: MovingClock) -> None:
    """The line to the server is broken, and some of what was done came too late."""
    busy(desk, clock)
    others.cut_off(desk, clock)


def team(desk: Desk, clock: MovingClock) -> None:
    """Nothing on the line, and the orders of a team of four in every state."""
    held = desk.snapshot().profile
    desk.set_profile(demo_orders.profile(held.language, held.theme))
    orders_of_a_team(desk, clock)


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


async def standards(pilot: Pilot[None]) -> None:
    """8: the standard in force, its sections, its clauses, the first one in full."""
    assert isinstance(pilot.app, ConsoleApp)
    while not pilot.app.opened:
        await pilot.pause(0.05)
    await pilot.app.run_action("command('go-standards')")
    await pilot.pause()
    screen = pilot.app.screen
    assert isinstance(screen, Standards)
    while not screen.library.complete:
        await pilot.pause(0.05)


async def clause(pilot: Pilot[None]) -> None:
    """A clause other standards differ from: its own words beside theirs."""
    await standards(pilot)
    await pilot.press("slash")
    type_text(pilot, "F6-4.4-hold-return")
    await pilot.pause()
    await pilot.press("enter")


async def search(pilot: Pilot[None]) -> None:
    """Pinyin initials over all standards."""
    await standards(pilot)
    await pilot.press("a", "slash")
    type_text(pilot, "dh")


async def about(pilot: Pilot[None]) -> None:
    """A standard as a whole."""
    await standards(pilot)
    await pilot.press("shift+tab", "shift+tab", "shift+tab")


async def compare(pilot: Pilot[None]) -> None:
    """v: the matters two standards differ on, the clauses of both side by side."""
    await standards(pilot)
    await pilot.press("v")
    await pilot.pause()
    type_text(pilot, "N2")
    await pilot.pause()
    await pilot.press("enter")


async def board(pilot: Pilot[None]) -> None:
    """2: own orders by what is due next, the first one read at the right."""
    assert isinstance(pilot.app, ConsoleApp)
    await pilot.app.run_action("command('go-board')")

    def read() -> bool:
        screen = pilot.app.screen
        return isinstance(screen, Board) and screen.detail is not None

    await others.until(pilot, read)
    pilot.app._look(pilot.app.clock())  # the clock stands still: the first look never comes
    await pilot.pause(0.3)


async def board_empty(pilot: Pilot[None]) -> None:
    """No order yet: what to do next."""
    await pilot.app.run_action("command('go-board')")
    await pilot.pause(0.3)


async def order(pilot: Pilot[None]) -> None:
    """Enter on the second order: what it says of itself."""
    await board(pilot)
    await pilot.press("j")
    await pilot.pause(0.3)
    await pilot.press("enter")
    await pilot.pause(0.1)


async def acts(pilot: Pilot[None]) -> None:
    """x: what can be done with the order now."""
    await board(pilot)
    await pilot.press("x")


async def steps(pilot: Pilot[None]) -> None:
    """w: the dated steps of the order under the cursor."""
    await board(pilot)
    rows = pilot.app.screen.query_one(BoardList)
    rows.move_to(next(at for at, row in enumerate(rows.rows) if row and row.title[:4] == "4008"))
    await pilot.pause(0.3)
    await pilot.press("w")
    await pilot.pause(0.1)


async def groups(pilot: Pilot[None]) -> None:
    """B on the board: the orders under their states; F: one of them folded."""
    await board(pilot)
    await pilot.press("B")
    await pilot.pause(0.3)
    await pilot.press("g", "F")
    await pilot.pause(0.3)


async def taking(pilot: Pilot[None]) -> None:
    """n: the form of a new order with what is still missing."""
    await board(pilot)
    await pilot.press("n")
    await pilot.pause()
    type_text(pilot, "14000001234")
    await pilot.pause()
    await pilot.press("enter", "enter", "enter")
    await pilot.press("2")
    await pilot.pause()
    await pilot.press("f9")


async def finding(pilot: Pilot[None]) -> None:
    """/ and pinyin initials: the orders found."""
    await board(pilot)
    await pilot.press("slash")
    type_text(pilot, "kd")
    await pilot.pause(0.3)


async def views(pilot: Pilot[None]) -> None:
    """V: the lists."""
    await board(pilot)
    await pilot.press("V")


async def reminders(pilot: Pilot[None]) -> None:
    """The outbound reminders of the standard."""
    await views(pilot)
    await pilot.pause()
    await pilot.press("5")
    await pilot.pause(0.3)


async def clear(pilot: Pilot[None]) -> None:
    """What is left before sign-off."""
    await views(pilot)
    await pilot.pause()
    await pilot.press("6")
    await pilot.pause(0.3)


async def roll_up(pilot: Pilot[None]) -> None:
    """L on the board: the sums, a row for each agent, the first one's orders at the right."""
    await board(pilot)
    await pilot.press("L")

    def counted() -> bool:
        screen = pilot.app.screen
        return isinstance(screen, RollUpScreen) and bool(screen.orders) and not screen.reading

    await others.until(pilot, counted)


async def areas(pilot: Pilot[None]) -> None:
    """B: by area."""
    await roll_up(pilot)
    await pilot.press("B")
    await pilot.pause(0.3)


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
    "standards": Scene(standards),
    "clause": Scene(clause),
    "search": Scene(search),
    "about": Scene(about),
    "compare": Scene(compare),
    "board": Scene(board, busy),
    "order": Scene(order, busy),
    "acts": Scene(acts, busy),
    "steps": Scene(steps, busy),
    "groups": Scene(groups, busy),
    "taking": Scene(taking, busy),
    "finding": Scene(finding, busy),
    "views": Scene(views, busy),
    "reminders": Scene(reminders, busy),
    "clear": Scene(clear, busy),
    "noorders": Scene(board_empty, over),
    "rollup": Scene(roll_up, team),
    "areas": Scene(areas, team),
    "helpcall": Scene(others.help_call, others.need_help),
    "helpcalls": Scene(others.help_calls, others.need_help),
    "helped": Scene(others.helped, others.need_help),
    "nohelp": Scene(others.help_calls, others.well),
    "sync": Scene(others.sync, cut_off),
    "syncwell": Scene(others.sync_well, others.well),
    "synclocal": Scene(others.sync_local),
    "settings": Scene(settings),
    "light": Scene(still, theme="light"),
    "contrast": Scene(still, theme="contrast"),
    "lightboard": Scene(board, busy, theme="light"),
    "lightclause": Scene(clause, theme="light"),
    "lightrollup": Scene(roll_up, team, theme="light"),
    "lighthelpcalls": Scene(others.help_calls, others.need_help, theme="light"),
    "lightsync": Scene(others.sync, cut_off, theme="light"),
    "contrastboard": Scene(board, busy, theme="contrast"),
    "contrastclause": Scene(clause, theme="contrast"),
}
"""Name of a picture -> its scene."""
