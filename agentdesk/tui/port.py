"""The way from the screens to the desk and back.

::

    port.run(lambda desk: desk.act(Hold()), self.took)

The work runs on the desk's thread; ``took`` is called on the app's loop with its result, in
the order asked. A failure goes to one handler, so no act fails in silence.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING, TypeVar

from textual.app import App

from agentdesk.desk.worker import Worker

if TYPE_CHECKING:
    from agentdesk.desk.desk import Desk

T = TypeVar("T")


class DeskPort:
    """Runs work on the desk and brings results home.

    Args:
        app: whose loop the results come back to.
        worker: the desk's thread (or the inline worker of a test).
        failed: told of every error.
    """

    def __init__(
        self, app: App[None], worker: Worker, failed: Callable[[BaseException], None]
    ) -> None:
        self._app = app
        self._worker = worker
        self._failed = failed
        self._pending = 0

    @property
    def busy(self) -> bool:
        """Something was asked for and has not come back."""
        return self._pending > 0

    def run(self, work: Callable[[Desk], T], then: Callable[[T], None] | None = None) -> None:
        """Do ``work`` with the desk; ``then`` gets its result."""
        self._pending += 1

        def done(future: Future[T]) -> None:
            self._app.call_later(self._home, future, then)

        self._worker.submit(work).add_done_callback(done)

    def _home(self, future: Future[T], then: Callable[[T], None] | None) -> None:
        self._pending -= 1
        error = future.exception()
        if error is not None:
            self._failed(error)
        elif then is not None and self._app.is_running:  # no screens are left to show it on
            then(future.result())

    def close(self) -> None:
        """Finish everything asked for and close the store."""
        self._worker.close()
