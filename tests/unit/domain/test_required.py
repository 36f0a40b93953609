"""What must be said, counted utterance by utterance."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from msgspec.structs import replace

from agentdesk.domain.pack import Guard, Mark, Need, Pack, Requirement, Title
from agentdesk.domain.phrases.required import Required
from agentdesk.domain.phrases.speech import Speaker
from agentdesk.standards.loader import load_shipped

A, C, N = Speaker.AGENT, Speaker.CUSTOMER, Speaker.NOTE
TITLE = Title("名", "name")
F6 = load_shipped("F6")


def _pack(*requirements: Requirement, guards: Iterable[Guard] = ()) -> Pack:
    return replace(
        F6,
        requirements=requirements,
        guards={guard: "F6-3.7-exact-callback-time" for guard in guards},
        lines=(),
    )


def _mark(mark: Mark) -> Requirement:
    return Requirement(mark.value, "F6-4.1-inbound-greeting", TITLE, Need.MARK, mark)


def _value(pack: Pack, *said: tuple[Speaker, str], customer: str = "", banned: int = 0) -> int:
    counter = Required(pack, customer)
    for speaker, text in said:
        counter.append(speaker, text, banned=banned)
    (element,) = counter.elements()
    return element.value


@pytest.mark.parametrize(
    ("mark", "said", "count"),
    [
        (Mark.GREETING, [(A, "您好，很高兴为您服务！")], 1),
        (Mark.GREETING, [(A, "早上好。")], 1),
        (Mark.GREETING, [(A, "请讲"), (A, "我查一下"), (A, "您好")], 0),
        (Mark.GREETING, [(C, "您好"), (N, "您好")], 0),
        (Mark.ACKNOWLEDGEMENT, [(C, "我的包裹没到"), (A, "好的，马上为您查。")], 1),
        (Mark.ACKNOWLEDGEMENT, [(C, "我的包裹没到"), (A, "单号多少")], 0),
        (Mark.ACKNOWLEDGEMENT, [(A, "好的，马上为您查。")], 0),
        (Mark.CLOSING, [(A, "感谢您的来电，再见！")], 1),
        (Mark.CLOSING, [(A, "那先这样")], 0),
        (Mark.ASK_NAME, [(A, "请问您贵姓？")], 1),
        (Mark.ANYTHING_ELSE, [(A, "请问还有其他可以帮您的吗？")], 1),
        (Mark.ANYTHING_ELSE, [(A, "还有两件包裹")], 0),
        (Mark.READ_BACK, [(A, "我跟您核对一下地址")], 1),
        (Mark.HOLD_CONSENT, [(A, "请您稍等，我查一下")], 1),
        (Mark.HOLD_RETURN, [(A, "让您久等了")], 1),
        (Mark.TRANSFER_NOTICE, [(A, "我为您转接到网点")], 1),
        (Mark.LAST_PROMPT, [(A, "听不到您的声音，请您换个位置")], 1),
    ],
)
def test_acts(mark: Mark, said: list[tuple[Speaker, str]], count: int) -> None:
    assert _value(_pack(_mark(mark)), *said) == count


def test_a_line_of_the_pack_counts_whatever_its_words() -> None:
    line = replace(
        F6.lines[0], text="{company}客服中心，工号{agent_no}", marks=(Mark.GREETING,), when={}
    )
    pack = replace(_pack(_mark(Mark.GREETING)), lines=(line,))
    assert _value(pack, (A, "示例快运客服中心，工号8001")) == 1
    assert _value(pack, (A, "示例快运，工号8001")) == 0


def test_the_name_is_a_surname_with_a_title() -> None:
    pack = _pack(Requirement("name", "F6-4.2-record-customer", TITLE, Need.NAME_COUNT, target=2))
    said = (A, "王先生您好，王先生请讲，欧阳女士也在吗？这位先生、先生、那位女士")
    assert _value(pack, said) == 3
    assert _value(pack, said, customer="王先生") == 2
    assert _value(pack, (C, "我是王先生")) == 0


def test_polite_words_and_nin() -> None:
    polite = Requirement(
        "polite", "F6-2.1-polite-words", TITLE, Need.POLITE_COUNT, target=3, words=("请", "谢谢")
    )
    assert _value(_pack(polite), (A, "请讲，谢谢"), (C, "谢谢"), (A, "请稍等")) == 3
    nin = Requirement("nin", "F6-2.3-nin-not-ni", TITLE, Need.NIN, target=0)
    counter = Required(_pack(nin))
    counter.append(A, "您好")
    assert counter.missing() == ()
    counter.append(A, "你等一下，你们别急")
    assert [(item.id, item.value, item.target) for item in counter.missing()] == [("nin", 2, 0)]


def test_banned_phrases_are_told() -> None:
    banned = Requirement("banned", "F6-5.0-five-donts", TITLE, Need.BANNED, target=0)
    assert _value(_pack(banned), (A, "不知道"), (A, "随便"), banned=2) == 4


@pytest.mark.parametrize(
    ("said", "without"),
    [
        ("我稍后给您回电话。", 1),
        ("我30分钟内给您回电话。", 0),
        ("我稍后给您回电话，半小时之内。", 0),
        ("我会联系您。下午三点前给您结果。", 0),
        ("我会联系您。请您放心。下午三点。", 1),
        ("尽快答复您。我们也会通知您。", 2),
        ("请问怎么联系您方便？", 0),
        ("刚才给您打过电话了。", 0),
        ("我已经回复您了。", 0),
        ("明天上午给您答复。", 1),
        ("明天上午10点给您答复。", 0),
        ("三个工作日内答复您。", 0),
        ("好的，请您放心。", 0),
    ],
)
def test_a_promised_call_has_a_figure(said: str, without: int) -> None:
    pack = _pack(guards=[Guard.PROMISE_NEEDS_FIGURE])
    assert _value(pack, (A, said)) == without
    assert _value(pack, (C, said)) == 0


def test_the_figure_may_come_with_the_next_utterance() -> None:
    pack = _pack(guards=[Guard.PROMISE_NEEDS_FIGURE])
    assert _value(pack, (A, "我会给您回电话"), (C, "什么时候"), (A, "二十分钟之内")) == 0


def test_details_are_read_back_where_the_customer_gave_some() -> None:
    pack = _pack(guards=[Guard.READ_BACK_BEFORE_SAVE])
    counter = Required(pack)
    counter.append(C, "我的快递没到")
    assert counter.elements() == ()
    counter.append(C, "单号是 7 5 0 1 2 3 4 5 6")
    assert [item.id for item in counter.missing()] == ["read_back_before_save"]
    counter.append(A, "我跟您核对一下单号")
    assert counter.missing() == ()


def test_only_what_the_pack_asks_is_counted() -> None:
    assert Required(_pack()).elements() == ()
    asked = [element.id for element in Required(F6).elements()]
    assert asked[: len(F6.requirements)] == [item.id for item in F6.requirements]
    assert Guard.PROMISE_NEEDS_FIGURE.value in asked


def test_a_good_call_lacks_nothing() -> None:
    counter = Required(F6)
    for speaker, text in (
        (A, "您好，示例快运，很高兴为您服务，请问有什么可以帮您？"),
        (C, "我的包裹一直没到，单号750123456789"),
        (A, "好的，请问您贵姓？"),
        (C, "姓王"),
        (A, "王先生，我跟您核对一下，单号750123456789，对吗？"),
        (C, "对"),
        (A, "谢谢您，王先生，我30分钟内给您回电话。请问还有其他可以帮您的吗？"),
        (C, "没有了"),
        (A, "感谢您的来电，再见！"),
    ):
        counter.append(speaker, text)
    assert counter.missing() == ()


def test_nothing_is_looked_at_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    from agentdesk.domain.phrases import required

    seen: list[str] = []

    def count(text: str, words: object) -> int:
        seen.append(text)
        return 1

    monkeypatch.setattr(required, "polite_count", count)
    polite = Requirement("p", "F6-2.1-polite-words", TITLE, Need.POLITE_COUNT, words=("请",))
    counter = Required(_pack(polite))
    for number in range(3):
        counter.append(A, f"请{number}")
        assert counter.elements()[0].value == number + 1
    assert seen == ["请0", "请1", "请2"]


def test_what_the_standard_has_the_agent_say_needs_no_figure() -> None:
    pack = _pack(guards=[Guard.PROMISE_NEEDS_FIGURE])
    line = replace(F6.lines[0], text="{customer}，系统恢复以后我们马上联系您。谢谢！", when={})
    said = (A, "王先生，系统恢复以后，我们马上联系您。谢谢！")
    assert _value(pack, said) == 1
    assert _value(replace(pack, lines=(line,)), said) == 0
    assert _value(replace(pack, lines=(line,)), (A, "我们马上联系您。")) == 1


@pytest.mark.parametrize("pack_id", ["F6", "N2"])
def test_every_line_of_a_pack_does_what_its_marks_say(pack_id: str) -> None:
    pack = load_shipped(pack_id)
    for line in pack.lines:
        said = line.text.replace("{customer}", "王先生").replace("{", "").replace("}", "")
        for mark in line.marks:
            one = replace(pack, requirements=(_mark(mark),), guards={})
            assert _value(one, (C, "包裹没到"), (A, said)) == 1, (mark, said)
