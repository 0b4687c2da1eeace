"""The files that a scenario deposits, made from one base invoice and the changes that the scenario names."""

from __future__ import annotations

import gzip
import io
import tarfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from choriste.application.printouts.render_readable_copy import render_readable_copy_pdf
from choriste.documents.issue.context import DocumentContext
from choriste.domain.invoice.entry import DraftFields, DraftLine, with_fields
from choriste.domain.invoice.identifiers import french_vat_number
from choriste.domain.invoice.model import Identifier, Invoice, Party, Totals
from choriste.formats.invoice.cii import write_cii
from choriste.formats.invoice.ubl import write_ubl
from choriste.formats.read import read_xml
from choriste.local.data.sample_data import sample_structures
from choriste.local.scenarios.model import Deposit

_AMOUNTS = frozenset({"quantity", "price", "vat_rate"})
_SUFFIXES = {"cii": ".xml", "ubl": ".xml", "facturx": ".pdf"}


def file_of(deposit: Deposit) -> tuple[str, bytes]:
    """Return the name and the bytes of the file that a step deposits."""
    if deposit.form == "archive":
        members = [_member(n, changes) for n, changes in enumerate(deposit.changes, start=1)]
        return f"{deposit.changes[0]['number']}.tar.gz", _archive(members)
    changes = deposit.changes[0]
    return f"{changes['number']}{_SUFFIXES[deposit.form]}", _write(invoice_of(changes), deposit.form)


def invoice_of(changes: Mapping[str, Any]) -> Invoice:
    """Return the base invoice with changes: attributes of the model, or the words of `_SPECIAL`.

    With `entry` it is not the base invoice that changes but one that says what is entered there.
    """
    base = _entered(changes["entry"]) if "entry" in changes else base_invoice()
    plain = {name: value for name, value in changes.items() if name not in {*_SPECIAL, "entry"}}
    invoice = replace(base, **plain)
    for name, change in _SPECIAL.items():
        if name in changes:
            invoice = change(invoice, changes[name])
    return invoice


@cache
def base_invoice() -> Invoice:
    """Return the invoice that every scenario starts from: valid, from 2001 to 1001 of the sample data."""
    return read_xml((files("choriste.local") / "samples" / "invoice-cii.xml").read_bytes()).invoice


def entry_from(described: Mapping[str, Any]) -> DraftFields:
    """Return an entry that a scenario describes by its names; amounts are decimal strings, as in the API."""
    lines = tuple(map(_entry_line, described.get("lines", ())))
    return DraftFields(**{**described, "lines": lines})


def _entry_line(described: Mapping[str, str]) -> DraftLine:
    words: dict[str, Any] = {
        name: Decimal(word) if name in _AMOUNTS else word for name, word in described.items()
    }
    return DraftLine(**words)


def _entered(described: Mapping[str, Any]) -> Invoice:
    """Return the invoice that the sample structure `seller` enters for `buyer`."""
    seller, buyer = (sample_structures()[described[side]] for side in ("seller", "buyer"))
    fields = {name: value for name, value in described.items() if name not in {"seller", "buyer"}}
    entry = entry_from({**fields, "recipient_siret": buyer.identifier.value})
    return with_fields(Invoice(), entry, seller=seller, buyer=buyer)


def _buyer_siret(invoice: Invoice, siret: str) -> Invoice:
    buyer = invoice.buyer or Party()
    changed = replace(
        buyer,
        identifiers=(Identifier(siret, "0009"),),
        legal_registration=Identifier(siret[:9], "0002"),
        electronic_address=Identifier(siret[:9], "0225"),
        vat_number=None,
    )
    return replace(invoice, buyer=changed)


def _seller(invoice: Invoice, described: Mapping[str, str]) -> Invoice:
    siret = described["siret"]
    seller = replace(
        invoice.seller or Party(),
        name=described["name"],
        identifiers=(Identifier(siret, "0009"),),
        legal_registration=Identifier(siret[:9], "0002"),
        electronic_address=Identifier(siret[:9], "0225"),
        vat_number=french_vat_number(siret[:9]),
    )
    return replace(invoice, seller=seller)


def _paid(invoice: Invoice, _: object) -> Invoice:
    totals = invoice.totals or Totals()
    paid = replace(totals, paid=totals.with_vat, due=Decimal("0.00"))
    return replace(invoice, totals=paid, due_date=invoice.issue_date)


def _wrong_total(invoice: Invoice, _: object) -> Invoice:
    totals = invoice.totals or Totals()
    return replace(invoice, totals=replace(totals, with_vat=(totals.with_vat or Decimal(0)) + 100))


def _no_notes(invoice: Invoice, _: object) -> Invoice:
    return replace(invoice, notes=())


def _note(invoice: Invoice, text: str) -> Invoice:
    return replace(invoice, payment_terms=text)


_SPECIAL: Mapping[str, Callable[[Invoice, Any], Invoice]] = {
    "buyer_siret": _buyer_siret,
    "seller": _seller,
    "paid": _paid,
    "wrong_total": _wrong_total,
    "no_notes": _no_notes,
    "note": _note,
}


def _write(invoice: Invoice, form: str) -> bytes:
    if form == "ubl":
        return write_ubl(invoice)
    cii = write_cii(invoice)
    if form == "cii":
        return cii
    return render_readable_copy_pdf(cii, filename="invoice.xml", context=DocumentContext(), language="fr")


def _member(position: int, changes: Mapping[str, Any]) -> tuple[str, bytes]:
    return f"{position}-{changes['number']}.xml", _write(invoice_of(changes), "cii")


def _archive(members: list[tuple[str, bytes]]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name, content in members:
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return gzip.compress(packed.getvalue(), mtime=0)
