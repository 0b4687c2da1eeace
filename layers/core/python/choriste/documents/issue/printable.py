"""Text that the committed fonts can show, whatever was written in the invoice.

PDF/A forbids a missing glyph, and an invoice may hold any character of Unicode. What no font of ours
shows is replaced by its code point, such as `[U+0E44]`: readers see that something stood there, and what.
"""

from __future__ import annotations

import functools
import json
import re
import unicodedata
from importlib import resources

# Letters of Latin scripts and the punctuation around them: all in the first font, no look-up needed.
_ORDINARY = re.compile(
    r"[\n\x20-\x7e\xa0-\xac\xae-\u017e\u2013\u2014\u2018-\u201a\u201c-\u201e\u2026\u20ac]*"
)
_UNBROKEN = re.compile(r"\S{25,}")
# Where an address, a path or an XPath breaks best: after its punctuation.
_PARTS = re.compile(r"[^@/._:?&=-]+[@/._:?&=-]*|[@/._:?&=-]+")
# Spaces of every width, then what has no shape of its own: direction marks, joiners without a role here.
_SPACES = dict.fromkeys((*range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000), "\xa0") | {9: " ", 13: "\n"}
_SEPARATORS = dict.fromkeys((0x0B, 0x0C, 0x85, 0x2028, 0x2029), "\n")
_SHAPELESS = dict.fromkeys(
    (0xAD, 0x200B, 0x200E, 0x200F, 0x2060, 0xFEFF, *range(0x202A, 0x202F), *range(0x2061, 0x2070)), ""
)
_PLAIN_FORMS = str.maketrans(_SPACES | _SEPARATORS | _SHAPELESS)
# Shown by no glyph of their own, yet part of a sequence that has one: joiners and variation selectors.
_SEQUENCE_PARTS = frozenset((0x0A, 0x200C, 0x200D, 0xFE0E, 0xFE0F, *range(0xE0020, 0xE0080)))
# No one knows what these mean, and PDF/A-3a refuses them.
_PRIVATE_USE = range(0xE000, 0xF900)
_PIECE = 12
_STEP = 6


def printable(text: str) -> str:
    """Return `text` in composed form, with what no font shows replaced by `[U+…]`, its code point.

    Words that no column could hold get break opportunities (U+200B).
    """
    if _ORDINARY.fullmatch(text):
        return _breakable(text)
    plain = unicodedata.normalize("NFC", text.replace("\r\n", "\n")).translate(_PLAIN_FORMS)
    shown = _shown()
    return _breakable("".join(c if ord(c) in shown else _code_point(c) for c in plain))


def strictly_printable(text: str) -> str:
    """Return `text` with everything beyond Latin letters as code points: the last resort of the renderer."""
    plain = unicodedata.normalize("NFC", text).translate(_PLAIN_FORMS)
    return _breakable("".join(c if _ORDINARY.fullmatch(c) else _code_point(c) for c in plain))


def _breakable(text: str) -> str:
    if len(text) <= _PIECE * 2:
        return text
    return _UNBROKEN.sub(_with_breaks, text)


def _with_breaks(match: re.Match[str]) -> str:
    return "\u200b".join(piece for part in _PARTS.findall(match.group()) for piece in _pieces(part))


def _pieces(part: str) -> list[str]:
    """Return a part of a word whole where a narrow column holds it, in short equal pieces otherwise."""
    if len(part) <= _PIECE * 2:
        return [part]
    return [part[i : i + _STEP] for i in range(0, len(part), _STEP)]


def _code_point(character: str) -> str:
    return f"[U+{ord(character):04X}]"


@functools.cache
def _shown() -> frozenset[int]:
    """Return every code point that a committed font shows or that only serves a sequence of others."""
    table = resources.files("choriste.documents.issue").joinpath("fonts/coverage.json")
    ranges: list[list[int]] = json.loads(table.read_text(encoding="utf-8"))
    shown = {c for first, last in ranges for c in range(first, last + 1) if c not in _PRIVATE_USE}
    return frozenset(shown | _SEQUENCE_PARTS)
