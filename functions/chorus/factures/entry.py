"""From the fields of `soumettre` to the entry of a draft: lines, VAT, discounts, attachments, totals."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from choriste.application.deposits.deposited_file import mime_type_of
from choriste.application.drafts.begin_draft import DraftSource
from choriste.application.invoices.criteria import Criteria, Side
from choriste.application.invoices.keep_piece import KeptPiece, read_piece
from choriste.application.invoices.search_invoices import search_invoices
from choriste.domain.deposits.named_parties import NamedParties
from choriste.domain.invoice.entry import LEGAL_NOTES, DraftFields, DraftLine
from choriste.domain.invoice.model import (
    AllowanceCharge,
    Invoice,
    Item,
    Line,
    Note,
    PaymentInstructions,
    PrecedingInvoice,
    SupportingDocument,
)
from choriste.domain.lifecycle import Origin
from choriste.domain.shared.ids import new_invoice_id
from functions.chorus.codes import (
    ATTACHMENT_KINDS,
    MEANS,
    UNITS,
    VAT_RATES,
    InvoiceKind,
    PaymentMode,
    VatKind,
)
from functions.chorus.operation import PARIS, Call
from functions.chorus.reading import amount
from functions.chorus.returns import ChorusRefusal, Return

_CENT: Final = Decimal("0.01")
_DISCOUNT: Final = "Remise"
_EXEMPTIONS: Final = {VatKind.NONE: "Opération hors du champ de la TVA"}
_EXEMPT: Final = "Exonération de TVA"

Row = Mapping[str, Any]


def vat_rate(value: object, name: str) -> Decimal:
    """Read a VAT rate: a code of the list of rates, or a number, with or without a percent sign."""
    code = str(value).strip().upper()
    if code in VAT_RATES:
        return VAT_RATES[code]
    return amount(code.rstrip("% "), name)


def unit_code(value: object, _name: str) -> str:
    """Read a unit: a UN/ECE code, or a French word for one; what is not known counts as pieces."""
    words = str(value).strip()
    known = UNITS.get(words.lower().rstrip("s"))
    is_code = 2 <= len(words) <= 3 and words.isupper() and words.isascii()  # noqa: PLR2004 - Rec 20 codes
    return known or (words if is_code else UNITS["unité"])


def fields_of_entry(call: Call, *, number: str) -> DraftFields:
    """Return what a request enters."""
    asked = call.asked
    kind: InvoiceKind = asked["kind"] or InvoiceKind.INVOICE
    vat: VatKind = asked["vat_kind"] or VatKind.ON_DEBITS
    return DraftFields(
        number=number,
        issue_date=asked["issued"] or call.ports.clock.now().astimezone(PARIS).date(),
        due_date=_due(call),
        type_code="381" if kind is InvoiceKind.CREDIT_NOTE else "380",
        currency=asked["currency"],
        recipient_siret=asked["recipient"],
        service_code=asked["service"],
        engagement=asked["order"],
        contract=asked["contract"],
        exemption_reason=asked["exemption"] or _EXEMPTIONS.get(vat, _EXEMPT),
        lines=tuple(map(_line, enumerate(_rows(call), start=1))),
    )


def source_of_entry(
    call: Call, pieces: Sequence[tuple[Row, KeptPiece, bytes]], *, structure: str
) -> DraftSource:
    """Return what a draft begins with: what its fields cannot hold."""
    asked = call.asked
    origin = asked["origin"]
    before = Invoice(
        notes=(*LEGAL_NOTES, *((Note(text=asked["comment"]),) if asked["comment"] else ())),
        tax_point_code="72" if asked["vat_kind"] is VatKind.ON_PAYMENTS else None,
        preceding_invoices=(_preceding(call, origin, structure),) if origin else (),
        payment=_payment(asked["payment"]),
        allowances=_discounts(call),
        lines=tuple(_before(n, row) for n, row in enumerate(_rows(call), start=1)),
        supporting_documents=tuple(_supporting(n, *piece) for n, piece in enumerate(pieces, start=1)),
    )
    parties = NamedParties(frame=asked["frame"], validator=asked["validator"])
    return DraftSource(invoice=before, parties=parties, origin=Origin.DRAFT)


def pieces_of_entry(call: Call) -> tuple[tuple[Row, KeptPiece, bytes], ...]:
    """Return the files that a request names, the principal one first, each with what is said of it."""
    main = call["main"]
    rows = (*((main,) if main is not None else ()), *(call["pieces"] or ()))
    return tuple((row, *read_piece(call.ports, call.principal, row["piece"])) for row in rows)


def numbered(call: Call) -> str:
    """Return the number of an invoice that the platform numbers: its year and sixteen digits."""
    now = call.ports.clock.now()
    return f"{now.astimezone(PARIS).year}{new_invoice_id(now):016d}"


def check_totals(call: Call, invoice: Invoice) -> None:
    """Refuse totals that the lines do not add up to, but for a cent of rounding for each of them."""
    totals = invoice.totals
    slack = _CENT * max(2, len(invoice.lines) + len(invoice.vat_breakdown))
    if totals is None:
        return
    stated = {
        "montantTotal.montantHtTotal": (call["total_without_vat"], totals.without_vat),
        "montantTotal.montantTVA": (call["total_vat"], totals.vat),
        "montantTotal.montantAPayer": (call["total_due"], totals.due),
    }
    for field, (found, expected) in stated.items():
        if found is not None and expected is not None and abs(found - expected) > slack:
            raise ChorusRefusal(Return.TOTALS_DIFFER, field=field, found=found, expected=expected)


def _due(call: Call) -> dt.date | None:
    """Return when an invoice is due: thirty days after its issue, the law's delay where none is agreed."""
    issued: dt.date = call["issued"] or call.ports.clock.now().astimezone(PARIS).date()
    return issued + dt.timedelta(days=30)


