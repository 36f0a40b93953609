"""The board's questions: small dialogs whose first answers are one digit away."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, TypeVar

from agentdesk.domain.ticket.commands import PAUSE_REASONS, Advised
from agentdesk.domain.ticket.priority import LEVELS
from agentdesk.domain.ticket.state import Ticket
from agentdesk.domain.ticket.words import SEVERITY
from agentdesk.strings import Strings
from agentdesk.tui.commands.command import Command
from agentdesk.tui.keymap import shown
from agentdesk.tui.panels.board_detail import guard_words
from agentdesk.tui.panels.board_lists import SAVED, VIEWS
from agentdesk.tui.screens.board_steps import AGO, AT_TIME
from agentdesk.tui.screens.reason import ReasonScreen
from agentdesk.tui.widgets.picker import Picker, PickRow

if TYPE_CHECKING:
    from agentdesk.desk.ticket_people import Colleague, Receiver
    from agentdesk.tui.screens.board_acts import BoardActs

T = TypeVar("T")


def _load(colleague: Colleague, ticket: Ticket) -> str:
    """What is said of somebody beside the name."""
    if colleague.id == ticket.owner:
        return "has"
    return "load" if colleague.open else "idle"


class BoardAsks:
    """Dialogs of the board; each answers to a callback, leaving answers nothing.

    Args:
        screen: the board they stand over.
    """

    def __init__(self, screen: BoardActs) -> None:
        self._screen = screen

    @property
    def s(self) -> Strings:
        """The texts of the interface language."""
        return self._screen.s

    def text(
        self,
        name: str,
        opener: str,
        then: Callable[[str], None],
        *,
        presets: Sequence[str] | None = None,
        detail: str = "",
        value: str = "",
    ) -> None:
        """A text that must not be empty; ``name`` gives question and ready answers."""
        ready = self._presets(name) if presets is None else list(presets)
        target = self._screen.aimed()

        def answer(text: str | None) -> None:
            if text:
                self._screen.aiming(target, lambda: then(text))

        dialog = ReasonScreen(
            self.s(f"board.ask.{name}"), ready, detail=detail, value=value, opener=opener
        )
        self._screen.app.push_screen(dialog, answer)

    def _presets(self, name: str) -> list[str]:
        keys = (f"board.ask.{name}.{number}" for number in range(1, 10))
        return [self.s(key) for key in keys if key in self.s]

    def pick(
        self,
        title: str,
        rows: Iterable[PickRow[T]],
        opener: str,
        then: Callable[[T], None],
        *,
        preview: int = 0,
        free: Callable[[str], PickRow[T]] | None = None,
        digits: bool = True,
        about: str = "",
    ) -> None:
        """One of some rows, or what is typed (``free``); ``about`` names its texts."""
        target = self._screen.aimed()

        def answer(found: T | None) -> None:
            if found is not None:
                self._screen.aiming(target, lambda: then(found))

        picker = Picker(
            title,
            list(rows),
            hint=self.s(f"board.ask.{about}.hint") if about else "",
            empty=self.s(f"board.ask.{about}.none") if about else "",
            preview_height=preview,
            opener=opener,
            free=free,
            digits=digits,
        )
        self._screen.app.push_screen(picker, answer)

    def guard(self, advised: Advised, opener: str, then: Callable[[str], None]) -> None:
        """Why go on against a guard's advice; the reason is recorded."""
        detail = self._screen.detail
        pack = detail.card.pack if detail is not None else self._screen.snapshot.pack
        what = guard_words(advised.guard.value, advised.params, pack, self.s)
        text = f"{what}  {advised.rule}" if advised.rule else what
        self.text("guard", opener, then, detail=text)

    def acts(
        self, commands: Sequence[type[Command]], then: Callable[[type[Command]], None]
    ) -> None:
        """What can be done with the order now."""
        keymap = self._screen.frame.keymap
        rows = [
            PickRow(
                command,
                self.s(command.label_key()),
                detail=shown(keymap.get(command.id(), command.keys)),
                preview=self.s(command.help_key()),
                search=command.id(),
            )
            for command in commands
        ]
        self.pick(self.s("board.ask.acts"), rows, "order-acts", then, preview=1)

    def assign(
        self, people: Sequence[Colleague], ticket: Ticket, then: Callable[[str], None]
    ) -> None:
        """Who has it from now on: a colleague, or a number that is typed."""
        s = self.s
        rows = [
            PickRow(
                each.id,
                f"{each.id} {each.name}".strip(),
                detail=s(f"board.ask.assign.{_load(each, ticket)}", count=each.open),
                search=each.name,
                dim=each.id == ticket.owner,
            )
            for each in people
        ]
        self.pick(
            s("board.ask.assign"),
            rows,
            "assign-order",
            then,
            preview=1,
            free=lambda text: PickRow(text, s("board.ask.assign.free", text=text)),
            digits=False,
            about="assign",
        )

    def dispatch(self, known: Sequence[Receiver], then: Callable[[tuple[str, str]], None]) -> None:
        """Which department, and who there took it if that is known; either can be typed."""
        s = self.s
        rows = [
            PickRow(
                (each.department, each.assignee),
                f"{each.department} {each.assignee}".strip(),
                detail=s("board.ask.dispatch.load", count=each.out) if each.out else "",
                group=s(f"board.ask.dispatch.{'people' if each.assignee else 'departments'}"),
            )
            for each in known
        ]

        def typed(text: str) -> PickRow[tuple[str, str]]:
            department, _, assignee = text.partition(" ")
            who = department, assignee.strip()
            return PickRow(who, s("board.ask.dispatch.free", text=text))

        self.pick(
            s("board.ask.dispatch"),
            rows,
            "dispatch-order",
            then,
            preview=1,
            free=typed,
            about="dispatch",
        )

    def pause(self, then: Callable[[str], None]) -> None:
        """Why the clocks stand still."""
        rows = [PickRow(reason, self.s(f"ticket.pause.{reason}")) for reason in PAUSE_REASONS]
        self.pick(self.s("board.ask.pause"), rows, "pause-order", then)

    def step(self, marks: Sequence[str], then: Callable[[str], None]) -> None:
        """Which dated step was reached."""
        rows = [PickRow(mark, self.s(f"ticket.mark.{mark}")) for mark in marks]
        self.pick(self.s("board.ask.step"), rows, "record-step", then)

    def step_at(self, mark: str, then: Callable[[str], None]) -> None:
        """When it was: now (an empty text), one of some spans ago, or ``AT_TIME``: typed."""
        s = self.s
        rows = [PickRow(ago, s(f"board.step.{ago or 'now'}")) for ago in ("", *AGO, AT_TIME)]
        title = f"{s('board.ask.step_at')}  {s(f'ticket.mark.{mark}')}"
        self.pick(title, rows, "record-step", then)

    def told(self, then: Callable[[str], None]) -> None:
        """How the customer was told."""
        rows = [PickRow(how, self.s(f"board.told.{how}")) for how in ("phone", "message", "visit")]
        self.pick(self.s("board.ask.told"), rows, "tell-customer", then)

    def rank(self, ticket: Ticket, then: Callable[[dict[str, str]], None]) -> None:
        """Another priority or severity."""
        s = self.s
        rows: list[PickRow[dict[str, str]]] = [
            PickRow(
                {"priority": str(level)}, s(f"board.priority.{level}"), group=s("board.ask.rank.1")
            )
            for level in LEVELS
        ]
        rows += [
            PickRow(
                {"severity": key},
                s(f"board.severity.{key}"),
                group=s("board.ask.rank.2"),
                dim=ticket.values.get("severity") == key,
            )
            for key in SEVERITY
        ]
        self.pick(s("board.ask.rank"), rows, "rank-order", then)

    def form(self, ticket: Ticket, then: Callable[[str], None]) -> None:
        """Which of the forms that are out; the only one is not asked for."""
        out = ticket.forms_out
        if len(out) == 1:
            then(out[0].id)
            return
        view = self._screen.view()
        rows = [
            PickRow(str(form.id), form.department, detail=view.clock(form.sent_at)) for form in out
        ]
        self.pick(self.s("board.ask.form"), rows, "form-back", then)

    def views(self, saved: Sequence[str], then: Callable[[str], None]) -> None:
        """Which list; a saved one can be dropped as well."""
        s = self.s
        rows = [
            PickRow(view, s(f"board.view.{view}"), detail=s(f"board.about.{view}.short"))
            for view in VIEWS
        ]
        rows += [PickRow(f"{SAVED}{name}", name, group=s("board.saved")) for name in saved]
        rows += [
            PickRow(f"drop:{name}", s("board.saved.drop", name=name), group=s("board.saved.drops"))
            for name in saved
        ]
        self.pick(s("board.ask.views"), rows, "board-views", then)

    def owed(self, title: str, then: Callable[[str], None]) -> None:
        """Call back now, agree another time, or it is done."""
        rows = [
            PickRow("call", self.s("ask.followup.call")),
            PickRow("done", self.s("ask.followup.done")),
        ]
        self.pick(title, rows, "follow-ups", then)
