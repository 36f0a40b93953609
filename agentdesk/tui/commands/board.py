"""Acts of the board: plain letters, and one menu of them all that works while text is typed."""

from __future__ import annotations

from agentdesk.tui.commands.command import Command
from agentdesk.tui.commands.search import Search


class GoBoard(Command):
    """Go to the board: orders, promises, follow-ups."""

    keys = ("2",)
    group = "go"


class BoardCommand(Command):
    """Base of the board's acts."""

    group = "board"


class NewOrder(BoardCommand):
    """Take a matter in, from the call on the card or by hand."""

    keys = ("n",)
    footer_rank = 11


class OrderActs(BoardCommand):
    """Choose what to do with the order under the cursor."""

    keys = ("x", "shift+f8")
    footer_rank = 9


class EditOrder(BoardCommand):
    """Fill in or change the fields of the order."""

    keys = ("e",)
    footer_rank = 30


class DispatchOrder(BoardCommand):
    """Send it to a department with a form."""

    keys = ("d",)
    footer_rank = 15


class FormBack(BoardCommand):
    """A department gave its form back; what it did is a must."""

    keys = ("b",)
    footer_rank = 16


class FirstResponse(BoardCommand):
    """The customer got a first response."""

    keys = ("r",)
    footer_rank = 17


class FormalReply(BoardCommand):
    """The customer got the formal reply."""

    keys = ("R",)
    footer_rank = 31


class RecordStep(BoardCommand):
    """A dated step of the order: queue joined, repair begun, visit agreed, message answered."""

    keys = ("w",)
    footer_rank = 24


class PauseOrder(BoardCommand):
    """Let the clocks stand still for a reason, or go on."""

    keys = ("p",)
    footer_rank = 19


class ResolveOrder(BoardCommand):
    """The matter is settled; its result is a must."""

    keys = ("s",)
    footer_rank = 14


class TellCustomer(BoardCommand):
    """The customer was told the result."""

    keys = ("t",)
    footer_rank = 13


class FollowUpOrder(BoardCommand):
    """The follow-up call was made; its result is a must."""

    keys = ("f",)
    footer_rank = 18


class CloseOrder(BoardCommand):
    """Close the loop."""

    keys = ("q",)
    footer_rank = 12


class ReopenOrder(BoardCommand):
    """It was not over; also takes back what was settled, closed or voided by mistake."""

    keys = ("o",)
    footer_rank = 20


class NudgeOrder(BoardCommand):
    """Chase whoever owes work."""

    keys = ("u",)
    footer_rank = 21


class UndoOrder(BoardCommand):
    """Undo what one last did to the order, promise or callback, within half a minute."""

    keys = ("U",)
    footer_rank = 22


class RankOrder(BoardCommand):
    """Change priority or severity, with a reason."""

    keys = ("l",)
    footer_rank = 32


class AssignOrder(BoardCommand):
    """Hand it to somebody else."""

    keys = ("O",)
    footer_rank = 33


class CorrectOrder(BoardCommand):
    """A wrong answer was found, or the customer was called back about it."""

    keys = ("C",)
    footer_rank = 34


class ReadBackOrder(BoardCommand):
    """The record was read back to the customer."""

    keys = ("y",)
    footer_rank = 29


class VoidOrder(BoardCommand):
    """It should not exist; nothing is deleted."""

    keys = ("z",)
    footer_rank = 35


class PromiseTime(BoardCommand):
    """Agree another time for a promised callback."""

    keys = ("m",)
    footer_rank = 13


class OpenCall(BoardCommand):
    """Open the call it came from."""

    keys = ("h",)
    footer_rank = 28


class LinkCall(BoardCommand):
    """The call on the card is about this order."""

    keys = ("i",)
    footer_rank = 36


class BoardViews(BoardCommand):
    """Choose a list: mine, all, overdue, follow-ups, reminders, day-clear, saved ones."""

    keys = ("V",)
    footer_rank = 10


class NextState(BoardCommand):
    """Only the next state."""

    keys = ("right_square_bracket", "fullwidth_right_square_bracket")
    footer_rank = 40


class StateBefore(BoardCommand):
    """Only the state before."""

    keys = ("left_square_bracket", "fullwidth_left_square_bracket")


class RollUp(BoardCommand):
    """All open orders counted by owner, area, state, department, category; and back."""

    keys = ("L",)
    footer_rank = 23


class GroupBy(BoardCommand):
    """Group otherwise: the board by state or not at all, the roll-up by owner, area and so on."""

    keys = ("B",)
    footer_rank = 22


class FoldGroup(BoardCommand):
    """Fold the group under the cursor, or unfold it; its count and next due time stay."""

    keys = ("F",)
    footer_rank = 26


class SaveView(BoardCommand):
    """Keep this search as a view of its own."""

    keys = ("S",)
    footer_rank = 41


ACTS: tuple[type[Command], ...] = (
    EditOrder,
    ReadBackOrder,
    DispatchOrder,
    FormBack,
    FirstResponse,
    FormalReply,
    PauseOrder,
    ResolveOrder,
    TellCustomer,
    FollowUpOrder,
    CloseOrder,
    ReopenOrder,
    NudgeOrder,
    RecordStep,
    UndoOrder,
    RankOrder,
    AssignOrder,
    CorrectOrder,
    PromiseTime,
    OpenCall,
    LinkCall,
    VoidOrder,
)
"""What can be done with one order, in the order of its course."""

COMMANDS: tuple[type[Command], ...] = (
    NewOrder,
    OrderActs,
    *ACTS,
    BoardViews,
    NextState,
    StateBefore,
    SaveView,
    RollUp,
    GroupBy,
    FoldGroup,
)
"""Acts of the board, in the order help and footer show them."""

ROLL_UP: tuple[type[Command], ...] = (GroupBy, RollUp)
"""What the roll-up offers."""

HERE: tuple[type[Command], ...] = (Search, *COMMANDS)
"""What the board offers."""