def _rows(call: Call) -> Sequence[Row]:
    """Return the lines of a request, or one for each of its VAT rates where it has none."""
    if call["lines"]:
        lines: Sequence[Row] = call["lines"]
        return lines
    words = (call["main"] or {}).get("name") or call["number"] or _DISCOUNT
    return [
        {"name": words, "quantity": Decimal(1), "price": row["base"], **row, "discount": None, "unit": None}
        for row in call["vat"] or ()
    ]


def _rate(row: Row) -> Decimal | None:
    rate: Decimal | None = row["manual_rate"] if row["manual_rate"] is not None else row["rate"]
    return rate


def _line(numbered_row: tuple[int, Row]) -> DraftLine:
    number, row = numbered_row
    return DraftLine(
        id=str(number),
        name=row["name"],
        quantity=row["quantity"],
        unit=row["unit"],
        price=row["price"],
        vat_rate=_rate(row),
    )


def _before(number: int, row: Row) -> Line:
    """Return what a line says that its fields cannot hold: a discount, a reference."""
    discount = row["discount"]
    allowances = (AllowanceCharge(amount=discount, reason=_DISCOUNT),) if discount else ()
    return Line(id=str(number), allowances=allowances, item=Item(seller_id=row.get("reference")))


def _discounts(call: Call) -> tuple[AllowanceCharge, ...]:
    """Return a discount on the whole, VAT included, as allowances without VAT, one for each rate.

    EN 16931 knows allowances on amounts without VAT only. Each rate bears the part that its lines have.
    """
    whole: Decimal | None = call["total_discount"]
    if not whole:
        return ()
    with_vat: dict[Decimal, Decimal] = {}
    for row in _rows(call):
        rate = _rate(row) or Decimal(0)
        net = (row["quantity"] or 0) * (row["price"] or 0) - (row["discount"] or 0)
        with_vat[rate] = with_vat.get(rate, Decimal(0)) + net * (1 + rate / 100)
    total = sum(with_vat.values())
    if not total:
        return ()
    return tuple(
        AllowanceCharge(
            amount=(whole * part / total / (1 + rate / 100)).quantize(_CENT, ROUND_HALF_UP),
            vat_category="S" if rate else "E",
            vat_rate=rate,
            reason=call["total_discount_reason"] or _DISCOUNT,
        )
        for rate, part in with_vat.items()
    )


def _preceding(call: Call, number: str, structure: str) -> PrecedingInvoice:
    """Return the invoice that a credit note corrects, with the date that it has here (BR-FR-CO-05)."""
    found = search_invoices(
        call.ports,
        call.principal,
        side=Side.ISSUED,
        criteria=Criteria(number=number),
        structure=structure,
        limit=1,
    ).rows
    return PrecedingInvoice(number=number, issue_date=found[0].issue_date if found else None)


def _payment(mode: PaymentMode | None) -> PaymentInstructions | None:
    """Return how it is paid; a transfer is not told without the account that it goes to (BR-61)."""
    if mode is None or mode is PaymentMode.TRANSFER:
        return None
    return PaymentInstructions(means_code=MEANS[mode])


def _attachment_kind(row: Row) -> str:
    """Return what a file is, in the words that BR-FR-17 knows; the PDF of an invoice is its readable form."""
    if "category" not in row:
        return "LISIBLE"
    words = str(row["category"] or "").strip().upper().replace(" ", "_")
    return words if words in ATTACHMENT_KINDS else "DOCUMENT_ANNEXE"


def _supporting(number: int, row: Row, piece: KeptPiece, content: bytes) -> SupportingDocument:
    return SupportingDocument(
        reference=str(number),
        description=_attachment_kind(row),
        content=content,
        mime_type=mime_type_of(piece.filename),
        filename=piece.filename,
    )
