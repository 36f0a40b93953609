"""A real terminal: the console runs in tmux, keys go in as a person's do, the screen is read."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from pathlib import Path
from threading import Event
from time import monotonic

import pytest

from agentdesk.locations import Locations

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 20.0
"""How long a text may take to appear; only a failing test ever waits so long."""

POLL_SECONDS = 0.03
_pause = Event().wait


class Tmux:
    """A tmux server of our own, out of the way of the user's."""

    def __init__(self, socket: Path) -> None:
        self._start = ["tmux", "-S", str(socket), "-f", "/dev/null", "-u"]
        # Holds the server, and so these settings, until the first terminal opens.
        self("new-session", "-d", "-s", "keeper", "cat")
        for option, value in (("status", "off"), ("focus-events", "off")):
            self("set-option", "-g", option, value)
        self("set-option", "-s", "escape-time", "0")

    def __call__(self, *arguments: str) -> str:
        """Run one tmux command; what it prints."""
        done = subprocess.run(
            [*self._start, *arguments], capture_output=True, text=True, encoding="utf-8"
        )
        assert done.returncode == 0, f"tmux {arguments[0]}: {done.stderr}"
        return done.stdout

    def stop(self) -> None:
        """End the server and everything in it."""
        subprocess.run([*self._start, "kill-server"], capture_output=True)


class Pane:
    """One program in one terminal.

    Args:
        tmux: the server.
        name: of the session.
        argv: the program.
        env: the whole of its environment.
        size: columns and rows.
        code: file for its exit code; tmux 3.3 sometimes loses it.
    """

    def __init__(
        self,
        tmux: Tmux,
        name: str,
        argv: Sequence[str],
        env: dict[str, str],
        size: tuple[int, int],
        code: Path,
    ) -> None:
        self._tmux, self._name, self._code = tmux, name, code
        variables = [f"{key}={value}" for key, value in env.items()]
        shape = ("-x", str(size[0]), "-y", str(size[1]), "-c", str(ROOT))
        # Afterwards the terminal stays, so that what was written can be read.
        stay = f'"$@"; echo $? >"{code}"; exec cat'
        program = ("sh", "-c", stay, "sh", "env", "-i", *variables, *argv)
        tmux("new-session", "-d", "-s", name, *shape, *program)

    def text(self) -> str:
        """The screen as it stands, blanks at line ends cut off."""
        return self._tmux("capture-pane", "-p", "-t", self._name)

    def until(self, wanted: Callable[[str], bool], what: str) -> str:
        """Wait for the screen to be so; the screen.

        Raises:
            AssertionError: it never came; the message shows the last screen.
        """
        end = monotonic() + PATIENCE_SECONDS
        while True:
            shown = self.text()
            if wanted(shown):
                return shown
            if monotonic() > end:
                raise AssertionError(f"never on the screen: {what}\n{shown}")
            _pause(POLL_SECONDS)

    def see(self, *texts: str) -> str:
        """Wait until all texts stand on the screen; the screen."""
        return self.until(lambda shown: all(each in shown for each in texts), repr(texts))

    def gone(self, text: str) -> str:
        """Wait until a text is not on the screen any more; the screen."""
        return self.until(lambda shown: text not in shown, f"anything but {text!r}")

    def press(self, *keys: str) -> None:
        """Press keys, named as tmux names them."""
        self._tmux("send-keys", "-t", self._name, *keys)

    def type(self, text: str) -> None:
        """Type a text literally, as an input method commits it."""
        self._tmux("send-keys", "-t", self._name, "-l", "--", text)

    def paste(self, text: str) -> None:
        """Paste a text in brackets."""
        self._tmux("set-buffer", "-b", self._name, "--", text)
        self._tmux("paste-buffer", "-p", "-d", "-b", self._name, "-t", self._name)

    def resize(self, columns: int, rows: int) -> None:
        """Make the terminal another size."""
        self._tmux("resize-window", "-t", self._name, "-x", str(columns), "-y", str(rows))

    def cursor(self) -> tuple[int, int]:
        """Column and row of the terminal's cursor, where an input method opens."""
        found = self._ask("#{cursor_x} #{cursor_y}").split()
        return int(found[0]), int(found[1])

    def ended(self) -> int:
        """Wait for the program to end; its exit code, 128 + signal when it was killed."""
        self.until(lambda _: self._read_code().endswith("\n"), "the end of the program")
        return int(self._read_code())

    def _read_code(self) -> str:
        return self._code.read_text("ascii") if self._code.exists() else ""

    def output(self) -> str:
        """All that an ended program wrote, its lines joined again where the terminal cut them."""
        return self._tmux("capture-pane", "-p", "-J", "-S", "-100", "-t", self._name)

    def close(self) -> None:
        """Take the terminal away, whatever runs in it."""
        self._tmux("kill-session", "-t", self._name)

    def _ask(self, form: str) -> str:
        return self._tmux("display-message", "-p", "-t", self._name, form).strip()


