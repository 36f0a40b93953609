"""What is marked in every field an agent writes in, and what is recorded of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentdesk.tui.widgets.inputs import SafeInput

if TYPE_CHECKING:
    from tests.tui.conftest import Seat, User

HIT = "这事不归我管"
NUMBER = "13912345678"
QUEUES = {"报修": "N2"}
"""The landline standard asks for discretion (N2-2.1-no-customer-data-leak); the courier one
has no such clause."""


def field(user: User, key: str) -> SafeInput:
    """A text field of the form."""
    found = user.screen.form.widget_of(key)
    assert isinstance(found, SafeInput)
    return found


def records(user: User, of: str = "") -> list[tuple[Any, ...]]:
    """Field, category, text, outcome and reason of everything recorded about marks."""
    names = ("where", "category", "phrase", "outcome", "reason")
    events = (event for event in user.events(of=of) if event.kind == "call.phrase")
    return [tuple(event.body[name] for name in names) for event in events]


def marked(found: SafeInput) -> list[str]:
    """The marked words of a field."""
    return [found.value[start:end] for start, end, _ in found.highlights]


async def on_the_form(user: User, text: str) -> SafeInput:
    """A call whose matter is being written into the form."""
    await user.talks()
    await user.category("inquiry")
    await user.focus("content")
    await user.types(text)
    return field(user, "content")


async def test_a_field_of_the_form_is_marked_while_it_is_typed(seat: Seat) -> None:
    async with seat.open() as user:
        content = await on_the_form(user, f"答复{HIT}，请等")
        assert marked(content) == [HIT]
        strip = user.panel("strip")
        assert "情况" in strip  # which field it is about
        assert "推诿" in strip
        assert "F6-" in strip
        assert HIT in strip
        assert "▲" in user.panel("left")  # counts in the meter of the call


async def test_the_better_wording_goes_into_the_field_that_has_the_focus(seat: Seat) -> None:
    async with seat.open() as user:
        content = await on_the_form(user, f"答复{HIT}，请等")
        await user.notes(f"回答：{HIT}。")
        content.focus()
        await user.settle()
        await user.keys("ctrl+r")
        assert HIT not in content.value
        assert HIT in user.screen.note.text
        assert content.value.endswith("请等")
        assert content.value[: content.cursor_position].startswith("答复")
        assert content.value[content.cursor_position :].lstrip("，,").startswith("请等")
        assert records(user) == [("content", "shirking", HIT, "replaced", "")]
        assert user.last("call.phrase")["rule"].startswith("F6-")
        await user.types("再")
        assert content.value.replace("再", "", 1).endswith("请等")


async def test_ctrl_z_in_the_form_takes_back_exactly_the_better_wording(seat: Seat) -> None:
    async with seat.open() as user:
        content = await on_the_form(user, f"答复{HIT}，请等")
        await user.keys("ctrl+r", "end")
        await user.types("一下")
        await user.keys("ctrl+z")
        assert content.value == f"答复{HIT}，请等一下"
        assert marked(content) == [HIT]
        await user.keys("ctrl+z")
        assert content.value == f"答复{HIT}，请等一下"


async def test_ctrl_z_in_the_note_takes_back_exactly_the_better_wording(seat: Seat) -> None:
    async with seat.open() as user:
        await user.talks()
        await user.notes(f"第一行\n回答：{HIT}。\n第三行")
        await user.keys("up", "end")
        await user.keys("ctrl+r")
        after = user.screen.note.text
        caret = user.screen.note.caret
        assert after.startswith("第一行\n回答：")
        assert after[:caret].count("\n") == 1
        await user.types("并")
        await user.keys("ctrl+z")
        assert user.screen.note.text == after
        await user.keys("ctrl+z")
        assert user.screen.note.text == f"第一行\n回答：{HIT}。\n第三行"


async def test_a_paste_is_marked_too(seat: Seat) -> None:
    async with seat.open() as user:
        await user.talks()
        await user.category("inquiry")
        await user.focus("content")
        await user.pastes(f"答复\n{HIT}")
        assert marked(field(user, "content")) == [HIT]


async def test_a_mark_of_the_form_is_kept_with_a_reason(seat: Seat) -> None:
    async with seat.open() as user:
        content = await on_the_form(user, f"答复{HIT}，请等")
        await user.keys("ctrl+d", "3")
        assert records(user) == [("content", "shirking", HIT, "kept", "误判")]
        assert marked(content) == []
        call = user.call.id
        await user.closes()
        assert len(records(user, call)) == 1


async def test_marks_of_a_category_go_with_its_fields(seat: Seat) -> None:
    async with seat.open() as user:
        content = await on_the_form(user, HIT)
        assert marked(content) == [HIT]
        await user.category("tracking")
        row = next(row for row in user.screen.form.rows if row.input is content)
        assert row.key != "content"
        assert content.highlights == ()


async def test_what_stands_at_the_close_is_recorded_as_unanswered(seat: Seat) -> None:
    async with seat.open() as user:
        await on_the_form(user, f"答复{HIT}")
        await user.notes(f"回答：{HIT}。你好")
        call = user.call.id
        await user.closes()
        found = records(user, call)
        assert ("content", "shirking", HIT, "unanswered", "") in found
        assert ("note", "shirking", HIT, "unanswered", "") in found
        assert ("note", "plain_you", "你", "unanswered", "") in found
        assert len(found) == 3
        assert user.kinds(call)[-1] == "call.closed"


async def test_plain_you_is_marked_with_its_clause_and_replaced_by_key(seat: Seat) -> None:
    async with seat.open() as user:
        await user.talks()
        await user.notes("已告知你明天到")
        assert "没有用「您」" in user.panel("strip")
        assert "F6-" in user.panel("strip")
        await user.keys("ctrl+r")
        assert user.screen.note.text == "已告知您明天到"
        assert records(user) == [("note", "plain_you", "你", "replaced", "")]


async def test_a_banned_phrase_comes_before_plain_you(seat: Seat) -> None:
    async with seat.open() as user:
        await user.talks()
        await user.notes(f"告知你，{HIT}。完")
        assert HIT in user.panel("strip")


# ----------------------------------------------------------------------------- numbers


async def test_a_number_in_the_note_is_marked_and_masked_by_key(seat: Seat) -> None:
    async with seat.set(queues=QUEUES).open() as user:
        await user.rings(queue="报修")
        await user.keys("f2")
        await user.notes(f"请回拨{NUMBER}，谢谢")
        strip = user.panel("strip")
        assert "▲ 客户隐私" in strip  # a glyph and a word, not only a colour
        assert "N2-2.1-no-customer-data-leak" in strip
        assert "139****5678" in strip
        await user.keys("ctrl+r")
        assert user.screen.note.text == "请回拨139****5678，谢谢"
        assert user.screen.note.highlights == ()
        assert records(user) == [("note", "private", "139****5678", "replaced", "")]
        await user.keys("ctrl+z")
        assert user.screen.note.text == f"请回拨{NUMBER}，谢谢"


async def test_a_number_kept_is_recorded_only_masked_and_is_no_banned_phrase(seat: Seat) -> None:
    async with seat.set(queues=QUEUES).open() as user:
        await user.rings(queue="报修")
        await user.keys("f2")
        await user.notes(f"请回拨{NUMBER}")
        await user.keys("ctrl+d")
        assert "保留「139****5678」" in "".join(user.rows())
        await user.keys("3")
        assert records(user) == [("note", "private", "139****5678", "kept", "误判")]
        assert user.screen.note.highlights == ()
        assert user.call.kept_phrases == frozenset()


async def test_the_number_fields_may_hold_numbers(seat: Seat) -> None:
    async with seat.set(queues=QUEUES).open() as user:
        await user.rings(queue="报修")
        await user.keys("f2")
        await user.category("inquiry")
        for key in ("phone", "content"):
            await user.focus(key)
            await user.types(NUMBER)
        assert field(user, "phone").highlights == ()
        assert marked(field(user, "content")) == [NUMBER]


async def test_a_standard_without_such_a_clause_looks_for_no_numbers(seat: Seat) -> None:
    async with seat.open() as user:
        await user.talks()
        await user.notes(f"请回拨{NUMBER}")
        assert user.screen.note.highlights == ()


# ----------------------------------------------------------------------------- dialogs


async def test_the_proposal_of_an_escalation_is_checked(seat: Seat) -> None:
    async with seat.open() as user:
        await user.talks()
        await user.keys("f8", "1")
        dialog = user.app.screen
        proposal = dialog.query_one("#reason-text", SafeInput)
        proposal.value = ""
        await user.types(f"已催问过，{HIT}，请处理")
        assert marked(proposal) == [HIT]
        assert user.sees("推诿")
        await user.keys("ctrl+r")
        assert HIT not in proposal.value
        assert proposal.value.endswith("请处理")
        assert not user.sees("推诿")
        assert records(user) == [("proposal", "shirking", HIT, "replaced", "")]
        await user.keys("enter")
        assert HIT not in user.last("escalation.raised")["proposal"]
        assert len(records(user)) == 1


async def test_a_mark_in_a_dialog_is_kept_with_a_reason_and_the_dialog_goes_on(seat: Seat) -> None:
    async with seat.open() as user:
        await user.talks()
        await user.keys("f8", "1")
        proposal = user.app.screen.query_one("#reason-text", SafeInput)
        proposal.value = ""
        await user.types(f"座席说{HIT}，请处理")
        await user.keys("ctrl+d", "1")
        assert user.app.focused is proposal
        assert marked(proposal) == []
        assert records(user) == [("proposal", "shirking", HIT, "kept", "引用客户原话")]
        await user.keys("enter")
        assert HIT in user.last("escalation.raised")["proposal"]
        assert len(records(user)) == 1


async def test_what_stands_in_a_dialog_when_it_is_sent_is_recorded(seat: Seat) -> None:
    async with seat.open() as user:
        await user.talks()
        await user.keys("f4", "f4")  # the guard asks why
        await user.types(f"{HIT}，先保持")
        await user.keys("enter")
        assert user.last("call.guarded")["reason"] == f"{HIT}，先保持"
        assert records(user) == [("reason", "shirking", HIT, "unanswered", "")]


async def test_a_dialog_that_is_left_records_nothing(seat: Seat) -> None:
    async with seat.open() as user:
        await user.talks()
        await user.keys("f5")
        await user.types(f"{HIT}，三十分钟")
        assert user.sees("推诿")
        await user.keys("escape")
        assert records(user) == []
        assert user.events("promise") == []
