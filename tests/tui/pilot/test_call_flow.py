"""A call from ring to close, by keys alone: what is seen and, above all, what is stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.tui.conftest import Seat

HIT = "这事不归我管"


async def test_a_ring_is_a_banner_and_f2_answers(seat: Seat) -> None:
    async with seat.open() as user:
        await user.rings(name="王")
        assert user.sees("138****8000")
        assert not user.sees("13800138000")
        assert user.sees("F2 接听")
        await user.after(2)
        await user.keys("f2")
        assert user.kinds() == ["call.offered", "call.answered"]
        assert user.call.phase.value == "talking"
        assert not user.app.snapshot.ringing
        assert not any("来电" in row and "接听" in row for row in user.rows()[1:4])


async def test_a_surname_and_a_title_fill_every_line(seat: Seat) -> None:
    async with seat.open() as user:
        await user.talks()
        assert user.screen.focused is user.screen.form.surname
        await user.types("王")
        await user.keys("tab", "right")
        assert user.screen.values()["title"] == "先生"
        await user.keys("f7")  # the greeting
        assert "王先生" in user.panel("speak")
        await user.keys("f7")
        said = user.last("call.said")
        assert (said["line"], said["names"]) == ("track-query", 1)
        assert said["text"] == "好的，王先生，请您报一下运单号，我马上为您查询。"
        assert said["polite"] >= 1
        assert user.call.values["surname"] == "王"


async def test_what_was_said_counts_for_the_standard(seat: Seat) -> None:
    async with seat.open() as user:
        await user.talks()
        await user.keys("f7")
        said = user.last("call.said")
        assert said["text"].startswith("您好，下午好！这里是示例速运")
        assert said["marks"] == ["greeting"]
        assert "✓ 问候" in user.panel("left").replace("  ", " ")


async def test_a_blank_in_a_line_is_seen_and_told(seat: Seat) -> None:
    async with seat.open() as user:
        await user.talks()
        await user.keys("f7", "f7")
        assert "〔姓氏+称呼?〕" in user.panel("speak")
        await user.keys("f7")
        assert "〔姓氏+称呼?〕" in user.last("call.said")["text"]
        assert user.last("call.said")["names"] == 0
        assert any("还缺" in toast for toast in user.toasts())


async def test_a_forbidden_phrase_is_marked_with_its_clause(seat: Seat) -> None:
    async with seat.open() as user:
        await user.talks()
        await user.notes(f"回答：{HIT}，请找网点")
        (mark,) = user.screen.note.highlights
        assert user.screen.note.text[mark[0] : mark[1]] == HIT
        strip = user.panel("strip")
        assert "F6-" in strip
        assert HIT in strip
        assert "推诿" in strip


async def test_ctrl_r_puts_the_better_wording_and_ctrl_z_takes_it_back(seat: Seat) -> None:
    async with seat.open() as user:
        await user.talks()
        text = f"回答：{HIT}。"
        await user.notes(text)
        await user.keys("ctrl+r")
        assert HIT not in user.screen.note.text
        kept = user.last("call.phrase")
        assert (kept["phrase"], kept["outcome"], kept["where"]) == (HIT, "replaced", "note")
        assert kept["rule"].startswith("F6-")
        assert user.panel("strip").startswith("✓")
        await user.keys("ctrl+z")
        assert user.screen.note.text == text
        assert HIT in user.panel("strip")


async def test_ctrl_d_keeps_a_phrase_with_a_reason_by_one_digit(seat: Seat) -> None:
    async with seat.open() as user:
        await user.talks()
        await user.notes(f"回答：{HIT}。")
        await user.keys("ctrl+d", "1")
        kept = user.last("call.phrase")
        assert (kept["outcome"], kept["reason"]) == ("kept", "引用客户原话")
        assert user.screen.note.text == f"回答：{HIT}。"
        assert user.screen.note.highlights == ()


async def test_hold_is_advised_against_and_then_done_with_a_reason(seat: Seat) -> None:
    async with seat.open() as user:
        await user.talks()
        await user.keys("f4")
        assert "call.held" not in user.kinds()
        assert "先说明并征得客户同意再保持" in user.panel("strip")
        assert "F6-4.4-no-mute-without-consent" in user.panel("strip")
        assert user.screen._guide.line is not None
        assert user.screen._guide.line.id == "hold-query"  # the line that would settle it
        await user.keys("f4", "2")
        assert user.kinds()[-2:] == ["call.guarded", "call.held"]
        guarded = user.last("call.guarded")
        assert (guarded["guard"], guarded["reason"]) == ("consent_before_hold", "已用自己的话说过")
        assert user.call.phase.value == "held"
        await user.after(30)
        await user.keys("f4")
        assert user.kinds()[-1] == "call.resumed"
        assert "谢" in user.panel("speak")  # thanks for waiting
        assert user.call.phase.value == "talking"


async def test_consent_asked_by_its_line_needs_no_reason(seat: Seat) -> None:
    async with seat.open() as user:
        await user.talks()
        await user.names()
        await user.keys("f4")  # advice brings the line
        await user.keys("f7", "f4")
        assert user.kinds()[-2:] == ["call.said", "call.held"]
        assert "call.guarded" not in user.kinds()


async def test_the_advice_goes_when_escape_is_pressed(seat: Seat) -> None:
    async with seat.open() as user:
        await user.talks()
        await user.keys("f4", "escape", "f4")
        assert "call.held" not in user.kinds()
        assert len(user.app.screen_stack) == 1  # advised anew, no reason asked


async def test_a_promise_needs_one_digit_and_counts_down(seat: Seat) -> None:
    async with seat.open() as user:
        await user.talks()
        await user.names()
        await user.keys("f5", "1")
        made = user.last("promise.made")
        assert (made["minutes"], made["text"], made["call"]) == (30, "王先生", user.call.id)
        await user.after(60)
        assert "29:00" in user.panel("right")
        assert "王先生" in user.panel("right")


async def test_a_promise_without_a_figure_is_advised_against(seat: Seat) -> None:
    async with seat.open() as user:
        await user.talks()
        await user.keys("f5")
        await user.types("尽快")
        await user.keys("enter")
        assert user.events("promise") == []
        assert "承诺回电要说出具体时间" in user.panel("strip")


async def test_escalation_takes_three_keys_and_can_be_undone_at_once(seat: Seat) -> None:
    async with seat.open() as user:
        await user.talks()
        await user.keys("f8", "1", "enter")
        raised = user.last("escalation.raised")
        assert (raised["reason"], raised["level"]) == ("hard_question", "team_leader")
        assert raised["proposal"] == "请熟悉这项业务的同事接听或指导我答复。"
        assert (raised["call"], raised["report_owed"]) == (user.call.id, False)
        assert "未送达" in user.panel("right")  # nobody has it, and it says so
        await user.after(4)
        await user.keys("f12")
        assert [e.kind for e in user.events("escalation")] == [
            "escalation.raised",
            "escalation.withdrawn",
        ]
        assert "升级已撤回" in user.toasts()


async def test_an_escalation_cannot_be_undone_later(seat: Seat) -> None:
    async with seat.open() as user:
        await user.talks()
        await user.keys("f8", "1", "enter")
        await user.after(6)
        await user.keys("f12")
        assert [e.kind for e in user.events("escalation")] == ["escalation.raised"]


async def test_an_emergency_skips_a_level_and_owes_a_report(seat: Seat) -> None:
    async with seat.open() as user:
        await user.talks()
        await user.keys("f8", "5", "enter")
        raised = user.last("escalation.raised")
        assert (raised["level"], raised["skipped"]) == ("supervisor", ["team_leader"])
        assert "越级，需补报直接上级" in user.panel("right")


async def test_an_upset_customer_is_not_handed_on_cold(seat: Seat) -> None:
    async with seat.open() as user:
        await user.talks()
        await user.focus("upset")
        await user.keys("right")
        assert user.call.values["upset"] == "1"
        await user.keys("f6", "3")
        assert "call.transferred" not in user.kinds()
        assert "客户情绪激动" in user.panel("strip")
        await user.keys("f6", "escape", "escape", "f6", "1")
        moved = user.last("call.transferred")
        assert (moved["to"], moved["warm"]) == ("班长", True)


async def test_a_requirement_is_ticked_by_key(seat: Seat) -> None:
    async with seat.open() as user:
        await user.talks()
        await user.keys("ctrl+s", "1")
        assert user.last("call.ticked")["requirement"] == "greeting"
        assert user.call.ticks == {"greeting": 1}


async def test_a_skipped_line_is_not_said(seat: Seat) -> None:
    async with seat.open() as user:
        await user.talks()
        before = user.screen._guide.line
        await user.keys("ctrl+b")
        assert user.screen._guide.line != before
        assert "call.said" not in user.kinds()


async def test_a_line_is_found_by_pinyin_initials(seat: Seat) -> None:
    async with seat.open() as user:
        await user.talks()
        await user.notes("a")
        await user.keys("f3")
        await user.types("jsy")  # 结束语
        await user.keys("enter")
        assert user.screen._guide.line is not None
        assert user.screen._guide.line.id == "closing"
        assert user.screen.note.text == "a"
        await user.keys("f7")
        assert user.last("call.said")["line"] == "closing"


async def test_a_number_is_shown_for_ten_seconds_with_a_reason(seat: Seat) -> None:
    async with seat.open() as user:
        await user.talks()
        assert not user.sees("13800138000")
        await user.keys("ctrl+w", "1")
        assert user.last("call.revealed") == {
            **user.last("call.revealed"),
            "field": "number",
            "reason": "核对客户身份",
        }
        assert user.sees("13800138000")
        await user.after(9)
        assert user.sees("13800138000")
        await user.after(1)
        assert not user.sees("13800138000")
        assert user.sees("138****8000")


async def test_a_customer_seen_before_is_known_by_the_number(seat: Seat) -> None:
    async with seat.open() as user:
        await user.talks()
        await user.names()
        await user.phone("ended", by="customer")
        await user.keys("f9", "f9", "1")
        await user.after(60)
        await user.rings(call="c2")
        await user.keys("f2")
        assert user.call.customer == "王先生"
        assert "第 2 次来电" in user.panel("left")
        assert user.screen.form.surname.value == "王"
