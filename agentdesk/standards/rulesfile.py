"""A list of one's own for ``agentdesk check --rules``: any words, without a whole standard.

::

    [[rule]]
    id = "brand-names"                  # needed, once in the file
    phrases = ["甲牌", "乙牌***手机"]     # needed; plain text, *** stands for a few characters
    except = ["甲牌坊"]                  # longer words inside which the ban does not hold
    category = "brand"                  # default "list"
    severity = "reason"                 # advise (default), reason or block
    match = "anywhere"                  # default; see MATCHES
    count = 2                           # for frequency: how often is still allowed
    suggestion = "该品牌"

Phrases are never regular expressions, and not too many may begin alike
(:mod:`agentdesk.domain.phrases.crowds`), so no list can make the checker slow.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from agentdesk.domain.pack import Match, PhraseRule, Severity
from agentdesk.domain.phrases import crowds
from agentdesk.domain.phrases.pattern import Pattern, parse, parse_all
from agentdesk.errors import PackError
from agentdesk.standards.schema import ITEM_ID
from agentdesk.standards.source import Place, Source, nearest

MAX_BYTES = 32 * 1024 * 1024
"""Four times what 100,000 phrases of usual length need."""
MAX_PHRASES = 100_000
"""Most phrases, exceptions included, in one file."""
MAX_LENGTH = 200
"""Longest phrase, in characters; longer ones are sentences nobody repeats."""

SHORTEST_BY_SOUND = 5
"""Characters a phrase must have to be found by its sound: nobody looked at these lists."""

MATCHES = tuple(
    match.value
    for match in (
        Match.ANYWHERE,
        Match.PARTIAL,
        Match.UTTERANCE,
        Match.UTTERANCE_START,
        Match.VOCATIVE,
        Match.FILLER,
        Match.FREQUENCY,
    )
)
"""Ways of matching a plain list can use; the others need a pack around them."""

_KEYS = ("id", "phrases", "except", "category", "severity", "match", "count", "suggestion")
_SEVERITIES = tuple(severity.value for severity in Severity)
_HAN = re.compile(r"[\u3400-\u9fff]")
_TEXTS = '["…", "…"]'
_ID_FORM = "brand-names"


def load_rules(path: Path) -> tuple[PhraseRule, ...]:
    """The rules of a file.

    Raises:
        PackError: it cannot be read or is wrong (codes ``rules.…``); ``file``, ``line``,
            ``key``, ``value``, ``expected`` and ``nearest`` say where and how. Nothing else
            is ever raised.
    """
    return parse_rules(read_bytes(path), str(path))


def read_bytes(path: Path) -> bytes:
    """What a file holds; nothing in it is looked at yet.

    Raises:
        PackError: it cannot be read or is too large.
    """
    name = str(path)
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        reason = getattr(error, "strerror", None) or str(error)
        raise _plain("unreadable", name, value=reason) from error
    if len(data) > MAX_BYTES:
        raise _plain("too_large", name, expected=str(MAX_BYTES))
    return data


def parse_rules(data: bytes, name: str) -> tuple[PhraseRule, ...]:
    """The rules in the bytes of a file called ``name``.

    Raises:
        PackError: as :func:`load_rules`.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _plain(
            "encoding", name, line=line, value=f"0x{data[error.start]:02X}", expected="UTF-8"
        ) from error
    source = Source(name, text.replace("\r\n", "\n"))
    try:
        document = tomllib.loads(text)
    except RecursionError as error:
        raise _syntax(source, "too deeply nested") from error
    except ValueError as error:  # TOMLDecodeError, and what int() and datetime() refuse
        raise _syntax(source, str(error)) from error
    return _Reader(source).rules(document)


