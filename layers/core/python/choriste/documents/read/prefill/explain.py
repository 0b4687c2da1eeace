"""Why a value was taken, proposed or passed over, for programs and in sentences for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from choriste.documents.read.prefill.evidence import Confidence, Doubt, Evidence
from choriste.documents.read.prefill.model import FieldName, Found, Prefill
from choriste.i18n.catalogue import LANGUAGES, translate

_ROOM: Final = "documents.prefill"
_LONGEST: Final = 100
_OUTCOMES: Final = {Confidence.CERTAIN: "explain-certain", Confidence.PROBABLE: "explain-probable"}


def explained(read: Prefill) -> dict[str, object]:
    """Return, for each field, the values that were weighed, the one taken first, with the reasons.

    Each has `value`, `outcome` (`certain`, `probable`, `passed-over`), the codes of `evidence` and `doubts`,
    the `text` it was read in, its `box`, and `why` in both languages. A field without any is an empty list.
    """
    return {
        name: [_as_json(found, taken=at == 0 and not found.barred) for at, found in enumerate(weighed)]
        for name, weighed in _by_field(read)
    }


def sentences(read: Prefill, language: str) -> Iterator[str]:
    """Yield the same as lines of text: a field, then its values, each with its reasons."""
    for name, weighed in _by_field(read):
        yield name
        if not weighed:
            yield f"  {translate(_ROOM, 'explain-nothing', language)}"
        for at, found in enumerate(weighed):
            taken = at == 0 and not found.barred
            yield f"  {found.value}: {why(found, language, taken=taken)}"
            text = found.text[:_LONGEST]
            yield f"    {translate(_ROOM, 'explain-where', language, page=found.box.page, text=text)}"


def _by_field(read: Prefill) -> Iterator[tuple[str, tuple[Found, ...]]]:
    for name in (*(field.value for field in FieldName), "ibans"):
        yield name, tuple(read.considered.get(name, ()))


def _as_json(found: Found, *, taken: bool) -> Mapping[str, object]:
    return {
        "value": found.value,
        "outcome": found.confidence.value if taken else "passed-over",
        "evidence": _codes(found.evidence, Evidence),
        "doubts": _codes(found.doubts, Doubt),
        "text": found.text,
        "box": found.box.as_json(),
        "why": {language: why(found, language, taken=taken) for language in LANGUAGES},
    }


def why(found: Found, language: str, *, taken: bool = True) -> str:
    """Return why a value was taken, proposed or passed over, in a sentence."""
    code = _OUTCOMES[found.confidence] if taken else "explain-passed"
    parts = [translate(_ROOM, code, language)]
    reasons = [translate(f"{_ROOM}.evidence", each, language) for each in _codes(found.evidence, Evidence)]
    against = [translate(f"{_ROOM}.doubt", each, language) for each in _codes(found.doubts, Doubt)]
    if not taken and not against:
        against = [translate(_ROOM, "explain-lighter", language)]
    if reasons:
        parts.append(translate(_ROOM, "explain-for", language, reasons=", ".join(reasons)))
    if against:
        parts.append(translate(_ROOM, "explain-against", language, reasons=", ".join(against)))
    return "; ".join(parts)


def _codes(given: Iterable[Evidence | Doubt], order: type[Evidence | Doubt]) -> list[str]:
    return [each.value for each in order if each in set(given)]
