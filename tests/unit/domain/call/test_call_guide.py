"""What to say now, from the greeting to the closing words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from agentdesk.domain.call import commands as c
from agentdesk.domain.call.guide import NOTHING, Guide, guide, slots
from agentdesk.domain.events import EntityId
from agentdesk.domain.scripts import Situation, fill

if TYPE_CHECKING:
    from tests.unit.domain.call.conftest import Seat

MORNING = Situation("inbound", "morning", weekend=False)


def now(found: Guide) -> str:
    return found.line.id if found.line else ""


def ids(found: Guide) -> list[str]:
    return [now(found), *(line.id for line in found.coming)]


WHOLE = ["inbound-greeting", "ask-surname", "track-query", "anything-else", "closing"]


def test_the_playlist_from_the_ring_on(seat: Seat) -> None:
    seat.ring()
    assert ids(seat.guide()) == WHOLE
    seat.after(3)
    seat.do(c.Answer())
    for place, line_id in enumerate(WHOLE, 1):
        found = seat.guide()
        if line_id == "track-query":
            # Asking the surname acknowledged the matter already.
            assert now(found) == "anything-else"
            continue
        assert (now(found), found.index) == (line_id, place - (place > 3))
        assert found.total == found.index + len(found.coming)
        seat.say(line_id)
    assert seat.guide().line is None


def test_a_known_name_is_not_asked_for(seat: Seat) -> None:
    seat.talk()
    seat.say("inbound-greeting")
    seat.do(c.SetFields({"surname": "王"}))
    assert now(seat.guide()) == "ask-surname", "a surname without a title cannot be spoken"
    seat.do(c.SetFields({"title": "先生"}))
    assert ids(seat.guide()) == ["track-query", "anything-else", "closing"]


def test_what_was_ticked_by_hand_is_not_asked_for_again(seat: Seat) -> None:
    seat.talk()
    for name in ("greeting", "ask-name", "acknowledgement"):
        seat.do(c.Tick(name))
    assert ids(seat.guide()) == ["anything-else", "closing"]
    seat.do(c.Tick("greeting", undo=True))
    assert now(seat.guide()) == "inbound-greeting"


def test_a_picked_line_comes_first_with_its_followers(seat: Seat) -> None:
    seat.talk()
    found = seat.guide(picked="agent-name")
    assert ids(found)[:3] == ["agent-name", "agent-name-insist", "inbound-greeting"]
    found = seat.guide(picked="closing")
    assert ids(found).count("closing") == 1 and now(found) == "closing"
    assert now(seat.guide(picked="no-such-line")) == "inbound-greeting"


def test_a_line_spoken_brings_its_follower(seat: Seat) -> None:
    seat.talk()
    seat.say("inbound-greeting", "complaint-error")
    assert now(seat.guide()) == "complaint-manager"
    seat.say("complaint-manager")
    assert now(seat.guide()) == "ask-surname"


def test_skipped_lines_are_not_shown(seat: Seat) -> None:
    seat.talk()
    found = seat.guide(skipped=["inbound-greeting", "ask-surname"])
    assert now(found) == "ask-phone", "another way to ask who is speaking"
    assert not {"inbound-greeting", "ask-surname"} & set(ids(found))


def test_a_hold_brings_the_words_of_return(seat: Seat) -> None:
    seat.talk()
    seat.name()
    seat.say("inbound-greeting", "hold-query")
    seat.do(c.Hold())
    assert ids(seat.guide()) == ["hold-return"]
    seat.after(60)
    seat.do(c.Resume())
    assert now(seat.guide()) == "hold-return"
    seat.say("hold-return", "track-query")
    assert now(seat.guide()) == "anything-else"


@pytest.mark.parametrize("passed", ["anything-else", "closing"])
def test_who_asks_for_more_or_says_goodbye_is_past_the_words_of_return(
    seat: Seat, passed: str
) -> None:
    seat.talk()
    seat.name()
    seat.say("inbound-greeting", "hold-query")
    seat.do(c.Hold())
    seat.after(60)
    seat.do(c.Resume())
    seat.say(passed)
    assert "hold-return" not in ids(seat.guide())


def test_every_hold_brings_them_again(seat: Seat) -> None:
    seat.talk()
    seat.name()
    seat.say("inbound-greeting")
    for _ in range(2):
        seat.say("hold-query")
        seat.after(1)
        seat.do(c.Hold())
        seat.after(30)
        assert ids(seat.guide()) == ["hold-return"]
        seat.do(c.Resume())
        assert now(seat.guide()) == "hold-return"
        seat.say("hold-return")
        assert now(seat.guide()) != "hold-return"
        seat.after(20)


@pytest.mark.parametrize(
    ("seconds", "line_id"),
    [(119.999, "hold-return"), (120, "hold-return-long"), (300, "hold-return-long")],
)
def test_a_long_hold_brings_the_apology(seat: Seat, seconds: float, line_id: str) -> None:
    seat.talk()
    seat.do(c.Hold("客户同意"))
    seat.after(seconds)
    seat.do(c.Resume())
    assert now(seat.guide()) == line_id
    seat.say(line_id)
    assert now(seat.guide()) == "inbound-greeting"


@pytest.mark.parametrize(
    ("seconds", "line_id"), [(14.999, "inbound-greeting"), (15, "slow-answer")]
)
def test_a_late_answer_greets_with_an_apology(seat: Seat, seconds: float, line_id: str) -> None:
    seat.talk(after=seconds)
    assert now(seat.guide()) == line_id


def test_a_silent_line_brings_its_two_lines(seat: Seat) -> None:
    seat.talk()
    seat.say("inbound-greeting")
    seat.do(c.Silent())
    assert ids(seat.guide()) == ["idle-ask", "idle-close"]
    seat.say("idle-ask")
    assert now(seat.guide()) == "idle-close"
    seat.do(c.Silent())
    assert ids(seat.guide()) == ["idle-close"]
    seat.say("idle-close")
    seat.do(c.Silent())
    assert seat.guide().line is None


@pytest.mark.parametrize(
    ("note", "first"),
    [
        ("客户要投诉", {"complaint-attitude", "complaint-error"}),
        ("问单号查件", {"track-query"}),
        ("要找经理", {"complaint-manager", "transfer-supervisor"}),
        ("今天天气好", set()),
    ],
)
def test_the_customers_words_in_the_note_suggest_lines(
    seat: Seat, note: str, first: set[str]
) -> None:
    seat.talk()
    seat.name()
    seat.say("inbound-greeting")
    found = seat.guide(note=note)
    assert {line.id for line in found.suggested} >= first
    assert now(found) in (first or {"track-query"})
    if first:
        seat.say(now(found))
        assert now(found) not in {line.id for line in seat.guide(note=note).suggested}


def test_a_record_that_is_read_back_has_its_line_in_the_list(seat: Seat) -> None:
    seat.talk()
    seat.name(category="complaint")
    seat.say("inbound-greeting", "complaint-attitude")
    assert ids(seat.guide()) == ["read-back", "anything-else", "closing"]
    seat.say("read-back-contact")
    assert ids(seat.guide()) == ["anything-else", "closing"]


def test_an_outgoing_call_asks_for_the_person_first(seat: Seat) -> None:
    seat.talk(direction="outbound")
    assert ids(seat.guide())[:2] == ["outbound-confirm", "outbound-intro"]
    seat.say("outbound-confirm")
    assert now(seat.guide()) == "outbound-intro"
    seat.say("outbound-intro")
    assert ids(seat.guide())[-1] == "closing-outbound"


def test_nothing_to_say_without_a_customer(seat: Seat) -> None:
    assert guide(None, seat.pack, MORNING) == NOTHING
    seat.served(waybill="SL2026")
    assert seat.guide(note="投诉", picked="closing") == NOTHING
    seat.do(c.Close("informed"))
    assert seat.guide() == NOTHING


def test_a_chain_that_bites_its_tail_ends(seat: Seat) -> None:
    lines = tuple(
        replace(line, then={"apology": "agent-name", "agent-name": "apology"}.get(line.id))
        for line in seat.pack.lines
    )
    seat.pack = replace(seat.pack, lines=lines)
    seat.talk()
    assert ids(seat.guide(picked="apology"))[:2] == ["apology", "agent-name"]


def test_a_line_is_filled_with_what_the_card_knows(seat: Seat) -> None:
    seat.talk()
    line = seat.pack.line("state-stopped")
    assert line is not None
    given = {"company": "示例速运", "agent_no": "8012"}
    blank = fill(line.text, slots(seat.call, line, given, seat.pack), lambda slot: f"〔{slot}〕")
    assert "〔customer〕" in blank.text
    seat.name("欧阳", "女士", phone="13800138000", branch="")
    values = slots(seat.call, line, given, seat.pack)
    assert values["customer"] == "欧阳女士"
    assert (values["minutes"], values["company"], values["phone"]) == (
        "30",
        "示例速运",
        "13800138000",
    )
    assert "branch" not in values
    assert slots(None, None, given, seat.pack) == {**given, "minutes": "30"}


def test_the_present_hold_outweighs_everything(seat: Seat) -> None:
    seat.talk()
    seat.do(c.Silent())
    seat.do(c.Hold("客户同意"))
    assert now(seat.guide(note="投诉")) == "hold-return"
    assert now(seat.guide(picked="apology")) == "apology", "but the agent chooses"
    seat.do(c.Escalate(EntityId("e" * 32), "hostile", "team_leader", "请协助"))
    assert now(seat.guide()) == "hold-return"
