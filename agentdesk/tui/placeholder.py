"""What the screens draw before the desk is open: nobody, no standard, no call."""

from __future__ import annotations

from agentdesk.desk.snapshot import Profile, Snapshot
from agentdesk.domain.call.checking import Checker
from agentdesk.domain.pack import Pack, Title
from agentdesk.domain.phrases import PhraseBook


def nothing_yet() -> Snapshot:
    """An empty picture of the desk."""
    pack = Pack("", Title("", ""), (), (), (), (), (), (), (), (), (), {}, (), 30)
    checker = Checker(PhraseBook(()), pack)
    return Snapshot(Profile(), pack, checker, None, (), (), (), (), (), (), None, None)
