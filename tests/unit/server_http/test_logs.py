"""The log: lines of JSON, written late and lost never, without what anybody said."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest

from agentdesk.server.logs import NAME, Late, Lines, failure, log, set_up

NAMES = (NAME, "uvicorn.error", "uvicorn.access", "asyncio")


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """Where the log goes; afterwards everything is as it was."""
    before = {
        name: (logging.getLogger(name).handlers, logging.getLogger(name).level) for name in NAMES
    }
    out = io.StringIO()
    set_up(out)
    yield out
    for name, (handlers, level) in before.items():
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = handlers, True
        logger.setLevel(level)


def lines(stream: io.StringIO) -> list[dict[str, object]]:
    for handler in logging.getLogger(NAME).handlers:
        handler.flush()
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_is_an_object_with_the_time(stream: io.StringIO) -> None:
    log("request", path="/v1/push", status=200, seat="A01", person=None, note="")
    (line,) = lines(stream)
    assert str(line.pop("time")).endswith("Z")
    assert line == {
        "level": "info",
        "event": "request",
        "path": "/v1/push",
        "status": 200,
        "seat": "A01",
    }


def test_an_exception_is_its_type_and_the_way_it_took(stream: io.StringIO) -> None:
    try:
        int("客户电话 13800138000")
    except ValueError as error:
        failure("pull", error, path="/v1/pull")
        logging.getLogger(NAME).exception("a group of %d pushes failed", 3)
    first, second = lines(stream)
    assert (first["error"], first["event"], first["level"]) == ("ValueError", "pull", "error")
    assert second["event"] == "a group of 3 pushes failed" and second["error"] == "ValueError"
    assert "138" not in stream.getvalue() and "test_logs.py" in stream.getvalue()


def test_of_libraries_only_their_own_words(stream: io.StringIO) -> None:
    logging.getLogger("uvicorn.error").warning("odd header %s", "客户电话 13800138000")
    logging.getLogger("uvicorn.error").warning("Invalid HTTP request received.")
    logging.getLogger("uvicorn.error").info("Started")
    logging.getLogger("asyncio").error("Task failed\nfuture: <Task exception=ValueError('138')>")
    found = lines(stream)
    assert [line["text"] for line in found] == ["odd header %s", "Task failed"]
    assert "138" not in stream.getvalue()


def test_warnings_are_written_at_once_and_all_in_order() -> None:
    out = io.StringIO()
    handler = Late(out, seconds=3600)
    handler.setFormatter(Lines())
    logger = logging.getLogger("agentdesk.server.late")
    logger.propagate = False
    logger.setLevel(logging.INFO)
    logger.addHandler(handler)
    for number in range(5):
        logger.info("line %d", number)
    assert out.getvalue() == ""
    logger.error("now")
    shown = [json.loads(line)["event"] for line in out.getvalue().splitlines()]
    assert shown == [*(f"line {number}" for number in range(5)), "now"]
    logger.removeHandler(handler)


def test_a_log_nobody_can_write_stops_nobody() -> None:
    out = io.StringIO()
    handler = Late(out)
    handler.setFormatter(Lines())
    out.close()
    handler.emit(logging.LogRecord(NAME, logging.ERROR, "x", 1, "gone", (), None))
    handler.flush()
