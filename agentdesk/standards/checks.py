"""What a pack must agree on with itself: names, references, and its own manners."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from agentdesk.domain.pack import SLOTS, Match, Need, Pack, PhraseRule
from agentdesk.domain.provision import ProvisionKind
from agentdesk.errors import PackError
from agentdesk.standards.reader import Item
from agentdesk.standards.schema import MAX_DISPOSITIONS

Items = Mapping[str, Sequence[Item]]

_SLOT = re.compile(r"\{([^{}]*)\}")
_NOT_WORD = re.compile(r"[\W_]+")
_UTTERANCE_END = re.compile(r"[。！？!?;；\n]")
_REFERENCES = (
    ("line", "then", "line", "id"),
    ("clock", "line", "line", "id"),
    ("category", "required", "field", "key"),
    ("category", "lines", "line", "id"),
    ("category", "optional", "field", "key"),
    ("reason", "level", "level", "key"),
)
"""Table and key that name something, and the table and key it must be found in."""


def check(pack: Pack, items: Items) -> None:
    """Compare the parts of a pack with each other.

    Raises:
        PackError: the first contradiction, with its place.
    """
    for problem in problems(pack, items):
        raise problem


def problems(pack: Pack, items: Items) -> Iterator[PackError]:
    """Every contradiction between the parts of a pack.

    Args:
        items: its tables; where it extends another, those it inherits are among them. A
            mistake between an item of its own and an inherited one is its own.
    """
    yield from unique(items)
    yield from _references(items)
    yield from _chains(items)
    yield from _counts(items)
    yield from _slots(items)
    yield from _own_manners(pack, items)


def unique(items: Items) -> Iterator[PackError]:
    """Names used twice in a table; a clause may forbid words in several ways, each once."""
    for table, entries in items.items():
        seen: set[tuple[str, str]] = set()
        for item in entries if table != "guidance" else ():
            value = item.name, item.text("match") if table == "phrase" else ""
            if value in seen:
                yield item.source.error("duplicate", item.place(item.name_key), value=item.name)
            if item.name:
                seen.add(value)


def _references(items: Items) -> Iterator[PackError]:
    for table, key, target, by in _REFERENCES:
        known = {item.text(by): None for item in items[target]}
        for item in items[table]:
            for value in item.texts(key) or (item.text(key),):
                if value and value not in known:
                    yield _missing(items, item, key, value, target, known)
    categories = {
        item.text("category"): None
        for item in items["phrase"]
        if item.text("match") != Match.LIST.value
    }
    for item in items["phrase"]:
        for value in item.texts("classes"):
            if value not in categories:
                yield _missing(items, item, "classes", value, "phrase", categories, "category")


def _missing(
    items: Items,
    item: Item,
    key: str,
    value: str,
    target: str,
    known: Collection[str],
    by: str = "",
) -> PackError:
    """``key`` of an item names something that is not there."""
    head = items["pack"][0]
    removed = head.texts("remove") if item.source is not head.source else ()
    # A category has no name to be removed by; it goes with the last of its phrases.
    last = [name for name in removed if name.startswith("phrase:")] if by == "category" else []
    for gone in (name for name in removed if name == f"{target}:{value}" or name in last):
        at, user = head.place("remove", gone), f"{item.table}:{item.name}"
        return head.source.error("removed_reference", at, value=gone, expected=user)
    by = by or ("key" if target in ("field", "level") else "id")
    at, expected = item.place(key, value), f"[[{target}]] {by}"
    return item.source.error("unknown_reference", at, value=value, expected=expected, among=known)


def _chains(items: Items) -> Iterator[PackError]:
    """``then`` never leads back to a line already said."""
    following = {item.text("id"): item.text("then") for item in items["line"]}
    own = items["pack"][0].source
    for item in sorted(items["line"], key=lambda item: item.source is not own):
        seen = {item.text("id")}
        step = item.text("then")
        while step:
            if step in seen:
                yield item.source.error("endless_chain", item.place("then"), value=step)
                return  # the others lead into the same circle
            seen.add(step)
            step = following.get(step, "")


def _counts(items: Items) -> Iterator[PackError]:
    for item in items["clock"]:
        limit = item.number("limit_seconds") or 0
        if (warn := item.number("warn_seconds") or 0) > limit:
            at, expected = item.place("warn_seconds"), f"0 … {limit}"
            yield item.source.error("out_of_range", at, value=warn, expected=expected)
    for item in items["requirement"]:
        needed = {Need.MARK.value: "mark", Need.POLITE_COUNT.value: "words"}
        key = needed.get(item.text("need"))
        if key and not item.has(key):
            yield item.source.error("missing_key", item.place(key), value=key)
    for item in items["phrase"]:
        yield from _phrase_keys(item)
    for item in items["limit"]:
        for key in ("start", "stop"):
            if not item.has(key):
                yield item.source.error("missing_key", item.place(key), value=key)
    for kind in ProvisionKind:
        for item in items[kind.value]:
            yield from _figure(item)
    for item in items["disposition"][MAX_DISPOSITIONS:]:
        yield item.source.error("too_many", item.place(), expected=str(MAX_DISPOSITIONS))
    for item in items["category"]:
        both = set(item.texts("required")) & set(item.texts("optional"))
        if both:
            yield item.source.error("duplicate", item.place("optional"), value=min(both))


def _phrase_keys(item: Item) -> Iterator[PackError]:
    """A rule without words of its own names the classes that serve it; any other rule has
    words, a replacement, and examples both ways."""
    if item.text("match") == Match.LIST.value:
        needed: tuple[str, ...] = ("classes",)
    elif item.text("match") == Match.FREQUENCY.value:
        needed = ("phrases", "count", "replacement", "bad", "good")
    else:
        needed = ("phrases", "replacement", "bad", "good")
    for key in needed:
        if not item.has(key):
            yield item.source.error("missing_key", item.place(key), value=key)
        elif item.values[key] == []:
            yield item.source.error("empty", item.place(key))


def _figure(item: Item) -> Iterator[PackError]:
    """A figure has a unit, and a range its ends in order."""
    amount, most = item.number("amount"), item.number("amount_max")
    if amount is not None and not item.has("unit"):
        yield item.source.error("missing_key", item.place("unit"), value="unit")
    if most is not None and (amount is None or most < amount):
        at, expected = item.place("amount_max"), f">= {amount or 0}"
        yield item.source.error("out_of_range", at, value=most, expected=expected)
    if item.text("op") == "by" and not item.has("at"):
        yield item.source.error("missing_key", item.place("at"), value="at")


def _slots(items: Items) -> Iterator[PackError]:
    for item in items["line"]:
        yield from _check_slots(item, "text", SLOTS)
    for item in items["phrase"]:
        yield from _check_slots(item, "replacement", ())
    for item in items["reason"]:
        if item.has("proposal"):
            yield from _check_slots(item, "proposal", ())


def _check_slots(item: Item, key: str, known: Collection[str]) -> Iterator[PackError]:
    text, at = item.text(key), item.place(key)
    rest = _SLOT.sub("", text)
    if "{" in rest or "}" in rest:
        yield item.source.error("braces", at, value=text)
        return
    for slot in _SLOT.findall(text):
        if slot not in known:
            expected = " ".join(f"{{{name}}}" for name in known)
            yield item.source.error("unknown_slot", at, value=slot, expected=expected, among=known)


def _own_manners(pack: Pack, items: Items) -> Iterator[PackError]:
    """Nothing the pack tells an agent to say breaks the pack's own rules."""
    said = [(item, "text") for item in items["line"]]
    said += [(item, "replacement") for item in items["phrase"]]
    nin = next((item for item in items["requirement"] if item.text("need") == "nin"), None)
    for item, key in said if nin else ():
        if nin and "你" in item.text(key):
            yield _bad_manners(items, item, key, nin, "uses_ni", "您")
    folded = [_fold(item.text(key)) for item, key in said]
    everything = "".join(folded)
    # One look over all texts at once; the few rules it cannot clear are looked at closely.
    rules = zip(pack.phrases, items["phrase"], strict=True)
    plain = ((rule, item) for rule, item in rules if rule.match not in _BY_CONTEXT)
    bans = [(ban, item) for rule, item in plain if (ban := _Ban(rule)).found_in(everything)]
    for (item, key), text in zip(said, folded, strict=True):
        for ban, source in bans:
            if ban.broken_by(text):
                yield _bad_manners(items, item, key, source, "own_ban", ban.rule.rule)


