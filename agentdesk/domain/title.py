"""A name in both interface languages."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Title:
    """A name for people in both interface languages."""

    zh: str
    en: str

    def get(self, language: str) -> str:
        """The name in ``language`` (``zh-CN`` or ``en``)."""
        return self.en if language == "en" else self.zh
