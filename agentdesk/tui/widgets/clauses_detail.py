"""The sheet at the side: one clause, one standard, or one matter standards differ on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from agentdesk.domain.clause import Clause, Way
from agentdesk.domain.conflicts import Conflict, about_rule
from agentdesk.strings import Strings
from agentdesk.tui.cells import cell_len
from agentdesk.tui.widgets.clauses import GLYPH
from agentdesk.tui.widgets.clauses_library import Entry, Library
from agentdesk.tui.widgets.clauses_sheet import Block, SheetRow, SheetText
from agentdesk.tui.widgets.clauses_uses import use_words


def clause_sheet(
    clause: Clause, entry: Entry, library: Library, s: Strings, width: int
) -> list[SheetRow]:
    """A clause in full, where it is used, and what other standards say instead."""
    text = SheetText(width)
    glyph, role = GLYPH[clause.way]
    word = s(f"std.way.{clause.way.value}")
    text.row((clause.id, "accent bold"), (f"  {glyph} ", role), (word, "text"))
    if s.language == "en" and clause.title_en:
        text.text(clause.title_en, "bright bold")
    if clause.heading_only:
        text.ruled(clause.text or clause.title_en)
        text.text(s("std.heading"), "quiet")
    else:
        text.ruled(clause.text)
    kind = f"std.kind.{clause.kind}"
    where = (
        s("std.section", section=clause.section),
        s(kind) if kind in s else clause.kind,
        s(f"std.way.{clause.way.value}.more"),
    )
    text.text("  ".join(where), "quiet")
    _uses(text, clause, entry, s)
    _conflicts(text, clause, library, s)
    if clause.see:
        text.heading(s("std.see"), str(len(clause.see)))
        for rule in clause.see:
            _link(text, rule, library, s)
    if clause.note:
        text.heading(s("std.note"))
        text.text(clause.note, indent=2)
    return text.rows


def _uses(text: SheetText, clause: Clause, entry: Entry, s: Strings) -> None:
    uses = entry.uses.get(clause.id, ())
    if not uses or entry.pack is None:
        if clause.way is not Way.POSTER:
            text.heading(s("std.used"))
            text.text(s("std.unused"), "quiet", indent=2)
        return
    text.heading(s("std.used"), str(len(uses)))
    indent = max(cell_len(kind_name(use.kind, s)) for use in uses) + 4
    for use in dict.fromkeys(uses):
        name, more = use_words(use, entry.pack, s)
        text.text(name, indent=indent, first=f"  {kind_name(use.kind, s)}")
        for part in more:
            text.text(part, "bright", indent=indent)


def kind_name(kind: str, s: Strings) -> str:
    """A table of a pack file in words."""
    key = f"std.table.{kind}"
    return s(key) if key in s else kind


def _conflicts(text: SheetText, clause: Clause, library: Library, s: Strings) -> None:
    matters = about_rule(library.conflicts, clause.id)
    told = {rule for matter in matters for rule in matter.rules}
    for matter in matters:
        text.heading(s("std.conflict"), matter.matter.get(s.language))
        _matter(text, matter, clause.id, library, s)
    rest = [rule for rule in clause.conflicts if rule not in told]
    if rest:
        text.heading(s("std.conflict"), str(len(rest)))
        for rule in rest:
            _link(text, rule, library, s)


def _matter(text: SheetText, matter: Conflict, rule: str, library: Library, s: Strings) -> None:
    """The side of a clause at the left, all others at the right, and what is done about it."""
    own = next((side for side in matter.sides if rule in side), ())
    others = [each for side in matter.sides if side is not own for each in side]
    text.sides(
        [_block(each, library, s, link=each != rule) for each in own],
        [_block(each, library, s) for each in others],
    )
    text.heading(s("std.need"))
    text.text(matter.need.get(s.language), "bright", indent=2)


def _block(rule: str, library: Library, s: Strings, *, link: bool = True) -> Block:
    clause = library.clause(rule)
    words = _words(clause, s) if clause else s("std.missing")
    return Block(rule, words, rule if link and clause else "")


def _words(clause: Clause, s: Strings) -> str:
    """The clause's own text; an English reader gets its English title before it."""
    if s.language == "en" and clause.title_en:
        return f"{clause.title_en}\n{clause.text}"
    return clause.text


def _link(text: SheetText, rule: str, library: Library, s: Strings) -> None:
    clause = library.clause(rule)
    if clause is None:
        text.row((f"  {rule}  ", "quiet"), (s("std.missing"), "quiet"))
        return
    text.link(rule, clause.title_en if s.language == "en" else clause.text)


def conflict_sheet(
    matter: Conflict,
    left: Iterable[str],
    right: Iterable[str],
    library: Library,
    s: Strings,
    width: int,
) -> list[SheetRow]:
    """A matter two standards differ on: the clauses of the one beside those of the other.

    Args:
        left, right: ids of the standards of either side.
    """
    text = SheetText(width)
    text.row((matter.matter.get(s.language), "bright bold"))
    text.gap()
    here, there = set(left), set(right)
    sides: tuple[list[Block], list[Block], list[Block]] = ([], [], [])
    for rule in matter.rules:
        home = rule.partition("-")[0]
        place = 0 if home in here else 1 if home in there else 2
        sides[place].append(_block(rule, library, s))
    text.sides(sides[0], sides[1])
    text.heading(s("std.need"))
    text.ruled(matter.need.get(s.language))
    if sides[2]:
        text.heading(s("std.compare.others"))
        for block in sides[2]:
            _link(text, block.title, library, s)
    return text.rows


def pack_sheet(entry: Entry, library: Library, s: Strings, width: int, keys: str) -> list[SheetRow]:
    """A standard as a whole: what is wrong with its file, its clauses and items in figures.

    Args:
        keys: the key that compares.
    """
    text = SheetText(width)
    text.row((entry.id, "accent bold"), (f"  {entry.title.get(s.language)}", "bright bold"))
    if entry.pack is not None and entry.pack.extends:
        text.text(s("std.extends", ids=" ".join(entry.pack.extends)), "quiet")
    for problem in entry.problems:
        text.gap()
        text.text(
            s("std.problem" if entry.pack else "std.problem.none"), "bad", indent=2, first="▲"
        )
        title, body = s.error(problem)
        text.text(title, "bad", indent=2)
        text.text(body, indent=2)
    text.gap()
    ways = Counter(clause.way for clause in entry.clauses)
    text.row((s("std.count", count=len(entry.clauses)), "text"))
    text.text(s("std.about.ways", **{way.value: ways[way] for way in Way}), "quiet", indent=2)
    _items(text, entry, s)
    matters = [m for m in library.conflicts if entry.id in m.packs]
    if matters:
        text.heading(s("std.about.conflicts"), str(len(matters)))
        for matter in matters:
            rule = next(each for each in matter.rules if each.partition("-")[0] == entry.id)
            text.row(("  → ", "accent"), (matter.matter.get(s.language), "text"), target=rule)
    text.gap()
    text.text(s("std.about.compare", key=keys), "quiet")
    return text.rows


def _items(text: SheetText, entry: Entry, s: Strings) -> None:
    kinds = Counter(use.kind for uses in entry.uses.values() for use in uses)
    if not kinds:
        return
    text.heading(s("std.about.items"))
    parts = [f"{kind_name(kind, s)} {count}" for kind, count in kinds.items()]
    text.text("  ".join(parts), indent=2)