def _bad_manners(
    items: Items, item: Item, key: str, rule: Item, code: str, expected: str
) -> PackError:
    """What ``item`` says breaks ``rule``; where the words are inherited and the rule is the
    pack's own, the rule is what was changed."""
    own = items["pack"][0].source
    if item.source is not own and rule.source is own:
        said = f"{item.table}:{item.name}"
        at = rule.place(rule.name_key)
        return own.error("inherited_ban", at, value=item.text(key), expected=said)
    return item.source.error(code, item.place(key), value=item.text(key), expected=expected)


def _fold(text: str) -> str:
    """Utterances between line ends, letters and characters only: a comma more or less makes
    no other phrase."""
    parts = (_NOT_WORD.sub("", part) for part in _UTTERANCE_END.split(_SLOT.sub("〇", text)))
    return "\n" + "\n".join(parts) + "\n"


_BY_CONTEXT = (Match.CONTEXT, Match.FREQUENCY, Match.FILLER, Match.VOCATIVE, Match.LIST)
"""Words that are legal in most places: a look at the words alone says nothing."""


class _Ban:
    """A banned phrase looked for the simple way, enough for a pack's own sentences.

    This runs at every start, so it is plain substrings; ``lint`` uses the real checker.
    """

    __slots__ = ("_phrases", "rule")

    def __init__(self, rule: PhraseRule) -> None:
        wanted = rule.cores if rule.match is Match.PARTIAL and rule.cores else rule.phrases
        start = "\n" if rule.match in (Match.UTTERANCE, Match.UTTERANCE_START) else ""
        end = "\n" if rule.match is Match.UTTERANCE else ""
        self.rule = rule
        # A run of `*` stands for anything: all pieces around it must be there.
        self._phrases = [
            [start + pieces[0], *pieces[1:-1], pieces[-1] + end]
            if len(pieces) > 1
            else [start + pieces[0] + end]
            for phrase in wanted
            if (pieces := [p for part in phrase.split("*") if (p := _NOT_WORD.sub("", part))])
        ]

    def found_in(self, folded: str) -> bool:
        """Whether any of the phrases may stand in a folded text."""
        return any(all(piece in folded for piece in pieces) for pieces in self._phrases)

    def broken_by(self, folded: str) -> bool:
        """Whether a folded text holds the phrase outside what is allowed."""
        for allowed in self.rule.allow:
            folded = folded.replace(_NOT_WORD.sub("", allowed), "〇")
        return self.found_in(folded)
