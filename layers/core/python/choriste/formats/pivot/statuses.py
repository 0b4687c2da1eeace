"""Write and read status flows, version V1_19: what became of a flow, or of invoices.

Plain elements in the order that the official schema fixes. `IdFacture` is the supplier's number and
`ComplementStatut` the technical id of the invoice, which the recipient's system got in the pivot.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final
from xml.etree.ElementTree import Element, SubElement, tostring

from choriste.domain.codes.edi import edi_code
from choriste.domain.lifecycle.labels import reason_label
from choriste.domain.tracking.head import InvoiceHead, StatusChange
from choriste.formats.errors import unreadable
from choriste.formats.pivot.elements import SENDER, envelope, kind_code, texts
from choriste.formats.xml.names import line_of

if TYPE_CHECKING:
    from lxml.etree import _Element

VERSION: Final = "V1_19"
MOST_STATUSES: Final = 500
"""Statuses of one flow: as many as a flow may hold invoices."""

SIZE_LIMIT: Final = 10 * 1024 * 1024

_ROOT: Final = "CPPStatut"
_UNIT: Final = "CPPFactureStatuts/CPPFactureStatutUnitaire"


class FlowStatus(StrEnum):
    """What became of a flow that a partner sent (status XSD V1_19, `CPPFluxStatutUnitaire`)."""

    RECEIVED = "90"
    INTEGRATED = "92"
    NOT_RECEIVED = "93"
    REFUSED = "94"
    PARTLY_INTEGRATED = "96"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One error of a report: `place` is the document that it is about, by its number or its file's name."""

    nature: str
    code: str
    label: str
    place: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowReport:
    """The status of a flow: `flow` is the number that its sender gave it, `comment` is for people."""

    flow: str
    status: FlowStatus
    at: dt.datetime
    comment: str
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedStatus:
    """What a partner's system says of an invoice; `line` is 1-based, texts are stripped, absent ones None."""

    code: str
    supplier: str
    recipient: str
    number: str
    line: int
    technical_id: str | None = None
    comment: str | None = None
    issued_on: str | None = None
    order: str | None = None


def write_flow_report(report: FlowReport, *, flow: str, receiver: str) -> bytes:
    """Return the flow `flow` that tells a receiver what became of a flow that it sent."""
    root = _root(flow=flow, receiver=receiver, at=report.at)
    unit = SubElement(SubElement(root, "CPPFluxStatuts", compteur="1"), "CPPFluxStatutUnitaire", NumOrdre="1")
    told = SubElement(unit, "DonneesStatut")
    texts(
        told,
        IdStatut=report.status.value,
        Commentaire=report.comment,
        Horodatage=_moment(report.at),
        IdProducteur=SENDER,
        IdFlux=report.flow,
    )
    if report.faults:
        details = SubElement(told, "Details", NbLignesErreur=str(len(report.faults)))
        for order, fault in enumerate(report.faults, start=1):
            texts(
                SubElement(details, "LigneErreurDetail", IdLigne=str(order)),
                NatureErreur=fault.nature,
                CodeErreur=fault.code,
                LibelleErreur=fault.label,
                DescriptionErreur=fault.place,
            )
    return _written(root)


def write_statuses(
    head: InvoiceHead, changes: Sequence[StatusChange], *, flow: str, receiver: str, at: dt.datetime
) -> bytes:
    """Return the flow that tells a receiver the statuses of an invoice, in their order."""
    root = _root(flow=flow, receiver=receiver, at=at)
    listed = SubElement(root, "CPPFactureStatuts", compteur=str(len(changes)))
    for order, change in enumerate(changes, start=1):
        _status(SubElement(listed, "CPPFactureStatutUnitaire", NumOrdre=str(order)), head, change)
    return _written(root)


def read_statuses(content: bytes) -> tuple[StatedStatus, ...]:
    """Return what a status flow says of invoices, in its order; raises `UnreadableError`."""
    from choriste.formats.xml.parsing import parse_xml  # noqa: PLC0415 - who only writes needs no parser

    root = parse_xml(content, size_limit=SIZE_LIMIT)
    if _local(root) != _ROOT:
        raise unreadable("FORMAT-NO-STATUSES", found=_local(root), expected=_ROOT)
    units = root.findall(_UNIT)
    if not 1 <= len(units) <= MOST_STATUSES:
        raise unreadable("FORMAT-STATUS-COUNT", found=len(units), expected=MOST_STATUSES)
    return tuple(map(_stated, units))


def _root(*, flow: str, receiver: str, at: dt.datetime) -> Element:
    root = Element(_ROOT, Version=VERSION)
    envelope(root, flow=flow, receiver=receiver, at=at.date())
    return root


def _written(root: Element) -> bytes:
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _status(unit: Element, head: InvoiceHead, change: StatusChange) -> None:
    texts(
        SubElement(unit, "Fournisseur"),
        TypeIdentifiant=kind_code(head.supplier),
        Identifiant=head.supplier.identifier,
        RaisonSociale=head.supplier.name,
    )
    texts(
        SubElement(unit, "Debiteur"),
        TypeIdentifiant="1",
        Identifiant=head.recipient.identifier,
        Nom=head.recipient.name,
        CodeService=head.service_code,
    )
    told = SubElement(unit, "DonneesStatut")
    texts(
        told,
        IdStatut=edi_code(change.after),
        ComplementStatut=str(head.id),
        Commentaire=_comment(change),
        Horodatage=_moment(change.at),
    )
    SubElement(told, "Producteur", Id=SENDER)
    texts(
        told,
        IdFacture=head.number,
        DateFacture=head.issue_date.isoformat(),
        IdMandatDP=head.accounting_reference,
    )


def _comment(change: StatusChange) -> str | None:
    if change.reason_code is None:
        return change.note.fr if change.note is not None else None
    label = reason_label(change.reason_code, language="fr")
    return f"{label} : {change.reason_text}" if change.reason_text else label


def _moment(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _stated(unit: _Element) -> StatedStatus:
    told = "DonneesStatut"
    return StatedStatus(
        code=_wanted(unit, f"{told}/IdStatut"),
        supplier=_wanted(unit, "Fournisseur/Identifiant"),
        recipient=_wanted(unit, "Debiteur/Identifiant"),
        number=_wanted(unit, f"{told}/IdFacture"),
        line=line_of(unit) or 1,
        technical_id=_text(unit, f"{told}/ComplementStatut"),
        comment=_text(unit, f"{told}/Commentaire"),
        issued_on=_text(unit, f"{told}/DateFacture"),
        order=_text(unit, f"{told}/IdMandatDP"),
    )


def _wanted(unit: _Element, path: str) -> str:
    found = _text(unit, path)
    if found is None:
        raise unreadable("FORMAT-STATUS-MISSING", line=line_of(unit), expected=path)
    return found


def _text(unit: _Element, path: str) -> str | None:
    return (unit.findtext(path) or "").strip() or None


def _local(element: _Element) -> str:
    return str(element.tag).rpartition("}")[2]
