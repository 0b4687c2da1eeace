"""A text in both languages, as findings, histories and reports carry it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Message:
    """A text for people, in both languages. It says what is wrong and how to fix it."""

    fr: str
    en: str

    def in_language(self, language: str) -> str:
        """Return the English text for `en`, the French one for anything else."""
        return self.en if language == "en" else self.fr
