"""What a standard wants to be said: greeting, response, closing, the name, polite words …

On the call screen these are ticked by the lines that are spoken (``domain/call/meters``).
Where there is only text, as in a transcript or a chat, :class:`Required` counts them. It
looks at every utterance once, when it is appended, and never again, so a long talk costs no
more per line than a short one.

What counts as a greeting or a closing is the pack's own lines first, then usual spoken
Chinese; both err on the side of the agent.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from msgspec import Struct

from agentdesk.domain.pack import Guard, Mark, Need, Pack, Requirement
from agentdesk.domain.phrases.courtesy import polite_count, uses_ni
from agentdesk.domain.phrases.folding import pack as packed
from agentdesk.domain.phrases.speech import Speaker


class Element(Struct, frozen=True):
    """One thing that is wanted, with its count.

    Attributes:
        id: of the requirement in the pack, or the name of the guard.
        rule: the clause that asks.
        requirement: None for what a guard asks.
        value: how often it was done; of what must not be, how often it was.
        target: how often it is wanted; 0 for what must not be.
    """

    id: str
    rule: str
    requirement: Requirement | None
    value: int
    target: int

    @property
    def done(self) -> bool:
        """Whether the standard is content."""
        return self.value >= self.target if self.target else self.value == 0


# How each act usually sounds. `fold` and `packed` have been over the text: no punctuation.
_CUES = {
    Mark.GREETING: r"您好|(?:早|早上|上午|中午|下午|晚上)好|(?:周末|节日|新年|新春)(?:好|愉快|快乐)"
    r"|欢迎(?:致电|来电|咨询|您)|很高兴为您",
    # Whatever shows, after the customer spoke, that it was heard.
    Mark.ACKNOWLEDGEMENT: r"^嗯?好(?:的|(?=[我您请这]))|明白|了解|收到|^是的|^可以|没问题|没关系"
    r"|放心|别着急|慢慢说|请讲|请说|[您我](?:说|讲|问|反映|提)的|我[也很非常都]*理解|理解您|心情|您着急"
    r"|马上|这就|立即|我现在|我来|[为帮替给]您|稍等|抱歉|对不起|谢谢|感谢|记下|记好|登记|这件事",
    Mark.CLOSING: r"再见|(?:感谢|谢谢)(?:您的)?(?:致电|来电)|祝您",
    Mark.ASK_NAME: r"贵姓|怎么称呼|如何称呼|称呼您|您的姓名|尊姓|是.{1,6}本人吗",
    Mark.ANYTHING_ELSE: r"(?:还有|还需要|请问还|有没有).{0,6}(?:什么|其他|别的|其它|哪)"
    r".{0,12}(?:帮|需要|问题|服务|事|吗)|还有.{0,8}(?:帮您|帮到您|需要|咨询)",
    Mark.READ_BACK: r"[跟和与向给]您再?(?:核对|确认|复述|重复)|(?:复述|重复|核对|确认|念)一[遍下]"
    r"|念给您听|请您核对|我记的是|您看(?:我记得?)?(?:对吗|对不对|是否正确)|都对吗",
    Mark.HOLD_CONSENT: r"(?:请|麻烦|您)您?(?:稍等|等一下|稍候|稍后片刻|不要挂|别挂)"
    r"|在线等|再等一等",
    Mark.HOLD_RETURN: r"让您(?:久等|等)|久等了|等了(?:这么|很|好)"
    r"|(?:感谢|谢谢)您的?(?:一直)?(?:耐心|等)",
    Mark.TRANSFER_NOTICE: r"[为帮给]您(?:转|接通)|转接|转过去"
    r"|请.{0,10}(?:主管|班长|同事|负责人|专家|顾问|经理|人员|部门).{0,6}(?:来|接|为您|直接|答复)",
    Mark.LAST_PROMPT: r"(?:听不[到见清]|没有听到|没有)您的?(?:声音|说话|话)|如果您不(?:说话|需要)",
}

_CALLBACK = re.compile(
    r"(?:给您|为您|向您|跟您|与您|和您)(?:回|打)(?:个|一个)?(?:电话|复|电)|回电(?!话?[是为]|号)|回复您|答复您|联系您|致电您"
    r"|通知您|告诉您结果|给您(?:一个)?(?:答复|回复|回音|消息|结果)"
)
# What was done, asked or left to others is no promise.
_NO_PROMISE = re.compile(
    r"[吗呢]$|怎么|如何|什么时候|方便|已经|刚才|刚刚|之前|昨天|联系您的|(?:打|联系)过"
    r"|为了|这里是|就您|晚了"
)
_NUMBER = r"[0-9一二两三四五六七八九十半几]+"
_FIGURE = re.compile(
    rf"{_NUMBER}(?:个|至|到|-)*(?:{_NUMBER})?个?半?(?:分钟|分|刻钟|小时|钟头|工作日|天|日|号|点|时|周|星期)"
    r"|[0-9]{1,2}[:：][0-9]{2}|(?:今|明|后|当)[天日晚早]?(?:之内|以内|内)|当[天日]"
    r"|(?:今天|明天|后天|(?:周|星期|礼拜)[一二三四五六日天]|中午|下班|午夜)(?:之|以)?[前内]|月底前"
    r"|[说约](?:好|定)的?时间"
)
_SENTENCE_END = re.compile(r"[。！？!?;；\n]+")
_DETAILS = re.compile(
    r"(?:[0-9０-９零〇一二三四五六七八九幺]\W{0,2}){7}|(?:路|街|号楼|小区|村|大厦|栋|单元)"
)

_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁"
    "任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫"
    "孔向汤温常葛施牛樊习殷章安易乔伍庞颜倪庄聂鲁岳翟申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季"
    "裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄"
    "窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池"
    "查麻苑迟邝官封谈匡鞠惠荆乐冀郁胥南班储原栗燕楚鄢劳谌奚皮粟冼蔺楼盘满闻位厉伊仝区郜海阚花权强帅屠豆朴"
    "盖练廉禹井祖漆巴丰支卿国狄平计索宣晋相初门云容敬来扈晁芮都普阙浦戈伏鹿薄邸雍辜羊阿乌母裘亓修邰赫杭况那"
    "宿鲜印逯隆茹诺战慕危玉银亢嵇公哈湛宾戎勾茅利於呼居揭干但尉冶斯元束檀衣信展阴昝智幸奉植衡富尧闭由"
) - frozenset("位那来都和由是说时全信公相向")
_COMPOUND = "欧阳|上官|皇甫|令狐|诸葛|司徒|司马|申屠|夏侯|尉迟|慕容|东方|公孙|长孙|轩辕|宇文"


class Required:
    """Counts what a pack requires, utterance by utterance.

    Args:
        pack: only its own requirements and guards are counted.
        customer: surname and title as they are spoken (王先生); empty: any surname with one
            of the pack's titles counts as the customer's name.
    """

    def __init__(self, pack: Pack, customer: str = "") -> None:
        self._pack = pack
        self._counts = {item.id: 0 for item in pack.requirements}
        self._name = re.compile(re.escape(customer)) if customer else _names(pack.titles)
        self._lines = {mark: _said_lines(pack, mark) for mark in Mark}
        self._first = 2  # utterances of the agent that may hold the greeting
        self._answering = False  # the customer spoke last
        self._promises = 0
        self._open_promise = False  # the last sentence promised a call without a figure
        self._own = _own_sentences(pack)
        self._details = False
        self._read_back = 0

    def append(self, speaker: Speaker, text: str, *, banned: int = 0) -> None:
        """Take the next utterance.

        Args:
            banned: banned phrases found in it.
        """
        if speaker is not Speaker.AGENT:
            if speaker is Speaker.CUSTOMER and text.strip():
                self._answering = True
                self._details = self._details or bool(_DETAILS.search(text))
            return
        flat = packed(text)
        if not flat.strip():
            return
        for item in self._pack.requirements:
            self._counts[item.id] += self._count(item, text, flat, banned)
        self._callbacks(text)
        self._read_back += self._marked(Mark.READ_BACK, flat)
        self._answering = False
        self._first -= 1

    def elements(self) -> tuple[Element, ...]:
        """Everything the pack asks for, in its order, guards last."""
        found = [
            Element(
                item.id,
                item.rule,
                item,
                self._counts[item.id],
                0 if item.need in (Need.NIN, Need.BANNED) else max(1, item.target),
            )
            for item in self._pack.requirements
        ]
        guards = self._pack.guards
        if rule := guards.get(Guard.PROMISE_NEEDS_FIGURE):
            found.append(
                Element(Guard.PROMISE_NEEDS_FIGURE.value, rule, None, self._without_figure, 0)
            )
        asked = any(item.mark is Mark.READ_BACK for item in self._pack.requirements)
        if (rule := guards.get(Guard.READ_BACK_BEFORE_SAVE)) and self._details and not asked:
            # Without details from the customer there is nothing to read back.
            found.append(Element(Guard.READ_BACK_BEFORE_SAVE.value, rule, None, self._read_back, 1))
        return tuple(found)

    def missing(self) -> tuple[Element, ...]:
        """What is not done yet."""
        return tuple(element for element in self.elements() if not element.done)

    def _count(self, item: Requirement, text: str, flat: str, banned: int) -> int:
        """What an utterance adds to a requirement."""
        if item.need is Need.MARK:
            return self._marked(item.mark, flat) if item.mark is not None else 0
        if item.need is Need.NAME_COUNT:
            return sum(1 for _ in self._name.finditer(text))
        if item.need is Need.POLITE_COUNT:
            return polite_count(text, item.words)
        return len(uses_ni(text)) if item.need is Need.NIN else banned

    def _marked(self, mark: Mark, flat: str) -> int:
        """Whether an utterance of the agent does what a mark stands for."""
        if mark is Mark.GREETING and self._first <= 0:
            return 0
        if any(all(part in flat for part in parts) for parts in self._lines[mark]):
            return 1
        if mark is Mark.ACKNOWLEDGEMENT and not self._answering:
            return 0
        return int(_cue(mark).search(flat) is not None)

    @property
    def _without_figure(self) -> int:
        return self._promises + self._open_promise

    def _callbacks(self, text: str) -> None:
        """Promised calls: each needs a figure, in its sentence or the one after it.

        What the standard itself has the agent say needs none.
        """
        for sentence in _with_ends(text):
            figure = _FIGURE.search(sentence) is not None
            if self._open_promise:
                self._promises += not figure
                self._open_promise = False
            promised = _CALLBACK.search(sentence) and not _NO_PROMISE.search(sentence)
            self._open_promise = bool(promised) and not figure and not self._is_own(sentence)

    def _is_own(self, sentence: str) -> bool:
        flat = packed(sentence)
        return any(all(part in flat for part in parts) for parts in self._own)


def _with_ends(text: str) -> list[str]:
    """The sentences of a text; a question keeps a 吗 at its end to be known by."""
    sentences: list[str] = []
    at = 0
    for match in _SENTENCE_END.finditer(text):
        asks = "？" in match[0] or "?" in match[0]
        sentences.append(text[at : match.start()] + ("吗" if asks else ""))
        at = match.end()
    return [part for part in (*sentences, text[at:]) if part.strip()]


@lru_cache(maxsize=len(Mark))
def _cue(mark: Mark) -> re.Pattern[str]:
    return re.compile(_CUES[mark])


@lru_cache(maxsize=16)
def _names(titles: tuple[str, ...]) -> re.Pattern[str]:
    """A surname and one of the titles: 王先生 but not 这位先生."""
    forms = "|".join(sorted(map(re.escape, titles), key=len, reverse=True)) or "先生|女士"
    return re.compile(f"(?:{_COMPOUND}|[{''.join(sorted(_SURNAMES))}])(?:{forms})")


_TELLING = 6  # characters
_SLOT = re.compile(r"\{\w*\}")


def _said_lines(pack: Pack, mark: Mark) -> tuple[Sequence[str], ...]:
    """The pack's lines with a mark, each as the parts between its slots that tell it apart."""
    return _telling(_parts(line.text) for line in pack.lines if mark in line.marks)


def _own_sentences(pack: Pack) -> tuple[Sequence[str], ...]:
    """Sentences of the pack's lines that promise a call, as the parts between their slots."""
    sentences = (part for line in pack.lines for part in _with_ends(line.text))
    return _telling(_parts(sentence) for sentence in sentences if _CALLBACK.search(sentence))


def _telling(lines: Iterable[Sequence[str]]) -> tuple[Sequence[str], ...]:
    """Those with enough words beside their slots to be known by them."""
    return tuple(line for line in lines if sum(map(len, line)) >= _TELLING)


def _parts(text: str) -> Sequence[str]:
    """What stands between the slots of a text and is long enough to tell it apart."""
    cut = (packed(part) for part in _SLOT.split(text))
    return tuple(part for part in cut if len(part) > 1)
