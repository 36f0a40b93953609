"""Drives the engine in a console: one thread for requests, one for the stream.

Neither holds the store: what the engine asks of the seat goes through its port. A write here
wakes the engine; without one it wakes by itself.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from random import Random

from agentdesk.sync.backoff import Backoff
from agentdesk.sync.engine import Engine
from agentdesk.sync.status import Status
from agentdesk.sync.transport import Failure, Frame, Stream, Streams, TransportError
from agentdesk.wire import Cursor

SHORT = 5.0
"""A stream that lived no longer, seconds, has closed at once."""
TRIES = 3
"""After so many of them in a row the seat pulls instead."""
WITHOUT = 300.0
"""Seconds until a stream is tried again then."""

_log = logging.getLogger("agentdesk.sync")


class Runner:
    """Threads around an engine.

    Args:
        engine: used by the first thread only.
        streams: where they are opened.
        cursors: how far every scope was read; asked from the second thread.
        notify: told every new status, from the first thread.
        monotonic: seconds that never go back.
    """

    def __init__(
        self,
        engine: Engine,
        streams: Streams,
        *,
        cursors: Callable[[], Mapping[str, Cursor]] = dict,
        notify: Callable[[Status], None] = lambda status: None,
        rng: Random | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._engine, self._streams = engine, streams
        self._cursors, self._notify = cursors, notify
        self._backoff = Backoff(rng or Random())
        self._monotonic = monotonic
        self._work = threading.Event()
        self._hear = threading.Event()
        self._ending = threading.Event()
        self._stream: Stream | None = None
        self._token = ""
        self._guard = threading.Lock()
        self._threads = [
            threading.Thread(target=self._run, name="sync", daemon=True),
            threading.Thread(target=self._listen, name="sync-stream", daemon=True),
        ]

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def wake(self) -> None:
        """Something was written here, or somebody signed in; cheap, from any thread."""
        self._work.set()

    def stop(self, timeout: float = 2.0) -> bool:
        """End both threads.

        Returns:
            Whether they ended in time; a request under way may outlive it, and does no harm.
        """
        self._ending.set()
        self._work.set()
        self._hear.set()
        self._close_stream()
        until = self._monotonic() + timeout
        for thread in self._threads:
            if thread.is_alive():
                thread.join(max(0.0, until - self._monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    # ----------------------------------------------------------------- requests

    def _run(self) -> None:
        last: Status | None = None
        while not self._ending.is_set():
            self._work.clear()
            try:
                wait = self._engine.step()
            except Exception as error:  # a mistake of ours must not end the exchange for good
                _log.warning("a step of the exchange failed: %s", type(error).__name__)
                wait = self._backoff.fail()
            status = self._engine.status
            if status != last:
                last = status
                self._notify(status)
            self._follow()
            if wait > 0:
                self._work.wait(wait)

    def _follow(self) -> None:
        """The stream is that of the token the engine reads with."""
        token = self._engine.listener
        name = token.token if token else ""
        if name != self._token:
            self._token = name
            self._close_stream()
            self._hear.set()

    # ------------------------------------------------------------------- stream

    def _listen(self) -> None:
        short = 0
        while not self._ending.is_set():
            self._hear.clear()
            token = self._token
            if not token:
                self._hear.wait(30.0)
                continue
            began = self._monotonic()
            wait = self._one(token)
            lived = self._monotonic() - began
            if self._ending.is_set() or token != self._token:
                short = 0
                continue
            short = short + 1 if lived < SHORT else 0
            if short >= TRIES:
                short, wait = 0, max(wait, WITHOUT)
            self._hear.wait(wait)

    def _one(self, token: str) -> float:
        """One stream from its opening to its end; seconds to wait before the next."""
        asked = 0.0
        try:
            stream = self._streams.stream(token, self._cursors())
            with self._guard:
                self._stream = stream
            if self._ending.is_set():
                stream.close()
            for frames in stream:
                if frames:
                    self._backoff.succeed()
                    self._engine.offer(frames)
                    self._work.set()
        except TransportError as error:
            asked = error.retry_after
            if error.failure is Failure.REFUSED and error.status in (401, 403):
                asked = max(asked, 30.0)  # the engine's own requests find out what it means
        except Exception as error:  # see _run
            _log.warning("the stream failed: %s", type(error).__name__)
        finally:
            with self._guard:
                self._stream = None
            self._engine.offer([Frame("closed")])
            self._work.set()
        return self._backoff.fail(asked)

    def _close_stream(self) -> None:
        with self._guard:
            stream = self._stream
        if stream is not None:
            try:
                stream.close()
            except Exception as error:  # it ends either way
                _log.debug("closing the stream: %s", type(error).__name__)
