"""Labelled values, the bricks of every page: `[label, value]` lists without the absent ones."""

from __future__ import annotations

from collections.abc import Iterable

from choriste.documents.issue.wording import Wording, grouped
from choriste.domain.invoice.model import Identifier

Pair = list[str]

# ISO 6523 ICD and EAS codes that readers know by a name (EN 16931 code lists, and the French reform).
_SCHEMES = {
    "0002": "SIREN",
    "0009": "SIRET",
    "0060": "DUNS",
    "0088": "GLN",
    "0160": "GTIN",
    "0204": "Leitweg-ID",
    "0224": "Code de routage",
    "0226": "Particulier",
    "0227": "Hors UE",
    "0228": "RIDET",
    "0229": "TAHITI",
}
_GROUPS = {"0002": (3,), "0009": (3, 3, 3, 5)}


def pairs(*candidates: tuple[str, str | None]) -> list[Pair]:
    """Return the candidates that have a value."""
    return [[label, value] for label, value in candidates if value]


def identifier_pair(label: str, identifier: Identifier | None) -> list[Pair]:
    """Return one labelled identifier, named by its scheme where people know it: `SIRET 123 456 789 00012`."""
    if identifier is None or not identifier.value:
        return []
    scheme = identifier.scheme or ""
    name = _SCHEMES.get(scheme) or (f"{label} ({_scheme(identifier)})" if scheme else label)
    sizes = _GROUPS.get(scheme)
    fits = sizes and identifier.value.isdigit()
    return [[name, grouped(identifier.value, *sizes) if fits and sizes else identifier.value]]


def scheme_name(scheme: str) -> str:
    """Return the name of an identifier's scheme where people know it, the code itself where not."""
    return _SCHEMES.get(scheme, scheme)


def labelled(words: Wording, family: str, values: Iterable[tuple[str, str | None]]) -> list[Pair]:
    """Return pairs whose labels are `family.key`."""
    return pairs(*((words[f"{family}.{key}"], value) for key, value in values))


def _scheme(identifier: Identifier) -> str:
    version = identifier.scheme_version
    return f"{identifier.scheme} {version}" if version else identifier.scheme or ""
