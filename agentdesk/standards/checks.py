"""What a pack must agree on with itself: names, references, and its own manners."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from agentdesk.domain.pack import SLOTS, Match, Need, Pack, PhraseRule
from agentdesk.domain.provision import ProvisionKind
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
    _unique(items)
    _references(items)
    _chains(items)
    _counts(items)
    _slots(items)
    _own_manners(pack, items)


def _unique(items: Items) -> None:
    for table, entries in items.items():
        seen: set[str] = set()
        for item in entries:
            name = "key" if item.has("key") else "rule" if table == "phrase" else "id"
            value = item.text(name)
            if not value:
                continue
            if value in seen:
                raise item.source.error("duplicate", item.place(name), value=value)
            seen.add(value)


def _references(items: Items) -> None:
    for table, key, target, by in _REFERENCES:
        known = [item.text(by) for item in items[target]]
        for item in items[table]:
            for value in item.texts(key) or (item.text(key),):
                if value and value not in known:
                    raise item.source.error(
                        "unknown_reference",
                        item.place(key),
                        value=value,
                        expected=f"[[{target}]] {by}",
                        among=known,
                    )


def _chains(items: Items) -> None:
    """``then`` never leads back to a line already said."""
    following = {item.text("id"): item.text("then") for item in items["line"]}
    for item in items["line"]:
        seen = {item.text("id")}
        step = item.text("then")
        while step:
            if step in seen:
                raise item.source.error("endless_chain", item.place("then"), value=step)
            seen.add(step)
            step = following.get(step, "")


def _counts(items: Items) -> None:
    for item in items["clock"]:
        limit = item.number("limit_seconds") or 0
        if (warn := item.number("warn_seconds") or 0) > limit:
            at, expected = item.place("warn_seconds"), f"0 … {limit}"
            raise item.source.error("out_of_range", at, value=warn, expected=expected)
    for item in items["requirement"]:
        needed = {Need.MARK.value: "mark", Need.POLITE_COUNT.value: "words"}
        key = needed.get(item.text("need"))
        if key and not item.has(key):
            raise item.source.error("missing_key", item.place(key), value=key)
    for item in items["phrase"]:
        _phrase_keys(item)
    for item in items["limit"]:
        for key in ("start", "stop"):
            if not item.has(key):
                raise item.source.error("missing_key", item.place(key), value=key)
    for kind in ProvisionKind:
        for item in items[kind.value]:
            _figure(item)
    for item in items["disposition"][MAX_DISPOSITIONS:]:
        raise item.source.error("too_many", item.place(), expected=str(MAX_DISPOSITIONS))
    for item in items["category"]:
        both = set(item.texts("required")) & set(item.texts("optional"))
        if both:
            raise item.source.error("duplicate", item.place("optional"), value=min(both))


def _phrase_keys(item: Item) -> None:
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
            raise item.source.error("missing_key", item.place(key), value=key)
        if item.values[key] == []:
            raise item.source.error("empty", item.place(key))


def _figure(item: Item) -> None:
    """A figure has a unit, and a range its ends in order."""
    amount, most = item.number("amount"), item.number("amount_max")
    if amount is not None and not item.has("unit"):
        raise item.source.error("missing_key", item.place("unit"), value="unit")
    if most is not None and (amount is None or most < amount):
        at, expected = item.place("amount_max"), f">= {amount or 0}"
        raise item.source.error("out_of_range", at, value=most, expected=expected)
    if item.text("op") == "by" and not item.has("at"):
        raise item.source.error("missing_key", item.place("at"), value="at")


def _slots(items: Items) -> None:
    for item in items["line"]:
        _check_slots(item, "text", SLOTS)
    for item in items["phrase"]:
        _check_slots(item, "replacement", ())
    for item in items["reason"]:
        if item.has("proposal"):
            _check_slots(item, "proposal", ())


def _check_slots(item: Item, key: str, known: Collection[str]) -> None:
    text, at = item.text(key), item.place(key)
    rest = _SLOT.sub("", text)
    if "{" in rest or "}" in rest:
        raise item.source.error("braces", at, value=text)
    for slot in _SLOT.findall(text):
        if slot not in known:
            expected = " ".join(f"{{{name}}}" for name in known)
            raise item.source.error("unknown_slot", at, value=slot, expected=expected, among=known)


def _own_manners(pack: Pack, items: Items) -> None:
    """Nothing the pack tells an agent to say breaks the pack's own rules."""
    nin = any(item.need is Need.NIN for item in pack.requirements)
    said = [(item, "text") for item in items["line"]]
    said += [(item, "replacement") for item in items["phrase"]]
    for item, key in said if nin else ():
        if "你" in item.text(key):
            raise item.source.error("uses_ni", item.place(key), value=item.text(key), expected="您")
    folded = [_fold(item.text(key)) for item, key in said]
    everything = "".join(folded)
    # One look over all texts at once; the few rules it cannot clear are looked at closely.
    bans = [ban for rule in pack.phrases if (ban := _Ban(rule)).found_in(everything)]
    for (item, key), text in zip(said, folded, strict=True):
        for ban in bans:
            if ban.broken_by(text):
                at, value = item.place(key), item.text(key)
                raise item.source.error("own_ban", at, value=value, expected=ban.rule.rule)


def _fold(text: str) -> str:
    """Utterances between line ends, letters and characters only: a comma more or less makes
    no other phrase."""
    parts = (_NOT_WORD.sub("", part) for part in _UTTERANCE_END.split(_SLOT.sub("〇", text)))
    return "\n" + "\n".join(parts) + "\n"


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
