"""A name in both interface languages."""

from __future__ import annotations

from msgspec import Struct


class Title(Struct, frozen=True):
    """A name for people in both interface languages."""

    zh: str
    en: str

    def get(self, language: str) -> str:
        """The name in ``language`` (``zh-CN`` or ``en``)."""
        return self.en if language == "en" else self.zh
