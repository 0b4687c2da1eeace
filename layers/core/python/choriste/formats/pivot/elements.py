"""The parts that the flows of the pivot family share: the envelope, and elements that hold a text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Final, TypeVar
from xml.etree.ElementTree import Element, SubElement

from choriste.domain.parties.structure import IdentifierKind
from choriste.domain.tracking.head import PartyReference

Row = TypeVar("Row")

SENDER: Final = "CHORISTE"

_KINDS: Final = {kind: str(n) for n, kind in enumerate(IdentifierKind, start=1)}


def envelope(root: Element, *, flow: str, receiver: str, at: dt.date) -> None:
    """Write the envelope: the day and the number of the flow, who receives it and who sends it."""
    unit = SubElement(SubElement(root, "Enveloppe"), "EnveloppeUnitaire", NumOrdre="1")
    parameters = SubElement(unit, "Parametres")
    for order, (code, value) in enumerate((("DtPrd", at.isoformat()), ("IdFlx", flow)), start=1):
        parameter = SubElement(parameters, "ParametreIndiv", NumOrdre=f"{order:04d}")
        texts(parameter, Code=code, Valeurparametre=value)
    partners = SubElement(unit, "Partenaires")
    texts(SubElement(partners, "Recepteur"), Id=receiver)
    texts(SubElement(partners, "Emetteur"), Id=SENDER, Libelle="Choriste")


def kind_code(party: PartyReference) -> str:
    """Return the code of a party's kind of identifier; what is neither a SIRET nor a VAT number is `6`."""
    if party.identifier.isdigit() and len(party.identifier) == 14:  # noqa: PLR2004 - a SIRET
        return _KINDS[IdentifierKind.SIRET]
    is_vat = party.identifier[:2].isalpha()
    return _KINDS[IdentifierKind.EU_VAT if is_vat else IdentifierKind.BEING_REGISTERED]


def within(parent: Element, tag: str, rows: Iterable[Row]) -> Iterator[tuple[Element, Row]]:
    """Yield each row with the element that holds them all, which is written where there is one."""
    holder: Element | None = None
    for row in rows:
        if holder is None:
            holder = SubElement(parent, tag)
        yield holder, row


def texts_of(parent: Element, tag: str, **named: str | None) -> None:
    """Write an element with its texts unless all are missing."""
    if any(named.values()):
        texts(SubElement(parent, tag), **named)


def texts(parent: Element, **named: str | None) -> None:
    """Write elements that hold a text, in the order given, without those that have none."""
    for tag, text in named.items():
        if text is not None:
            SubElement(parent, tag).text = text
