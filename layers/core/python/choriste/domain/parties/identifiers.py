"""Official identifiers of structures: how each kind is written, and what is wrong with one that is not.

Check digits are asked of python-stdnum where it knows the kind (SIRET with La Poste's own, VAT numbers of the
Union). The others have a form only: country and name for companies outside the Union, ten digits for a RIDET,
a letter or digit, five digits and perhaps the establishment's three for a TAHITI number. Whoever is being
registered, or is a private person, has an identifier that the platform cannot check.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from choriste.domain.invoice.identifiers import is_siret, is_vat_number
from choriste.domain.parties.structure import IdentifierKind, StructureIdentifier
from choriste.domain.shared.field_faults import field_fault
from choriste.domain.shared.findings import Finding

LONGEST: Final = 80
_NON_EU: Final = re.compile(r"[A-Z]{2}[A-Z0-9][A-Z0-9 ]{0,15}")
_RIDET: Final = re.compile(r"[0-9]{9,10}")
_TAHITI: Final = re.compile(r"[A-Z0-9][0-9]{5}([0-9]{3})?")
_FREE: Final = re.compile(rf"[^\x00-\x1f\x7f]{{2,{LONGEST}}}")


def _is_foreign_vat_number(value: str) -> bool:
    return not value.startswith(("FR", "MC")) and is_vat_number(value)


def _is_non_eu(value: str) -> bool:
    return _NON_EU.fullmatch(value) is not None


_CHECKS: Final[Mapping[IdentifierKind, Callable[[str], bool]]] = {
    IdentifierKind.SIRET: is_siret,
    IdentifierKind.EU_VAT: _is_foreign_vat_number,
    IdentifierKind.NON_EU: _is_non_eu,
    IdentifierKind.RIDET: lambda value: _RIDET.fullmatch(value) is not None,
    IdentifierKind.TAHITI: lambda value: _TAHITI.fullmatch(value) is not None,
    IdentifierKind.BEING_REGISTERED: lambda value: _FREE.fullmatch(value) is not None,
    IdentifierKind.INDIVIDUAL: lambda value: _FREE.fullmatch(value) is not None,
}

_SPACED: Final = frozenset(
    {IdentifierKind.NON_EU, IdentifierKind.BEING_REGISTERED, IdentifierKind.INDIVIDUAL}
)
"""The kinds in which a space means something."""


def identifier_of(kind: IdentifierKind, text: str) -> StructureIdentifier:
    """Return an identifier as it is stored: trimmed, in capitals, without the separators people type."""
    plain = " ".join(text.upper().split()) if kind in _SPACED else re.sub(r"[\s.-]", "", text.upper())
    return StructureIdentifier(kind, plain)


def identifier_fault(identifier: StructureIdentifier) -> Finding | None:
    """Return what is wrong with an identifier, None for one that may exist."""
    if _CHECKS[identifier.kind](identifier.value):
        return None
    return field_fault(f"IDENTIFIER-{identifier.kind.name}", found=identifier.value[:LONGEST])


def siren_of(identifier: StructureIdentifier) -> str | None:
    """Return the SIREN of the company that an establishment belongs to, None for other kinds."""
    return identifier.value[:9] if identifier.kind is IdentifierKind.SIRET else None
