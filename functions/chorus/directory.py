"""Structures and services by the numbers that Chorus Pro clients use for them."""

from __future__ import annotations

import hashlib
import re

from choriste.application.access.policy import may_know
from choriste.domain.invoice.identifiers import is_siret
from choriste.domain.parties.structure import IdentifierKind, Service, Structure, StructureId
from functions.chorus.operation import Call
from functions.chorus.returns import ChorusRefusal, Return

_VAT = re.compile("[A-Z]{2}[0-9A-Z+*]{2,12}")


def service_number(structure: str | None, code: str | None) -> int | None:
    """Return the `idService` of a service (docs/reference/chorus-pro.md#requests-and-answers)."""
    if structure is None or code is None:
        return None
    return int.from_bytes(hashlib.sha256(f"{structure}#{code}".encode()).digest()[:6])


def structure_number(structure: str | None) -> int | None:
    """Return the `idStructureCPP` of a structure."""
    return int(structure) if structure is not None and structure.isdigit() else None


def structure_at(call: Call, number: int) -> Structure:
    """Return the structure with a number; raises `ChorusRefusal`."""
    found = call.ports.directory.structure(StructureId(str(number)))
    if found is None or not may_know(call.principal, found.id):
        raise ChorusRefusal(Return.UNKNOWN_STRUCTURE)
    return found


def service_at(structure: Structure, number: int) -> Service:
    """Return the service of a structure with a number; raises `ChorusRefusal`."""
    for service in structure.services:
        if service_number(structure.id, service.code) == number:
            return service
    raise ChorusRefusal(Return.UNKNOWN_SERVICE)


def identifier_kind(identifier: str) -> IdentifierKind:
    """Return the kind of identifier that a party of an invoice is known by."""
    if is_siret(identifier) or re.fullmatch("[0-9]{14}", identifier):
        return IdentifierKind.SIRET
    return IdentifierKind.EU_VAT if _VAT.fullmatch(identifier) else IdentifierKind.BEING_REGISTERED
