"""The server's log: one JSON object a line.

A request is one line: when, method, path template, status, milliseconds, seat and work number.
Bodies, queries, tokens and messages of exceptions are never written: they may hold what a
customer said. Of an exception its type and the lines of code it went through are.
"""

from __future__ import annotations

import logging
import sys
import threading
import time
import traceback
from collections import deque
from contextlib import nullcontext, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

import msgspec

NAME = "agentdesk.server"
"""Logger of everything below."""

LATE = 0.2
"""Seconds a line may wait before it is written."""

_QUIET = ("ASGI callable returned without", "Invalid HTTP request", "Unsupported upgrade")
"""What uvicorn finds wrong with one client is no news about the server."""


def log(event: str, **fields: object) -> None:
    """One line; fields that are None or empty are left out."""
    logger = logging.getLogger(NAME)
    if logger.isEnabledFor(logging.INFO):
        # Not by ``info``: it looks for the line of code this was called from, which no line tells
        # and which costs as much as all the rest of it.
        record = logger.makeRecord(
            NAME, logging.INFO, "", 0, event, (), None, extra={"fields": fields}
        )
        logger.handle(record)


def warn(event: str, **fields: object) -> None:
    """One line about what whoever looks after the server should know."""
    logging.getLogger(NAME).warning(event, extra={"fields": fields})


def failure(event: str, error: BaseException, **fields: object) -> None:
    """One line about an exception nobody expected."""
    logging.getLogger(NAME).error(event, extra={"fields": fields | _what(error)})


def _what(error: BaseException) -> dict[str, Any]:
    where = [
        f"{Path(frame.filename).name}:{frame.lineno}:{frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)[-8:]
    ]
    return {"error": type(error).__name__, "where": where}


class Lines(logging.Formatter):
    """A record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """The line; of other libraries' records only their template."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, Any] = {
            "time": at[:-6] + "Z",
            "level": record.levelname.lower(),
            "event": record.getMessage() if record.name.startswith(NAME) else "library",
        }
        if line["event"] == "library":
            line |= {"logger": record.name, "text": str(record.msg).strip().split("\n")[0]}
        if record.exc_info and record.exc_info[1]:
            line |= _what(record.exc_info[1])
        fields: dict[str, object] = getattr(record, "fields", {})
        line |= {name: value for name, value in fields.items() if value not in (None, "")}
        return msgspec.json.encode(line).decode()


class Late(logging.Handler):
    """Writes lines a little later, many at once, on a thread of its own.

    Writing one gives other threads the turn, which costs a request more than all its work.
    Warnings and errors are written at once; so is everything when the program ends.
    """

    def __init__(self, stream: TextIO, seconds: float = LATE) -> None:
        super().__init__()
        self._stream, self._seconds = stream, seconds
        self._lines: deque[str] = deque()
        self._some = threading.Event()
        threading.Thread(target=self._run, name="log", daemon=True).start()

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line."""
        self._lines.append(self.format(record) + "\n")
        if record.levelno >= logging.WARNING:
            self.flush()
        elif not self._some.is_set():
            self._some.set()

    def flush(self) -> None:
        """Write what is kept; a log that cannot be written stops nobody."""
        with self.lock or nullcontext():
            text = "".join(self._lines.popleft() for _ in range(len(self._lines)))
            with suppress(OSError, ValueError):
                self._stream.write(text)
                self._stream.flush()

    def _run(self) -> None:
        while True:
            self._some.wait()
            time.sleep(self._seconds)
            self._some.clear()
            self.flush()


def _wanted(record: logging.LogRecord) -> bool:
    return not str(record.msg).startswith(_QUIET)


def set_up(stream: TextIO | None = None) -> None:
    """Send our lines and uvicorn's errors to ``stream`` (stderr), and nothing anywhere else."""
    handler = Late(stream or sys.stderr)
    handler.setFormatter(Lines())
    handler.addFilter(_wanted)
    for name in (NAME, "uvicorn.error", "asyncio"):
        logger = logging.getLogger(name)
        logger.handlers = [handler]
        logger.propagate = False
        logger.setLevel(logging.INFO if name == NAME else logging.WARNING)
    access = logging.getLogger("uvicorn.access")
    access.handlers = []
    access.propagate = False
