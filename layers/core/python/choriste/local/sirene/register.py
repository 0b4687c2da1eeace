"""The invented establishments of the local registry, in the form in which API Sirene 3.11 answers them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from choriste.domain.parties.structure import Structure, StructureKind
from choriste.local.data.sample_data import sample_structures

Json = Mapping[str, Any]


def establishments() -> dict[str, Json]:
    """Return every establishment by SIRET: the sample structures, and those of `establishments.json`."""
    text = (files(__package__) / "establishments.json").read_text(encoding="utf-8")
    described = [*map(_of_sample, sample_structures().values()), *json.loads(text)]
    return {row["siret"]: establishment(**row) for row in described}


def establishment(  # noqa: PLR0913 - what the registry says of an establishment, by keyword
    *,
    siret: str,
    name: str,
    street: str = "",
    postcode: str = "",
    city: str = "",
    category: str = "5710",
    closed_on: str | None = None,
    undisclosed: bool = False,
) -> Json:
    """Return an establishment as the API answers it; an undisclosed one has `[ND]` for name and street."""
    hidden, spread = "[ND]", "P" if undisclosed else "O"
    state = {"etatAdministratifEtablissement": "F" if closed_on else "A"}
    periods = [{"dateFin": None, "dateDebut": closed_on or "2015-01-01", **state}]
    if closed_on:
        earlier = {"dateDebut": "2015-01-01", "etatAdministratifEtablissement": "A"}
        periods.append({"dateFin": closed_on, **earlier})
    return {
        "siren": siret[:9],
        "nic": siret[9:],
        "siret": siret,
        "statutDiffusionEtablissement": spread,
        "dateCreationEtablissement": "2015-01-01",
        "etablissementSiege": True,
        "uniteLegale": {
            "etatAdministratifUniteLegale": "A",
            "statutDiffusionUniteLegale": spread,
            "categorieJuridiqueUniteLegale": category,
            "denominationUniteLegale": hidden if undisclosed else name,
        },
        "adresseEtablissement": {
            "complementAdresseEtablissement": None,
            "numeroVoieEtablissement": None,
            "typeVoieEtablissement": None,
            "libelleVoieEtablissement": hidden if undisclosed else street or None,
            "codePostalEtablissement": hidden if undisclosed else postcode,
            "libelleCommuneEtablissement": city,
        },
        "periodesEtablissement": periods,
    }


def _of_sample(structure: Structure) -> dict[str, Any]:
    """Return a sample structure as the registry knows it; an inactive one is closed there too."""
    address = structure.address
    is_public = structure.kind is StructureKind.PUBLIC
    return {
        "siret": structure.identifier.value,
        "name": structure.name,
        "street": (address.line1 if address is not None else None) or "",
        "postcode": (address.postcode if address is not None else None) or "",
        "city": structure.city or "",
        "category": "7210" if is_public else "5710",
        "closed_on": None if structure.active else "2026-06-30",
    }
