"""The checker: which forbidden words stand in a text, and the better ones in their place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import chain

from msgspec import Struct

from agentdesk.domain.pack import PhraseRule, Severity
from agentdesk.domain.phrases.folding import PAUSE, SOFT, STOP, fold, pack
from agentdesk.domain.phrases.index import Index, build, plan
from agentdesk.domain.phrases.judging import Candidate, Judge, Verdict
from agentdesk.domain.phrases.matching import Builder, HashMatcher
from agentdesk.domain.phrases.pattern import SHORTEST_BY_SOUND
from agentdesk.domain.phrases.sheet import Sheet, Way
from agentdesk.domain.phrases.speech import Speaker

_RANK = {Severity.BLOCK: 0, Severity.REASON: 1, Severity.ADVISE: 2}

_CACHED_LINES = 2048
_CACHED_LENGTH = 2000  # code points; what is longer was not typed
_MANY_LINES = 16  # from here on a text is searched in one go
_MANY_CANDIDATES = 6  # of a line; to put fewer in order takes longer than to judge them


class Hit(Struct, frozen=True):
    """A forbidden phrase in a text.

    Attributes:
        start, end: code points of the text as typed, tight around the phrase.
        text: ``text[start:end]``.
        rule: what it breaks.
        phrase: what of the rule was found, as the rule has it.
    """

    start: int
    end: int
    text: str
    rule: PhraseRule
    phrase: str = ""


class PhraseBook:
    """The forbidden phrases of one standard.

    Build it once for a pack. Nothing is prepared before the first text is checked or
    :meth:`prepare` is called, which may be done in another thread. Checking is cached by
    line, so only the line that was typed in costs anything.

    Args:
        rules: in the order that settles ties; only read, one at a time.
        homophones: whether phrases are also found by their sound.
        shortest: characters a phrase must have for that; five for lists nobody curated.
        builder: makes the matchers; the standard library's way by default.
        index: made earlier from the same rules, instead of making it now.
    """

    def __init__(
        self,
        rules: Sequence[PhraseRule],
        *,
        homophones: bool = True,
        shortest: int = SHORTEST_BY_SOUND,
        builder: Builder = HashMatcher,
        index: Callable[[], Index] | None = None,
    ) -> None:
        self._rules = rules
        self.homophones = homophones
        self._shortest = shortest
        self._builder = builder
        self._make = index or self._index
        self._judge: Judge | None = None
        self._check_line = lru_cache(maxsize=_CACHED_LINES)(self._scan)

    @property
    def rules(self) -> Sequence[PhraseRule]:
        """What it was made of."""
        return self._rules

    def prepare(self) -> None:
        """Get ready for the first text; another thread may do it."""
        self._ready()

    def check(self, text: str, speaker: Speaker = Speaker.AGENT) -> tuple[Hit, ...]:
        """Forbidden phrases in ``text``, in order and without overlaps.

        The earliest wins, then the longest, then the more severe. The customer's words,
        quotations and mentions of what is forbidden are left alone.
        """
        if speaker is Speaker.CUSTOMER or not text:
            return ()
        if "\n" not in text:
            return self._line(text)
        return self._lines(text)

    def details(self, text: str, speaker: Speaker = Speaker.AGENT) -> tuple[Hit, ...]:
        """Every forbidden phrase in ``text``, also those inside or across another, in order."""
        if speaker is Speaker.CUSTOMER or not text:
            return ()
        return tuple(self._searched(text, resolve=False))

    def hits(self, text: str, speaker: Speaker = Speaker.AGENT) -> Iterator[Hit]:
        """What :meth:`check` finds, one after the other: a large text needs no memory for it."""
        if len(text) <= _CACHED_LENGTH:
            return iter(self.check(text, speaker))
        return iter(()) if speaker is Speaker.CUSTOMER else self._searched(text, resolve=True)

    def replace(self, text: str, hit: Hit) -> tuple[str, int]:
        """``text`` with the better wording in place of ``hit``, and the caret after it.

        Punctuation is not doubled: a pause or full stop that already follows is kept, a
        question or exclamation mark gives way to the replacement's own end. A replacement
        that follows anyway (喂，您好) is not said twice. Without a replacement, or when the
        text has changed under the hit, the text comes back unchanged.
        """
        new = hit.rule.replacement
        if not new or text[hit.start : hit.end] != hit.text:
            return text, min(hit.end, len(text))
        before, after = text[: hit.start], text[hit.end :]
        following = after.lstrip()
        if fold(new[-1:]) in (STOP, PAUSE) and fold(following[:1]) in (STOP, PAUSE):
            if following[0] in "。.；;\n" or fold(following[0]) == PAUSE:
                new = new[:-1]
            else:
                after = following[1:]
        skipped = _skipped(after)
        if after[skipped:].startswith(new):
            return before + after[skipped:], hit.start + len(new)
        return before + new + after, hit.start + len(new)

    def _ready(self) -> Judge:
        if self._judge is None:
            self._judge = Judge(self._rules, self._make())
        return self._judge

    def _index(self) -> Index:
        made = plan(self._rules, homophones=self.homophones, shortest=self._shortest)
        return build(made, self._builder)

    def _line(self, line: str) -> tuple[Hit, ...]:
        return self._check_line(line) if len(line) <= _CACHED_LENGTH else self._scan(line)

    def _scan(self, line: str) -> tuple[Hit, ...]:
        """The hits of one line."""
        if len(line) > _CACHED_LENGTH:
            return tuple(self._searched(line, resolve=True))
        judge = self._ready()
        sheet = Sheet(line, pack(line))
        found = _candidates(judge.index, sheet)
        return tuple(_leading(judge, sheet, found)) if found else ()

    def _lines(self, text: str) -> tuple[Hit, ...]:
        if text.count("\n") >= _MANY_LINES - 1:
            return tuple(self._searched(text, resolve=True))
        hits: list[Hit] = []
        begin = 0
        for line in text.split("\n"):
            hits += (
                Hit(hit.start + begin, hit.end + begin, hit.text, hit.rule, hit.phrase)
                for hit in self._line(line)
            )
            begin += len(line) + 1
        return tuple(hits)

    def _searched(self, text: str, *, resolve: bool) -> Iterator[Hit]:
        """The hits of a text that is searched in one go."""
        from agentdesk.domain.phrases.searching import search  # a start has no long text

        judge = self._ready()
        hits = _leading if resolve else _hits
        return chain.from_iterable(
            hits(judge, sheet, found, begin) for begin, sheet, found in search(judge.index, text)
        )


def _candidates(index: Index, sheet: Sheet) -> list[Candidate]:
    """Everything that may be a hit in a line."""
    found = [(Way.WRITTEN, item) for item in index.written.find(sheet.packed)]
    if sheet.doubled:
        found += ((Way.ONCE, item) for item in index.written.find(sheet.once))
    if index.spoken is not None:
        found += ((Way.SPOKEN, item) for item in index.spoken.find(sheet.spoken()))
    return found


def _hits(judge: Judge, sheet: Sheet, found: Sequence[Candidate], begin: int = 0) -> list[Hit]:
    """Candidates that are hits, in the order of preference.

    Args:
        begin: where the line begins in the text.
    """
    return _made(judge, sheet, _ordered(judge, sheet, judge.verdicts(sheet, found)), begin)


def _leading(judge: Judge, sheet: Sheet, found: Sequence[Candidate], begin: int = 0) -> list[Hit]:
    """The hits that do not begin inside an earlier one.

    Args:
        found: all candidates of a line, or those of its next part.
        begin: where the line begins in the text.
    """
    many = len(found) >= _MANY_CANDIDATES and not judge.any_counts(found)
    verdicts = judge.leading(sheet, found) if many else judge.verdicts(sheet, found)
    reached, kept = sheet.reached, []
    for verdict in _ordered(judge, sheet, verdicts):
        if verdict[2] >= reached:
            reached = verdict[3]
            kept.append(verdict)
    sheet.reached = reached
    return _made(judge, sheet, kept, begin)


def _made(judge: Judge, sheet: Sheet, verdicts: Sequence[Verdict], begin: int) -> list[Hit]:
    line, rule = sheet.line, judge.rule
    return [
        Hit(begin + start, begin + end, line[start:end], rule(order), phrase)
        for order, phrase, start, end in verdicts
    ]


def _ordered(judge: Judge, sheet: Sheet, verdicts: Sequence[Verdict]) -> Sequence[Verdict]:
    """Verdicts in the order of preference, each rule's place once, without what may pass."""
    if not verdicts or (len(verdicts) == 1 and not judge.counts(verdicts[0][0])):
        return verdicts
    spans: dict[tuple[int, int, int], str] = {}
    for order, phrase, start, end in verdicts:
        spans.setdefault((start, end, order), phrase)
    ranks = {order: _RANK[judge.rule(order).severity] for order in {key[2] for key in spans}}
    for order in filter(judge.counts, ranks):
        passed = sheet.passed.get(order, 0)
        places = sorted(key for key in spans if key[2] == order)
        for key in places[: judge.rule(order).count - passed]:
            del spans[key]
            passed += 1
        sheet.passed[order] = passed
    ordered = sorted((start, -end, ranks[order], order) for start, end, order in spans)
    return [(order, spans[start, -end, order], start, -end) for start, end, _, order in ordered]


def _skipped(text: str) -> int:
    """How many characters stand before the first word of ``text`` on the same line."""
    line = fold(text.split("\n", 1)[0])
    return len(line) - len(line.lstrip(SOFT + PAUSE + STOP))
