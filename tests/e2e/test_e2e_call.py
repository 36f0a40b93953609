"""A call from ring to wrap-up, as an agent drives it: by keys, in Chinese, in a real terminal."""

from __future__ import annotations

import json
import os
import signal
from datetime import UTC, datetime
from time import monotonic
from typing import Any

import pytest
from rich.cells import cell_len

from agentdesk.domain.call.state import read_call
from agentdesk.domain.events import EntityId
from agentdesk.store.store import Store

from .conftest import Pane, Seat

pytestmark = pytest.mark.e2e

IDLE = "没有通话"
NOTE = "客户查件，运单昨天应到。"
LOWER = 20
"""Rows below hold the form, rows above the note, at 120x36."""
UPPER = 3
"""Rows above hold header, screens and banner."""

LATEST_SAVE_SECONDS = 1.0
"""What was typed longer ago survives anything (console.md, principle 1)."""

BANNED = "这事不归我管，请客户等通知。"


def idle(seat: Seat) -> Pane:
    """The console, open and waiting, its phone door too."""
    seat.ready()
    pane = seat.open()
    pane.see("8012", IDLE)
    pane.until(lambda _: seat.places.control_file.exists(), "the phone door")
    return pane


def ring(seat: Seat) -> str:
    """Another process reports a call; its id there."""
    done = seat.run("ring", "--from", "13800138000", "--name", "张伟")
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.strip()


def answered(seat: Seat) -> Pane:
    """A call is on the card and the cursor in its first field."""
    pane = idle(seat)
    ring(seat)
    pane.see("来电", "138****8000", "张伟")
    pane.press("F2")
    pane.see("通话中", "登记", "姓氏")
    pane.until(lambda _: pane.cursor()[1] > LOWER, "the cursor in the form")
    return pane


def to_note(pane: Pane) -> None:
    """Esc: from the form to the note."""
    pane.press("Escape")
    # Rows being mounted put it to the top of the screen for a moment (textual 8.2.8).
    pane.until(lambda _: UPPER < pane.cursor()[1] < LOWER, "the cursor in the note")


def before_cursor(pane: Pane) -> str:
    """What stands left of the terminal's cursor, where an input method would open."""
    column, row = pane.cursor()
    return cut(pane.text().splitlines()[row], column)


def cut(line: str, columns: int) -> str:
    """The beginning of a line, ``columns`` cells long."""
    kept = ""
    while line and cell_len(kept) < columns:
        kept, line = kept + line[0], line[1:]
    return kept


def record(seat: Seat) -> dict[str, Any]:
    """The only call of today, as scripts see it."""
    done = seat.run("calls", "--json")
    assert done.returncode == 0, done.stderr
    (line,) = done.stdout.splitlines()
    found: dict[str, Any] = json.loads(line)
    return found


def test_first_start_in_chinese_by_keys(seat: Seat) -> None:
    pane = seat.open()
    pane.see("首次使用", "工号")
    pane.press("Tab", "Tab")
    pane.type("80317")
    pane.press("Tab")
    pane.type("李敏")
    pane.press("Tab")
    pane.type("示例快运")
    pane.press("Enter")
    pane.see("座席 80317 李敏", IDLE)
    pane.press("F2")
    pane.see("通话中", "示例快运")
    pane.press("C-q")
    pane.see("仍要退出")
    pane.press("Enter")
    assert pane.ended() == 0
    again = seat.open()
    again.see("80317", "通话中", "示例快运")


