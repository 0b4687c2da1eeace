"""Invoices of a size that no supplier should send, generated so that none is stored."""

from __future__ import annotations

from base64 import b64encode
from importlib.resources import files

LINES_OVER_THE_LIMIT = 100_000
_SAMPLES = files("choriste.local").joinpath("samples")


def an_invoice_with_attachment(size: int) -> bytes:
    """Return a valid UBL invoice of about so many bytes, nearly all of them one attached PDF."""
    text = (_SAMPLES / "invoice-ubl.xml").read_bytes()
    content = b64encode(b"%PDF-1.7\n" + b"\0" * (size * 3 // 4))
    attached = (
        b"<cac:AdditionalDocumentReference><cbc:ID>annexe</cbc:ID><cbc:DocumentDescription>RIB"
        b"</cbc:DocumentDescription><cac:Attachment>"
        b'<cbc:EmbeddedDocumentBinaryObject mimeCode="application/pdf" filename="annexe.pdf">'
        + content
        + b"</cbc:EmbeddedDocumentBinaryObject></cac:Attachment></cac:AdditionalDocumentReference>\n  "
    )
    before, mark, after = text.partition(b"<cac:AccountingSupplierParty>")
    return before + attached + mark + after


def an_invoice_of_lines(count: int) -> bytes:
    """Return a UBL invoice of so many equal lines of 1 euro; its totals fit, so that no rule is broken."""
    text = (_SAMPLES / "invoice-ubl.xml").read_text(encoding="utf-8")
    head = text.partition("<cac:TaxTotal>")[0]
    vat, gross = f"{count / 5:.2f}", f"{count * 6 / 5:.2f}"
    line = (
        "<cac:InvoiceLine><cbc:ID>{n}</cbc:ID>"
        '<cbc:InvoicedQuantity unitCode="C62">1</cbc:InvoicedQuantity>'
        '<cbc:LineExtensionAmount currencyID="EUR">1.00</cbc:LineExtensionAmount>'
        "<cac:Item><cbc:Name>x</cbc:Name><cac:ClassifiedTaxCategory><cbc:ID>S</cbc:ID>"
        "<cbc:Percent>20</cbc:Percent><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme>"
        "</cac:ClassifiedTaxCategory></cac:Item>"
        '<cac:Price><cbc:PriceAmount currencyID="EUR">1.00</cbc:PriceAmount></cac:Price></cac:InvoiceLine>'
    )
    totals = (
        f'<cac:TaxTotal><cbc:TaxAmount currencyID="EUR">{vat}</cbc:TaxAmount><cac:TaxSubtotal>'
        f'<cbc:TaxableAmount currencyID="EUR">{count}.00</cbc:TaxableAmount>'
        f'<cbc:TaxAmount currencyID="EUR">{vat}</cbc:TaxAmount><cac:TaxCategory><cbc:ID>S</cbc:ID>'
        "<cbc:Percent>20</cbc:Percent><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:TaxCategory>"
        "</cac:TaxSubtotal></cac:TaxTotal><cac:LegalMonetaryTotal>"
        f'<cbc:LineExtensionAmount currencyID="EUR">{count}.00</cbc:LineExtensionAmount>'
        f'<cbc:TaxExclusiveAmount currencyID="EUR">{count}.00</cbc:TaxExclusiveAmount>'
        f'<cbc:TaxInclusiveAmount currencyID="EUR">{gross}</cbc:TaxInclusiveAmount>'
        f'<cbc:PayableAmount currencyID="EUR">{gross}</cbc:PayableAmount></cac:LegalMonetaryTotal>'
    )
    lines = "".join(line.format(n=n) for n in range(1, count + 1))
    return f"{head}{totals}{lines}</Invoice>".encode()
