"""What a monkey before the console does, one small step after another."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import msgspec

from agentdesk.strings import LANGUAGES
from agentdesk.tui.commands import all_commands
from agentdesk.tui.themes import THEMES

WAIT = -1
"""As a pause: until everything asked for is done and drawn."""


class Step(msgspec.Struct, frozen=True, array_like=True):
    """One step.

    Attributes:
        act: a method of the player: ``key``, ``types``, ``click`` …
        what: what it is given.
        pause: turns of the loop before the next step, or :data:`WAIT`.
    """

    act: str
    what: tuple[str | int | float, ...] = ()
    pause: int = WAIT


class Spree(msgspec.Struct, frozen=True):
    """A whole spree, kept as JSON.

    Attributes:
        store: ``demo``: a busy shift; ``orders``: orders in every state by the telecom
            standard; ``fresh``: nobody has sat here yet.
        late: whether what the desk is asked for comes back later, as it does from its thread.
    """

    seed: int
    store: str
    late: bool
    size: tuple[int, int]
    steps: list[Step]
    why: str = ""


COMMAND_KEYS = sorted({key for command in all_commands() for key in command.keys})
CALL_KEYS = sorted({k for c in all_commands() if c.group == "call" for k in c.keys})
BOARD_KEYS = sorted({k for c in all_commands() if c.group == "board" for k in c.keys})
MOVES = (
    *("tab", "shift+tab", "up", "down", "left", "right", "enter", "escape", "home", "end"),
    *("pageup", "pagedown", "backspace", "delete", "space", "ctrl+down", "ctrl+up"),
)
EDITING = (
    *("ctrl+z", "ctrl+y", "ctrl+c", "ctrl+v", "ctrl+x", "shift+left", "shift+right", "ctrl+left"),
    *("shift+home", "ctrl+shift+left", "ctrl+home", "ctrl+end", "alt+b", "f13", "ctrl+at"),
)
DIGITS = tuple("0123456789")
QUIT = "ctrl+q"
FULL_WIDTH = {"question_mark": "?", "fullwidth_question_mark": "？", "slash": "/"}
TEXTS = (
    *("张", "王先生", "查件", "客户说外包装破损，里面是茶具。", "这事不归我管，请等通知。"),
    *("投诉", "kcy", "SL202600010342", "13800138000", "8020", "10:30", "2天", "明天下午", "30"),
    *("你必须先交钱", "不知道", "a", "？", "、", "：", "［", "　", "您好，请问有什么可以帮您？"),
)
HOSTILE = (
    *("[/", "[b", "[/tmp]", "[@click=app.quit]点我[/]", "\\[b]\\", "{customer}{0}$who %s"),
    "\x1b[31;1m红\x1b[0m\x1b[2J\x1b[H",
    "\x1b]52;c;aGk=\x07客户\x1b]8;;http://x/\x1b\\链接",
    "甲\x00\x01\x07\x08\x0b\x0c\x0d\x0e\x1f\x7f\x9b31m乙",
    "\u202e文本\u202c\u2066abc\u2069\u200f\u061c\ufeff零\u200b宽\u00ad",
    "👩\u200d👩\u200d👧\u200d👦👍🏽🏳\ufe0f\u200d🌈",
    "一\u2028二\u2029三\u0085四\tx\r\ny\n\nz",
    "a" + "\u0301" * 60 + "客" + "\u20dd" * 20,
    "头\ud83d尾\udc00\ufffe\uffff\ue000\U0010ffff",
    "﷽𒐫" * 20,
    "这事不归我管" * 300,
    "x" * 3_000,
)
SIZES = (
    *((120, 36), (80, 24), (160, 48), (81, 25), (100, 24), (80, 60), (119, 30), (240, 70)),
    *((79, 24), (80, 23), (20, 5), (1, 1), (2, 2), (40, 100)),
)
NUMBERS = ("13800138000", "02161234567", "", "10010", "+8613912345678", "x\x1b[2J", "1" * 40)
KINDS = ("offered", "offered", "offered", "answered", "held", "resumed", "ended", "ended")
NEWS = ("raised", "taken", "mine", "refused", "lead", "agent", "offline", "signed_out", "person")
SECONDS = (0.2, 1, 1, 2, 5, 6, 31, 61, 100, 400, 3_600, 86_400)
WEIGHTS: dict[str, int] = {
    **{"call": 14, "board": 12, "command": 10, "move": 30, "edit": 5, "digit": 12},
    **{"types": 8, "paste": 4, "click": 7, "wheel": 2, "size": 3, "phone": 4, "news": 4},
    **{"tick": 6, "language": 1, "theme": 1, "palette": 2, "help": 1, "fails": 1, "quit": 1},
}
PAUSES = (WAIT, WAIT, WAIT, 0, 0, 0, 1, 2, 5)


def made(seed: int, length: int) -> Spree:
    """The spree of a seed."""
    random = Random(seed)
    store = random.choice(("demo", "demo", "orders", "orders", "fresh"))
    size = random.choice(SIZES[:4])
    late = random.random() < 0.6
    # Some never wait, some always do, most do now and then.
    pauses = random.choice((PAUSES, PAUSES, PAUSES, (0,), (0, 0, 0, 1, 3, 9), (WAIT,)))
    return Spree(seed, store, late, size, _steps(random, length, pauses))


def _steps(random: Random, length: int, pauses: tuple[int, ...]) -> list[Step]:
    names, weights = list(WEIGHTS), list(WEIGHTS.values())
    steps: list[Step] = []
    while len(steps) < length:
        (name,) = random.choices(names, weights)
        for act, *what in _KINDS_OF_STEPS[name](random):
            steps.append(Step(str(act), tuple(what), random.choice(pauses)))
    return steps


_Made = list[tuple[str | int | float, ...]]


def _keys(*pool: str) -> Callable[[Random], _Made]:
    return lambda random: [("key", random.choice(pool))]


def _palette(random: Random) -> _Made:
    """A command by its name: every one can be reached, wherever the hands are."""
    command = random.choice(all_commands())
    return [("key", "ctrl+p"), ("types", command.id()), ("key", "enter")]


def _board(random: Random) -> _Made:
    act: _Made = [("key", random.choice(BOARD_KEYS))]
    return act if random.random() < 0.5 else [("key", "2"), *act]


def _quit(random: Random) -> _Made:
    sure: _Made = [("key", "enter")] if random.random() < 0.7 else []
    return [("key", QUIT), *sure]


_KINDS_OF_STEPS: dict[str, Callable[[Random], _Made]] = {
    "call": _keys(*CALL_KEYS),
    "board": _board,
    "command": _keys(*(key for key in COMMAND_KEYS if key != QUIT)),
    "move": lambda r: [("key", r.choice(MOVES))] * r.choice((1, 1, 1, 1, 2, 5)),
    "edit": _keys(*EDITING),
    "digit": _keys(*DIGITS),
    "types": lambda r: [("types", r.choice(TEXTS if r.random() < 0.8 else HOSTILE[:6]))],
    "paste": lambda r: [("paste", r.choice(HOSTILE if r.random() < 0.7 else TEXTS))],
    "click": lambda r: [("click", r.random(), r.random(), r.choice((1, 1, 1, 3)))],
    "wheel": lambda r: [("wheel", r.random(), r.random(), r.choice((-1, 1)))],
    "size": lambda r: [("size", *r.choice(SIZES))],
    "phone": lambda r: [
        ("phone", r.choice(KINDS), f"c{r.randrange(4)}", r.choice(NUMBERS), r.choice(HOSTILE[:9]))
    ],
    "news": lambda r: [("news", r.choice(NEWS), r.randrange(1, 4))],
    "tick": lambda r: [("tick", r.choice(SECONDS))],
    "language": lambda r: [("language", r.choice(LANGUAGES))],
    "theme": lambda r: [("theme", r.choice(tuple(THEMES)))],
    "palette": _palette,
    "help": lambda _: [("help",)],
    "fails": lambda r: [("fails", r.randrange(1, 4))],
    "quit": _quit,
}


def keep(spree: Spree) -> bytes:
    """As JSON, a step a line. Broken surrogates stay as they are."""
    import json

    whole = msgspec.to_builtins(spree)
    steps = ",\n  ".join(json.dumps(step) for step in whole.pop("steps"))
    head = json.dumps(whole)[:-1]
    return f'{head}, "steps": [\n  {steps}\n]}}\n'.encode("ascii")


def kept(data: bytes) -> Spree:
    """Read it again."""
    import json

    return msgspec.convert(json.loads(data), Spree)
