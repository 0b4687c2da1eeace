"""The invented structures, users and accounts that `sample_data.json` describes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from choriste.domain.invoice.model import Address
from choriste.domain.parties.structure import (
    Service,
    ServiceCode,
    Structure,
    StructureId,
    StructureIdentifier,
    StructureKind,
    StructureSettings,
)


@cache
def sample_data() -> Mapping[str, Any]:
    """Return what the file says: `structures`, `users`, who is `waiting`, and a `technical_account`."""
    described: dict[str, Any] = json.loads(
        (files("choriste.local.data") / "sample_data.json").read_text(encoding="utf-8")
    )
    return described


@cache
def sample_structures() -> Mapping[str, Structure]:
    """Return the sample structures by their id."""
    return {row["id"]: _structure(row) for row in sample_data()["structures"]}


def _structure(described: Mapping[str, Any]) -> Structure:
    return Structure(
        id=StructureId(described["id"]),
        identifier=StructureIdentifier.siret(described["siret"]),
        name=described["name"],
        kind=StructureKind(described["kind"]),
        active=described.get("active", True),
        settings=StructureSettings(**described["settings"]),
        services=tuple(
            Service(**{**service, "code": ServiceCode(service["code"])}) for service in described["services"]
        ),
        address=Address(**described["address"]),
        vat_number=described.get("vat_number"),
    )
