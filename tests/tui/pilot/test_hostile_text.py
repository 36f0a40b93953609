"""Text that is made to break a terminal or the markup goes through every field and screen.

Always the same three things: the console stays alive, nothing but printable cells is drawn,
and what is stored is clean.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from typing import TYPE_CHECKING

import pytest

from agentdesk.domain.text import clean
from agentdesk.tui.widgets.inputs import SafeInput

if TYPE_CHECKING:
    from tests.tui.conftest import Seat, User

CORPUS: Mapping[str, str] = {
    "open tag": "[/",
    "open bold": "[b",
    "closing tag": "[/tmp]",
    "action": "[@click=app.bell]点我[/] [@click='app.exit']x[/]",
    "link": "[link=file:///etc/passwd]x[/link]",
    "backslashes": "\\[b]\\",
    "colour": "\x1b[31;1m红\x1b[0m\x1b[2J\x1b[H",
    "clipboard": "\x1b]52;c;aGk=\x07客户\x1b]8;;http://x/\x1b\\链接\x1b]8;;\x1b\\",
    "c1": "\x9b31m\x9d52;c;aGk=\x9c\x84\x85\x90q\x9c",
    "c0": "甲\x00\x01\x07\x08\x0b\x0c\x0d\x0e\x1f\x7f乙",
    "bidi": "\u202e文本\u202c\u2066abc\u2069\u200f\u061c",
    "joined": "👩\u200d👩\u200d👧\u200d👦👍🏽🏳\ufe0f\u200d🌈",
    "invisible": "\ufeff零\u200b宽\u2060\u00ad\U000e0041\U000e007f",
    "separators": "一\u2028二\u2029三\u0085四\tx\r\ny",
    "combining": "a" + "\u0301" * 300 + "客" + "\u20dd" * 50,
    "surrogates": "头\ud83d尾\udc00",
    "not characters": "\ufffe\uffff\U0010ffff\ue000",
    "long": "这事不归我管" * 1666 + "完了。",
    "long word": "x" * 10_000,
    "wide": "﷽𒐫" * 50 + "　" * 50,
    "braces": "{customer}{0}{{}}$who %s %(x)s {company.__class__}",
    "code": "'; DROP TABLE event; --\"<script>",
}


def bad(text: str) -> set[str]:
    """Characters a terminal could obey instead of showing."""
    allowed = {"\n"}
    return {
        f"U+{ord(char):04X}"
        for char in text
        if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp") and char not in allowed
    }


def check(user: User, name: str) -> None:
    """Alive, and every row is full of harmless cells."""
    assert user.app.is_running, name
    assert user.app._exception is None, name
    rows = user.rows()
    assert bad("".join(rows)) == set(), name
    assert not any("\n" in row for row in rows), name
    assert len(rows) == user.app.size.height, name


def check_stored(user: User, *entities: str) -> None:
    """Every string the store holds is clean."""
    for entity in ("call", "seat", *entities):
        found = user.store.entities(entity)
        for key, _ in found:
            for event in user.store.events_of(entity, key):
                text = json.dumps(dict(event.body), ensure_ascii=False)
                assert bad(text) == set(), event.kind
    for row in user.seat.worker.submit(lambda desk: desk.today()).result():
        typing = user.store.typing(row.id)
        assert bad("".join(typing.values.values()) if typing else "") == set()


async def test_every_field_of_the_card_pasted(seat: Seat) -> None:
    async with seat.open() as user:
        await user.talks()
        await user.category("complaint")
        fields = [user.screen.form.surname, next(r.input for r in user.screen.form.rows if r.key)]
        for name, text in CORPUS.items():
            for field in fields:
                field.focus()
                field.clear()
                await user.pastes(text)
            user.screen.note.clear()
            await user.note()
            await user.pastes(text)
            limit = user.screen.note.MAX_LENGTH
            assert user.screen.note.text == clean(text, multiline=True)[:limit], name
            check(user, name)
        user.screen.note.clear()  # thousands of marks make each further key slow
        await user.keys("ctrl+s", "1", "f7", "ctrl+underscore", "f9", "1")
        await user.keys("f9", "1", "1")  # not read back: again, with a reason
        assert "call.closed" in {e.kind for e in user.events(of=user.store.entities("call")[0][0])}
        check(user, "closed")
        check_stored(user)


async def test_every_text_typed_into_the_note(seat: Seat) -> None:
    """Key by key, as an input method or a broken terminal sends it."""
    async with seat.open() as user:
        await user.talks()
        await user.note()
        for name, text in CORPUS.items():
            await user.types(text[:40])
            check(user, name)
            user.screen.note.clear()
            await user.settle()
        await user.pastes("".join(text[:60] for text in CORPUS.values()))
        await user.keys("f7", "f4")
        check(user, "all")
        check_stored(user)


async def test_every_question(seat: Seat) -> None:
    async with seat.open((80, 24)) as user:
        await user.talks()
        for name, text in CORPUS.items():
            for opener in ("f3", "f1"):  # pickers search
                await user.keys(opener)
                await user.pastes(text)
                check(user, name)
                await user.keys("escape")
            await user.keys("ctrl+w")  # a reason, a proposal: they are stored
            await user.pastes(text)
            await user.keys("enter", "escape")
        await user.keys("f8", "5", "end")
        await user.pastes("".join(text[:20] for text in CORPUS.values()))
        await user.keys("enter")
        check(user, "escalation")
        assert user.last("escalation.raised")["reason"] == "urgent"
        check_stored(user, "escalation")


async def test_the_phone_system(seat: Seat) -> None:
    """What a caller can put into a name or a number reaches banner, card, list and history."""
    async with seat.open((160, 48)) as user:
        for name, text in CORPUS.items():
            part = text[:64]
            await user.rings(part, call=f"{name}{part[:8]}", name=part, queue=part)
            check(user, name)
            await user.keys("f2")
            check(user, name)
            await user.keys("ctrl+w", "1")  # the number in clear
            check(user, name)
            await user.keys("ctrl+underscore")
            await user.after(1)
        assert len(user.store.entities("call")) == len(CORPUS)
        await user.rings(CORPUS["colour"], call="late", name=CORPUS["bidi"])
        await user.after(100)  # missed: a callback
        check(user, "callback")
        await user.keys("escape", "ctrl+right_square_bracket")
        check(user, "today")
        check_stored(user, "callback")


async def test_the_settings(seat: Seat) -> None:
    async with seat.open() as user:
        await user.app.action_command("go-settings")
        await user.settle()
        fields = [
            user.app.screen.query_one(f"#{name}", SafeInput)
            for name in ("agent_name", "company", "agent_no")
        ]
        for name, text in CORPUS.items():
            for field in fields:
                field.focus()
                field.clear()
                await user.pastes(text)
                await user.keys("enter")
            check(user, name)
        await user.app.action_command("go-call")
        await user.keys("f2", "f7")
        check(user, "call")
        check_stored(user)


async def test_the_first_start(fresh: Seat) -> None:
    async with fresh.open((80, 24)) as user:
        await user.keys("tab", "tab")
        everything = "".join(text[:6] for text in CORPUS.values())
        for field in ("agent_no", "agent_name", "company"):
            await user.pastes(everything)
            check(user, field)
            await user.keys("enter")
        check(user, "done")
        assert user.events("seat")
        check_stored(user)


@pytest.mark.parametrize("name", ["action", "closing tag", "link", "braces"])
async def test_text_is_shown_as_it_is_and_never_obeyed(seat: Seat, name: str) -> None:
    """You should see the very characters, brackets and all; clicking them does nothing."""
    text = CORPUS[name]
    async with seat.open((160, 48)) as user:
        await user.rings(name=text)
        assert user.sees(text)
        await user.after(2)
        await user.keys("f2")
        assert user.sees(text[:12])  # the card cuts a long name
        await user.note()
        await user.pastes(text)
        assert user.screen.note.text == text
        region = user.screen.note.region
        for column in range(2, 30, 4):
            await user.pilot.click(offset=(region.x + column, region.y))
        assert user.app.is_running
        assert user.screen.note.text == text
