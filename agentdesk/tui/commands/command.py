"""What a user can do, one small class per act.

Bindings, footer, palette, help and ``agentdesk keys`` all derive from these classes, so they
cannot drift apart::

    class Escalate(Command):
        '''Hand the call upwards.'''

        keys = ("f8", "ctrl+e")
        group = "call"
        footer_rank = 0

    Escalate.id()        # "escalate", the name used in config.toml [keys]
    Escalate.action()    # "escalate": the screen, a focused widget or the app has action_escalate
    strings(Escalate.label_key()), strings(Escalate.help_key())

Whether it can run now is asked of the same object: ``check_action("escalate", ())`` returns
True (run), None (shown dim) or False (hidden). Nothing here imports Textual.
"""

from __future__ import annotations

import re
from typing import ClassVar

_CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")


class Command:
    """One act of the user.

    Attributes:
        keys: key names as Textual spells them, the one shown first in front.
        group: ``frame`` and ``go`` (everywhere), ``call``, ``list`` (a focused list).
        footer_rank: 0 is kept longest when the footer is narrow; None is never in the footer.
        pinned: stays in the footer on every screen, however narrow.
        danger: shown in the alarm colour.
        anywhere: also runs while a dialog is open.
        fixed: its keys are the same for everybody; ``[keys]`` cannot change them.
        hidden: not offered in the palette (moving in a list, for example).
    """

    keys: ClassVar[tuple[str, ...]] = ()
    group: ClassVar[str] = "frame"
    footer_rank: ClassVar[int | None] = None
    pinned: ClassVar[bool] = False
    danger: ClassVar[bool] = False
    anywhere: ClassVar[bool] = False
    hidden: ClassVar[bool] = False
    fixed: ClassVar[bool] = False

    @classmethod
    def id(cls) -> str:
        """Name in ``config.toml [keys]``: the class name in kebab case."""
        return _CAPITAL.sub("-", cls.__name__).lower()

    @classmethod
    def action(cls) -> str:
        """Name of the action: ``escalate`` runs ``action_escalate``."""
        return cls.id().replace("-", "_")

    @classmethod
    def label_key(cls) -> str:
        """String-table key of the short label."""
        return f"cmd.{cls.id()}.label"

    @classmethod
    def help_key(cls) -> str:
        """String-table key of the one-sentence help."""
        return f"cmd.{cls.id()}.help"
