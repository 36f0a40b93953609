"""Line numbers of TOML keys."""

from __future__ import annotations

from agentdesk.config.lines import key_lines, line_of

TEXT = '''\
# title = "no"
top = """
[not.a.table]
fake = 1 \\""" still
"""
list = [
  "a = 1", # ]
  "]",
]
literal = \'\'\'
x = 2
\'\'\'
[ agent . "工号" ]  # comment = 1
no = "a # b"
shift.start = "x"
inline = { a = 1, b = [1,
2] }
[[rows]]
id = 1
[[rows]]
id = 2
last = 'c:\\'
after = 1
'''


def test_lines_of_keys_and_tables() -> None:
    assert key_lines(TEXT) == {
        "top": 2,
        "list": 6,
        "literal": 10,
        "agent": 13,
        "agent.工号": 13,
        "agent.工号.no": 14,
        "agent.工号.shift": 15,
        "agent.工号.shift.start": 15,
        "agent.工号.inline": 16,
        "rows": 18,
        "rows.id": 19,
        "rows.last": 22,
        "rows.after": 23,
    }


def test_a_key_inside_an_inline_table_is_found_under_its_holder() -> None:
    lines = key_lines(TEXT)
    assert line_of(lines, "agent.工号.inline.a") == 16
    assert line_of(lines, "nowhere.at.all") == 0
