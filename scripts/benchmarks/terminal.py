"""A program in a pseudo-terminal, and how long it takes to paint something."""

from __future__ import annotations

import os
import select
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter

import pexpect

SIZE = (36, 120)
PATIENCE_SECONDS = 20.0
ROOT = Path(__file__).parents[2]


class Terminal:
    """One program at 120x36.

    Args:
        argv: the program.
        env: its environment beyond that of this process.
    """

    def __init__(self, argv: Sequence[str], env: Mapping[str, str]) -> None:
        # Byte code is written, as on anybody's machine: otherwise our own modules would be
        # compiled at every start and the libraries not.
        strange = ("AGENTDESK_", "XDG_", "PYTHONDONTWRITEBYTECODE")
        clean = {k: v for k, v in os.environ.items() if not k.startswith(strange)}
        common = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "TEXTUAL_ANIMATIONS": "none"}
        self.started = perf_counter()
        self._child = pexpect.spawn(
            argv[0], list(argv[1:]), env=clean | common | dict(env), dimensions=SIZE, cwd=str(ROOT)
        )

    def wait_for(self, text: str) -> float:
        """Seconds from now until a text is sent to the terminal.

        Raises:
            TimeoutError: it never came; the message ends with what did.
        """
        start, wanted, seen = perf_counter(), text.encode(), b""
        while (left := start + PATIENCE_SECONDS - perf_counter()) > 0:
            ready, _, _ = select.select([self._child.child_fd], [], [], left)
            if not ready:
                break
            try:
                seen += os.read(self._child.child_fd, 1 << 16)
            except OSError:  # the program has ended
                break
            if wanted in seen:
                return perf_counter() - start
        raise TimeoutError(f"{text!r} was not painted; the last output: {seen[-2000:]!r}")

    def send(self, text: str) -> None:
        """Type."""
        os.write(self._child.child_fd, text.encode())

    def drain(self, seconds: float = 0.3) -> None:
        """Read until the program has been quiet for so long."""
        while select.select([self._child.child_fd], [], [], seconds)[0]:
            try:
                os.read(self._child.child_fd, 1 << 16)
            except OSError:
                return

    def close(self) -> None:
        """End the program at once."""
        self._child.kill(signal.SIGKILL)
        self._child.close(force=True)


def console(home: Path) -> Terminal:
    """The console on a fresh store, with what the first start asks already known."""
    env = {
        "HOME": str(home),
        "XDG_RUNTIME_DIR": str(home / "run"),
        "AGENTDESK_LANGUAGE": "zh-CN",
        "AGENTDESK_PACK": "F6",
        "AGENTDESK_AGENT_NO": AGENT_NO,
        "AGENTDESK_COMPANY": "示例快运",
    }
    return Terminal([sys.executable, "-m", "agentdesk"], env)


AGENT_NO = "80317"
"""Stands in the header, so its first appearance is the first paint."""


def spread_ms(seconds: Sequence[float]) -> dict[str, float]:
    """p50 and p99 in milliseconds."""
    return {
        "p50": round(median(seconds) * 1e3, 1),
        "p99": round(quantiles(seconds, n=100, method="inclusive")[98] * 1e3, 1),
    }
