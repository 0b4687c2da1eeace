"""What API Sirene 3.11 answers about an establishment, read into the domain's own words.

Texts that the registry may not publish are `[ND]`. Fields that we do not need are not looked at, and a
missing one is empty: INSEE adds and drops fields within a version.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

from choriste.domain.invoice.model import Address
from choriste.domain.parties.registry import RegistryEntry

_HIDDEN: Final = "[ND]"
_CLOSED: Final = "F"
_PUBLIC_LAW: Final = ("4", "7")
"""The first digits of the legal categories of public bodies (INSEE, catégories juridiques, level I)."""

Json = Mapping[str, Any]


def entry_of(establishment: Json) -> RegistryEntry:
    """Return an establishment; raises KeyError for what has no SIRET."""
    unit: Json = establishment.get("uniteLegale") or {}
    own = establishment.get("statutDiffusionEtablissement")
    return RegistryEntry(
        siret=str(establishment["siret"]),
        name=_name(unit),
        address=_address(establishment.get("adresseEtablissement") or {}),
        is_public=str(unit.get("categorieJuridiqueUniteLegale") or "").startswith(_PUBLIC_LAW),
        closed_on=_closed_on(establishment.get("periodesEtablissement") or []),
        undisclosed="P" in {own, unit.get("statutDiffusionUniteLegale")},
    )


def _name(unit: Json) -> str | None:
    """Return the name of a company, or the first and last name of a person in business."""
    company = _shown(unit, "denominationUniteLegale")
    first = _shown(unit, "prenomUsuelUniteLegale") or _shown(unit, "prenom1UniteLegale")
    last = _shown(unit, "nomUsageUniteLegale") or _shown(unit, "nomUniteLegale")
    person = " ".join(part for part in (first, last) if part)
    return company or person or None


def _address(address: Json) -> Address | None:
    street = " ".join(
        part
        for name in ("numeroVoie", "indiceRepetition", "typeVoie", "libelleVoie")
        if (part := _shown(address, f"{name}Etablissement"))
    )
    lines = [street, *(_shown(address, f"{name}Etablissement") for name in _MORE_LINES)]
    first, second, third = [*(line for line in lines if line), None, None, None][:3]
    city = _shown(address, "libelleCedexEtablissement") or _shown(address, "libelleCommuneEtablissement")
    if city is None:
        return None
    postcode = _shown(address, "codeCedexEtablissement") or _shown(address, "codePostalEtablissement")
    return Address(line1=first, line2=second, line3=third, postcode=postcode, city=city, country="FR")


_MORE_LINES: Final = ("complementAdresse", "distributionSpeciale")


def _closed_on(periods: list[Json]) -> dt.date | None:
    """Return since when an establishment is closed: the start of its present period, which has no end."""
    present = next((period for period in periods if not period.get("dateFin")), {})
    if present.get("etatAdministratifEtablissement") != _CLOSED:
        return None
    return dt.date.fromisoformat(str(present["dateDebut"]))


def _shown(fields: Json, name: str) -> str | None:
    text = fields.get(name)
    return None if text in (None, "", _HIDDEN) else str(text)
