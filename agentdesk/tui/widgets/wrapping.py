"""Wrapping of a note by cells instead of Western words.

Textual 8.2.8 (pinned exactly) breaks lines at blanks only, so ``3 天未更新…`` leaves a hole at
the end of the line above. This document fills the same tables with our own break offsets.
"""

from __future__ import annotations

from functools import lru_cache

from textual.document._document import Location
from textual.document._wrapped_document import WrappedDocument

from agentdesk.tui.cells import wrap_offsets


@lru_cache(maxsize=512)
def _offsets(text: str, width: int) -> tuple[int, ...]:
    return tuple(wrap_offsets(text, width, hang=False))


class CellWrappedDocument(WrappedDocument):
    """A wrapped document that breaks by ``cells.wrap_offsets``.

    A note has few lines, and those not edited come from a cache, so every edit simply wraps
    the whole note anew. Notes hold no tabs (``clean`` turns them into blanks).
    """

    def wrap(self, width: int, tab_width: int | None = None) -> None:
        """Wrap all lines at ``width`` cells; 0 for no wrapping."""
        self._width = width
        if tab_width:
            self._tab_width = tab_width
        lines = self.document.lines
        self._wrap_offsets = [list(_offsets(text, width)) if width else [] for text in lines]
        self._tab_width_cache = [[] for _ in lines]
        self._offset_to_line_info = []
        self._line_index_to_offsets = []
        for index, offsets in enumerate(self._wrap_offsets):
            first = len(self._offset_to_line_info)
            count = len(offsets) + 1
            self._offset_to_line_info.extend((index, section) for section in range(count))
            self._line_index_to_offsets.append(list(range(first, first + count)))

    def wrap_range(self, start: Location, old_end: Location, new_end: Location) -> None:
        """Wrap after an edit."""
        self.wrap(self._width)
