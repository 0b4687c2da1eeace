"""Write the pivot flow, version V2_02 (2022-04-04).

Plain elements in the order that the official schema fixes. What the schema bounds (a number of twenty
characters, file names of fifty) is cut to fit; the invoice itself travels among the files, unaltered. Each
`Contenu` is the base64 of a ZIP that holds the one file that `NomPJ` names, as public clients read it.
"""

from __future__ import annotations

import base64
import datetime as dt
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from xml.etree.ElementTree import Element, SubElement, tostring

from choriste.domain.codes.edi import edi_code
from choriste.domain.deposits.flow import Channel
from choriste.domain.invoice.model import Invoice, Line
from choriste.domain.lifecycle import Frame, Role, Status
from choriste.domain.tracking.head import InvoiceHead, PartyReference, StatusChange
from choriste.domain.tracking.journey import party_of
from choriste.formats.pivot.elements import envelope, kind_code, texts, texts_of, within

VERSION: Final = "V2_02"

_NAME, _NUMBER = 50, 20
_MEANS: Final = frozenset({"10", "20", "30", "31", "42", "48", "49", "97"})
_MEANS_LIKE: Final = {"58": "30", "59": "49", "54": "48", "55": "48"}
_FRAMES: Final = {Frame.SANS_CADRE: "A1", Frame.A11: "A10"}
"""Frames that the schema does not have, and what stands for them."""

_EMISSIONS: Final = {
    Channel.CONSOLE: "saisie",
    Channel.CHORUS_ENTRY: "saisie",
    Channel.CHORUS_PDF: "PDF",
}
_SENT_AGAIN: Final = {"complete": "Complétée", "recycle": "Recyclée"}
_VALIDATED: Final = frozenset({Status.VALIDEE_1, Status.VALIDEE_2})


@dataclass(frozen=True, slots=True, kw_only=True)
class PivotFile:
    """A file of an invoice: `main` for the invoice as it was deposited, else with its category."""

    name: str
    content: bytes
    mime_type: str
    category: str | None = None
    main: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PivotInvoice:
    """An invoice on its way to a recipient: what is known of it, what it says, its past and its files."""

    head: InvoiceHead
    content: Invoice
    history: tuple[StatusChange, ...]
    files: tuple[PivotFile, ...]


def write_pivot(
    invoices: Sequence[PivotInvoice],
    *,
    flow: str,
    receiver: str,
    service_names: Iterable[str | None],
    at: dt.date,
) -> bytes:
    """Return the pivot flow of some invoices; `service_names` are those of their services, in order."""
    root = Element("CPPFacturePivot", Version=VERSION)
    envelope(root, flow=flow, receiver=receiver, at=at)
    listed = SubElement(root, "CPPFactures", Compteur=str(len(invoices)))
    for order, (invoice, service) in enumerate(zip(invoices, service_names, strict=True), start=1):
        _invoice(SubElement(listed, "CPPFacturePivotUnitaire", NumOrdre=str(order)), invoice, service)
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _invoice(unit: Element, invoice: PivotInvoice, service: str | None) -> None:
    _supplier(SubElement(unit, "Fournisseur"), invoice)
    head = invoice.head
    texts(
        SubElement(unit, "Debiteur"),
        TypeIdentifiant="1",
        Identifiant=head.recipient.identifier,
        Nom=head.recipient.name,
        CodeService=head.service_code,
        NomService=service,
    )
    _facts(SubElement(unit, "DonneesFacture"), invoice)
    for order, file in enumerate(invoice.files, start=1):
        _file(SubElement(unit, "PJ", NumOrdre=str(order)), file, order)
    _validations(unit, invoice)


def _supplier(element: Element, invoice: PivotInvoice) -> None:
    head, content = invoice.head, invoice.content
    address = content.seller.address if content.seller is not None else None
    texts(
        element,
        TypeIdentifiant=kind_code(head.supplier),
        Identifiant=head.supplier.identifier,
        RaisonSociale=head.supplier.name,
        CodePays=_country(address.country if address is not None else None),
    )
    transfers = content.payment.credit_transfers if content.payment is not None else ()
    if transfers and transfers[0].account:
        account = SubElement(element, "ReferenceBancaire", Type="IBAN")
        texts(account, Compte=transfers[0].account, Etablissement=transfers[0].bic)
    texts(element, ModeEmission=_EMISSIONS.get(head.channel, "flux"))


