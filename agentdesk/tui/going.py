"""The commands that lead from one place to another."""

from __future__ import annotations


class Going:
    """Actions of the app; each shows a place, which keeps its focus and everything typed."""

    def go(self, place: str) -> None:
        """Show a place."""
        raise NotImplementedError

    def action_go_call(self) -> None:
        """Go to the call screen."""
        self.go("call")

    def action_go_board(self) -> None:
        """Go to the board."""
        self.go("board")

    def action_go_standards(self) -> None:
        """Go to the service standards."""
        self.go("standards")

    def action_go_settings(self) -> None:
        """Go to the settings."""
        self.go("settings")