def test_a_call_from_ring_to_wrap_up(seat: Seat) -> None:
    pane = answered(seat)
    pane.type("张")
    pane.press("Tab", "Space", "Tab", "Right")
    pane.see("查件", "运单号")
    to_note(pane)
    pane.type(NOTE)
    pane.paste(BANNED)
    pane.see(NOTE, BANNED, "推诿")
    pane.press("C-r")
    pane.see("我帮您转给负责的同事", "未发现禁语", "张先生")
    pane.gone("不归我管")

    spoken = []
    for _ in range(10):
        shown = pane.text()
        if "要求的话都说完了" in shown:
            break
        title = next(line for line in shown.splitlines() if "现在说" in line)
        spoken.append(title)
        pane.press("F7")
        pane.gone(title)
    assert len(spoken) >= 4, spoken
    pane.see("✓ 问候", "✓ 还有什么可以帮您", "✓ 结束语")

    pane.press("F8")
    pane.see("升级：原因")
    pane.press("1")
    pane.see("处理意见", "Enter")
    pane.press("Enter")
    pane.see("→ 班长", "已记录，未送达")

    pane.press("F9")  # the standard wants the customer to hang up first
    pane.see("请等客户先挂", "通话中")
    pane.press("C-_")
    pane.see("整理", "还缺：运单号")
    pane.press("F9")
    pane.until(lambda _: pane.cursor()[1] > LOWER, "the cursor in the missing field")
    pane.type("SL202600010342")
    pane.see("登记已齐")
    pane.press("F9")
    pane.see("通话结果", "当场解决")
    pane.press("1")
    pane.see(IDLE, "共 1 通", "张先生")
    pane.press("C-q")
    assert pane.ended() == 0

    kept = record(seat)
    assert kept["phase"] == "closed"
    assert (kept["customer"], kept["category"]) == ("张先生", "tracking")
    assert (kept["disposition"], kept["ended_by"]) == ("resolved", "customer")
    assert kept["missing"] == []
    store = Store.open(seat.places.store_file, clock=lambda: datetime.now(UTC))
    try:
        assert store.refold() == []
        call_id = EntityId(kept["id"])
        call = read_call(call_id, store.state("call", call_id))
        assert call is not None
        assert call.values["note"].startswith(NOTE)
        assert "不归我管" not in call.values["note"]
        assert call.values["waybill"] == "SL202600010342"
        kinds = [event.kind for event in store.events_of("call", call_id)]
        assert kinds[0] == "call.offered"
        assert kinds.count("call.said") == len(spoken)
        assert "call.phrase" in kinds
    finally:
        store.close()


def test_the_caller_gives_up_and_a_callback_is_owed(seat: Seat) -> None:
    pane = idle(seat)
    phone_id = ring(seat)
    pane.see("来电", "张伟")
    assert seat.run("ring", "--id", phone_id, "--event", "ended").returncode == 0
    pane.see("回拨", "未接")
    pane.gone("▌ 来电")
    pane.press("C-q")
    assert pane.ended() == 0
    assert record(seat)["phase"] == "missed"


def test_a_ring_while_typing_takes_neither_focus_nor_text(seat: Seat) -> None:
    pane = answered(seat)
    pane.type("张")
    to_note(pane)
    pane.type("第一句，")
    ring(seat)
    pane.see("▌ 来电")
    pane.type("第二句。")
    pane.see("第一句，第二句。")


def test_kill_in_the_middle_of_typing(seat: Seat) -> None:
    pane = answered(seat)
    pane.type("张")
    to_note(pane)
    pane.type("客户说外包装破损，里面是茶具")
    pane.see("里面是茶具")
    pane.press("Left", "Left")
    pane.until(lambda _: before_cursor(pane).endswith("里面是"), "the cursor two characters back")
    pane.type("一套")
    pane.see("里面是一套茶具")
    typed = monotonic()
    pane.until(lambda _: monotonic() - typed > LATEST_SAVE_SECONDS, "a second")
    assert before_cursor(pane).endswith("里面是一套")
    os.kill(seat.pid, signal.SIGKILL)
    assert pane.ended() == 128 + signal.SIGKILL

    again = seat.open()
    again.see("通话中", "张伟", "里面是一套茶具", "姓氏           张")
    again.until(lambda _: before_cursor(again).endswith("里面是一套"), "the cursor where it was")
    again.type("杯")
    again.see("里面是一套杯茶具")