def _facts(element: Element, invoice: PivotInvoice) -> None:
    head, content = invoice.head, invoice.content
    before = content.preceding_invoices[0].number if content.preceding_invoices else None
    delivered = content.delivery.date if content.delivery is not None else None
    texts(
        element,
        Id=head.number[:_NUMBER],
        IdCPRO=str(head.id),
        Renvoi=_sent_again(invoice.history),
        IdFactureOrigine=before[:_NUMBER] if before and head.is_credit_note else None,
        Type="381" if head.is_credit_note else "380",
        Cadre=_FRAMES.get(head.frame, head.frame.short),
        DateEmissionFacture=head.issue_date.isoformat(),
        DateLivraison=(delivered or head.issue_date).isoformat(),
    )
    texts(SubElement(element, "ModePaiement"), Code=_means(content))
    available = head.moe_available_at
    texts(
        element,
        DateReception=head.deposited_at.date().isoformat(),
        DateMiseADispositionMOE=available.date().isoformat() if available is not None else None,
        Devise=head.currency,
    )
    texts(
        SubElement(element, "Montants"),
        MontantHT=_number(head.without_vat),
        MontantTTC=_number(head.with_vat),
        MontantNetAPayer=_number(head.due),
    )
    _vat(element, content)
    texts_of(element, "Engagement", NumeroMarche=_cut(head.contract), NumeroEngagement=_cut(head.engagement))
    _lines(element, content.lines)


def _vat(element: Element, content: Invoice) -> None:
    rows = [row for row in content.vat_breakdown if row.base is not None and row.tax is not None]
    for listed, row in within(element, "TVAs", rows):
        texts(
            SubElement(listed, "TVA"),
            Taux=_number(row.rate or Decimal(0)),
            BaseHt=_number(row.base),
            MontantTVA=_number(row.tax),
        )


def _lines(element: Element, lines: Sequence[Line]) -> None:
    told = [line for line in lines if line.price is not None and None not in (line.price.net, line.quantity)]
    for order, (listed, line) in enumerate(within(element, "Lignes", told), start=1):
        texts(
            SubElement(listed, "Ligne", NumOrdre=str(order)),
            ReferenceProduit=line.item.seller_id if line.item is not None else None,
            PrixUnitaire=_number(line.price.net if line.price is not None else None),
            Quantite=_number(line.quantity),
            MontantHT=_number(line.net_amount or Decimal(0)),
            TauxTVA=_number(line.vat_rate),
        )


def _file(element: Element, file: PivotFile, order: int) -> None:
    name = file.name if len(file.name) <= _NAME else f"PJ{order}.{file.name.rpartition('.')[2][:10]}"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, file.content)
    texts(
        element,
        Contenu=base64.b64encode(packed.getvalue()).decode(),
        NomPJ=name,
        NomPJOrigine=None if file.main else _cut(file.name),
        CategoriePJ=_cut(file.category),
        TypePJ="01" if file.main else "02",
        MimeTypePJ=file.mime_type,
    )


def _validations(unit: Element, invoice: PivotInvoice) -> None:
    steps = tuple(_validated(invoice))
    for cycle, (change, party) in within(unit, "CycleDeValidation", steps):
        step = SubElement(cycle, "ValidationUnitaire")
        texts(
            step,
            DateStatut=change.at.date().isoformat(),
            CodeStatut=edi_code(change.after),
            Commentaire=change.reason_text or None,
        )
        texts(
            SubElement(step, "ProducteurStatut"),
            TypeIdentifiant=kind_code(party),
            Id=party.identifier,
            RaisonSociale=party.name,
            CodePays="FR",
        )


def _validated(invoice: PivotInvoice) -> Iterator[tuple[StatusChange, PartyReference]]:
    for change in invoice.history:
        if change.after in _VALIDATED and not change.is_act:
            role = Role.VALIDATOR_1 if change.after is Status.VALIDEE_1 else Role.VALIDATOR_2
            party = party_of(invoice.head, role)
            if party is not None:
                yield change, party


def _sent_again(history: Iterable[StatusChange]) -> str:
    steps = [_SENT_AGAIN[change.transition] for change in history if change.transition in _SENT_AGAIN]
    return steps[-1] if steps else "Non"


def _means(content: Invoice) -> str:
    code = content.payment.means_code if content.payment is not None else None
    return code if code in _MEANS and code is not None else _MEANS_LIKE.get(code or "", "30")


def _country(code: str | None) -> str:
    return code if code is not None and len(code) == 2 else "FR"  # noqa: PLR2004 - ISO 3166-1 alpha-2


def _cut(text: str | None) -> str | None:
    return text[:_NAME] if text else None


def _number(value: Decimal | None) -> str | None:
    return format(value, "f") if value is not None else None
