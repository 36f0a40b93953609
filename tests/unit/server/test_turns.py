"""The lock of the SQLite journal: nobody who waits is passed over."""

from __future__ import annotations

import threading

from agentdesk.server.storage.turns import Turns

PATIENCE = 20.0


def test_its_holder_may_take_it_again() -> None:
    turns = Turns()
    with turns:
        with turns:
            pass
        assert not _free(turns)
    assert _free(turns)


def test_it_is_given_back_when_something_fails() -> None:
    turns = Turns()
    try:
        with turns:
            raise ValueError("失败")
    except ValueError:
        pass
    assert _free(turns)


def test_whoever_waits_comes_before_a_writer_that_goes_on_and_on() -> None:
    turns = Turns()
    waiting, read = threading.Event(), threading.Event()

    def reader() -> None:
        waiting.set()
        with turns:
            read.set()

    thread = threading.Thread(target=reader, daemon=True)
    groups = 0
    with turns:
        thread.start()
        assert waiting.wait(PATIENCE)
        # The reader stands in the door, or is about to.
        while not turns.awaited:
            thread.join(0.001)
    with turns:  # the next group: the reader has been in between
        groups += 1
        assert read.is_set()
    thread.join(PATIENCE)
    assert groups == 1


def _free(turns: Turns) -> bool:
    """Whether another thread can have it at once."""
    found: list[bool] = []

    def look() -> None:
        found.append(not turns.held)

    thread = threading.Thread(target=look)
    thread.start()
    thread.join(PATIENCE)
    return found == [True]