class _Reader:
    """Checks one parsed file."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._phrases = 0
        self._ids: set[str] = set()

    def rules(self, document: Mapping[str, object]) -> tuple[PhraseRule, ...]:
        for name in document:
            if name != "rule":
                raise self._error(
                    "unknown_table", Place(name), value=name, expected="[[rule]]", among=("rule",)
                )
        tables = document.get("rule", [])
        if not isinstance(tables, list):
            raise self._error("wrong_type", Place("rule"), value="rule", expected="[[rule]]")
        if not tables:
            raise self._error("no_rules", Place(), expected="[[rule]]")
        rules = tuple(self._rule(index, table) for index, table in enumerate(tables))
        self._crowds(rules)
        return rules

    def _crowds(self, rules: Sequence[PhraseRule]) -> None:
        """Not too many phrases can stand at one place of a text, nor exceptions of one rule."""
        patterns: list[Pattern] = []
        for index, rule in enumerate(rules):
            patterns += self._patterns(index, "phrases", rule.phrases)
            allowed = self._patterns(index, "except", rule.allow)
            self._crowd(index, [rule], "except", crowds.written(allowed), crowds.MOST_WRITTEN)
        self._crowd(0, rules, "phrases", crowds.written(patterns), crowds.MOST_WRITTEN)
        alike = crowds.spoken(patterns, SHORTEST_BY_SOUND)
        self._crowd(0, rules, "phrases", alike, crowds.MOST_SPOKEN)

    def _patterns(self, index: int, key: str, phrases: Sequence[str]) -> list[Pattern]:
        """Phrases as they are looked for; none leaves too much open."""
        patterns: list[Pattern] = []
        for phrase, pattern in zip(phrases, parse_all(phrases), strict=True):
            if pattern is None:
                continue
            patterns.append(pattern)
            if (count := crowds.wildcards(pattern)) > crowds.MOST_WILDCARDS:
                at, most = Place("rule", index, key), str(crowds.MOST_WILDCARDS)
                raise self._error(
                    "wildcards", at, value=phrase, expected=most, count=count, entry=phrase
                )
        return patterns

    def _crowd(
        self, first: int, rules: Sequence[PhraseRule], key: str, found: tuple[str, int], most: int
    ) -> None:
        """Refuse too many that begin alike, by the first entry of them.

        Args:
            first: place of the first of ``rules`` in the file.
            found: how they begin, and how many they are.
        """
        begin, count = found
        if count <= most:
            return
        for index, rule in enumerate(rules, first):
            for phrase in rule.phrases if key == "phrases" else rule.allow:
                pattern = parse(phrase)
                if pattern is not None and begin in (pattern.key, pattern.squeezed):
                    at, many = Place("rule", index, key), str(most)
                    raise self._error(
                        "crowd", at, value=begin, expected=many, count=count, entry=phrase
                    )

    def _rule(self, index: int, table: object) -> PhraseRule:
        if not isinstance(table, dict):
            raise self._error("wrong_type", Place("rule", index), value="rule", expected="[[rule]]")
        for key in table:
            if key not in _KEYS:
                raise self._error(
                    "unknown_key",
                    Place("rule", index, key),
                    value=key,
                    expected=" ".join(_KEYS),
                    among=_KEYS,
                )
        for key in ("id", "phrases"):
            if key not in table:
                raise self._error("missing_key", Place("rule", index, key), value=key)
        identity = self._id(index, table["id"])
        match = Match(self._choice(index, table, "match", MATCHES, "anywhere"))
        return PhraseRule(
            rule=identity,
            category=self._category(index, table),
            match=match,
            severity=Severity(self._choice(index, table, "severity", _SEVERITIES, "advise")),
            phrases=self._texts(index, table, "phrases"),
            replacement=self._suggestion(index, table),
            allow=self._texts(index, table, "except"),
            count=self._count(index, table, match),
        )

    def _id(self, index: int, value: object) -> str:
        at = Place("rule", index, "id")
        text = self._text(at, value)
        if len(text) > 64 or any(char.isspace() for char in text):
            raise self._error("bad_id", at, value=text, expected=_ID_FORM)
        if text in self._ids:
            raise self._error("duplicate", at, value=text)
        self._ids.add(text)
        return text

    def _category(self, index: int, table: Mapping[str, object]) -> str:
        at = Place("rule", index, "category")
        text = self._text(at, table.get("category", "list"))
        if not ITEM_ID.fullmatch(text):
            raise self._error("bad_id", at, value=text, expected="brand")
        return text

    def _choice(
        self, index: int, table: Mapping[str, object], key: str, among: tuple[str, ...], usual: str
    ) -> str:
        at = Place("rule", index, key)
        text = self._text(at, table.get(key, usual))
        if text not in among:
            raise self._error("unknown_name", at, value=text, expected=" ".join(among), among=among)
        return text

    def _suggestion(self, index: int, table: Mapping[str, object]) -> str:
        if "suggestion" not in table:
            return ""
        return self._text(Place("rule", index, "suggestion"), table["suggestion"])

    def _count(self, index: int, table: Mapping[str, object], match: Match) -> int:
        at = Place("rule", index, "count")
        if "count" not in table:
            if match is Match.FREQUENCY:
                raise self._error("missing_key", at, value="count")
            return 0
        value = table["count"]
        if match is not Match.FREQUENCY:
            raise self._error("count_alone", at, value="count", expected='match = "frequency"')
        if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= 99:
            raise self._error("wrong_type", at, value=_short(value), expected="1 … 99")
        return value

    def _texts(self, index: int, table: Mapping[str, object], key: str) -> tuple[str, ...]:
        """A list of phrases, each once, all of them with something to look for."""
        at = Place("rule", index, key)
        value = table.get(key, [])
        if not isinstance(value, list):
            raise self._error("wrong_type", at, value=_short(value), expected=_TEXTS)
        if not value and key == "phrases":
            raise self._error("empty", at)
        self._phrases += len(value)
        if self._phrases > MAX_PHRASES:
            raise self._error("too_many", at, expected=str(MAX_PHRASES))
        for phrase in value:
            if not isinstance(phrase, str):
                raise self._error("wrong_type", at, value=_short(phrase), expected=_TEXTS)
            if len(phrase) > MAX_LENGTH:
                raise self._error(
                    "too_long", at, value=len(phrase), expected=str(MAX_LENGTH), entry=phrase
                )
            if not searchable(phrase):
                raise self._error("nothing", at, value=phrase, entry=phrase)
        return tuple(dict.fromkeys(value))

    def _text(self, at: Place, value: object) -> str:
        """One line of text for people; control characters never reach them."""
        if not isinstance(value, str):
            raise self._error("wrong_type", at, value=_short(value), expected='"…"')
        if not value.strip():
            raise self._error("empty", at)
        if len(value) > MAX_LENGTH:
            raise self._error("too_long", at, value=len(value), expected=str(MAX_LENGTH))
        if not value.isprintable():
            found = next(char for char in value if not char.isprintable())
            raise self._error("unsafe_character", at, value=f"U+{ord(found):04X}")
        return value

    def _error(
        self,
        code: str,
        at: Place,
        *,
        value: object = "",
        expected: str = "",
        among: Iterable[str] = (),
        entry: str = "",
        count: int = 0,
    ) -> PackError:
        """The mistake ``rules.<code>``; ``entry`` is the item of a list it is about."""
        shown = str(value)[:120]
        line = self._source.line_of(at)
        return PackError(
            f"rules.{code}",
            file=self._source.file,
            line=self._line_of(entry, line) if entry else line,
            key=at.name,
            value=shown,
            expected=expected,
            nearest=nearest(shown, among),
            count=count,
        )

    def _line_of(self, entry: str, first: int) -> int:
        """The line of an entry of the list that begins at ``first``; that line if not found."""
        quoted = (f'"{entry}"', f"'{entry}'")
        lines = self._source.text.split("\n")
        for number in range(first - 1, len(lines)):
            if any(text in lines[number] for text in quoted):
                return number + 1
        return first


def searchable(phrase: str) -> bool:
    """Whether anything is left to look for once punctuation and wildcards are taken away."""
    if _HAN.search(phrase):
        return True
    return parse(phrase) is not None


def _short(value: object) -> str:
    """A value of the wrong type, in few characters; huge numbers cannot even be printed."""
    return "…" if isinstance(value, int) and abs(value) >= 10**18 else str(value)[:120]


def _plain(
    code: str, name: str, *, line: int = 1, value: object = "", expected: str = ""
) -> PackError:
    return PackError(
        f"rules.{code}",
        file=name,
        line=line,
        key="",
        value=str(value),
        expected=expected,
        nearest="",
    )


def _syntax(source: Source, message: str) -> PackError:
    """The file is not TOML; the parser's message names the line."""
    line = source.syntax_error(message).params["line"]
    return _plain("syntax", source.file, line=int(str(line)), value=message[:200], expected="TOML")
