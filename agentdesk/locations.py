"""Where files live: the XDG base directories, or one folder for demo and tests.

========  ===========================================  =================================
folder    default                                      holds
========  ===========================================  =================================
config    ``$XDG_CONFIG_HOME`` / ``~/.config``         ``config.toml``, ``packs/*.toml``
data      ``$XDG_DATA_HOME`` / ``~/.local/share``      the database
state     ``$XDG_STATE_HOME`` / ``~/.local/state``     the log
cache     ``$XDG_CACHE_HOME`` / ``~/.cache``           what can be made again
runtime   ``$XDG_RUNTIME_DIR``, else state ``/run``    how to reach the running console
========  ===========================================  =================================
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from agentdesk.errors import StoreReadOnly

APP = "agentdesk"


class Locations(Struct, frozen=True):
    """The folders of one user, none of which need exist.

    Attributes:
        chosen_config: the file named by ``AGENTDESK_CONFIG`` or ``--config``; it must exist,
            while the one in ``config_dir`` may be missing.
    """

    config_dir: Path
    data_dir: Path
    state_dir: Path
    cache_dir: Path
    runtime_dir: Path
    chosen_config: Path | None = None

    @classmethod
    def find(cls, env: Mapping[str, str]) -> Locations:
        """The folders for an environment. Relative XDG values are ignored, as XDG asks."""
        home = Path(env.get("HOME") or os.path.expanduser("~"))

        def base(variable: str, default: Path) -> Path:
            value = env.get(variable, "")
            return (Path(value) if os.path.isabs(value) else default) / APP

        state = base("XDG_STATE_HOME", home / ".local" / "state")
        runtime = env.get("XDG_RUNTIME_DIR", "")
        chosen = env.get("AGENTDESK_CONFIG", "")
        return cls(
            config_dir=base("XDG_CONFIG_HOME", home / ".config"),
            data_dir=base("XDG_DATA_HOME", home / ".local" / "share"),
            state_dir=state,
            cache_dir=base("XDG_CACHE_HOME", home / ".cache"),
            runtime_dir=Path(runtime) / APP if os.path.isabs(runtime) else state / "run",
            chosen_config=Path(chosen).expanduser().absolute() if chosen else None,
        )

    @classmethod
    def under(cls, folder: Path) -> Locations:
        """Everything below one folder, for a throw-away store."""
        return cls(*(folder / name for name in ("config", "data", "state", "cache", "run")))

    @property
    def config_file(self) -> Path:
        """``config.toml``: the chosen one, else the one in ``config_dir``."""
        return self.chosen_config or self.config_dir / "config.toml"

    @property
    def packs_dir(self) -> Path:
        """The centre's own standards packs, next to ``config.toml``."""
        return self.config_file.parent / "packs"

    @property
    def store_file(self) -> Path:
        """The database."""
        return self.data_dir / "agentdesk.sqlite3"

    @property
    def log_file(self) -> Path:
        """The program's own log; no customer text is written to it."""
        return self.state_dir / "agentdesk.log"

    @property
    def control_file(self) -> Path:
        """Address and token of the running console, readable by its user only."""
        return self.runtime_dir / "control.json"

    def prepare(self) -> None:
        """Make the folders the console writes to, closed to other users.

        Raises:
            StoreReadOnly: a folder cannot be made (``folder.unwritable``).
        """
        for folder in (self.data_dir, self.state_dir, self.runtime_dir):
            try:
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            except OSError as error:
                raise StoreReadOnly(
                    "folder.unwritable", path=str(folder), reason=error.strerror or str(error)
                ) from error
