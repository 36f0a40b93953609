"""Books of long lists: the same hits however they were made, and never a wrong copy."""

from __future__ import annotations

from pathlib import Path

import pytest

from agentdesk.domain.pack import Match, PhraseRule, Severity
from agentdesk.domain.phrases import PhraseBook
from agentdesk.domain.phrases.matching import HashMatcher
from agentdesk.standards.compiled import Automaton, digest, kept_book, matcher, new_book

RULES = [
    PhraseRule(
        f"L-{at}",
        "list",
        Match.ANYWHERE,
        Severity.REASON,
        (f"随便写{chr(0x4E00 + at)}字", f"第{at}个词"),
        allow=("随便写一字千金",) if at == 0 else (),
        replacement="好的",
    )
    for at in range(600)
] + [PhraseRule("often", "filler", Match.FREQUENCY, Severity.ADVISE, ("这个", "你找***"), count=1)]

TEXT = "随便写一字。随便写一字千金\n第599个词，这个这个，你找小王\n隨便寫丁字，隋便写丁字"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "cache"


def test_a_kept_book_finds_what_a_new_one_finds(folder: Path) -> None:
    new = new_book(RULES, "key", folder)
    kept = kept_book("key", folder)
    assert kept is not None
    assert kept.check(TEXT) == new.check(TEXT) == PhraseBook(RULES).check(TEXT)
    assert kept.details(TEXT) == new.details(TEXT)
    assert len(kept.check(TEXT)) == 6
    assert list(kept.rules) == RULES
    assert kept.rules[-1] == RULES[-1]
    assert kept.rules[1:3] == RULES[1:3]
    with pytest.raises(IndexError):
        kept.rules[len(RULES)]


@pytest.mark.parametrize("homophones", [True, False])
def test_the_standard_library_is_enough(folder: Path, homophones: bool) -> None:
    book = new_book(RULES, "key", folder, homophones=homophones, builder=HashMatcher)
    kept = kept_book("key", folder)
    assert kept is not None
    assert kept.homophones is homophones
    assert kept.check(TEXT) == book.check(TEXT)
    assert len(book.check(TEXT)) == (6 if homophones else 5)


def test_every_change_of_the_file_is_noticed(folder: Path) -> None:
    new_book(RULES, "key", folder)
    (path,) = folder.iterdir()
    data = path.read_bytes()
    for at in (0, 25, 40, 120, 300, len(data) // 2, len(data) - 1):
        path.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
        assert kept_book("key", folder) is None, at
    for size in (0, 10, 100, len(data) - 1):
        path.write_bytes(data[:size])
        assert kept_book("key", folder) is None, size
    path.write_bytes(data)
    assert kept_book("key", folder) is not None


def test_without_a_copy_there_is_none(folder: Path) -> None:
    assert kept_book("key", folder) is None


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert new_book(RULES[:1], "key", tmp_path / "file").check("随便写一字") != ()


def test_old_copies_go(folder: Path) -> None:
    for at in range(12):
        new_book(RULES[:1], f"key{at}", folder)
    assert len(list(folder.iterdir())) == 8


def test_the_name_of_a_copy_depends_on_everything() -> None:
    names = {
        digest(b"a"),
        digest(b"b"),
        digest(b"a", homophones=False),
        digest(b"a", shortest=5),
    }
    assert len(names) == 4
    assert digest(b"a") == digest(b"a")


def test_long_lists_are_compiled_and_short_ones_not() -> None:
    assert isinstance(matcher(["没办法"]), HashMatcher)
    assert isinstance(matcher([f"{at}号" for at in range(600)]), Automaton)


def test_both_matchers_find_the_same() -> None:
    keys = ["a", "ab", "b", "没", "没办法", "办法", "法没", "没办法没办法"]
    text = "ab没办法没办法b没"
    assert sorted(HashMatcher(keys).find(text)) == sorted(Automaton(keys).find(text))
    many = [f"{chr(0x4E00 + at)}{chr(0x5E00 + at)}" for at in range(2_000)]
    text = "".join(many[::7]) + "没"
    assert sorted(HashMatcher(many).find(text)) == sorted(Automaton(many).find(text))
    assert HashMatcher(many).find("没有") == []
    assert HashMatcher([]).find("没有") == []
