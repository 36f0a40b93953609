"""Whatever a pack file holds, reading it gives a pack or a ``PackError``, nothing else."""

from __future__ import annotations

import random
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from agentdesk.domain.pack import Pack
from agentdesk.errors import PackError
from agentdesk.standards.packfile import parse_pack
from agentdesk.strings import Strings

PACKS = Path(__file__).parents[2] / "agentdesk" / "standards" / "packs"
N2 = (PACKS / "N2.toml").read_text(encoding="utf-8")
LINES = N2.split("\n")

VALUES = st.sampled_from(
    ["1", "-1", "true", "1.5", "nan", '""', '"你"', '"{"', '"{company}"', "[]", "[[]]", "[1]",
     '["a", "a"]', "{}", "{ a = {} }", "2026-01-01", '"\\u202e"', "99999999999999999999", "'''"]
)  # fmt: skip


def read(text: str) -> Pack | PackError:
    """Read it; a mistake must name a line that exists and be shown without failing."""
    data = text.encode("utf-8", "surrogatepass")
    try:
        return parse_pack(data, "N2.toml")
    except PackError as error:
        line = error.params["line"]
        assert isinstance(line, int)
        assert 1 <= line <= text.count("\n") + 2
        assert error.params["file"] == "N2.toml"
        title, body = Strings("zh-CN").error(error)
        assert title != error.code
        assert body
        return error


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(LINES) - 1), VALUES)
def test_any_value_anywhere(number: int, value: str) -> None:
    line = LINES[number]
    changed = f"{line.split('=')[0]}= {value}" if "=" in line else value
    read("\n".join([*LINES[:number], changed, *LINES[number + 1 :]]))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 4))
def test_lines_lost_doubled_and_moved(seed: int, times: int) -> None:
    pick = random.Random(seed)
    lines = list(LINES)
    for _ in range(times):
        here, there = pick.randrange(len(lines)), pick.randrange(len(lines))
        way = pick.choice(["lose", "double", "swap"])
        if way == "lose":
            del lines[here]
        elif way == "double":
            lines.insert(there, lines[here])
        else:
            lines[here], lines[there] = lines[there], lines[here]
    read("\n".join(lines))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(N2)), st.integers(0, 30), st.text(max_size=12))
def test_any_text_put_in_any_place(at: int, cut: int, text: str) -> None:
    read(N2[:at] + text + N2[at + cut :])


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=400))
def test_a_file_of_anything(text: str) -> None:
    assert isinstance(read(text), PackError)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=400))
def test_a_file_of_any_bytes(data: bytes) -> None:
    try:
        parse_pack(data, "x.toml")
    except PackError as error:
        assert error.code.startswith("pack.")
    else:
        raise AssertionError("no pack is this short")
