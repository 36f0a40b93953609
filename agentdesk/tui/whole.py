"""``Whole``: nothing asked for later reaches a screen that is being taken down.

A screen that is left goes piece by piece: its children are gone while it still gets what it
asked for after the next refresh, and still calls itself mounted (textual 8.2.8). Whoever looks
for one of the children then ends the whole console. So the screens of this house put things off
by :meth:`Whole.soon` and :meth:`Whole.once_drawn` only. ``call_later`` stays as it is: Textual
itself counts on being called.
"""

from __future__ import annotations

from asyncio import get_running_loop
from collections.abc import Awaitable, Callable
from inspect import isawaitable
from typing import Any, cast

from textual.events import Event, Mount
from textual.message_pump import MessagePump
from textual.widget import Widget


class Whole(MessagePump):
    """What every screen has in common: see the module."""

    @property
    def whole(self) -> bool:
        """Whether every child is in its place: not left, not being closed, the app going on."""
        # ``display`` of a node is false from the moment it is to be removed.
        return self.is_attached and cast("Widget", self).display

    async def on_event(self, event: Event) -> None:
        """Begin nothing on a screen that was left before its children were there."""
        # A screen opened just as the app is left gets no children, and is told to begin
        # all the same (textual 8.2.8).
        if self.whole or not isinstance(event, Mount):
            await super().on_event(event)

    def once_drawn(self, callback: Callable[..., object], *args: Any, **kwargs: Any) -> None:
        """Call it after the next refresh, if the screen is whole by then."""
        self.call_after_refresh(self._if_whole, callback, *args, **kwargs)

    def soon(self, callback: Callable[..., object], *args: Any) -> None:
        """Call it once what is in the queue is done, if the screen is whole by then."""
        self.call_later(self._if_whole, callback, *args)

    def after(self, seconds: float, callback: Callable[..., object]) -> None:
        """Call it after some time, if the screen is whole by then.

        A timer of textual 8.2.8 that runs once is left out for good when the process is held up
        for its length just as it begins; what was typed must be stored all the same.
        """
        get_running_loop().call_later(seconds, self.soon, callback)

    async def _if_whole(self, callback: Callable[..., object], *args: Any, **kwargs: Any) -> None:
        if self.whole:
            found = callback(*args, **kwargs)
            if isawaitable(found):
                await cast("Awaitable[object]", found)
