"""The lists of the board, read on the desk's thread: pages of orders, and the short queues.

Promises and callbacks stand among one's own orders at the place their due time gives them.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from agentdesk.desk.snapshot import Snapshot
from agentdesk.domain.moments import to_ms
from agentdesk.domain.pinyin import matches
from agentdesk.domain.sla.calendar import Calendar
from agentdesk.store.rows import TicketFilter
from agentdesk.tui.panels.board_groups import (
    OWED,
    Group,
    Part,
    beginning,
    between,
    laid_out,
)
from agentdesk.tui.panels.board_items import Item, Kind, Namer
from agentdesk.tui.panels.board_search import plain_words, read_query
from agentdesk.tui.widgets.board_list import PAGE

if TYPE_CHECKING:
    from agentdesk.desk.desk import Desk

VIEWS = ("mine", "all", "overdue", "followups", "reminders", "dayclear", "closed")
"""Lists everybody has, in the order they are offered."""

SAVED = "saved:"
"""Begins the id of a saved view."""

STATES = ("", "new", "working", "dispatched", "waiting", "resolved")
"""States one can look at alone; empty for all that are open."""

PAGED = frozenset({"mine", "all", "closed", "group"})
_WITH_OWED = frozenset({"mine", "all"})


class Spot(Struct, frozen=True):
    """Where one is: which list, which state of it, what is searched for.

    Attributes:
        group: of the list ``group`` the field, its value, and what people call that.
    """

    view: str = "mine"
    state: str = ""
    query: str = ""
    group: tuple[str, str, str] = ("", "", "")

    @property
    def paged(self) -> bool:
        """Whether it may be long."""
        return self.view in PAGED or self.view.startswith(SAVED)

    @property
    def staged(self) -> bool:
        """Whether its orders can be looked at state by state."""
        return self.paged and self.view != "closed"


class Listing(Struct, frozen=True):
    """A list as far as it was read.

    Attributes:
        items: its rows from the beginning on.
        total: how many it has.
        wanted: the filter its further pages come from; None when all was read.
        owed: promises and callbacks in it, with their places among all rows.
        states: how many of its orders stand in each state, whichever is shown; None where
            nobody counts them, as orders that are over are among them.
        owing: how many promises and callbacks it has when all states are shown.
        more: it goes on behind what is counted.
        pending: due times are still being reckoned; some rows may be missing.
        groups: its groups, when it is shown by state; their headings count as rows.
        remark: what is said of the whole list (day-clear).
        rule: the clause it rests on.
    """

    spot: Spot
    items: tuple[Item, ...]
    total: int
    wanted: TicketFilter | None = None
    owed: tuple[tuple[int, Item], ...] = ()
    states: dict[str, int] | None = None
    owing: int = 0
    more: bool = False
    pending: bool = False
    remark: str = ""
    rule: str = ""
    groups: tuple[Group, ...] = ()

    @property
    def size(self) -> int:
        """How many orders, promises and callbacks it has, headings left out."""
        if not self.groups:
            return self.total
        return sum(group.part.count for group in self.groups)


class Reader(Struct, frozen=True):
    """Reads lists for one seat.

    Attributes:
        now: the present instant, for what is overdue.
    """

    namer: Namer
    snapshot: Snapshot
    now: datetime

    def read(self, desk: Desk, spot: Spot) -> Listing:
        """The beginning of a list.

        Raises:
            SlaError: a time in the search means nothing.
        """
        queues: dict[str, Callable[[Desk, Spot], Listing]] = {
            "overdue": self._overdue,
            "followups": self._followups,
            "reminders": self._reminders,
            "dayclear": self._day_clear,
        }
        return queues.get(spot.view, self._paged)(desk, spot)

    # ------------------------------------------------------------------------ pages

    def filter(self, desk: Desk, spot: Spot) -> TicketFilter:
        """What a long list asks the store for."""
        me = self.namer.me
        base = TicketFilter(owner=me) if spot.view == "mine" else TicketFilter()
        if spot.view == "group":
            base = _of_group(*spot.group)
        if spot.view == "closed":
            base = TicketFilter(states=("closed", "cancelled"))
        if spot.view.startswith(SAVED):
            name = spot.view.removeprefix(SAVED)
            base = next((v.filter for v in desk.tickets.views() if v.name == name), base)
            if base.due_before is not None and base.due_before < to_ms(self.now):
                base = replace(base, due_before=to_ms(self.now))  # "overdue" moves with time
        if spot.query.strip():
            hours, namer = working_hours(desk), self.namer
            base = read_query(spot.query, base, self.now, me, hours, namer.s, namer.pack)
        if spot.state:  # of what the list has; it may be of some states only
            known = not base.states or spot.state in base.states
            base = replace(base, states=(spot.state if known else "none",))
        return base

    def _grouped(
        self, desk: Desk, spot: Spot, wanted: TicketFilter, folded: Iterable[str]
    ) -> Listing:
        """A long list in groups by state, what is owed to customers first."""
        s, pending = self.namer.s, False
        owed = self._owed(spot)

        def part(key: str, name: str, of: TicketFilter | None, rows: list[Item], n: int) -> Part:
            return Part(key, s(name), s("board.group.count", count=n), of, rows, n)

        parts = [part(OWED, "board.group.owed", None, owed, len(owed))]
        for state in wanted.states or STATES[1:]:
            if state not in STATES:  # asked for by a word that names none
                continue
            of = replace(wanted, states=(state,))
            page = desk.tickets.board(of, 0, PAGE)
            pending = pending or page.pending
            rows = [self.namer.ticket(row) for row in page.rows]
            parts.append(part(state, f"board.state.{state}", of, rows, page.total or len(rows)))
        groups = laid_out(parts, folded)
        return Listing(
            spot,
            beginning(groups),
            groups[-1].end if groups else 0,
            wanted,
            states=desk.tickets.by_state(wanted),
            owing=len(owed),
            pending=pending,
            groups=groups,
        )

    def _paged(self, desk: Desk, spot: Spot) -> Listing:
        wanted = self.filter(desk, spot)
        groups = desk.tickets.groups()
        if groups.on and not spot.state and not _with_over(wanted):
            return self._grouped(desk, spot, wanted, groups.folded)
        every = replace(spot, state="")
        # First, for the number of rows follows from it.
        states = desk.tickets.by_state(self.filter(desk, every) if spot.state else wanted)
        page = desk.tickets.board(wanted, 0, PAGE)
        rows = [self.namer.ticket(row) for row in page.rows]
        owed = self._owed(spot)
        places = self._places(desk, wanted, rows, len(rows) == page.total, owed)
        more = page.total is None
        return Listing(
            spot,
            tuple(_merged(rows, places, 0)[:PAGE]),
            # One more than is known: that row asks for the rest when it comes into sight.
            (len(rows) + 1 if page.total is None else page.total) + len(owed),
            wanted,
            places,
            states,
            len(self._owed(every)) if spot.state else len(owed),
            more=more,
            pending=page.pending,
        )

    def _places(
        self, desk: Desk, wanted: TicketFilter, rows: list[Item], whole: bool, owed: list[Item]
    ) -> tuple[tuple[int, Item], ...]:
        """Where promises and callbacks stand among all rows."""
        dues = [row.due for row in rows if row.due is not None]
        ranks = []
        for item in owed:
            due = item.due or 0
            if whole or len(dues) < len(rows) or (dues and due < dues[-1]):
                ranks.append(bisect_right(dues, due))
            else:  # on a later page
                later = desk.tickets.board(replace(wanted, due_before=due), 0, 0)
                ranks.append(later.total or 0)
        return tuple((rank + n, owed[n]) for n, rank in enumerate(ranks))

    def page(self, desk: Desk, listing: Listing, page: int) -> tuple[tuple[Item, ...], int | None]:
        """Another page of a long list, and how many rows it has in all as far as known now."""
        if listing.wanted is None:
            return (), None
        start = page * PAGE
        if listing.groups:

            def read(wanted: TicketFilter, offset: int, limit: int) -> list[Item]:
                rows = desk.tickets.board(wanted, offset, limit).rows
                return [self.namer.ticket(row) for row in rows]

            return between(listing.groups, start, start + PAGE, read), None
        ends = [place for place, _ in listing.owed]
        before = bisect_left(ends, start)
        inside = [(p, item) for p, item in listing.owed if start <= p < start + PAGE]
        offset, limit = start - before, PAGE - len(inside)
        found = desk.tickets.board(listing.wanted, offset, limit)
        rows = tuple(_merged([self.namer.ticket(row) for row in found.rows], inside, start))
        if not listing.more:
            return rows, None
        more = found.total is None
        return rows, offset + len(found.rows) + len(listing.owed) + more

    def _owed(self, spot: Spot) -> list[Item]:
        """Promises and callbacks the search finds, the next due first."""
        if spot.view not in _WITH_OWED or spot.state or _signed(spot.query):
            return []
        found = [self.namer.promise(item) for item in self.snapshot.promises]
        found += [self.namer.callback(item) for item in self.snapshot.callbacks]
        return sorted(_fitting(found, spot.query), key=lambda item: item.due or 0)

    # ----------------------------------------------------------------------- queues

    def _overdue(self, desk: Desk, spot: Spot) -> Listing:
        items = []
        for found in desk.tickets.overdue():
            remark = self.namer.s("sla.list").join(found.departments)
            if found.nudges:
                nudged = self.namer.s("board.nudged", count=len(found.nudges))
                remark = f"{remark} {nudged}".strip()
            items.append(self.namer.ticket(found.row, remark=remark))
        return self._whole(spot, items, rule="N2-12.8-stuck-tickets")

    def _followups(self, desk: Desk, spot: Spot) -> Listing:
        owed = desk.tickets.follow_ups()
        items = [
            self.namer.ticket(
                found.row,
                due=to_ms(found.due_at) if found.due_at else None,
                form=found.owed.id,
            )
            for found in owed
        ]
        return self._whole(spot, items, rule=_first(found.owed.rule for found in owed))

    def _reminders(self, desk: Desk, spot: Spot) -> Listing:
        s, items = self.namer.s, []
        for found in desk.tickets.reminders():
            step = found.step
            items.append(
                Item(
                    Kind.REMINDER,
                    step.id,
                    who=s("board.reminder"),
                    what=self.namer.category(next(iter(step.categories), "")),
                    title=step.title.get(s.language),
                    state=s("board.open", count=len(found.tickets)),
                    form=step.id,
                    script=tuple(each.text for each in found.lines),
                )
            )
            items += [self.namer.ticket(row) for row in found.tickets]
        return self._whole(spot, items)

    def _day_clear(self, desk: Desk, spot: Spot) -> Listing:
        day = desk.tickets.day_clear()
        items = [self.namer.ticket(row) for row in day.tickets]
        items += [self.namer.promise(item) for item in day.promises]
        items += [self.namer.callback(item) for item in day.callbacks]
        items.sort(key=lambda item: (item.due is None, item.due or 0))
        key = "board.clear" if day.clear else "board.clear.left"
        owed = len(day.promises) + len(day.callbacks)
        remark = self.namer.s(key, count=day.total, today=day.today, owed=owed)
        listing = self._whole(spot, items, rule=day.rule)
        return replace(listing, remark=remark)

    def _whole(self, spot: Spot, items: Iterable[Item], rule: str = "") -> Listing:
        found = tuple(_fitting(items, spot.query))
        return Listing(spot, found, len(found), rule=rule)


def _of_group(field: str, value: str, _: str) -> TicketFilter:
    """The open orders of one row of the roll-up."""
    if field == "state":
        return TicketFilter(states=(value,))
    return TicketFilter(
        owner=value if field == "owner" else "",
        department=value if field == "department" else "",
        category=value if field == "category" else "",
    )


def _with_over(wanted: TicketFilter) -> bool:
    """Whether a list has orders that are over: those go by when they were taken in."""
    return wanted.closed or bool({"closed", "cancelled"} & set(wanted.states))


def working_hours(desk: Desk) -> Calendar:
    """The calendar ``3个工作日`` is counted by: that of the work orders' limits."""
    return desk.tickets._settings.working


def _first(rules: Iterable[str]) -> str:
    return next(iter(rules), "")


def _merged(rows: Sequence[Item], owed: Sequence[tuple[int, Item]], start: int) -> list[Item]:
    """Rows of a page with promises and callbacks at their places."""
    merged = list(rows)
    for place, item in owed:
        if place - start <= len(merged):
            merged.insert(place - start, item)
    return merged


def _signed(query: str) -> bool:
    return len(plain_words(query)) < len(query.split())


def _fitting(items: Iterable[Item], query: str) -> list[Item]:
    """The rows in which every word stands somewhere."""
    words = plain_words(query)
    return [
        item
        for item in items
        if all(
            matches(word, f"{item.who} {item.title} {item.what} {item.owner} {item.state}")
            for word in words
        )
    ]
