"""Write pictures of every screen: headless, on a throw-away store, with a frozen clock."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
from collections.abc import Sequence
from datetime import datetime, time
from itertools import product
from pathlib import Path

os.environ["TEXTUAL_ANIMATIONS"] = "none"
os.environ.pop("NO_COLOR", None)

from agentdesk.config import Config
from agentdesk.config.model import Push, Shift
from agentdesk.desk import demo
from agentdesk.desk.demo import MovingClock
from agentdesk.desk.desk import Desk
from agentdesk.desk.worker import InlineWorker
from agentdesk.locations import Locations
from agentdesk.standards.loader import PackRegistry, load_shipped
from agentdesk.tui.main import make_app, open_desk
from scripts.painting import painter
from scripts.painting.scenes import SCENES, Scene

MOMENT = datetime.fromisoformat("2026-11-22T14:41:27+08:00")
"""A Sunday afternoon, late enough for the demo's shift to lie behind it."""

SIZES = ("80x24", "120x36", "160x48")
LANGUAGES = {"zh": "zh-CN", "en": "en"}
README = (
    "call-zh-120x36",
    "call-en-120x36",
    "call-zh-80x24",
    "idle-zh-120x36",
    "board-zh-120x36",
    "clause-zh-120x36",
    "wrapup-zh-120x36",
    "helpcalls-zh-120x36",
    "sync-zh-120x36",
)
"""The pictures the README shows; only these are committed."""

FOLDER = Path(__file__).parents[1] / "pictures"


def _config(language: str, theme: str) -> Config:
    shift = Shift(time(9), time(18))
    return Config(language=language, theme=theme, shift=shift, push=Push(enabled=False))


def _seeded(scene: Scene, config: Config, clock: MovingClock) -> Desk:
    """A desk that has lived through the demo's shift and what the scene adds."""
    assert scene.before is not None
    desk = demo.open_desk(Path(":memory:"), load_shipped, clock, zone=config.zone())
    demo.seed(desk, clock, seat=demo.profile(config.language or "", config.theme or ""))
    scene.before(desk, clock)
    return desk


async def shoot(scene: Scene, language: str, size: tuple[int, int]) -> list[list[painter.Cell]]:
    """The cells of one scene."""
    clock = MovingClock(MOMENT)
    config = _config(language, scene.theme)
    with tempfile.TemporaryDirectory(prefix="agentdesk-shots-") as folder:
        places = Locations.under(Path(folder))

        def fresh() -> Desk:
            return open_desk(config, places, lambda: PackRegistry(None), clock=clock)

        def lived() -> Desk:
            return _seeded(scene, config, clock)

        worker = InlineWorker(fresh if scene.before is None else lived)
        app = make_app(config, places, worker, clock=clock)
        try:
            async with app.run_test(size=size, notifications=True) as pilot:
                await pilot.pause(0.1)
                app.clear_notifications()  # that the demo's call was found again
                app._hush_all()
                await scene.drive(pilot)
                await pilot.pause(0.2)
                return painter.cells(app)
        finally:
            app.shut()


def _wanted(only: Sequence[str], sizes: Sequence[str], readme: bool) -> list[str]:
    every = [
        f"{scene}-{language}-{size}"
        for scene, language, size in product(SCENES, LANGUAGES, sizes)
        if scene not in ("light", "contrast") or size == "120x36"
    ]
    if readme:
        return list(README)
    return [name for name in every if not only or any(name.startswith(each) for each in only)]


def main() -> int:
    """Paint what is asked for."""
    parser = argparse.ArgumentParser(prog="scripts/shots", description=__doc__)
    parser.add_argument("--out", type=Path, default=FOLDER, help="folder of the pictures")
    parser.add_argument("--only", action="append", default=[], help="beginning of names")
    parser.add_argument("--size", action="append", choices=SIZES, help="one size")
    parser.add_argument("--readme", action="store_true", help="only the pictures of the README")
    parser.add_argument("--text", action="store_true", help="write the screens as text too")
    args = parser.parse_args()
    names = _wanted(args.only, args.size or SIZES, args.readme)
    if not names:
        parser.error(f"nothing is called so; scenes: {' '.join(SCENES)}")
    args.out.mkdir(parents=True, exist_ok=True)
    for name in names:
        scene, language, size = name.split("-")
        columns, rows = size.split("x")
        shape = int(columns), int(rows)
        shown = asyncio.run(shoot(SCENES[scene], LANGUAGES[language], shape))
        painter.save(shown, args.out / f"{name}.png")
        if args.text:
            (args.out / f"{name}.txt").write_text(painter.plain(shown), encoding="utf-8")
        print(args.out / f"{name}.png")
    return 0


if __name__ == "__main__":
    sys.exit(main())
