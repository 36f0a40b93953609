"""``agentdesk demo``: a busy shift with made-up data in a throw-away store."""

from __future__ import annotations

import argparse
import tempfile
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from agentdesk.cli.console import prepare_terminal
from agentdesk.cli.context import Context
from agentdesk.config.model import LANGUAGE_DEFAULT, Agent, Config
from agentdesk.locations import Locations
from agentdesk.strings import Strings

if TYPE_CHECKING:
    from agentdesk.desk.demo import MovingClock


def add_arguments(parser: argparse.ArgumentParser, strings: Strings) -> None:
    """``--seed``."""
    parser.add_argument("--seed", type=int, metavar="N", help=strings("cli.demo.seed"))


def run(args: argparse.Namespace, context: Context) -> int:
    """Make the store, open the console on it, remove it; the console's exit code.

    Raises:
        TerminalError: this terminal cannot show the console.
    """
    config = context.config
    prepare_terminal(context.env)

    from agentdesk.desk.demo import MovingClock

    with tempfile.TemporaryDirectory(prefix="agentdesk-demo-") as folder:
        places = demo_places(Path(folder), context.locations)
        places.prepare()
        clock = MovingClock(datetime.now(config.zone()))
        count = build(places, config, clock, args.seed)
        context.say(context.strings("cli.demo.ready", count=count))

        from agentdesk.tui.main import run_console

        return run_console(demo_config(config), places, demo=True)


def demo_places(folder: Path, mine: Locations) -> Locations:
    """Everything below ``folder``; only where ``agentdesk ring`` looks stays the user's.

    A console that is running already keeps its place there.
    """
    from agentdesk.telephony.control import read_control

    places = Locations.under(folder)
    if read_control(mine.control_file) is not None:
        return places
    return replace(places, runtime_dir=mine.runtime_dir)


def demo_config(config: Config) -> Config:
    """The user's looks and keys, the demo's seat."""
    from agentdesk.desk.demo import COMPANY, PACK, profile

    seat = profile()
    return replace(config, pack=PACK, company=COMPANY, agent=Agent(seat.agent_no, seat.agent_name))


def build(places: Locations, config: Config, clock: MovingClock, seed: int | None = None) -> int:
    """Fill the store of ``places``; how many calls it holds.

    Args:
        places: folders that exist.
        clock: stands at the demo's now.
        seed: which made-up figures; the usual ones if not given.
    """
    from agentdesk.desk import demo, demo_day_orders, demo_orders
    from agentdesk.desk.demo_calls import DAY
    from agentdesk.standards.loader import load_shipped

    chosen = demo.SEED if seed is None else seed
    # Without the centre's own packs: the stories say lines of the shipped one.
    desk = demo.open_desk(places.store_file, load_shipped, clock, zone=config.zone(), seed=chosen)
    try:
        seat = demo.profile(config.language or LANGUAGE_DEFAULT, config.theme or "")
        demo.seed(desk, clock, seed=chosen, seat=seat)
        demo_orders.tell(desk, clock, demo_day_orders.matters(chosen))
        demo_orders.noticed(desk, clock)
        return len(DAY) + 2  # one talking, one ringing
    finally:
        desk.close()
