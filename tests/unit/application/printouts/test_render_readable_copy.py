from __future__ import annotations

import datetime as dt
import io

import pikepdf
import pytest

from choriste.application.deposits.validate_file import validate_file
from choriste.application.printouts.render_readable_copy import render_readable_copy_pdf
from choriste.documents.issue.context import DocumentContext
from choriste.domain.shared.findings import Verdict
from choriste.formats.read import read_xml
from tests.builders.corpora import CORPORA
from tests.builders.invoices import a_cii, a_ubl
from tests.pdfa.corpora import invoice_files

CORE = "urn:cen.eu:en16931:2017"
XRECHNUNG = f"{CORE}#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0"
TODAY = dt.date(2026, 11, 29)


def a_copy(content: bytes, filename: str = "facture.xml") -> bytes:
    return render_readable_copy_pdf(content, filename=filename, context=DocumentContext(), language="fr")


def files_in(pdf: bytes) -> dict[str, bytes]:
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return {name: file.get_file().read_bytes() for name, file in opened.attachments.items()}


@pytest.mark.parametrize("write", [a_cii, a_ubl])
def test_copy_of_a_cius_invoice_is_a_valid_facturx_with_the_deposit_beside(write: type) -> None:
    content = write(specification=XRECHNUNG)

    copy = a_copy(content)

    validation = validate_file(copy, filename="copy.pdf", on=TODAY)
    assert (validation.verdict, [each.rule for each in validation.findings]) == (Verdict.VALID, [])
    files = files_in(copy)
    assert files["facture.xml"] == content
    assert read_xml(files["factur-x.xml"]).invoice.specification == CORE


def test_copy_of_data_that_facturx_knows_holds_them_once() -> None:
    assert files_in(a_copy(a_cii())) == {"factur-x.xml": a_cii()}


def test_cii_with_what_facturx_excludes_is_converted() -> None:
    # EN 16931 warns of a seller's web address in CII; Factur-X does not know the element (FX-NOT-USED).
    content = a_cii().replace(
        b"<ram:BilledQuantity",
        b'<ram:RequestedQuantity unitCode="C62">1</ram:RequestedQuantity><ram:BilledQuantity',
        1,
    )
    assert validate_file(content, filename="f.xml", on=TODAY).verdict is Verdict.VALID

    copy = a_copy(content)

    assert validate_file(copy, filename="copy.pdf", on=TODAY).verdict is Verdict.VALID
    assert files_in(copy)["facture.xml"] == content


def test_copy_of_a_copy_holds_the_same_data() -> None:
    first = a_copy(a_ubl(specification=XRECHNUNG))

    second = a_copy(first, "copy.pdf")

    assert files_in(second)["factur-x.xml"] == files_in(first)["factur-x.xml"]


@pytest.mark.slow
@pytest.mark.corpora
def test_every_valid_invoice_of_the_corpora_gives_a_valid_facturx() -> None:
    made, refused = 0, {}
    for path in invoice_files():
        content = (CORPORA / path).read_bytes()
        if validate_file(content, filename=path, on=TODAY).verdict is not Verdict.VALID:
            continue
        made += 1
        again = validate_file(a_copy(content, path.rsplit("/", 1)[-1]), filename="copy.pdf", on=TODAY)
        told = [each.rule for each in again.findings if each.rule.startswith("PDF-")]
        if again.verdict is not Verdict.VALID or told:
            refused[path] = [*told, *(each.rule for each in again.findings)]

    assert refused == {}
    assert made > 400