class Seat:
    """One user of the machine: a home of their own, terminals, and a shell.

    Attributes:
        env: the whole environment of everything they start.
        places: where their files are.
    """

    def __init__(self, tmux: Tmux, home: Path, names: Iterator[int]) -> None:
        self._tmux, self._names = tmux, names
        self.home = home
        self.env = {
            "HOME": str(home),
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "TERM": "screen-256color",
            "COLORTERM": "truecolor",
            "TEXTUAL_ANIMATIONS": "none",
            "TMPDIR": str(home / "tmp"),
        }
        (home / "tmp").mkdir()
        self.places = Locations.find(self.env)

    def open(
        self, *argv: str, size: tuple[int, int] = (120, 36), env: dict[str, str] | None = None
    ) -> Pane:
        """Start the console, or a sub-command, in a terminal.

        Args:
            env: changes to the environment; an empty value takes a variable away.
        """
        changed = {**self.env, **(env or {})}
        kept = {name: value for name, value in changed.items() if value}
        program = [sys.executable, "-m", "agentdesk", *argv]
        name = f"t{next(self._names)}"
        return Pane(self._tmux, name, program, kept, size, self.home / f"{name}.code")

    @property
    def pid(self) -> int:
        """Process id of the running console, as its lock names it."""
        path = self.places.store_file
        return int(path.with_name(f"{path.name}.lock").read_text("ascii"))

    def run(self, *argv: str) -> subprocess.CompletedProcess[str]:
        """Run a sub-command without a terminal."""
        return subprocess.run(
            [sys.executable, "-m", "agentdesk", *argv],
            env=self.env,
            cwd=ROOT,
            capture_output=True,
            text=True,
            encoding="utf-8",
            stdin=subprocess.DEVNULL,
            timeout=PATIENCE_SECONDS,
        )

    def ready(self) -> None:
        """Know already what the first start asks."""
        self.configure(
            'language = "zh-CN"\npack = "F6"\ncompany = "示例速运"\n[agent]\nno = "8012"\n'
        )

    def configure(self, toml: str) -> None:
        """Write the settings."""
        self.places.config_file.parent.mkdir(parents=True, exist_ok=True)
        self.places.config_file.write_text(toml, encoding="utf-8")


@pytest.fixture(scope="session")
def tmux(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tmux]:
    """The tmux server of this test process."""
    if shutil.which("tmux") is None:
        pytest.fail("the end-to-end tests need tmux: apt-get install tmux, or brew install tmux")
    # A socket's path may have about 100 characters, which a test folder can exceed.
    server = Tmux(Path("/tmp") / f"agentdesk-e2e-{os.getpid()}.tmux")
    yield server
    server.stop()


@pytest.fixture(scope="session")
def names() -> Iterator[int]:
    """A number for each terminal."""
    return count()


@pytest.fixture
def seat(tmux: Tmux, names: Iterator[int], tmp_path: Path) -> Seat:
    """A user who has never opened the console."""
    return Seat(tmux, tmp_path, names)
