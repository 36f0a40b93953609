"""What a sub-command asks a running console about the exchange with the site's server."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from agentdesk.config import Push
from agentdesk.errors import RemoteError
from agentdesk.locations import Locations
from agentdesk.telephony.client import ask, send
from agentdesk.telephony.listening import Listening

Answer = Callable[[str], Mapping[str, object]]


@contextmanager
def console(places: Locations, answer: Answer | None, told: list[object]) -> Iterator[Path]:
    """A console that listens."""
    places.prepare()
    listening = Listening(Push(), places, told.append, told.append, answer)
    try:
        yield places.control_file
    finally:
        listening.close()


def test_it_answers_and_phones_are_heard_beside_it(tmp_path: Path) -> None:
    asked: list[str] = []

    def answer(act: str) -> Mapping[str, object]:
        asked.append(act)
        return {"state": "synced", "waiting": 3, "reasons": ["联系不上"]}

    told: list[object] = []
    with console(Locations.under(tmp_path), answer, told) as control:
        for act in ("status", "now", "login"):
            assert ask(control, act)["reasons"] == ["联系不上"]
        send(control, {"event": "offered", "callId": "1", "from": "13800138000"})
    assert asked == ["status", "now", "login"]
    assert len(told) == 1


@pytest.mark.parametrize("act", ["", "stop", "status " * 500, "\u4e2d"])
def test_nothing_else_is_asked(tmp_path: Path, act: str) -> None:
    opened = console(Locations.under(tmp_path), lambda _: {}, [])
    with opened as control, pytest.raises(RemoteError) as caught:
        ask(control, act)
    assert caught.value.params["status"] == 422


def test_a_console_without_an_exchange_or_with_a_failing_one_refuses(tmp_path: Path) -> None:
    def fails(act: str) -> Mapping[str, object]:
        raise OSError("no")

    told: list[object] = []
    for answer, status in ((None, 404), (fails, 503)):
        opened = console(Locations.under(tmp_path), answer, told)
        with opened as control, pytest.raises(RemoteError) as caught:
            ask(control, "status")
        assert caught.value.params["status"] == status
    assert [type(each) for each in told] == [OSError]


def test_without_a_console_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(RemoteError) as caught:
        ask(tmp_path / "control.json", "status")
    assert caught.value.code == "remote.not_running"
