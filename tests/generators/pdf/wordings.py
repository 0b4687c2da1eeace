"""The words that suppliers print, by language: several for each meaning; and names of parties and goods."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_DATA: dict[str, Any] = json.loads(Path(__file__).with_name("wordings.json").read_text(encoding="utf-8"))

WORDS: dict[str, dict[str, list[str]]] = _DATA["words"]
MONTHS: dict[str, list[str]] = _DATA["months"]
SUPPLIERS: dict[str, list[str]] = _DATA["suppliers"]
BUYERS: list[str] = _DATA["buyers"]
STREETS: list[str] = _DATA["streets"]
CITIES: list[str] = _DATA["cities"]
GOODS: dict[str, list[str]] = _DATA["goods"]
UNSEEN: dict[str, dict[str, list[str]]] = _DATA["unseen"]
"""Wordings that the reader was never given: they show what an unknown supplier's words do."""
BILINGUAL: dict[str, str] = _DATA["bilingual"]
