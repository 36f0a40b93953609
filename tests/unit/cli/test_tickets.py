"""``agentdesk tickets`` in an empty home."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from agentdesk.__main__ import main


class Outcome(NamedTuple):
    code: int
    out: str
    err: str


Run = Callable[..., Outcome]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    for name in list(os.environ):
        if name.startswith(("AGENTDESK_", "XDG_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))

    def tickets(*argv: str, pack: str = "T0") -> Outcome:
        shared = ["--language", "en", "--pack", pack, "--agent-no", "8012"]
        try:
            code = main([*shared, "tickets", *argv])
        except SystemExit as end:
            code = int(end.code or 0)
        return Outcome(code, *capsys.readouterr())

    return tickets


def new(run: Run, *argv: str) -> str:
    done = run("new", "--json", *argv)
    assert done.code == 0, done.err
    return str(json.loads(done.out)["id"])


def test_an_empty_store_is_not_made_by_looking(run: Run, tmp_path: Path) -> None:
    assert run() == (0, "", "no work order fits\n")
    assert run("list", "--json").out == ""
    assert run("show", "abc").code == 2
    assert list(tmp_path.rglob("*.sqlite*")) == list(tmp_path.rglob("*.db"))


def test_without_a_work_number_nothing_is_opened(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--language", "en", "tickets", "new", "--summary", "断网"]) == 2
    assert "--agent-no" in capsys.readouterr().err
    assert run().out == ""


def test_a_ticket_is_opened_listed_and_shown(run: Run) -> None:
    opened = run(
        "new",
        *("--category", "outage", "--summary", "断网三小时", "--set", "number=13800138000"),
        *("--set", "surname=王", "--set", "title=先生", "--set", "tier=金卡"),
    )
    assert opened.code == 0 and "opened work order" in opened.err
    listed = run()
    assert listed.out == opened.out
    columns = listed.out.rstrip("\n").split("\t")
    assert columns[1:6] == ["P1", "new", "Outage", "王先生", "断网三小时"]
    assert columns[7] == "8012"
    shown = run("show", columns[0])
    assert "T0-2.1-dispatch-15min" in shown.out and "Taken in, followed by 8012" in shown.out
    assert "13800138000" not in shown.out + listed.out


def test_json_has_keys_and_a_masked_number(run: Run) -> None:
    ticket_id = new(run, "--summary", "问资费 13800138000", "--set", "number=13800138000")
    record = json.loads(run("list", "--json").out)
    assert (record["id"], record["number"]) == (ticket_id, "138****8000")
    assert record["summary"] == "问资费 138****8000"
    detail = json.loads(run("show", ticket_id, "--json").out)
    assert [entry["kind"] for entry in detail["course"]] == ["ticket.opened", "ticket.set"]
    assert {clock["rule"] for clock in detail["clocks"]} >= {"T0-2.1-dispatch-15min"}
    assert detail["gaps"] == ["category"]


def test_an_order_of_another_standard_keeps_the_names_of_its_own(run: Run) -> None:
    ticket_id = new(run, "--category", "outage", "--summary", "小区断网")
    new(run, "--category", "complaint", "--summary", "乱扣费")
    for argv in ((), ("list", "--all"), ("show", ticket_id)):
        listed = run(*argv, pack="N2")  # which has no outages
        assert listed.code == 0, listed.err
        assert "Outage" in listed.out.split("\t"), argv
        assert "outage" not in listed.out


def test_filters(run: Run) -> None:
    new(run, "--category", "outage", "--summary", "小区断网")
    new(run, "--category", "inquiry", "--summary", "问套餐", "--owner", "8020")
    assert run("list", "--category", "outage").out.count("\n") == 1
    assert "问套餐" in run("list", "--owner", "8020").out
    assert "小区断网" in run("list", "--text", "xqdw").out
    assert run("list", "--overdue").out == ""
    assert run("list", "--state", "closed").out == ""
    limited = run("list", "--limit", "1")
    assert limited.out.count("\n") == 1 and "there are more" in limited.err


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["list", "--state", "open"], "no state"),
        (["list", "--limit", "0"], "between 1 and"),
        (["new", "--set", "tier"], "KEY=VALUE"),
        (["new", "--set", "=x"], "KEY=VALUE"),
        (["new"], "Write a summary"),
        (["new", "--category", "nothing"], "no category nothing"),
        (["list", "--colour"], "--colour"),
    ],
)
def test_what_makes_no_sense_is_said_and_stores_nothing(
    run: Run, argv: list[str], said: str
) -> None:
    refused = run(*argv)
    assert refused.code == 2 and said in refused.err
    assert run().out == ""


def test_an_end_of_an_id_that_fits_several_is_refused(run: Run) -> None:
    ends = [new(run, "--summary", f"第{at}张")[-1:] for at in range(17)]
    twice = next(end for end in ends if ends.count(end) > 1)
    assert "give more of it" in run("show", twice).err
    assert run("show", "' OR 1=1").code == 2


def test_hostile_text_reaches_no_terminal(run: Run) -> None:
    ticket_id = new(run, "--summary", "\x1b[2J红\u202e字", "--set", "note=\x07\x9b1m")
    for out in (run().out, run("show", ticket_id).out):
        assert "\x1b" not in out and "\u202e" not in out and "\x07" not in out
