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

CHILD = """\
[pack]
id = "MY"
extends = "N2"
remove = ["line:greeting-holiday", "guards:hang_up_before_closing"]
callback_minutes = 20

[[line]]
id = "inbound-greeting"
rule = "N2-14.4-three-voices"
moment = "opening"
title = "问候"
title_en = "Greeting"
text = "您好，{company}为您服务。"
then = "bye"

[[line]]
id = "bye"
rule = "M1-1-bye"
moment = "closing"
title = "道别"
title_en = "Closing"
text = "谢谢您，再见！"

[[phrase]]
rule = "M1-5-no"
category = "refusal"
match = "partial"
severity = "advise"
phrases = ["没办法"]
cores = ["没办法"]
replacement = "请您稍等，我来想想。"
bad = ["这事没办法。"]
good = ["我来想想。"]

[[category]]
key = "inquiry"
rule = "M1-4-record"
title = "咨询"
title_en = "Inquiry"
lines = ["bye"]

[guards]
anything_else_first = "M1-7-else"
"""
CHILD_LINES = CHILD.split("\n")

VALUES = st.sampled_from(
    ["1", "-1", "true", "1.5", "nan", '""', '"你"', '"{"', '"{company}"', "[]", "[[]]", "[1]",
     '["a", "a"]', "{}", "{ a = {} }", "2026-01-01", '"\\u202e"', "99999999999999999999", "'''"]
)  # fmt: skip


def read(text: str, name: str = "N2.toml") -> Pack | PackError:
    """Read it; a mistake must name a line that exists and be shown without failing."""
    data = text.encode("utf-8", "surrogatepass")
    try:
        return parse_pack(data, name)
    except PackError as error:
        line = error.params["line"]
        assert isinstance(line, int)
        assert 1 <= line <= text.count("\n") + 2
        assert error.params["file"] == name
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


def test_the_child_is_sound() -> None:
    assert isinstance(read(CHILD, "MY.toml"), Pack)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(CHILD_LINES) - 1), VALUES)
def test_any_value_anywhere_in_a_file_that_extends(number: int, value: str) -> None:
    """What a file that extends does wrong is told of that file, never of the one behind it."""
    line = CHILD_LINES[number]
    changed = f"{line.split('=')[0]}= {value}" if "=" in line else value
    read("\n".join([*CHILD_LINES[:number], changed, *CHILD_LINES[number + 1 :]]), "MY.toml")


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(CHILD_LINES), max_size=60),
    st.sampled_from(["line", "field", "category", "level", "phrase", "guards", "disposition"]),
    st.text(max_size=12)
    | st.sampled_from(["content", "phone", "closing", "complaint", "director"]),
)
def test_lines_of_a_child_in_any_order(lines: list[str], table: str, name: str) -> None:
    head = ["[pack]", 'id = "MY"', 'extends = "N2"', f'remove = ["{table}:{name}"]']
    read("\n".join([*head, *lines]), "MY.toml")


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
