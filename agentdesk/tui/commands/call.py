"""Acts during a call: an F-key and a ctrl twin each, because terminals swallow some of either."""

from __future__ import annotations

from agentdesk.tui.commands.command import Command


class CallCommand(Command):
    """Base of the call commands."""

    group = "call"


class NewCall(CallCommand):
    """Answer the ringing call, or open a new one."""

    keys = ("f2", "ctrl+n")
    footer_rank = 10


class Scripts(CallCommand):
    """Look for a line to say."""

    keys = ("f3", "ctrl+k")
    footer_rank = 25


class Hold(CallCommand):
    """Hold the call, or come back to it."""

    keys = ("f4", "ctrl+o")
    footer_rank = 14


class Promise(CallCommand):
    """Promise a callback with a figure; starts its countdown."""

    keys = ("f5", "ctrl+u")
    footer_rank = 30


class Transfer(CallCommand):
    """Transfer the call."""

    keys = ("f6", "ctrl+t")
    footer_rank = 22


class Said(CallCommand):
    """This line was said; bring the next one."""

    keys = ("f7", "ctrl+g")
    footer_rank = 12


class SkipLine(CallCommand):
    """Bring the next line without counting this one as said."""

    keys = ("ctrl+b", "shift+f7")


class Escalate(CallCommand):
    """Hand the call upwards; goes at once and offers undo."""

    keys = ("f8", "ctrl+e")
    footer_rank = 0
    pinned = True
    danger = True


class Finish(CallCommand):
    """Hang up, then wrap up, then close."""

    keys = ("f9", "ctrl+f")
    footer_rank = 11


class ReplacePhrase(CallCommand):
    """Take the better wording for the marked phrase."""

    keys = ("f10", "ctrl+r")
    footer_rank = 8


class DismissPhrase(CallCommand):
    """Keep the marked phrase, with a reason."""

    keys = ("ctrl+d", "shift+f10")


class UndoEscalation(CallCommand):
    """Take the escalation back while the offer stands."""

    keys = ("f12", "ctrl+backslash")
    footer_rank = 3


class Silence(CallCommand):
    """The customer is silent or not on the line: start the prompt clock."""

    keys = ("ctrl+l", "shift+f4")
    footer_rank = 40


class Reveal(CallCommand):
    """Show masked data for 10 seconds; asks for a reason, which is logged."""

    keys = ("ctrl+w", "shift+f2")


class CustomerHungUp(CallCommand):
    """The customer hung up."""

    keys = ("ctrl+underscore", "shift+f9")


class Tick(CallCommand):
    """Tick a requirement that was met in free words."""

    keys = ("ctrl+s", "shift+f11")
    footer_rank = 45


class FollowUps(CallCommand):
    """Promises and callbacks: call back now, or note it as done."""

    keys = ("shift+f5", "shift+f6", "c")
    footer_rank = 35


class Side(CallCommand):
    """On a narrow terminal: show what else waits, or the call again."""

    # ctrl+y is redo in every text field.
    keys = ("f11", "ctrl+circumflex")


COMMANDS: tuple[type[Command], ...] = (
    NewCall,
    Scripts,
    Hold,
    Promise,
    Transfer,
    Said,
    SkipLine,
    Escalate,
    Finish,
    ReplacePhrase,
    DismissPhrase,
    UndoEscalation,
    Silence,
    Reveal,
    CustomerHungUp,
    Tick,
    FollowUps,
    Side,
)
"""Commands of the call, in the order help and footer show them."""
