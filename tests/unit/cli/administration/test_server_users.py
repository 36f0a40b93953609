"""``agentdesk server users|teams|enrol|revoke``: the register, PINs, codes, files of people."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from agentdesk.server.admin import Admin
from agentdesk.server.opening import now_ms, open_service
from agentdesk.wire import Enrol

PIN = "海棠花开2026"

Run = Callable[..., Any]
"""Runs a command; its ``code``, ``out``, ``err`` and ``rows`` (the columns of every line)."""


# People.


def test_people_are_registered_listed_changed_and_leave(staffed: Run) -> None:
    assert staffed("server", "users", "list").rows == [
        ["1001", "李小雨", "坐席", "A", "在岗"],
        ["2001", "王建国", "班长", "A", "在岗"],
        ["9001", "陈静", "管理员", "A", "在岗"],
    ]
    assert staffed("server", "users", "set", "1001", "--role", "inspector").code == 0
    assert staffed("server", "users", "off", "2001").code == 0
    rows = staffed("server", "users", "list", "--language", "en").rows
    assert rows[0] == ["1001", "李小雨", "QA inspector", "A", "active"]
    assert rows[1][-1] == "left"
    people = [
        json.loads(line)
        for line in staffed("server", "users", "list", "--json").out.split("\n")
        if line
    ]
    assert people[1] == {
        "id": "2001",
        "name": "王建国",
        "role": "leader",
        "team": "A",
        "active": False,
    }
    assert staffed("server", "users", "set", "2001", "--on").code == 0
    assert staffed("server", "users", "list").rows[1][-1] == "在岗"


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (("users", "add", "1001", "--name", "周强"), "1001"),
        (("users", "add", "10 02", "--name", "周强"), "10 02"),
        (("users", "add", "server", "--name", "周强"), "server"),
        (("users", "add", "1002", "--name", " "), "64"),
        (("users", "add", "1002", "--name", "周强", "--role", "皇帝"), "皇帝"),
        (("users", "add", "1002", "--name", "周强", "--team", "Z"), "teams set Z"),
        (("users", "set", "1009", "--name", "周强"), "1009"),
        (("users", "set", "1001"), "--help"),
        (("users", "off", "1009"), "1009"),
        (("enrol", "--person", "1009", "--seat", "A03"), "1009"),
        (("enrol", "--person", "1001", "--seat", " "), "1 到 64"),
        (("revoke",), "--person"),
        (("retention", "--older-than", "half"), "180d"),
        (("retention", "--older-than", "0d"), "180d"),
        (("users", "fire"), "fire"),
    ],
)
def test_a_mistake_is_named_and_changes_nothing(
    staffed: Run, argv: tuple[str, ...], said: str
) -> None:
    before = staffed("server", "users", "list", "--json").out
    done = staffed("server", *argv)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert staffed("server", "users", "list", "--json").out == before


def test_looking_makes_no_database(administer: Run, database: Path) -> None:
    done = administer("server", "users", "list")
    assert done.code == 2 and str(database) in done.err
    assert not database.exists()


def test_without_an_address_the_file_is_the_one_serve_uses(administer: Run, tmp_path: Path) -> None:
    assert administer("server", "users", "add", "1001", "--name", "李小雨", url="").code == 0
    assert list(tmp_path.glob(".local/share/agentdesk/server.sqlite3"))


def test_another_kind_of_database_is_refused_without_its_password(administer: Run) -> None:
    done = administer("server", "users", "list", url="mysql://root:秘密@db/x")
    assert done.code == 2 and "秘密" not in done.err


# PINs and codes.


def test_a_pin_comes_from_standard_input(staffed: Run, database: Path) -> None:
    done = staffed("server", "users", "pin", "2001", "--pin-stdin", stdin=f"{PIN}\n")
    assert done.code == 0
    with closing(open_service(f"sqlite:///{database}")) as service:
        assert Admin(service).keys.pins.check("2001", PIN, now_ms())


@pytest.mark.parametrize("pin", ["1234", "123456", "111111", "200100", ""])
def test_a_weak_pin_is_refused_and_nobody_registered(staffed: Run, pin: str) -> None:
    argv = ("server", "users", "add", "2002", "--name", "周强", "--pin-stdin")
    done = (
        staffed(*argv, stdin=f"{pin}\n")
        if pin != "200100"
        else staffed("server", "users", "pin", "2001", "--pin-stdin", stdin=f"{pin}\n")
    )
    assert done.code == 2 and (not pin or pin not in done.err)
    assert "2002" not in staffed("server", "users", "list").out


def test_no_terminal_no_prompt(staffed: Run) -> None:
    done = staffed("server", "users", "pin", "2001")
    assert done.code == 2 and "--pin-stdin" in done.err


def test_a_code_enrols_one_seat_and_is_revoked_with_it(staffed: Run, database: Path) -> None:
    code = staffed("server", "enrol", "--person", "1001", "--seat", "台席3").out.strip()
    unused = staffed("server", "enrol", "--person", "1001", "--seat", "台席3").out.strip()
    with closing(open_service(f"sqlite:///{database}")) as service:
        token = Admin(service).keys.enrol(Enrol(code.lower(), "a" * 32), now_ms())
    assert (token.person, token.name, token.team, token.seat) == ("1001", "李小雨", "A", "台席3")
    assert [row[:3] for row in staffed("server", "tokens").rows] == [["座席", "1001", "台席3"]]
    done = staffed("server", "revoke", "--seat", "台席3")
    assert "2" in done.err  # the token, and the code nobody used
    assert staffed("server", "tokens").rows[0][-1] == "已收回"
    assert unused not in staffed("server", "tokens", "--json").out


# A file of people.


def people_file(tmp_path: Path, text: str, encoding: str = "utf-8") -> str:
    path = tmp_path / "people.csv"
    path.write_bytes(text.encode(encoding))
    return str(path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_people_are_read_from_a_file(staffed: Run, tmp_path: Path, encoding: str) -> None:
    text = (
        "工号,姓名,角色,班组\r\n"
        "1002,欧阳若兰,坐席,A\r\n"
        "\r\n"
        '1001,"李小雨",质检员,\r\n'
        "1003,𠮷田,agent,A\r\n"
    )
    file = people_file(tmp_path, text, encoding)
    tried = staffed("server", "users", "import", file, "--dry-run")
    assert tried.code == 0 and "1002" not in staffed("server", "users", "list").out
    done = staffed("server", "users", "import", file)
    assert done.code == 0 and ("2" in done.err and "1" in done.err)
    rows = staffed("server", "users", "list").rows
    assert rows[:3] == [
        ["1001", "李小雨", "质检员", "", "在岗"],
        ["1002", "欧阳若兰", "坐席", "A", "在岗"],
        ["1003", "𠮷田", "坐席", "A", "在岗"],
    ]
    again = staffed("server", "users", "import", file)
    assert "0" in again.err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "姓名"),
        ("工号,薪水\n1002,1\n", "薪水"),
        ("姓名\n周强\n", "缺少 工号（number） 一列"),
        ("工号,工号\n1,1\n", "number"),
        ("工号,姓名\n1002,周强\n10 03,吴敏\n", "第 3 行 工号（number）"),
        ("工号,姓名\n1002,\n", "第 2 行 姓名（name）"),
        ("工号,姓名\n1002,\n", "1 到 64 个字"),
        ("工号,姓名\n10 03,吴敏\n", "只能有字母、数字"),
        ("agent_no,姓名\n1002,吴敏\n", "或：工号 姓名 角色 班组"),
        ("工号,姓名,角色\n1002,周强,皇帝\n", "leader/班长"),
        ("工号,姓名,角色\n1002,周强,皇帝\n", "第 2 行 角色（role） 不能是 皇帝"),
        ("工号,姓名,班组\n1002,周强,Z\n", "第 2 行 班组（team） 不能是 Z"),
        ("工号,姓名,在岗\n1002,周强,也许\n", "第 2 行 在岗（active）"),
        ("工号,姓名\n1002,周强,坐席\n", "第 2 行"),
        ("工号,姓名\n1002,周强\n1002,吴敏\n", "第 3 行的 1002 在第 2 行"),
        ('工号,姓名\n1002,"周"强\n', "第 2 行"),
        ("工号,姓名\n1002,周\0强\n", "第 2 行"),
    ],
)
def test_a_mistake_in_a_file_names_line_and_field(
    staffed: Run, tmp_path: Path, text: str, said: str
) -> None:
    before = staffed("server", "users", "list", "--json").out
    done = staffed("server", "users", "import", people_file(tmp_path, text))
    assert done.code == 2
    assert said in done.err
    assert staffed("server", "users", "list", "--json").out == before


def test_a_file_of_neither_encoding_names_the_line(staffed: Run, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes("工号,姓名\n1002,周".encode() + b"\xff\xff\n")
    done = staffed("server", "users", "import", str(path))
    assert done.code == 2 and "第 2 行" in done.err
    assert staffed("server", "users", "import", str(tmp_path)).code == 2
    assert staffed("server", "users", "import", "没有.csv").code == 2


def test_the_standards_word_for_the_seat_agent_is_a_role_too(staffed: Run) -> None:
    done = staffed("server", "users", "add", "1002", "--name", "周强", "--role", "座席")
    assert done.code == 0, done.err
    assert ["1002", "周强", "坐席", "", "在岗"] in staffed("server", "users", "list").rows


def test_who_hands_out_a_code_is_told_the_whole_command(staffed: Run) -> None:
    done = staffed("server", "enrol", "--person", "1001", "--seat", "A03")
    assert "agentdesk login 服务器地址 --code" in done.err
