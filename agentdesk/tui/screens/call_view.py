"""The call screen as a picture: panels, note, form; what to say now and what is wrong now.

Acts are in :mod:`agentdesk.tui.screens.call`. State flows down: :meth:`CallView.show` takes
a snapshot, :meth:`CallView.tick` the time; both draw only the rows that changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec.structs import replace
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.geometry import Size
from textual.widget import Widget

from agentdesk.desk.snapshot import Snapshot
from agentdesk.domain.call.commands import UNDO_SECONDS
from agentdesk.domain.call.guide import Guide, guide
from agentdesk.domain.call.meters import Meter, meters
from agentdesk.domain.call.state import Call, Phase
from agentdesk.domain.call.timers import timers
from agentdesk.domain.followups import EscalationView
from agentdesk.domain.pack import Line as ScriptLine
from agentdesk.domain.scripts import Filled, Situation
from agentdesk.tui.commands import by_id
from agentdesk.tui.commands.lists import Leave
from agentdesk.tui.keymap import display
from agentdesk.tui.panels.common import View, closer, heading
from agentdesk.tui.panels.explain import explain
from agentdesk.tui.panels.left import left_lines
from agentdesk.tui.panels.right import right_lines
from agentdesk.tui.panels.speak import speak_lines
from agentdesk.tui.panels.strip import advice_lines, hit_lines
from agentdesk.tui.panels.words import fill_line, gap_titles, situation_of
from agentdesk.tui.screens.call_card import CallCard
from agentdesk.tui.screens.card import Card
from agentdesk.tui.widgets.lines import Line, LinesPanel
from agentdesk.tui.widgets.today import TodayPane


class CallView(CallCard):
    """Layout and drawing of the call screen."""

    PLACE = "call"
    HORIZONTAL_BREAKPOINTS = [
        (0, "-narrow"),
        (112, "-normal"),
        (150, "-wide"),
    ]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (32, "-tall")]
    BINDINGS = [Binding(",".join(Leave.keys), "rest", show=False)]
    AUTO_FOCUS = ""  # the first field there is may belong to a card that is not shown
    CSS_PATH = "call.tcss"

    # ------------------------------------------------------------------ layout

    def compose_body(self) -> ComposeResult:
        """Three columns by distance from the customer."""
        with Horizontal(id="columns"):
            yield LinesPanel(id="left")
            with Vertical(id="centre"):
                yield LinesPanel(id="speak")
                yield TodayPane(self.view(), self._snapshot.pack)
            yield LinesPanel(id="right")

    @property
    def today(self) -> TodayPane:
        """Today's calls."""
        return self.query_one(TodayPane)

    def _panel(self, name: str) -> LinesPanel:
        return self.query_one(f"#{name}", LinesPanel)

    def view(self) -> View:
        """What the panels need to draw."""
        shown = self._card.revealed if self._revealed() else frozenset()
        return View(self.s, self._now, self.console.zone, shown)

    def _revealed(self) -> bool:
        until = self._card.revealed_until
        return until is not None and self._now < until

    def on_mount(self) -> None:
        """The panels exist now: draw what the desk has told meanwhile."""
        super().on_mount()
        self.ready = True
        self.show(self.console.snapshot)
        if self._snapshot.call is None:
            self.today.list.focus()
        self.once_drawn(self._painted)

    async def _painted(self) -> None:
        """The first paint is out: open the desk and, while it reads, put up the card."""
        self.console.painted()
        await self._mount_card()
        self.has_card = True
        self.show(self.console.snapshot)

    async def _mount_card(self) -> None:
        from agentdesk.tui.widgets.form import RecordForm
        from agentdesk.tui.widgets.notes import SafeTextArea

        form = RecordForm(self.s, self._snapshot.pack)
        form.add_class("card")
        await self.query_one("#centre").mount(
            LinesPanel(id="note-title", classes="card"),
            SafeTextArea(id="note", classes="card"),
            LinesPanel(id="strip", classes="card"),
            LinesPanel(id="form-title", classes="card"),
            form,
            after="#speak",
        )

    # ------------------------------------------------------------ state flows down

    def show(self, snapshot: Snapshot) -> None:
        """Draw a new snapshot; another call on the card is loaded with its typing."""
        before, self._snapshot = self._snapshot, snapshot
        call = snapshot.call
        self.set_class(call is None, "-idle")
        if self.has_card:
            self._show_card(before, call)
        self._check()
        self.draw()
        # Panels may get another size by this; what is drawn depends on it.
        self.once_drawn(self.draw)
        self.refresh_bindings()

    def _show_card(self, before: Snapshot, call: Call | None) -> None:
        if self.form.pack is not self._snapshot.pack:
            self.form.set_pack(self._snapshot.pack, self.s)
        if (call.id if call else "") != self._loaded:
            self._load(call)
        elif call is not None and before.call is not None and before.call.phase is not call.phase:
            self._card = replace(self._card, advice=None, warned=False)
        self.form.ask_number(call is not None and not call.number)

    def _load(self, call: Call | None) -> None:
        from textual.widgets import TextArea

        self._loaded = call.id if call else ""
        self._card = Card(dismissed=call.kept if call else frozenset())
        self._dirty = False
        typing = self._snapshot.typing
        self._saved_at = typing.saved_at if typing else None
        values = {**(call.values if call else {}), **(typing.values if typing else {})}
        with self.note.prevent(TextArea.Changed):
            self.note.load_text(values.get("note", ""))
        self.form.load(values)
        if call is None:
            self.today.list.focus()
            return
        self.once_drawn(
            self._place_focus, typing.focus if typing else "", typing.cursor if typing else (0, 0)
        )

    def _place_focus(self, key: str, cursor: tuple[int, int]) -> None:
        """Back to the field and place of the caret; a fresh card begins at the surname."""
        if key == "note" or (not key and self.form.surname.value):
            self.note.focus()
            self.note.move_cursor(cursor if key else self.note.document.end)
            return
        widget = self.form.widget_of(key or "surname")
        if widget is not None:
            if not widget.is_attached:  # a row of the category, just being mounted
                self.once_drawn(self._place_focus, key, cursor)
                return
            widget.focus()
            if hasattr(widget, "cursor_position"):
                widget.cursor_position = cursor[1]

    def tick(self, now: datetime) -> None:
        """Another second: only rows whose figure changed are drawn."""
        self._now = now
        if self._card.revealed_until is not None and not self._revealed():
            self._card = replace(self._card, revealed=frozenset(), revealed_until=None)
        self.draw()

    def relabel(self) -> None:
        """Language or theme changed."""
        if self.has_card:
            self.form.set_pack(self._snapshot.pack, self.s)
        self.console.load_today()
        self.draw()

    def on_resize(self) -> None:
        """Wrap everything anew."""
        self.once_drawn(self.draw)

    # ------------------------------------------------------------------ drawing

    def draw(self) -> None:
        """Draw every panel; unchanged rows cost nothing."""
        if not self.ready:
            return
        self.draw_centre()
        view = self.view()
        call = self._snapshot.call
        if self.has_card:
            number = call.number if call is not None else ""
            self.form.take_over(number, view.number(number))
        clocks = timers(call, self._snapshot.pack, self._now) if call else ()
        left = self._panel("left")
        typed = replace(self._snapshot, call=self.typed_call())
        lines = left_lines(typed, clocks, self._meters(), view, _width(left))
        left.set_lines(closer(lines, left.size.height))
        right = self._panel("right")
        right.set_lines(right_lines(self._snapshot, view, _width(right)))

    def _meters(self) -> tuple[Meter, ...]:
        call = self._snapshot.call
        if call is None:
            return ()
        return meters(
            call,
            self._snapshot.pack,
            banned=sum(marks.banned for marks in self._marks.values()),
            ni=sum(marks.ni for marks in self._marks.values()),
        )

    def draw_centre(self) -> None:
        """What to say, what is wrong, how the note stands."""
        self._guide = self._find_guide()
        self._filled = self.fill_line(self._guide.line) if self._guide.line else None
        speak = self._panel("speak")
        speak.set_lines(
            speak_lines(self._guide, self._filled, self._idle(), self._keys(), self.s, _size(speak))
        )
        if not self.has_card:
            return
        saved = self.s("call.unsaved") if self._dirty else self._saved_text()
        self._panel("note-title").set_lines([heading(self.s("call.panel.note"), saved)])
        self._panel("form-title").set_lines([heading(self.s("call.panel.form"))])
        strip = self._panel("strip")
        strip.set_lines(self._strip(_width(strip), strip.size.height))

    def _saved_text(self) -> str:
        if self._saved_at is None:
            return ""
        clock = self._saved_at.astimezone(self.console.zone).strftime("%H:%M:%S")
        return self.s("call.saved", time=clock)

    def _strip(self, width: int, height: int) -> list[Line]:
        keys = {name: self.key(name) for name in ("replace-phrase", "dismiss-phrase")}
        if self._card.advice is not None:
            advised, command_id = self._card.advice
            text = self.s(
                f"guard.{advised.guard.value}",
                hung_up=self.key("customer-hung-up"),
                silent=self.key("silence"),
            )
            again = self.s("call.advice.again", key=self.key(command_id))
            return advice_lines(text, advised.rule, again, width)
        return hit_lines(self.near_spot(), keys, self.s, (width, height))

    def key(self, command_id: str) -> str:
        """The first key of a command as people read it."""
        keys = self.frame.keymap.get(command_id, by_id(command_id).keys)
        return display(keys[0]) if keys else ""

    def _keys(self) -> dict[str, str]:
        names = ("said", "scripts", "skip-line")
        return {self.key(name): self.s(by_id(name).label_key()) for name in names}

    def _idle(self) -> Sequence[str]:
        call = self._snapshot.call
        if call is None:
            return [self.s("call.say.idle")]
        if call.phase is Phase.WRAP_UP:
            return [self.s("call.say.wrap_up"), self._gap_text()]
        return [self.s("call.say.nothing")]

    def gap_titles(self) -> list[str]:
        """Names of what the record still lacks, the disposition left out."""
        return gap_titles(self.typed_call(), self.view(), self._snapshot.pack)

    def _gap_text(self) -> str:
        titles = self.gap_titles()
        if not titles:
            return self.s("call.say.wrap_full")
        return self.s("call.say.wrap_list", items=self.s("sla.list").join(titles))

    def level_title(self, key: str) -> str:
        """A ladder level's name for people."""
        level = next((item for item in self.snapshot.pack.levels if item.key == key), None)
        return level.title.get(self.s.language) if level else key

    def undoable(self) -> EscalationView | None:
        """The escalation that can still be taken back."""
        call = self.snapshot.call
        for item in reversed(self.snapshot.of_call(call.id) if call else ()):
            age = self.console.clock() - item.raised_at
            if item.state == "sent" and age <= timedelta(seconds=UNDO_SECONDS):
                return item
        return None

    # ----------------------------------------------------------- what to say now

    def typed_call(self) -> Call | None:
        """The call with what is typed right now."""
        call = self._snapshot.call
        if call is None or not self.has_card:
            return call
        return replace(call, values={**call.values, **self.values()})

    def situation(self) -> Situation:
        """What holds now for the choice of a line."""
        return situation_of(self._snapshot, self._now.astimezone(self.console.zone))

    def _find_guide(self) -> Guide:
        return guide(
            self.typed_call(),
            self._snapshot.pack,
            self.situation(),
            note=self.note_text,
            picked=self._card.picked,
            skipped=self._card.skipped,
        )

    def fill_line(self, line: ScriptLine) -> Filled:
        """A line with this call's values; what is missing is a visible blank."""
        local = self._now.astimezone(self.console.zone)
        return fill_line(line, self.typed_call(), self._snapshot, local, self.s)

    def explanation(self) -> Sequence[Line]:
        """What help says first: the mark, the clocks with their sums, the clauses."""
        advised = self._card.advice[0] if self._card.advice else None
        spot = self.near_spot()
        return explain(self._snapshot, self.view(), spot.hit if spot else None, advised)

    def action_side(self) -> None:
        """On a narrow terminal: the call's own column, or what else waits."""
        self.toggle_class("-side")
        self.once_drawn(self.draw)

    def action_rest(self) -> None:
        """Esc goes back to the note and keeps everything."""
        self._card = replace(self._card, advice=None)
        if self._snapshot.call is not None and self.has_card:
            self.note.focus()
        self.draw_centre()


def _size(widget: Widget) -> tuple[int, int]:
    size: Size = widget.content_size
    return max(20, size.width), max(3, size.height)


def _width(widget: Widget) -> int:
    return max(16, widget.content_size.width)
